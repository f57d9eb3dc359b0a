"""Each provider against its page: every example replayed, every fault provoked."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from mockserver.config.loader import SourceText, load_definitions
from mockserver.config.openapi_checks import iter_operations, parameters, request_examples
from mockserver.config.registry import bundled_folder
from mockserver.core.account import merge_patch
from mockserver.core.provider import Endpoint, all_faults
from mockserver.core.rulebook import Fault
from tests.support import read
from tests.support.conformance import (
    PROVIDERS,
    ConformanceSite,
    Part,
    advance,
    build_conformance_site,
    load_pages,
    replay_example,
    send,
)
from tests.support.form_audit import violations_without_rule

PAGES = load_pages()
EXAMPLES = [(name, one) for name, page in PAGES.items() for one in page.examples.values()]
ENCODED = {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"}


def test_every_provider_has_a_page() -> None:
    assert PAGES.keys() == PROVIDERS.keys()


@pytest.mark.parametrize(
    ("name", "example"), EXAMPLES, ids=[f"{name}-{example['number']}" for name, example in EXAMPLES]
)
def test_example_of_the_page(name: str, example: Part) -> None:
    assert example["reached_by"] == ("scenario" if "scenario" in example else "state")
    assert "why" in example or "scenario" not in example
    if "request" in example:
        asyncio.run(replay_example(PAGES[name], example))
    else:
        ends = PROVIDERS[name].provider.endpoints
        paths = [one.path for one in ends if one.host == example["host"]]
        assert paths
        assert all(path.startswith(example["prefix"]) for path in paths)


@pytest.mark.parametrize("name", PAGES)
def test_examples_are_numbered_without_a_gap(name: str) -> None:
    """`19a` and `19b` are two that stand under one number."""
    numbers = {int(str(number).rstrip("abcdefgh")) for number in PAGES[name].examples}
    assert numbers == set(range(1, len(numbers) + 1))


def documented() -> Iterator[tuple[str, Endpoint, dict[str, Any]]]:
    """Every operation of every document, with the endpoint that it describes."""
    for name, listing in PROVIDERS.items():
        for path, method, entry in iter_operations(listing.document()):
            place = (path, method, entry["operationId"])
            yield name, at(name, place), dict(entry)


def at(name: str, place: tuple[str, str, str]) -> Endpoint:
    ends = PROVIDERS[name].provider.endpoints
    return next(one for one in ends if (one.path, one.method, one.operation) == place)


OPERATIONS = list(documented())
NAMES = [f"{name}-{endpoint.operation}" for name, endpoint, _ in OPERATIONS]
PROVOKED = [
    (name, endpoint, fault, how, entry)
    for name, endpoint, entry in OPERATIONS
    for fault, how in entry.get("x-faults", {}).items()
]


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_operation_is_documented(name: str) -> None:
    shown = {endpoint.operation for other, endpoint, _ in OPERATIONS if other == name}
    assert shown == {endpoint.operation for endpoint in PROVIDERS[name].provider.endpoints}


@pytest.mark.parametrize(("name", "endpoint", "entry"), OPERATIONS, ids=NAMES)
def test_every_operation_shows_a_request_that_its_form_takes(
    name: str, endpoint: Endpoint, entry: Mapping[str, Any]
) -> None:
    shown = request_examples(PROVIDERS[name].document(), entry["operationId"])
    assert [PROVIDERS[name].checks[endpoint.operation](one) for one in shown] == [()] * len(shown)
    assert shown


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_fault_has_an_example_and_no_example_is_without_a_fault(name: str) -> None:
    shown = {fault for other, _, fault, _, _ in PROVOKED if other == name}
    assert shown == {fault.name for fault in all_faults(PROVIDERS[name].provider)}


@pytest.mark.parametrize(("name", "endpoint", "entry"), OPERATIONS, ids=NAMES)
def test_every_fault_of_a_rulebook_has_an_example_at_its_operation(
    name: str, endpoint: Endpoint, entry: Mapping[str, Any]
) -> None:
    ruled = {rule.fault.name for stage in endpoint.rules for rule in stage}
    assert ruled - set(entry.get("x-faults", {})) == set(), name


@pytest.mark.parametrize(
    ("name", "endpoint", "fault", "how", "entry"),
    PROVOKED,
    ids=[f"{name}-{endpoint.operation}-{fault}" for name, endpoint, fault, _, _ in PROVOKED],
)
def test_fault_is_provoked_by_its_example(
    name: str, endpoint: Endpoint, fault: str, how: Any, entry: Mapping[str, Any]
) -> None:
    told: Part = {"scenario": {"refuse": fault}} if how == "scenario" else how
    known = {one.name: one for one in all_faults(PROVIDERS[name].provider)}
    request = asked(name, endpoint, entry, told)
    asyncio.run(provoked(name, known[fault], request, told))


def asked(name: str, endpoint: Endpoint, entry: Mapping[str, Any], told: Part) -> dict[str, Any]:
    """The first request of the document, changed as the fault's example says."""
    document = PROVIDERS[name].document()
    fields = merge_patch(request_examples(document, endpoint.operation)[0], told.get("body", {}))
    path = endpoint.path
    for part in re.findall(r"\{(\w+)\}", path):
        path = path.replace(f"{{{part}}}", str(fields.pop(part, "")))
    media = entry.get("requestBody", {}).get("content", {})
    beside = {one["name"] for one in parameters(document, entry)} if media else fields.keys()
    query = {key: value for key, value in fields.items() if key in beside}
    body = {key: value for key, value in fields.items() if key not in beside}
    encoded = "body" if "application/json" in media else ENCODED.get(next(iter(media), ""), "")
    request: dict[str, Any] = {"method": endpoint.method, "path": path, "host": endpoint.host}
    request |= {key: told[key] for key in ("method", "path", "headers", "raw") if key in told}
    request["query"] = merge_patch(query, told.get("query", {})) or None
    return request if "raw" in told or not encoded else {**request, encoded: body}


