"""Each provider conforms to its page: examples are replayed and faults provoked."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from mockserver.config.loader import load_definitions
from mockserver.config.openapi_checks import iter_operations, parameters, request_examples
from mockserver.config.registry import bundled_folder
from mockserver.config.source_texts import SourceText
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
EXAMPLES = [(name, example) for name, page in PAGES.items() for example in page.examples.values()]
ENCODED = {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"}


def test_every_provider_has_a_conformance_page() -> None:
    assert PAGES.keys() == PROVIDERS.keys()


@pytest.mark.parametrize(
    ("name", "example"), EXAMPLES, ids=[f"{name}-{example['number']}" for name, example in EXAMPLES]
)
def test_an_example_of_the_page_is_answered_as_documented(name: str, example: Part) -> None:
    assert example["reached_by"] == ("scenario" if "scenario" in example else "state")
    assert "why" in example or "scenario" not in example
    if "request" in example:
        asyncio.run(replay_example(PAGES[name], example))
    else:
        endpoints = PROVIDERS[name].provider.endpoints
        paths = [endpoint.path for endpoint in endpoints if endpoint.host == example["host"]]
        assert paths
        assert all(path.startswith(example["prefix"]) for path in paths)


@pytest.mark.parametrize("name", PAGES)
def test_examples_are_numbered_without_a_gap(name: str) -> None:
    """`19a` and `19b` share a number."""
    numbers = {int(str(number).rstrip("abcdefgh")) for number in PAGES[name].examples}
    assert numbers == set(range(1, len(numbers) + 1))


def documented_operations() -> Iterator[tuple[str, Endpoint, dict[str, Any]]]:
    """Yield provider, endpoint and document entry of every documented operation."""
    for name, bound in PROVIDERS.items():
        for path, method, entry in iter_operations(bound.document()):
            key = (path, method, entry["operationId"])
            yield name, find_endpoint(name, key), dict(entry)


def find_endpoint(name: str, key: tuple[str, str, str]) -> Endpoint:
    endpoints = PROVIDERS[name].provider.endpoints
    return next(
        endpoint
        for endpoint in endpoints
        if (endpoint.path, endpoint.method, endpoint.operation) == key
    )


OPERATIONS = list(documented_operations())
OPERATION_IDS = [f"{name}-{endpoint.operation}" for name, endpoint, _ in OPERATIONS]
FAULT_EXAMPLES = [
    (name, endpoint, fault, how, entry)
    for name, endpoint, entry in OPERATIONS
    for fault, how in entry.get("x-faults", {}).items()
]


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_operation_is_in_the_openapi_document(name: str) -> None:
    documented = {endpoint.operation for other, endpoint, _ in OPERATIONS if other == name}
    assert documented == {endpoint.operation for endpoint in PROVIDERS[name].provider.endpoints}


@pytest.mark.parametrize(("name", "endpoint", "entry"), OPERATIONS, ids=OPERATION_IDS)
def test_every_operation_has_example_requests_that_its_schema_accepts(
    name: str, endpoint: Endpoint, entry: Mapping[str, Any]
) -> None:
    examples = request_examples(PROVIDERS[name].document(), entry["operationId"])
    assert [PROVIDERS[name].checks[endpoint.operation](example) for example in examples] == [
        ()
    ] * len(examples)
    assert examples


@pytest.mark.parametrize("name", PROVIDERS)
def test_faults_and_fault_examples_correspond(name: str) -> None:
    with_example = {fault for other, _, fault, _, _ in FAULT_EXAMPLES if other == name}
    assert with_example == {fault.name for fault in all_faults(PROVIDERS[name].provider)}


@pytest.mark.parametrize(("name", "endpoint", "entry"), OPERATIONS, ids=OPERATION_IDS)
def test_every_fault_of_a_rulebook_has_an_example_at_its_operation(
    name: str, endpoint: Endpoint, entry: Mapping[str, Any]
) -> None:
    rulebook_faults = {rule.fault.name for stage in endpoint.rules for rule in stage}
    assert rulebook_faults - set(entry.get("x-faults", {})) == set(), name


@pytest.mark.parametrize(
    ("name", "endpoint", "fault", "cause", "entry"),
    FAULT_EXAMPLES,
    ids=[f"{name}-{endpoint.operation}-{fault}" for name, endpoint, fault, _, _ in FAULT_EXAMPLES],
)
def test_a_fault_is_provoked_by_its_example(
    name: str, endpoint: Endpoint, fault: str, cause: Any, entry: Mapping[str, Any]
) -> None:
    example: Part = {"scenario": {"refuse": fault}} if cause == "scenario" else cause
    faults = {fault_line.name: fault_line for fault_line in all_faults(PROVIDERS[name].provider)}
    request = build_request(name, endpoint, entry, example)
    asyncio.run(provoke_fault(name, faults[fault], request, example))


def build_request(
    name: str, endpoint: Endpoint, entry: Mapping[str, Any], example: Part
) -> dict[str, Any]:
    """Return the first example request of the document, changed as the fault's example says."""
    document = PROVIDERS[name].document()
    fields = merge_patch(request_examples(document, endpoint.operation)[0], example.get("body", {}))
    path = endpoint.path
    for part in re.findall(r"\{(\w+)\}", path):
        path = path.replace(f"{{{part}}}", str(fields.pop(part, "")))
    content = entry.get("requestBody", {}).get("content", {})
    query_names = (
        {parameter["name"] for parameter in parameters(document, entry)}
        if content
        else fields.keys()
    )
    query = {key: value for key, value in fields.items() if key in query_names}
    body = {key: value for key, value in fields.items() if key not in query_names}
    encoded = "body" if "application/json" in content else ENCODED.get(next(iter(content), ""), "")
    request: dict[str, Any] = {"method": endpoint.method, "path": path, "host": endpoint.host}
    request |= {key: example[key] for key in ("method", "path", "headers", "raw") if key in example}
    request["query"] = merge_patch(query, example.get("query", {})) or None
    return request if "raw" in example or not encoded else {**request, encoded: body}


