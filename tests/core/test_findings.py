"""Findings: where a request breaks a rule, and what would pass there."""

from typing import Any

import pytest

from mockserver.core.account import Account
from mockserver.core.findings import (
    MAX_CANDIDATES,
    MAX_FINDINGS,
    MAX_SHOWN_SAMPLE,
    Finding,
    WrongMethodTest,
    account_records,
    always_at,
    choose,
    decided_by,
    describe,
    find_all,
    find_at,
)
from mockserver.core.http import Request
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.rulebook import (
    Evidence,
    Fault,
    RequestContext,
    Rule,
    Violation,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    malformed_field,
)

FAULT = Fault(name="fault", status=422, message="No.", evidence=Evidence.ASSUMED)
ACCOUNT = Account(name="mine", provider="mine", records={"menus": {"1": 0, "2": 0}})


def build_context(*violations: Violation, body_error: str = "", **fields: object) -> RequestContext:
    request = Request(method="POST", path="/", fields=fields, body_error=body_error)
    return RequestContext(request=request, now=0, account=ACCOUNT, violations=violations)


def build_rule(test: Any, field: str = "") -> Rule:
    return Rule(test=test, fault=FAULT, field=field)


def build_violation(*values: str) -> Violation:
    return Violation(*values)


def found(*values: str) -> tuple[Finding]:
    return (Finding(*values),)


def is_not_two(context: RequestContext) -> bool:
    return context.text("menu") != "2"


MENU = build_rule(is_not_two, "menu")


def find(rule: Rule, context: RequestContext, finders: Any = EMPTY_MAPPING) -> tuple[Finding, ...]:
    return find_all(rule, context, finders)


def test_a_broken_schema_is_found_once_at_each_field_with_its_index() -> None:
    violations = (
        build_violation("phones.1", "pattern", "digits", '"1"'),
        build_violation("phones.1", "type", "digits", '"1"'),
        build_violation("phones.3", "type", "digits", '"1"'),
        build_violation("name", "type", "a text"),
    )
    assert find(malformed_field("phones.*", FAULT), build_context(*violations)) == (
        *found("phones.1", "digits, such as 1", '"1"'),
        *found("phones.3", "digits, such as 1", '"1"'),
    )


def test_a_finder_for_a_field_replaces_what_its_schema_says() -> None:
    context = build_context(build_violation("at", "pattern", "a time"))
    finders = {"at": always_at("at", "a time after now", "12:00")}
    assert find(malformed_field("at", FAULT), context, finders) == found(
        "at", "a time after now, such as 12:00", '"12:00"'
    )


@pytest.mark.parametrize(
    ("expected", "sample", "text"),
    [
        ("0 or 1", "1", "0 or 1"),
        ("a digit", "7", "a digit, such as 7"),
        ("a list", '[{"a": 1}]', 'a list, such as [{"a": 1}]'),
        ("a text", '"mine"', "a text, such as mine"),
        ("nothing", "", "nothing"),
        ("a list", f'["{"x" * MAX_SHOWN_SAMPLE}"]', "a list"),
    ],
)
def test_what_would_pass_has_its_sample_in_words_once(
    expected: str, sample: str, text: str
) -> None:
    assert describe(expected, sample) == text


def test_a_name_of_the_account_is_chosen_with_which_the_rule_passes() -> None:
    finders = {is_not_two: choose("menu", "a menu", account_records("menus"))}
    assert find(MENU, build_context(menu="7"), finders) == found(
        "menu", "a menu of the account, such as 2", '"2"'
    )


@pytest.mark.parametrize("candidates", [(), ("1",), [str(n) for n in range(3, 3 + MAX_CANDIDATES)]])
def test_where_nothing_of_the_account_passes_the_finding_says_so(candidates: Any) -> None:
    finders = {is_not_two: choose("menu", "a menu", lambda _: candidates)}
    assert find(MENU, build_context(menu="7"), finders) == found(
        "menu", "nothing: the account does not have a menu that would pass"
    )


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (
            is_malformed,
            "a body that can be read; this one cannot: unexpected end",
        ),
        (
            is_unauthenticated,
            "nothing in the request: the credential has to be that of an account",
        ),
        (
            is_rate_limited,
            "nothing in the request: the account's rate limit is used up, later it passes",
        ),
        (WrongMethodTest(allowed=("GET", "POST")), "the method GET or POST"),
    ],
)
def test_a_rule_that_no_field_decides_says_what_does(test: Any, expected: str) -> None:
    context = build_context(body_error="unexpected end")
    assert find(build_rule(test), context) == found("", expected)


def test_a_wrong_method_breaks_its_rule_always() -> None:
    assert WrongMethodTest(allowed=("GET",))(build_context()) is True


def test_a_provider_has_its_own_finder_for_a_common_test() -> None:
    finders = {is_unauthenticated: decided_by("the host decides")}
    assert find(build_rule(is_unauthenticated), build_context(), finders) == found(
        "", "nothing in the request: the host decides"
    )


def test_a_rule_without_a_finder_is_found_at_its_field() -> None:
    assert find(MENU, build_context()) == found("menu", "cannot be said")


@pytest.mark.parametrize(
    ("count", "note"), [(MAX_FINDINGS, ""), (MAX_FINDINGS + 3, "; 3 more values break this rule")]
)
def test_findings_beyond_the_limit_are_counted(count: int, note: str) -> None:
    all_found = tuple(find_at(f"phones.{index}", "digits", 1) for index in range(count))
    findings = find(MENU, build_context(), {is_not_two: lambda _, __: all_found})
    assert len(findings) == MAX_FINDINGS
    assert findings[:-1] == all_found[: MAX_FINDINGS - 1]
    assert findings[-1].expected == f"digits, such as 1{note}"
