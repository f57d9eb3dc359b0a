"""Each provider conforms to its page: examples are replayed and faults provoked."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from mockserver.config.loader import load_definitions
from mockserver.config.openapi_checks import request_examples
from mockserver.config.registry import bundled_folder
from mockserver.config.source_texts import SourceText
from mockserver.core.provider import Endpoint, all_faults
from mockserver.core.rulebook import Fault
from tests.support import read
from tests.support.conformance import (
    PROVIDERS,
    Part,
    load_pages,
    replay_example,
    send,
)
from tests.support.fault_examples import (
    FAULT_EXAMPLES,
    OPERATIONS,
    FaultExample,
    build_request,
    build_site,
    example_fields,
    prepare,
)
from tests.support.form_audit import violations_without_rule

PAGES = load_pages()
EXAMPLES = [(name, example) for name, page in PAGES.items() for example in page.examples.values()]


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


OPERATION_IDS = [f"{name}-{endpoint.operation}" for name, endpoint, _ in OPERATIONS]


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
    with_example = {each.fault for each in FAULT_EXAMPLES if each.name == name}
    assert with_example == {fault.name for fault in all_faults(PROVIDERS[name].provider)}


@pytest.mark.parametrize(("name", "endpoint", "entry"), OPERATIONS, ids=OPERATION_IDS)
def test_every_fault_of_a_rulebook_has_an_example_at_its_operation(
    name: str, endpoint: Endpoint, entry: Mapping[str, Any]
) -> None:
    rulebook_faults = {rule.fault.name for stage in endpoint.rules for rule in stage}
    assert rulebook_faults - set(entry.get("x-faults", {})) == set(), name


@pytest.mark.parametrize("example", FAULT_EXAMPLES, ids=[each.label for each in FAULT_EXAMPLES])
def test_a_fault_is_provoked_by_its_example(example: FaultExample) -> None:
    faults = {fault.name: fault for fault in all_faults(PROVIDERS[example.name].provider)}
    asyncio.run(provoke_fault(faults[example.fault], example))


async def provoke_fault(fault: Fault, example: FaultExample) -> None:
    site = build_site(PAGES[example.name], example)
    request = build_request(example, example_fields(example))
    await prepare(site, example, request)
    calls = len(read.calls(site.sandbox.state))
    response = await send(site, request)
    assert response.headers.get("x-mock-fault") == fault.name
    explanation = response.headers["x-mock-explain"]
    if "scenario" in example.cause:
        assert f" orders refuse: {fault.name} ({fault.evidence}); chosen by " in explanation
    else:
        assert explanation.startswith(f"{fault.name} ({fault.evidence}")
    assert response.status_code == fault.status
    assert has_message(fault, response)
    assert len(read.calls(site.sandbox.state)) == calls


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
