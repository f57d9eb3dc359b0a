"""Print a webhook of each kind, as simulated calls have sent it."""

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from from_code.example_requests import RECEIVER, fields_with_receiver, placing_endpoints
from from_code.markdown import block, code
from from_code.statuses import neutral_scenarios, simulate
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Webhook, render_body

ORIGIN: Final = "http://localhost:8080"


class WebhookSample(NamedTuple):
    """A webhook, with the operation and the scenario of the call that sent it."""

    operation: str
    scenario: str
    webhook: Webhook


def webhook_samples(configuration: Configuration, bound: BoundProvider) -> Iterator[str]:
    """Yield the section with the first webhook of each kind that a simulated call sends."""
    yield "### Printed samples\n"
    yield "Each of these calls was placed on January 1, 2026, by the first example of an operation,"
    yield f"with {code(RECEIVER)} in its fields for webhooks. The seed was `docs`. Line breaks were"
    yield "added.\n"
    samples = find_samples(configuration, bound)
    for kind in bound.provider.webhooks:
        sample = samples[kind]
        operation, scenario = code(sample.operation), code(sample.scenario)
        yield f"{code(kind)} of {operation} with the scenario {scenario}:\n"
        yield block(_render(sample.webhook))


def find_samples(configuration: Configuration, bound: BoundProvider) -> dict[str, WebhookSample]:
    """Simulate bundled scenarios until there is a webhook of each kind, or no scenario is left."""
    found: dict[str, WebhookSample] = {}
    for scenario in neutral_scenarios(configuration):
        for endpoint in placing_endpoints(bound):
            if found.keys() == bound.provider.webhooks.keys():
                return found
            fields = fields_with_receiver(bound, endpoint)
            simulated = simulate(configuration, bound, endpoint, scenario.name, fields)
            for webhook in simulated.webhooks if simulated else ():
                sample = WebhookSample(endpoint.operation, scenario.name, webhook)
                found.setdefault(webhook.kind, sample)
    return found


def _render(webhook: Webhook) -> str:
    """Return method, URL and body, with the body on lines of its own."""
    first = f"{webhook.method} {webhook.url.replace(ORIGIN_PLACEHOLDER, ORIGIN)}"
    if webhook.body is None:
        return first
    body = json.loads(render_body(webhook))
    return f"{first}\n\n{json.dumps(body, indent=2, ensure_ascii=False)}"
