"""Replays the examples of a vendor's page on a whole site: requests, time, and what is expected.

An example is a part: a `request`, and before it `advance` (`90s`, or `idle`). A request has
`method` and `path`, perhaps `host`, `query` and `headers` (null drops one), and one of `body`
(JSON), `form`, `multipart` and `raw`. `expect` has the answer's `status`, `headers`, and `body`
(its text), `like` (a pattern) or `json` (in its order); of the calls what they `played`, and
`webhooks`, each as `kind METHOD url` or with its kind, method, url and body. `then` are further
parts; after them no time passes by itself. `continues` is the number of an example that is
replayed first; `given` is merged into the account; `scenario` is a name or what stands under one.
`{c1}` is the vendor's id of the first call, `{token}` that of its recording.
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
from mockserver.config.loader import SourceText, load_definitions
from mockserver.config.registry import load_providers
from mockserver.core.account import merge_patch
from mockserver.core.call import recording_token
from mockserver.core.configuration import Configuration
from mockserver.core.time import parse_duration, to_milliseconds
from mockserver.core.webhook import Delivery, DeliveryResult, Webhook
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.settings import parse_settings
from tests.support import read
from tests.support.site import build_site

HERE = Path(__file__).parents[1] / "conformance"
PROVIDERS = load_providers()
DEFAULT_START: Final = "2026-01-01T09:00:00Z"

Part = Mapping[str, Any]


class ConformancePage(NamedTuple):
    """A vendor's page: the head of its file, and its examples by number."""

    provider: str
    credential: Mapping[str, str]
    clock: Any
    examples: Mapping[Any, Part]


class ConformanceSite(NamedTuple):
    page: ConformancePage
    sandbox: Sandbox
    app: ASGIApp


class AcceptingDispatcher:
    """A courier whose receivers take everything."""

    async def deliver(self, _: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200)


def load_pages() -> dict[str, ConformancePage]:
    return {
        path.stem: parse_page(path.stem, path.read_text("utf-8")) for path in HERE.glob("*.yaml")
    }


def parse_page(name: str, text: str) -> ConformancePage:
    """The file, its masked characters filled in."""
    told = yaml.safe_load(text)
    shown = substitute(told, told.pop("substitute", {}))
    numbered = {example["number"]: example for example in shown["examples"]}
    assert len(numbered) == len(shown["examples"])
    return ConformancePage(
        name, shown.get("credential", {}), shown.get("clock", DEFAULT_START), numbered
    )


def substitute(value: Any, table: Mapping[str, str]) -> Any:
    """The same with each of these replaced, in keys too."""
    if isinstance(value, dict):
        return {substitute(key, table): substitute(inner, table) for key, inner in value.items()}
    if isinstance(value, list):
        return [substitute(inner, table) for inner in value]
    if isinstance(value, str):
        for masked, shown in table.items():
            value = value.replace(masked, shown)
    return value


def example_chain(page: ConformancePage, example: Part) -> list[Part]:
    """The example, and before it those that it continues."""
    if "continues" not in example:
        return [example]
    return [*example_chain(page, page.examples[example["continues"]]), example]


def build_conformance_site(page: ConformancePage, *examples: Part) -> ConformanceSite:
    """The bundled world at the first example's time, with what they say of account and people."""
    start = examples[0].get("clock", page.clock)
    when = start if isinstance(start, datetime) else datetime.fromisoformat(start)
    timing = Timing(mode="manual", start=to_milliseconds(when))
    given = tuple(one.get("given", {}) for one in examples)
    told = [one["scenario"] for one in examples if "scenario" in one]
    made = configuration_with_default(
        configuration_with_account(page.provider, given), told[-1] if told else {}
    )
    sandboxes, app = build_site(made, timing, AcceptingDispatcher())
    return ConformanceSite(page, sandboxes.get("default"), app)


def configuration_with_account(provider: str, given: tuple[Part, ...]) -> Configuration:
    base = build_configuration(parse_settings({"seed": "conformance"}, {}))
    key = next(key for key in base.accounts if key[0] == provider)
    document = reduce(merge_patch, given, base.accounts[key].document)
    account, flaws = base.parse_account(key[1], provider, document)
    assert flaws == ()
    assert account is not None
    return base._replace(accounts={**base.accounts, key: account})


def configuration_with_default(base: Configuration, scenario: str | Part) -> Configuration:
    """The world in which this scenario is the default; an empty one changes nothing."""
    if isinstance(scenario, str):
        assert scenario in base.scenarios.by_name
        return base._replace(scenarios=base.scenarios._replace(default=scenario))
    if not scenario:
        return base
    text = json.dumps({"default": "told", "scenarios": {"told": scenario}})
    told = load_definitions(
        [SourceText(file="told", text=text.encode())], PROVIDERS
    ).scenarios.by_name
    named = {**base.scenarios.by_name, **told}
    return base._replace(scenarios=base.scenarios._replace(by_name=named, default="told"))


