"""Replays the examples of a vendor's page on a whole site and checks what they expect.

An example is a part: a `request`, and before it `advance` (`90s`, or `idle`). A request has
`method` and `path`, optionally `host`, `query` and `headers` (null omits one), and one of `body`
(JSON), `form`, `multipart` and `raw`. `expect` has the response's `status`, `headers`, and `body`
(text), `like` (a pattern) or `json` (ordered); the texts that the calls `played`; and `webhooks`,
each as `kind METHOD url` or with kind, method, url and body. `then` has further parts; after them
no time passes by itself. `continues` is the number of an example that is replayed first; `given` is
merged into the account; `scenario` is the name of a scenario or its definition. `{c1}` is the
vendor's id of the first call, `{token}` the token of its recording.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import yaml
from starlette.types import ASGIApp

from mockserver.compiler import build_configuration
from mockserver.config.loader import load_definitions
from mockserver.config.registry import load_providers
from mockserver.config.source_texts import SourceText
from mockserver.core.account import merge_patch
from mockserver.core.configuration import Configuration
from mockserver.core.seeded import recording_token
from mockserver.core.time import parse_duration, to_milliseconds
from mockserver.core.webhook import Webhook
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.settings import parse_settings
from tests.support import read
from tests.support.dispatchers import AcceptingDispatcher
from tests.support.site import build_site

PAGES_FOLDER = Path(__file__).parents[1] / "conformance"
PROVIDERS = load_providers()
DEFAULT_START: Final = "2026-01-01T09:00:00Z"

Part = Mapping[str, Any]


class ConformancePage(NamedTuple):
    """A vendor's page: the head of its file and its examples by number."""

    provider: str
    credential: Mapping[str, str]
    clock: Any
    examples: Mapping[Any, Part]


class ConformanceSite(NamedTuple):
    page: ConformancePage
    sandbox: Sandbox
    app: ASGIApp


def load_pages() -> dict[str, ConformancePage]:
    return {
        path.stem: parse_page(path.stem, path.read_text("utf-8"))
        for path in PAGES_FOLDER.glob("*.yaml")
    }


def parse_page(name: str, text: str) -> ConformancePage:
    """Parse a page and substitute its masked characters."""
    document = yaml.safe_load(text)
    substituted = substitute(document, document.pop("substitute", {}))
    examples = {example["number"]: example for example in substituted["examples"]}
    assert len(examples) == len(substituted["examples"])
    return ConformancePage(
        name, substituted.get("credential", {}), substituted.get("clock", DEFAULT_START), examples
    )


def substitute(value: Any, table: Mapping[str, str]) -> Any:
    """Return the value with these texts replaced, in keys too."""
    if isinstance(value, dict):
        return {substitute(key, table): substitute(item, table) for key, item in value.items()}
    if isinstance(value, list):
        return [substitute(item, table) for item in value]
    if isinstance(value, str):
        for masked, replacement in table.items():
            value = value.replace(masked, replacement)
    return value


def example_chain(page: ConformancePage, example: Part) -> list[Part]:
    """Return the example after those that it continues."""
    if "continues" not in example:
        return [example]
    return [*example_chain(page, page.examples[example["continues"]]), example]


def build_conformance_site(page: ConformancePage, *examples: Part) -> ConformanceSite:
    """Build a site at the first example's time with the accounts and scenario of all examples."""
    start = examples[0].get("clock", page.clock)
    start_time = start if isinstance(start, datetime) else datetime.fromisoformat(start)
    timing = Timing(mode="manual", start=to_milliseconds(start_time))
    account_changes = tuple(example.get("given", {}) for example in examples)
    scenarios = [example["scenario"] for example in examples if "scenario" in example]
    configuration = configuration_with_default(
        configuration_with_account(page.provider, account_changes),
        scenarios[-1] if scenarios else {},
    )
    sandboxes, app = build_site(configuration, timing, AcceptingDispatcher())
    return ConformanceSite(page, sandboxes.get_or_create("default"), app)


def configuration_with_account(provider: str, changes: tuple[Part, ...]) -> Configuration:
    base = build_configuration(parse_settings({"seed": "conformance"}, {}))
    key = next(key for key in base.accounts if key[0] == provider)
    document = reduce(merge_patch, changes, base.accounts[key].document)
    account, problems = base.parse_account(key[1], provider, document)
    assert problems == ()
    assert account is not None
    return base._replace(accounts={**base.accounts, key: account})


def configuration_with_default(base: Configuration, scenario: str | Part) -> Configuration:
    """Return the configuration with this default scenario; an empty one changes nothing."""
    if isinstance(scenario, str):
        assert scenario in base.scenarios.by_name
        return base._replace(scenarios=base.scenarios._replace(default=scenario))
    if not scenario:
        return base
    text = json.dumps({"default": "told", "scenarios": {"told": scenario}})
    loaded = load_definitions(
        [SourceText(file="told", text=text.encode())], PROVIDERS
    ).scenarios.by_name
    by_name = {**base.scenarios.by_name, **loaded}
    return base._replace(scenarios=base.scenarios._replace(by_name=by_name, default="told"))