async def provoked(name: str, fault: Fault, request: Part, told: Part) -> None:
    example = {"given": told.get("account", {})}
    example |= {key: told[key] for key in ("scenario", "clock") if key in told}
    here = build_conformance_site(PAGES[name], example)
    for before in (*told.get("before", ()), *[request] * (told.get("repeat", 1) - 1)):
        await prepared(here, fault, before)
    calls = len(read.calls(here.sandbox.state))
    answer = await send(here, request)
    assert answer.headers.get("x-mock-fault") == fault.name
    assert answer.headers["x-mock-explain"].startswith(f"{fault.name} ({fault.evidence})")
    assert answer.status_code == fault.status
    assert worded(fault, answer)
    assert len(read.calls(here.sandbox.state)) == calls


async def prepared(here: ConformanceSite, fault: Fault, before: Part) -> None:
    """A request that is made first, or `advance`."""
    if "advance" in before:
        await advance(here.sandbox, str(before["advance"]))
    else:
        answer = await send(here, before)
        assert answer.headers.get("x-mock-fault") != fault.name


def worded(fault: Fault, answer: httpx.Response) -> bool:
    """Whether the fault's text is in the answer; `{field}` in it stands for a received value."""
    pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(fault.message))
    texts = [
        answer.text,
        *strings(answer.json() if "json" in answer.headers.get("content-type", "") else 0),
    ]
    return any(re.search(pattern, text, re.DOTALL) for text in texts)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from strings(one)


@pytest.mark.parametrize(("name", "endpoint", "entry"), OPERATIONS, ids=NAMES)
def test_rulebook_words_all_that_the_form_can_complain_about(
    name: str, endpoint: Endpoint, entry: Mapping[str, Any]
) -> None:
    assert entry["operationId"] == endpoint.operation
    assert violations_without_rule(PROVIDERS[name], endpoint) == []


def test_bundled_scenario_files_keep_to_their_grammar() -> None:
    sources = [
        SourceText(file=str(one), text=one.read_bytes())
        for one in sorted(bundled_folder("scenarios").glob("*"))
    ]
    assert load_definitions(sources, PROVIDERS).scenarios.default == "answered"