async def replay_example(page: ConformancePage, example: Part) -> ConformanceSite:
    examples = example_chain(page, example)
    here = build_conformance_site(page, *examples)
    for one in examples:
        for part in (one, *one.get("then", ())):
            await replay_part(here, part)
    if "then" not in example:
        await here.sandbox.scheduler.advance(None)
    check_calls(here.sandbox, example["expect"])
    return here


async def replay_part(here: ConformanceSite, part: Part) -> None:
    """So much time, or a request and its answer; of the calls only what a later part expects."""
    if "advance" in part:
        await advance(here.sandbox, str(part["advance"]))
    if "request" in part:
        check_response(
            await send(here, part["request"]),
            substitute(part["expect"], placeholders(here.sandbox)),
        )
    if "number" not in part:
        check_calls(here.sandbox, part.get("expect", {}))


async def advance(sandbox: Sandbox, how: str) -> None:
    span = parse_duration(how)
    assert span is not None or how == "idle"
    await sandbox.scheduler.advance(None if span is None else sandbox.clock.now() + span)


def placeholders(sandbox: Sandbox) -> dict[str, str]:
    state = sandbox.state
    calls = {f"{{{name}}}": one.spec.vendor_id for name, one in read.calls(state).items()}
    return {**calls, "{token}": recording_token(state.configuration.seed, "c1")}


async def send(here: ConformanceSite, asked: Part) -> httpx.Response:
    """The answer to a request, which goes to the provider's first host unless it names one."""
    request = substitute(asked, placeholders(here.sandbox))
    host = request.get("host", PROVIDERS[here.page.provider].provider.endpoints[0].host)
    told = {"accept": "application/json", **here.page.credential, **request.get("headers", {})}
    if "raw" in request:
        told = {"content-type": "application/json", **told}
    headers = {name: value for name, value in told.items() if value is not None}
    transport = httpx.ASGITransport(app=here.app)
    place = f"http://{host.replace('*', 'customer')}{request['path']}"
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(
            request["method"],
            place,
            params=request.get("query"),
            headers=headers,
            content=request.get("raw"),
            json=request.get("body"),
            data=request.get("form"),
            files=build_uploads(request["multipart"]) if "multipart" in request else None,
        )


def build_uploads(parts: Part) -> dict[str, Any]:
    """Texts as they are; a file is a mapping of filename, content_type and text."""
    return {
        name: (one["filename"], one["text"].encode(), one["content_type"])
        if isinstance(one, Mapping)
        else (None, one)
        for name, one in parts.items()
    }


def check_response(answer: httpx.Response, expect: Part) -> None:
    assert answer.status_code == expect["status"]
    if "body" in expect:
        assert answer.text == expect["body"]
    if "like" in expect:
        assert re.fullmatch(expect["like"], answer.text, re.DOTALL)
    if "json" in expect:
        assert json.dumps(answer.json()) == json.dumps(expect["json"])
    for name, value in expect.get("headers", {}).items():
        assert answer.headers.get(name) == value


def check_calls(sandbox: Sandbox, expect: Part) -> None:
    state, told = sandbox.state, substitute(dict(expect), placeholders(sandbox))
    hooks = [delivery.webhook for delivery in read.deliveries(state).values()]
    if "played" in told:
        events = [event for call in read.calls(state).values() for event in call.events]
        assert [one.data["text"] for one in events if one.type == "play"] == told["played"]
    if "webhook_keys" in told:
        assert [list(hook.body or {}) for hook in hooks] == [told["webhook_keys"]]
    if "webhook" in told:
        assert json.dumps([hook.body for hook in hooks]) == json.dumps([told["webhook"]])
    if "webhooks" in told:
        assert len(hooks) == len(told["webhooks"])
        for hook, wanted in zip(hooks, told["webhooks"], strict=True):
            check_webhook(hook, wanted)


def check_webhook(hook: Webhook, wanted: str | Part) -> None:
    if isinstance(wanted, str):
        assert f"{hook.kind} {hook.method} {hook.url}" == wanted
        return
    assert wanted.keys() == {"kind", "method", "url", "body"}
    told = (hook.kind, hook.method, hook.url)
    assert told == (wanted["kind"], wanted["method"], wanted["url"])
    assert json.dumps(hook.body, default=dict) == json.dumps(wanted["body"])