async def provoke_fault(name: str, fault: Fault, request: Part, cause: Part) -> None:
    example = {"given": cause.get("account", {})}
    example |= {key: cause[key] for key in ("scenario", "clock") if key in cause}
    site = build_conformance_site(PAGES[name], example)
    for preparation in (*cause.get("before", ()), *[request] * (cause.get("repeat", 1) - 1)):
        await send_preparation(site, fault, preparation)
    calls = len(read.calls(site.sandbox.state))
    response = await send(site, request)
    assert response.headers.get("x-mock-fault") == fault.name
    explanation = response.headers["x-mock-explain"]
    if "scenario" in cause:
        assert f" orders refuse: {fault.name} ({fault.evidence}); chosen by " in explanation
    else:
        assert explanation.startswith(f"{fault.name} ({fault.evidence}")
    assert response.status_code == fault.status
    assert has_message(fault, response)
    assert len(read.calls(site.sandbox.state)) == calls


async def send_preparation(site: ConformanceSite, fault: Fault, preparation: Part) -> None:
    """Send a request that comes first, or advance the clock."""
    if "advance" in preparation:
        await advance(site.sandbox, str(preparation["advance"]))
    else:
        response = await send(site, preparation)
        assert response.headers.get("x-mock-fault") != fault.name


def has_message(fault: Fault, response: httpx.Response) -> bool:
    """Whether the response has the fault's message; `{field}` in it stands for a received value."""
    pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(fault.message))
    texts = [
        response.text,
        *strings(response.json() if "json" in response.headers.get("content-type", "") else 0),
    ]
    return any(re.search(pattern, text, re.DOTALL) for text in texts)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        yield from strings(item)


@pytest.mark.parametrize(("name", "endpoint", "entry"), OPERATIONS, ids=OPERATION_IDS)
def test_the_rulebook_has_a_rule_for_every_schema_violation(
    name: str, endpoint: Endpoint, entry: Mapping[str, Any]
) -> None:
    assert entry["operationId"] == endpoint.operation
    assert violations_without_rule(PROVIDERS[name], endpoint) == []


def test_the_bundled_scenario_files_are_valid() -> None:
    sources = [
        SourceText(file=str(path), text=path.read_bytes())
        for path in sorted(bundled_folder("scenarios").glob("*"))
    ]
    assert load_definitions(sources, PROVIDERS).scenarios.default == "answered"
