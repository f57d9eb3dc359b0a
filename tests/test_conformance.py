"""Each provider against its page: every example replayed, every fault provoked."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from starlette.types import ASGIApp

from mockserver.catalog.files import Source, load
from mockserver.catalog.registry import bundled, listings
from mockserver.catalog.schemas import METHODS, examples, form, operations
from mockserver.core.account import merged
from mockserver.core.audio import token
from mockserver.core.provider import Endpoint, Listing, faults
from mockserver.core.rules import Breach
from mockserver.core.time import length, millis
from mockserver.core.webhook import Answer, Delivery
from mockserver.engine.store import World
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.settings import read
from mockserver.world import world
from tests.house import built

HERE = Path(__file__).parent / "conformance"
KNOWN = listings()
PAGES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(HERE.glob("*.yaml"))}
UNCHECKED = ("access_token",)
"""Credentials are no parameters: whoever sends a wrong one is a stranger."""
EXAMPLES = [(name, example) for name, page in PAGES.items() for example in page["examples"]]


class Pleased:
    """A courier whose receivers take everything."""

    async def carry(self, _: Delivery) -> Answer:
        return Answer(200)


def opened(made: World, start: Any) -> tuple[Sandbox, ASGIApp]:
    when = start if isinstance(start, datetime) else datetime.fromisoformat(start)
    sandboxes, app = built(made, Timing("manual", millis(when)), Pleased())
    return sandboxes.get("default"), app


def filled(value: Any, table: Mapping[str, str]) -> Any:
    """The example with its masked characters filled in."""
    if isinstance(value, dict):
        return {filled(key, table): filled(inner, table) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, table) for inner in value]
    if isinstance(value, str):
        for masked, shown in table.items():
            value = value.replace(masked, shown)
    return value


def made_for(name: str, example: Mapping[str, Any]) -> World:
    """The bundled world, with what the example says of account and people."""
    base = world(read({"seed": "conformance"}, {}))
    key = next(key for key in base.accounts if key[0] == name)
    document = merged(base.accounts[key].document, example.get("given", {}))
    account, flaws = base.read_account(key[1], name, document)
    assert flaws == ()
    assert account is not None
    accounts = {**base.accounts, key: account}
    if "scenario" not in example:
        return replace(base, accounts=accounts)
    text = json.dumps({"default": "told", "scenarios": {"told": example["scenario"]}})
    told = load([Source("told", text.encode())], KNOWN)
    stories = replace(
        base.stories, named={**base.stories.named, **told.stories.named}, default="told"
    )
    return replace(base, accounts=accounts, stories=stories)


async def sent(
    app: ASGIApp, host: str, request: Mapping[str, Any], headers: Mapping[str, str]
) -> httpx.Response:
    """`request` has method and path, and one of body (JSON), form, multipart or raw; and query."""
    transport = httpx.ASGITransport(app=app)
    given = {"accept": "application/json", **headers, **request.get("headers", {})}
    content: dict[str, Any] = {}
    if "body" in request:
        content["json"] = request["body"]
    elif "form" in request:
        content["data"] = request["form"]
    elif "multipart" in request:
        content["files"] = {name: (None, text) for name, text in request["multipart"].items()}
    elif "raw" in request:
        content["content"] = request["raw"]
        given = {"content-type": "application/json", **given}
    query = request.get("query")
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
        return await client.request(
            request["method"], request["path"], params=query, headers=given, **content
        )


def chain(name: str, example: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The example, and before it those that it continues."""
    if "continues" not in example:
        return [example]
    known = {one["number"]: one for one in PAGES[name]["examples"]}
    earlier = filled(known[example["continues"]], PAGES[name]["substitute"])
    return [*chain(name, earlier), example]


async def replayed(name: str, example: Mapping[str, Any], page: Mapping[str, Any]) -> None:
    first, *_ = examples_ = chain(name, example)
    made = made_for(name, first)
    sandbox, app = opened(made, first.get("clock", page.get("clock", "2026-01-01T09:00:00Z")))
    for one in examples_:
        for part in (one, *one.get("then", ())):
            await acted(name, sandbox, app, part)
    if "then" not in example:
        await sandbox.driver.advance(None)
    judged_call(sandbox, example["expect"])


