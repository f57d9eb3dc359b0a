"""List the status words of a vendor: from its table, and of simulated bundled scenarios."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from from_code.example_requests import fields_with_receiver, placing_endpoints
from from_code.markdown import code, table
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.call import Call
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint, Provider
from mockserver.core.scenario import Scenario
from mockserver.core.webhook import DeliveryResult, Webhook
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.engine.webhooks import complete_attempt

MAX_STEPS = 2_000  # due items of a scenario at most
START = 1_767_268_800_000  # 2026-01-01T12:00:00Z


class SimulatedCall(NamedTuple):
    """A call at the end of a scenario.

    `words` are its successive status words, `webhooks` the first attempts that were sent.
    """

    words: list[str]
    call: Call
    webhooks: list[Webhook]


def status_table(provider: Provider) -> str:
    """The table of a provider's statuses: what comes before each of them, and what leads to it."""
    heads = ("status", "reached from", "by", "time stamp set")
    rows = [
        (code(row.status), row.predecessors or "-", row.trigger, row.timestamp or "-")
        for row in provider.statuses
    ]
    return table(heads, rows)


def statuses(configuration: Configuration, bound: BoundProvider) -> str:
    heads = ("operation", "scenario", "outcome", "status words", "webhooks")
    return table(heads, _rows(configuration, bound))


def _rows(configuration: Configuration, bound: BoundProvider) -> Iterator[tuple[str, ...]]:
    for endpoint in placing_endpoints(bound):
        for scenario in neutral_scenarios(configuration):
            fields = fields_with_receiver(bound, endpoint)
            if simulated := simulate(configuration, bound, endpoint, scenario.name, fields):
                yield (
                    code(endpoint.operation),
                    code(scenario.name),
                    simulated.call.outcome or "waits for an outside event",
                    " → ".join(map(code, simulated.words)),
                    ", ".join(code(webhook.kind) for webhook in simulated.webhooks),
                )


def neutral_scenarios(configuration: Configuration) -> list[Scenario]:
    """Return the bundled scenarios that need no particular provider."""
    return [
        scenario
        for name, scenario in configuration.scenarios.by_name.items()
        if "/" not in name and "provider" not in scenario.needs and scenario.bundled
    ]


def simulate(
    configuration: Configuration,
    bound: BoundProvider,
    endpoint: Endpoint,
    scenario: str,
    fields: Mapping[str, Any],
) -> SimulatedCall | None:
    """Send a request with these fields to an operation; return None if it places no call."""
    state = SandboxState(configuration, START)
    account = next(
        account
        for (provider, _), account in state.accounts.by_key.items()
        if provider == bound.provider.name
    )
    unlimited = account.replace(numbers=None, limits=None, balance=None)
    state.accounts.replace(unlimited)
    request = Request(endpoint.method, endpoint.path, fields=fields)
    incoming = IncomingRequest(bound, endpoint, request, (scenario,), account=unlimited)
    exchange = handle(state, incoming, START)
    if not exchange.call_ids:
        return None
    return _simulate_to_end(state, bound, exchange.call_ids[0])


def _simulate_to_end(state: SandboxState, bound: BoundProvider, call_id: str) -> SimulatedCall:
    """Run due items until nothing is due; receivers respond to every webhook with status 200."""
    status_words, webhooks = [bound.provider.status(state.calls.by_id[call_id])], []
    for _ in range(MAX_STEPS):
        due = state.peek()
        if due is None:
            break
        if delivery := run_due_item(state):
            complete_attempt(state, delivery, DeliveryResult(200), due.at)
            webhooks.append(delivery.webhook)
        status_words.append(bound.provider.status(state.calls.by_id[call_id]))
    successive = [word for word, _ in groupby(status_words)]
    return SimulatedCall(successive, state.calls.by_id[call_id], webhooks)
