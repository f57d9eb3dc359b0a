"""What an explanation says would pass is sent, and passes; where nothing does, it says so."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from mockserver.config.json_schema import build_validator
from mockserver.config.openapi_checks import parameter_schema, request_examples, resolve_reference
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
from mockserver.core.field_paths import with_value
from mockserver.core.findings import COMMON_FINDERS, Finding
from mockserver.core.http import Request
from mockserver.core.provider import Endpoint
from mockserver.core.rulebook import Rule, Rulebook, ViolationTest
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.conformance import PROVIDERS, load_pages, send
from tests.support.fault_examples import (
    FAULT_EXAMPLES,
    OPERATIONS,
    FaultExample,
    build_request,
    build_site,
    example_fields,
    prepare,
)
from tests.support.leg_operations import BEARER
from tests.support.placing_requests import COOKIE, HEADERS
from tests.support.simulation import START

PAGES = load_pages()
WITHOUT_A_VALUE = ("nothing", "the method ", "a body that can be read", "the security_id of")
"""How `would_pass` begins where no value of a field passes."""
WRONG_VALUES: tuple[object, ...] = (
    *([1], {"a": 1}, "\N{BLACK TELEPHONE}", "x" * 2_000, -1, 7, 1.5, True, "text", "nowhere", []),
)


def samples_of(fields: Mapping[str, Any], findings: tuple[Finding, ...]) -> dict[str, Any]:
    """Return the fields with the sample of each finding."""
    changed = dict(fields)
    for finding in findings:
        changed = with_value(changed, finding.field, json.loads(finding.sample))
    return changed


def assert_passes(rule: Rule, before: Exchange, after: Exchange, rulebook: Rulebook) -> None:
    """The rule is kept now, and up to its stage no rule is broken that was not broken before."""
    assert rule not in after.broken_rules, after.explanation
    index = next(number for number, stage in enumerate(rulebook) if rule in stage)
    earlier = {each for stage in rulebook[: index + 1] for each in stage}
    newly_broken = [each for each in after.broken_rules if each not in before.broken_rules]
    assert [each.fault.name for each in newly_broken if each in earlier] == [], after.explanation


@pytest.mark.parametrize("example", FAULT_EXAMPLES, ids=[each.label for each in FAULT_EXAMPLES])
def test_what_would_pass_a_fault_passes_when_it_is_sent(example: FaultExample) -> None:
    asyncio.run(send_what_would_pass(example))


async def send_what_would_pass(example: FaultExample) -> None:
    fields = example_fields(example)
    refused = await exchange_of(example, fields)
    assert refused.fault == example.fault
    for rule, findings in zip(refused.broken_rules, refused.findings, strict=True):
        with_sample = [each.field for each in findings if each.sample]
        without = [each.expected for each in findings if not each.sample]
        assert [each for each in without if not each.startswith(WITHOUT_A_VALUE)] == []
        if with_sample and not without:
            accepted = await exchange_of(example, samples_of(fields, findings))
            assert_passes(rule, refused, accepted, example.endpoint.rules)


async def exchange_of(example: FaultExample, fields: Mapping[str, Any]) -> Exchange:
    site = build_site(PAGES[example.name], example)
    await prepare(site, example, build_request(example, example_fields(example)))
    await send(site, build_request(example, fields))
    return read.exchanges(site.sandbox.state)[-1]


class SchemaRule(NamedTuple):
    """A rule about a field of a schema, and its operation."""

    bound: BoundProvider
    endpoint: Endpoint
    rule: Rule
    test: ViolationTest

    @property
    def label(self) -> str:
        missing = "missing-" * ("required" in self.test.keywords)
        return f"{self.bound.provider.name}-{self.endpoint.operation}-{missing}{self.test.field}"


NEVER_BROKEN = ("ccai-create-scheduled-call_id",)
"""Rules behind another one that is broken by each of their requests."""


def schema_rules() -> Iterator[SchemaRule]:
    for name, endpoint, _ in OPERATIONS:
        for rule in (rule for stage in endpoint.rules for rule in stage):
            if isinstance(rule.test, ViolationTest):
                yield SchemaRule(PROVIDERS[name], endpoint, rule, rule.test)


SCHEMA_RULES = [rule for rule in schema_rules() if rule.label not in NEVER_BROKEN]


def broken_fields(case: SchemaRule) -> Iterator[dict[str, Any]]:
    """Yield the example requests of the operation with each wrong value of the field."""
    path = case.test.field.replace("*", "0")
    for fields in request_examples(case.bound.document(), case.endpoint.operation):
        parent, _, name = path.rpartition(".")
        without = (
            with_value(fields, parent, {"other": 1})
            if parent
            else {key: value for key, value in fields.items() if key != name}
        )
        yield without
        for value in WRONG_VALUES:
            yield with_value(fields, path, value)
            yield with_value(in_a_list(fields, path), path, value)


def in_a_list(fields: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return the fields with a list of one item where the path has its first index."""
    before, index, _ = path.partition(".0")
    return with_value(fields, before, [{}]) if index else fields