async def acted(name: str, sandbox: Sandbox, app: ASGIApp, part: Mapping[str, Any]) -> None:
    """One part of an example: a request with its answer, or so much time."""
    if "advance" in part:
        span = None if part["advance"] == "idle" else length(str(part["advance"]))
        await sandbox.driver.advance(None if span is None else sandbox.clock.now() + span)
    if "request" in part:
        known = {f"{{{key}}}": one.order.vendor_id for key, one in sandbox.store.calls.items()}
        request, provider = filled(part["request"], known), KNOWN[name].provider
        host = request.get("host", provider.endpoints[0].host)
        answer = await sent(app, host, request, PAGES[name].get("credential", {}))
        known = {f"{{{key}}}": one.order.vendor_id for key, one in sandbox.store.calls.items()}
        judged_answer(answer, filled(part["expect"], known))


def judged_answer(answer: httpx.Response, expect: Mapping[str, Any]) -> None:
    assert answer.status_code == expect["status"]
    if "body" in expect:
        assert answer.text == expect["body"]
    if "like" in expect:
        assert re.fullmatch(expect["like"], answer.text)
    if "json" in expect:
        assert json.dumps(answer.json()) == json.dumps(expect["json"])
    for header, value in expect.get("headers", {}).items():
        assert answer.headers[header] == value


def judged_call(sandbox: Sandbox, expect: Mapping[str, Any]) -> None:
    store = sandbox.store
    hooks = [delivery.webhook for delivery in store.deliveries.values()]
    bodies = [hook.body for hook in hooks]
    if "played" in expect:
        events = [event for call in store.calls.values() for event in call.events]
        assert [one.data["text"] for one in events if one.verb == "play"] == expect["played"]
    if "webhook_keys" in expect:
        assert [list(body or {}) for body in bodies] == [expect["webhook_keys"]]
    if "webhook" in expect:
        wanted = filled(expect["webhook"], {"{token}": token(store.world.seed, "c1")})
        assert json.dumps(bodies) == json.dumps([wanted])
    if "webhooks" in expect:
        known = {f"{{{key}}}": one.order.vendor_id for key, one in store.calls.items()}
        told = [f"{hook.kind} {hook.method} {hook.url}" for hook in hooks]
        assert told == filled(expect["webhooks"], known)


@pytest.mark.parametrize(
    ("name", "example"), EXAMPLES, ids=[f"{name}-{example['number']}" for name, example in EXAMPLES]
)
def test_example_of_the_page(name: str, example: dict[str, Any]) -> None:
    page = filled(PAGES[name], PAGES[name]["substitute"])
    shown = filled(example, PAGES[name]["substitute"])
    assert example["reached_by"] == ("scenario" if "scenario" in example else "state")
    if "request" in shown:
        asyncio.run(replayed(name, shown, page))
    else:
        paths = [one.path for one in KNOWN[name].provider.endpoints if one.host == shown["host"]]
        assert paths
        assert all(path.startswith(shown["prefix"]) for path in paths)


@pytest.mark.parametrize("name", KNOWN)
def test_examples_are_numbered_without_a_gap(name: str) -> None:
    numbers = [int(str(one["number"]).strip("ab")) for one in PAGES[name]["examples"]]
    assert sorted({*numbers}) == list(range(1, max(numbers) + 1))


def documented() -> Iterator[tuple[str, Endpoint, dict[str, Any]]]:
    """Every operation of every document, with the endpoint that it describes."""
    for name, listing in KNOWN.items():
        for path, methods in listing.document()["paths"].items():
            for method, shared in methods.items():
                if method not in METHODS:
                    continue
                for entry in shared.get("x-operations", (shared,)):
                    place = (path, method.upper(), entry["operationId"])
                    yield name, placed(listing, place), entry


def placed(listing: Listing, place: tuple[str, str, str]) -> Endpoint:
    there = listing.provider.endpoints
    return next(one for one in there if (one.path, one.method, one.operation) == place)


OPERATIONS = list(documented())
PROVOKED = [
    (name, endpoint, fault, how, entry)
    for name, endpoint, entry in OPERATIONS
    for fault, how in entry["x-faults"].items()
]


@pytest.mark.parametrize("name", KNOWN)
def test_every_operation_is_documented(name: str) -> None:
    shown = {endpoint.operation for other, endpoint, _ in OPERATIONS if other == name}
    assert shown == {endpoint.operation for endpoint in KNOWN[name].provider.endpoints}
    assert shown == set(operations(KNOWN[name].document()))