async def replay_example(page: ConformancePage, example: Part) -> ConformanceSite:
    examples = example_chain(page, example)
    site = build_conformance_site(page, *examples)
    for link in examples:
        for part in (link, *link.get("then", ())):
            await replay_part(site, part)
    if "then" not in example:
        await site.sandbox.scheduler.advance(None)
    check_calls(site.sandbox, example["expect"])
    return site


async def replay_part(site: ConformanceSite, part: Part) -> None:
    """Advance the clock, send the request, and check the calls unless it is a whole example."""
    if "advance" in part:
        await advance(site.sandbox, str(part["advance"]))
    if "request" in part:
        check_response(
            await send(site, part["request"]),
            substitute(part["expect"], placeholders(site.sandbox)),
        )
    if "number" not in part:
        check_calls(site.sandbox, part.get("expect", {}))


async def advance(sandbox: Sandbox, duration: str) -> None:
    milliseconds = parse_duration(duration)
    assert milliseconds is not None or duration == "idle"
    await sandbox.scheduler.advance(
        None if milliseconds is None else sandbox.clock.now() + milliseconds
    )


def placeholders(sandbox: Sandbox) -> dict[str, str]:
    state = sandbox.state
    calls = {f"{{{name}}}": call.spec.vendor_id for name, call in read.calls(state).items()}
    return {**calls, "{token}": recording_token(state.configuration.seed, "c1")}


async def send(site: ConformanceSite, request_part: Part) -> httpx.Response:
    """Send a request to its host and return the response."""
    request = substitute(request_part, placeholders(site.sandbox))
    transport = httpx.ASGITransport(app=site.app)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(**request_arguments(site.page, request, "http"))


def request_arguments(page: ConformancePage, request: Part, scheme: str) -> dict[str, Any]:
    """Return what httpx sends for a request to its host, by default the provider's first."""
    host = request.get("host", PROVIDERS[page.provider].provider.endpoints[0].host)
    all_headers = {"accept": "application/json", **page.credential, **request.get("headers", {})}
    if "raw" in request:
        all_headers = {"content-type": "application/json", **all_headers}
    return {
        "method": request["method"],
        "url": f"{scheme}://{host.replace('*', 'customer')}{request['path']}",
        "params": request.get("query"),
        "headers": {name: value for name, value in all_headers.items() if value is not None},
        "content": request.get("raw"),
        "json": request.get("body"),
        "data": request.get("form"),
        "files": build_uploads(request["multipart"]) if "multipart" in request else None,
    }


def build_uploads(parts: Part) -> dict[str, Any]:
    """Convert parts to httpx files; a file is a mapping of filename, content_type and text."""
    return {
        name: (part["filename"], part["text"].encode(), part["content_type"])
        if isinstance(part, Mapping)
        else (None, part)
        for name, part in parts.items()
    }


def check_response(response: httpx.Response, expect: Part) -> None:
    assert response.status_code == expect["status"]
    if "body" in expect:
        assert response.text == expect["body"]
    if "like" in expect:
        assert re.fullmatch(expect["like"], response.text, re.DOTALL)
    if "json" in expect:
        assert json.dumps(response.json()) == json.dumps(expect["json"])
    for name, value in expect.get("headers", {}).items():
        assert response.headers.get(name) == value


def check_calls(sandbox: Sandbox, expect: Part) -> None:
    state, expected = sandbox.state, substitute(dict(expect), placeholders(sandbox))
    webhooks = [delivery.webhook for delivery in read.deliveries(state).values()]
    if "played" in expected:
        events = [event for call in read.calls(state).values() for event in call.events]
        assert [event.data["text"] for event in events if event.type == "play"] == expected[
            "played"
        ]
    if "webhook_keys" in expected:
        assert [list(webhook.body or {}) for webhook in webhooks] == [expected["webhook_keys"]]
    if "webhook" in expected:
        assert json.dumps([webhook.body for webhook in webhooks]) == json.dumps(
            [expected["webhook"]]
        )
    if "webhooks" in expected:
        assert len(webhooks) == len(expected["webhooks"])
        for webhook, expected_webhook in zip(webhooks, expected["webhooks"], strict=True):
            check_webhook(webhook, expected_webhook)


def check_webhook(webhook: Webhook, expected: str | Part) -> None:
    if isinstance(expected, str):
        assert f"{webhook.kind} {webhook.method} {webhook.url}" == expected
        return
    assert expected.keys() == {"kind", "method", "url", "body"}
    described = (webhook.kind, webhook.method, webhook.url)
    assert described == (expected["kind"], expected["method"], expected["url"])
    assert json.dumps(webhook.body, default=dict) == json.dumps(expected["body"])
