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

from mockserver.catalog.files import Source, load
from mockserver.catalog.registry import bundled, listings
from mockserver.core.account import merged
from mockserver.core.audio import token
from mockserver.core.provider import Endpoint, Listing, faults
from mockserver.core.rules import Breach
from mockserver.core.time import millis
from mockserver.core.webhook import Answer, Delivery
from mockserver.engine.store import World
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.settings import read
from mockserver.world import world
from tests.house import built

HERE = Path(__file__).parent / "conformance"
KNOWN = listings()
PAGES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(HERE.glob("*.yaml"))}
EXAMPLES = [(name, example) for name, page in PAGES.items() for example in page["examples"]]


class Pleased:
    """A courier whose receivers take everything."""

    async def carry(self, _: Delivery) -> Answer:
        return Answer(200)


def at_host(listing: Listing, timing: Timing, made: World) -> tuple[Sandbox, httpx.AsyncClient]:
    sandboxes, app = built(made, timing, Pleased())
    host = listing.provider.endpoints[0].host
    transport = httpx.ASGITransport(app=app)
    return sandboxes.get("default"), httpx.AsyncClient(
        transport=transport, base_url=f"http://{host}"
    )


def filled(value: Any, table: Mapping[str, str]) -> Any:
    """The example with its masked characters filled in."""
    if isinstance(value, dict):
        return {key: filled(inner, table) for key, inner in value.items()}
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
    client: httpx.AsyncClient, request: Mapping[str, Any], headers: Any
) -> httpx.Response:
    raw = request.get("raw")
    content = raw if raw is not None else json.dumps(request.get("body", {}))
    usual = {"content-type": "application/json", "accept": "application/json"}
    given = {**usual, **headers, **request.get("headers", {})}
    return await client.request(request["method"], request["path"], content=content, headers=given)


async def replayed(name: str, example: Mapping[str, Any], page: Mapping[str, Any]) -> None:
    start = example.get("clock", "2026-01-01T09:00:00Z")
    when = start if isinstance(start, datetime) else datetime.fromisoformat(start)
    timing = Timing("manual", millis(when))
    sandbox, client = at_host(KNOWN[name], timing, made_for(name, example))
    async with client:
        answer = await sent(client, example["request"], page["credential"])
        assert answer.status_code == example["expect"]["status"]
        judged_answer(answer, example["expect"])
        await sandbox.driver.advance(None)
    judged_call(sandbox, example["expect"])


def judged_answer(answer: httpx.Response, expect: Mapping[str, Any]) -> None:
    if "body" in expect:
        assert answer.text == expect["body"]
    if "like" in expect:
        assert re.fullmatch(expect["like"], answer.text)


def judged_call(sandbox: Sandbox, expect: Mapping[str, Any]) -> None:
    store = sandbox.store
    sent_bodies = [delivery.webhook.body for delivery in store.deliveries.values()]
    if "played" in expect:
        events = [event for call in store.calls.values() for event in call.events]
        assert [one.data["text"] for one in events if one.verb == "play"] == expect["played"]
    if "webhook_keys" in expect:
        assert [list(body or {}) for body in sent_bodies] == [expect["webhook_keys"]]
    if "webhook" in expect:
        wanted = filled(expect["webhook"], {"{token}": token(store.world.seed, "c1")})
        assert json.dumps(sent_bodies) == json.dumps([wanted])


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


@pytest.mark.parametrize("name", PAGES)
def test_examples_are_numbered_without_a_gap(name: str) -> None:
    numbers = [example["number"] for example in PAGES[name]["examples"]]
    assert numbers == list(range(1, len(numbers) + 1))


def operations() -> Iterator[tuple[str, Endpoint, dict[str, Any]]]:
    for name, listing in KNOWN.items():
        entries = [one for path in listing.document()["paths"].values() for one in path.values()]
        for endpoint in listing.provider.endpoints:
            entry = next(one for one in entries if one["operationId"] == endpoint.operation)
            yield name, endpoint, entry


OPERATIONS = list(operations())
PROVOKED = [
    (name, endpoint, fault, how, entry)
    for name, endpoint, entry in OPERATIONS
    for fault, how in entry["x-faults"].items()
]


@pytest.mark.parametrize("name", KNOWN)
def test_every_fault_has_an_example_and_no_example_is_without_a_fault(name: str) -> None:
    shown = {fault for other, _, fault, _, _ in PROVOKED if other == name}
    assert shown == {fault.name for fault in faults(KNOWN[name].provider)}


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
    media = entry["requestBody"]["content"]["application/json"]
    body = {**next(iter(media["examples"].values()))["value"], **told.get("body", {})}
    request = {"method": endpoint.method, "path": endpoint.path, "body": body, **told}
    asyncio.run(provoked(name, fault, request | {"body": body}, example))


async def provoked(name: str, fault: str, request: dict[str, Any], example: dict[str, Any]) -> None:
    listing = KNOWN[name]
    sandbox, client = at_host(listing, Timing("manual", 0), made_for(name, example))
    async with client:
        for _ in range(request.get("repeat", 1)):
            answer = await sent(client, request, PAGES[name]["credential"])
    documented = next(one for one in faults(listing.provider) if one.name == fault)
    assert answer.headers["x-mock-fault"] == fault
    assert answer.headers["x-mock-explain"].startswith(f"{fault} ({documented.source})")
    assert answer.status_code == documented.status
    assert documented.message in answer.text
    assert len(sandbox.store.calls) == request.get("repeat", 1) - 1


@pytest.mark.parametrize(
    ("name", "endpoint", "entry"), OPERATIONS, ids=[one.operation for _, one, _ in OPERATIONS]
)
def test_rulebook_words_all_that_the_form_can_complain_about(
    name: str, endpoint: Endpoint, entry: dict[str, Any]
) -> None:
    breaches = [rule.test for stage in endpoint.rules for rule in stage]
    ruled = {(one.name, "required" in one.keywords) for one in breaches if isinstance(one, Breach)}
    media = next(iter(entry["requestBody"]["content"].values()))["schema"]
    form = KNOWN[name].document()["components"]["schemas"][media["$ref"].rsplit("/", 1)[1]]
    required = {(field, True) for field in form["required"]}
    shaped = {(field, False) for field in form["properties"] if field != "access_token"}
    assert required | shaped <= ruled


def test_bundled_scenario_files_keep_to_their_grammar() -> None:
    sources = [Source(str(one), one.read_bytes()) for one in sorted(bundled("scenarios").glob("*"))]
    assert load(sources, KNOWN).stories.default == "answered"
