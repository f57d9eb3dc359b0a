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
from tests.house import built

HERE = Path(__file__).parent / "conformance"
KNOWN = load_providers()
MORNING: Final = "2026-01-01T09:00:00Z"

Part = Mapping[str, Any]


class Page(NamedTuple):
    """A vendor's page: the head of its file, and its examples by number."""

    provider: str
    credential: Mapping[str, str]
    clock: Any
    examples: Mapping[Any, Part]


class Site(NamedTuple):
    page: Page
    sandbox: Sandbox
    app: ASGIApp


class Pleased:
    """A courier whose receivers take everything."""

    async def deliver(self, _: Delivery) -> DeliveryResult:
        return DeliveryResult(200)


def pages() -> dict[str, Page]:
    return {path.stem: page(path.stem, path.read_text("utf-8")) for path in HERE.glob("*.yaml")}


def page(name: str, text: str) -> Page:
    """The file, its masked characters filled in."""
    told = yaml.safe_load(text)
    shown = filled(told, told.pop("substitute", {}))
    numbered = {example["number"]: example for example in shown["examples"]}
    assert len(numbered) == len(shown["examples"])
    return Page(name, shown.get("credential", {}), shown.get("clock", MORNING), numbered)


def filled(value: Any, table: Mapping[str, str]) -> Any:
    """The same with each of these replaced, in keys too."""
    if isinstance(value, dict):
        return {filled(key, table): filled(inner, table) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, table) for inner in value]
    if isinstance(value, str):
        for masked, shown in table.items():
            value = value.replace(masked, shown)
    return value


def chain(page: Page, example: Part) -> list[Part]:
    """The example, and before it those that it continues."""
    if "continues" not in example:
        return [example]
    return [*chain(page, page.examples[example["continues"]]), example]


def site(page: Page, *examples: Part) -> Site:
    """The bundled world at the first example's time, with what they say of account and people."""
    start = examples[0].get("clock", page.clock)
    when = start if isinstance(start, datetime) else datetime.fromisoformat(start)
    timing = Timing("manual", to_milliseconds(when))
    given = tuple(one.get("given", {}) for one in examples)
    told = [one["scenario"] for one in examples if "scenario" in one]
    made = peopled(accounted(page.provider, given), told[-1] if told else {})
    sandboxes, app = built(made, timing, Pleased())
    return Site(page, sandboxes.get("default"), app)


def accounted(provider: str, given: tuple[Part, ...]) -> Configuration:
    base = build_configuration(parse_settings({"seed": "conformance"}, {}))
    key = next(key for key in base.accounts if key[0] == provider)
    document = reduce(merge_patch, given, base.accounts[key].document)
    account, flaws = base.parse_account(key[1], provider, document)
    assert flaws == ()
    assert account is not None
    return base._replace(accounts={**base.accounts, key: account})


def peopled(base: Configuration, scenario: str | Part) -> Configuration:
    """The world in which this scenario is the default; an empty one changes nothing."""
    if isinstance(scenario, str):
        assert scenario in base.scenarios.by_name
        return base._replace(scenarios=base.scenarios._replace(default=scenario))
    if not scenario:
        return base
    text = json.dumps({"default": "told", "scenarios": {"told": scenario}})
    told = load_definitions([SourceText("told", text.encode())], KNOWN).scenarios.by_name
    named = {**base.scenarios.by_name, **told}
    return base._replace(scenarios=base.scenarios._replace(by_name=named, default="told"))


async def replayed(page: Page, example: Part) -> Site:
    examples = chain(page, example)
    here = site(page, *examples)
    for one in examples:
        for part in (one, *one.get("then", ())):
            await acted(here, part)
    if "then" not in example:
        await here.sandbox.scheduler.advance(None)
    judge_calls(here.sandbox, example["expect"])
    return here


async def acted(here: Site, part: Part) -> None:
    """So much time, or a request and its answer; of the calls only what a later part expects."""
    if "advance" in part:
        await advanced(here.sandbox, str(part["advance"]))
    if "request" in part:
        judge_answer(await sent(here, part["request"]), filled(part["expect"], ids(here.sandbox)))
    if "number" not in part:
        judge_calls(here.sandbox, part.get("expect", {}))


async def advanced(sandbox: Sandbox, how: str) -> None:
    span = parse_duration(how)
    assert span is not None or how == "idle"
    await sandbox.scheduler.advance(None if span is None else sandbox.clock.now() + span)


def ids(sandbox: Sandbox) -> dict[str, str]:
    store = sandbox.state
    calls = {f"{{{name}}}": one.spec.vendor_id for name, one in store.calls.items()}
    return {**calls, "{token}": recording_token(store.configuration.seed, "c1")}


async def sent(here: Site, asked: Part) -> httpx.Response:
    """The answer to a request, which goes to the provider's first host unless it names one."""
    request = filled(asked, ids(here.sandbox))
    host = request.get("host", KNOWN[here.page.provider].provider.endpoints[0].host)
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
            files=uploads(request["multipart"]) if "multipart" in request else None,
        )


def uploads(parts: Part) -> dict[str, Any]:
    """Texts as they are; a file is a mapping of filename, content_type and text."""
    return {
        name: (one["filename"], one["text"].encode(), one["content_type"])
        if isinstance(one, Mapping)
        else (None, one)
        for name, one in parts.items()
    }


def judge_answer(answer: httpx.Response, expect: Part) -> None:
    assert answer.status_code == expect["status"]
    if "body" in expect:
        assert answer.text == expect["body"]
    if "like" in expect:
        assert re.fullmatch(expect["like"], answer.text, re.DOTALL)
    if "json" in expect:
        assert json.dumps(answer.json()) == json.dumps(expect["json"])
    for name, value in expect.get("headers", {}).items():
        assert answer.headers.get(name) == value


def judge_calls(sandbox: Sandbox, expect: Part) -> None:
    store, told = sandbox.state, filled(dict(expect), ids(sandbox))
    hooks = [delivery.webhook for delivery in store.deliveries.values()]
    if "played" in told:
        events = [event for call in store.calls.values() for event in call.events]
        assert [one.data["text"] for one in events if one.type == "play"] == told["played"]
    if "webhook_keys" in told:
        assert [list(hook.body or {}) for hook in hooks] == [told["webhook_keys"]]
    if "webhook" in told:
        assert json.dumps([hook.body for hook in hooks]) == json.dumps([told["webhook"]])
    if "webhooks" in told:
        assert len(hooks) == len(told["webhooks"])
        for hook, wanted in zip(hooks, told["webhooks"], strict=True):
            judge_webhook(hook, wanted)


def judge_webhook(hook: Webhook, wanted: str | Part) -> None:
    if isinstance(wanted, str):
        assert f"{hook.kind} {hook.method} {hook.url}" == wanted
        return
    assert wanted.keys() == {"kind", "method", "url", "body"}
    told = (hook.kind, hook.method, hook.url)
    assert told == (wanted["kind"], wanted["method"], wanted["url"])
    assert json.dumps(hook.body, default=dict) == json.dumps(wanted["body"])