@pytest.mark.parametrize("case", SCHEMA_RULES, ids=[each.label for each in SCHEMA_RULES])
def test_what_would_pass_a_rule_about_a_field_passes_when_it_is_sent(
    case: SchemaRule, configuration: Configuration
) -> None:
    state = SandboxState(configuration, START)
    if "{id}" in case.endpoint.path:
        place_call(state, case.bound)
    refusals = (
        (fields, exchange)
        for fields in broken_fields(case)
        if case.rule in (exchange := respond_to(state, case, fields)).broken_rules
    )
    fields, refused = next(refusals)
    findings = refused.findings[refused.broken_rules.index(case.rule)]
    assert all(finding.sample for finding in findings)
    accepted = respond_to(state, case, samples_of(fields, findings))
    assert_passes(case.rule, refused, accepted, case.endpoint.rules)


def place_call(state: SandboxState, bound: BoundProvider) -> None:
    """Place the call whose id the examples of the document have."""
    operation = "create-inbound"
    endpoint = next(each for each in bound.provider.endpoints if each.operation == operation)
    any_rule = endpoint.rules[0][0]
    case = SchemaRule(bound, endpoint, any_rule, ViolationTest(field="none"))
    assert respond_to(state, case, bound.examples(operation)[0]).call_ids == ("c1",)


def respond_to(state: SandboxState, case: SchemaRule, fields: Mapping[str, Any]) -> Exchange:
    name, endpoint = case.bound.provider.name, case.endpoint
    headers = {**HEADERS.get(name, BEARER), **COOKIE}
    request = Request(method=endpoint.method, path=endpoint.path, headers=headers, fields=fields)
    incoming = build_incoming_request(
        bound=case.bound,
        endpoint=endpoint,
        request=request,
        credential=case.bound.provider.credential(request) or "",
    )
    return handle(state, incoming, START)


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_rule_that_tests_no_schema_has_a_finder(name: str) -> None:
    provider = PROVIDERS[name].provider
    tests = {
        rule.test for endpoint in provider.endpoints for stage in endpoint.rules for rule in stage
    }
    known = {*provider.finders, *COMMON_FINDERS, ViolationTest}
    assert [test for test in tests if not {test, type(test)} & known] == []


def schema_parts(
    document: Mapping[str, Any], schema: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (path, schema) of each field and item that a schema restricts."""
    part = resolve_reference(document, schema)
    if path and part.keys() - {"properties", "description", "examples"}:
        yield ".".join(path), part
    for name, inner in part.get("properties", {}).items():
        yield from schema_parts(document, inner, (*path, name))
    if "items" in part:
        yield from schema_parts(document, part["items"], (*path, "*"))


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_restricted_field_says_what_passes_with_an_example_that_does(name: str) -> None:
    document = PROVIDERS[name].document()
    components = {"components": document["components"]}
    for endpoint in PROVIDERS[name].provider.endpoints:
        for path, part in schema_parts(document, parameter_schema(document, endpoint.operation)):
            assert part.get("description"), path
            assert build_validator({**part, **components}).is_valid(part["examples"][0]), path