@pytest.mark.parametrize("name", KNOWN)
def test_every_fault_has_an_example_and_no_example_is_without_a_fault(name: str) -> None:
    shown = {fault for other, _, fault, _, _ in PROVOKED if other == name}
    assert shown == {fault.name for fault in faults(KNOWN[name].provider)}


@pytest.mark.parametrize(
    ("name", "endpoint", "entry"), OPERATIONS, ids=[one.operation for _, one, _ in OPERATIONS]
)
def test_every_fault_of_an_operation_is_provoked_there(
    name: str, endpoint: Endpoint, entry: dict[str, Any]
) -> None:
    assert name
    ruled = {rule.fault.name for stage in endpoint.rules for rule in stage}
    assert ruled <= set(entry["x-faults"])


@pytest.mark.parametrize(
    ("name", "endpoint", "fault", "how", "entry"),
    PROVOKED,
    ids=[f"{name}-{endpoint.operation}-{fault}" for name, endpoint, fault, _, _ in PROVOKED],
)
def test_fault_is_provoked_by_its_example(
    name: str, endpoint: Endpoint, fault: str, how: Any, entry: dict[str, Any]
) -> None:
    told = {} if how == "scenario" else how
    example = {"given": told.get("account", {})}
    if how == "scenario":
        example["scenario"] = {"refuse": fault}
    [shown, *_] = examples(KNOWN[name].document(), entry["operationId"])
    fields = dict(merged(shown, told.get("body", {})))
    path = endpoint.path
    for part in re.findall(r"\{(\w+)\}", path):
        path = path.replace(f"{{{part}}}", str(fields.pop(part)))
    request = {"method": endpoint.method, "path": path, "host": endpoint.host, **told}
    request.pop("body", None)
    if "raw" not in told:
        request["body" if "requestBody" in entry else "query"] = fields
    asyncio.run(provoked(name, fault, request, example))


async def provoked(name: str, fault: str, request: dict[str, Any], example: dict[str, Any]) -> None:
    clock = request.get("clock", "2026-01-01T09:00:00Z")
    sandbox, app = opened(made_for(name, example), clock)
    host, credential = request["host"].replace("*", "vendor"), PAGES[name].get("credential", {})
    key = filled(credential, PAGES[name]["substitute"])
    for before in (*request.get("before", ()), *[request] * (request.get("repeat", 1) - 1)):
        if "advance" in before:
            await sandbox.driver.advance(None)
            continue
        answer = await sent(app, before.get("host", host), before, key)
        assert answer.headers.get("x-mock-fault") != fault
    known = len(sandbox.store.calls)
    answer = await sent(app, host, request, key)
    meant = next(one for one in faults(KNOWN[name].provider) if one.name == fault)
    assert answer.headers["x-mock-fault"] == fault
    assert answer.headers["x-mock-explain"].startswith(f"{fault} ({meant.source})")
    assert answer.status_code == meant.status
    assert re.search(re.sub(r"\\\{\w+\\\}", ".*", re.escape(meant.message)), answer.text)
    assert len(sandbox.store.calls) == known


@pytest.mark.parametrize(
    ("name", "endpoint", "entry"), OPERATIONS, ids=[one.operation for _, one, _ in OPERATIONS]
)
def test_rulebook_words_all_that_the_form_can_complain_about(
    name: str, endpoint: Endpoint, entry: dict[str, Any]
) -> None:
    breaches = [rule.test for stage in endpoint.rules for rule in stage]
    ruled = {(one.name, "required" in one.keywords) for one in breaches if isinstance(one, Breach)}
    schema = form(KNOWN[name].document(), entry["operationId"])
    required = {(field, True) for field in schema["required"]}
    shaped = {(field, False) for field in schema["properties"] if field not in UNCHECKED}
    anything = {(field, False) for field, one in schema["properties"].items() if one == {}}
    assert (required | shaped) - anything <= ruled


def test_bundled_scenario_files_keep_to_their_grammar() -> None:
    sources = [Source(str(one), one.read_bytes()) for one in sorted(bundled("scenarios").glob("*"))]
    assert load(sources, KNOWN).stories.default == "answered"
