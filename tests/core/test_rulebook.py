"""Rulebooks: when a rule is broken, and which broken rules are reported."""

from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.account import Account
from mockserver.core.http import Request
from mockserver.core.rulebook import (
    Evidence,
    Fault,
    RequestContext,
    Rule,
    Rulebook,
    Violation,
    ViolationTest,
    evaluate,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    known_by,
    malformed_field,
    missing_field,
    render_message,
    serialize_condition,
)

FAULT = Fault(name="fault", status=422, message="No.", evidence=Evidence.ASSUMED)


def build_context(*violations: Violation, body_error: str = "", **fields: object) -> RequestContext:
    request = Request(method="POST", path="/", fields=fields, body_error=body_error)
    return RequestContext(request=request, now=0, account=None, violations=violations)


def build_rule(name: str, *, broken: bool) -> Rule:
    return Rule(test=lambda _: broken, fault=FAULT, field=name)


@pytest.mark.parametrize(
    ("value", "text"), [("x", "x"), (5, "5"), ("", ""), (None, ""), (0, "0"), (False, "false")]
)
def test_a_request_context_reads_a_field_as_text(value: object, text: str) -> None:
    assert build_context(to=value).text("to") == text


def test_a_field_that_was_not_sent_reads_as_empty_text() -> None:
    assert build_context().text("to") == ""


def test_a_request_context_has_the_authenticated_account() -> None:
    account = Account(name="shop", provider="mobtexting")
    assert (
        RequestContext(
            request=Request(method="GET", path="/"),
            now=0,
            account=account,
        ).authenticated_account
        is account
    )


def test_a_request_context_without_an_account_raises_a_lookup_error() -> None:
    with pytest.raises(LookupError, match=r"^this rule stands before the one that asks who"):
        _ = build_context().authenticated_account


@pytest.mark.parametrize(
    ("keywords", "violation", "matches"),
    [
        ((), Violation(field="to", keyword="pattern"), True),
        ((), Violation(field="to", keyword="type"), True),
        ((), Violation(field="to", keyword="required"), False),
        ((), Violation(field="from", keyword="pattern"), False),
        (("required",), Violation(field="to", keyword="required"), True),
        (("required",), Violation(field="to", keyword="pattern"), False),
        (("required",), Violation(field="from", keyword="required"), False),
        (("minimum", "maximum"), Violation(field="to", keyword="maximum"), True),
    ],
)
def test_a_violation_test_matches_its_field_and_keywords(
    keywords: tuple[str, ...],
    violation: Violation,
    matches: bool,  # noqa: FBT001 - what the table expects
) -> None:
    violation_test = ViolationTest(field="to", keywords=frozenset(keywords))
    assert violation_test.matches(violation) is matches
    assert (
        violation_test(build_context(Violation(field="mid", keyword="type"), violation)) is matches
    )
    assert violation_test(build_context()) is False


def test_rules_for_missing_and_malformed_fields_name_their_field() -> None:
    missing = ViolationTest(field="to", keywords=frozenset({"required"}))
    assert missing_field("to", FAULT) == Rule(test=missing, fault=FAULT, field="to")
    malformed = ViolationTest(field="to")
    assert malformed_field("to", FAULT) == Rule(test=malformed, fault=FAULT, field="to")


def test_a_request_is_malformed_if_its_body_has_an_error() -> None:
    assert [
        is_malformed(build_context(body_error=body_error))
        for body_error in ("", "the body is not JSON")
    ] == [False, True]


def test_a_request_is_unauthenticated_without_an_account() -> None:
    authenticated = RequestContext(
        request=Request(method="GET", path="/"),
        now=0,
        account=Account(name="shop", provider="mobtexting"),
    )
    assert [is_unauthenticated(build_context()), is_unauthenticated(authenticated)] == [True, False]


def test_a_request_is_rate_limited_if_the_engine_says_so() -> None:
    limited = RequestContext(request=Request(method="GET", path="/"), now=0, rate_limited=True)
    assert [is_rate_limited(build_context()), is_rate_limited(limited)] == [False, True]


@pytest.mark.parametrize(
    ("stages", "names"),
    [
        ((), []),
        (((), ()), []),
        (((("a", False), ("b", False)), (("c", False),)), []),
        (((("a", False), ("b", True)), (("c", True),)), ["b"]),
        (((("a", True), ("b", False), ("c", True)),), ["a", "c"]),
        (((("a", False),), (("b", True), ("c", True)), (("d", True),)), ["b", "c"]),
    ],
)
def test_the_broken_rules_are_those_of_the_first_stage_with_any(
    stages: tuple[tuple[tuple[str, bool], ...], ...], names: list[str]
) -> None:
    rulebook: Rulebook = tuple(
        tuple(build_rule(name, broken=broken) for name, broken in stage) for stage in stages
    )
    assert [rule.field for rule in evaluate(rulebook, build_context())] == names


@pytest.mark.parametrize(
    ("restriction", "limits", "broken"),
    [
        ("", {}, True),
        ("balance", {}, False),
        ("balance", {"balance": Decimal(0)}, True),
        ("numbers", {}, False),
        ("numbers", {"numbers": frozenset[str]()}, True),
        ("webhooks", {}, False),
        ("webhooks", {"webhooks": {}}, False),
        ("webhooks", {"webhooks": {"any": "http://127.0.0.1:1"}}, True),
    ],
)
def test_a_rule_with_a_restriction_is_evaluated_for_an_account_that_has_it(
    restriction: str, limits: dict[str, Any], *, broken: bool
) -> None:
    account = Account(name="main", provider="mobtexting", **limits)
    rule = build_rule("field", broken=True).replace(restriction=restriction)
    context = build_context().replace(account=account)
    assert evaluate(((rule,),), context) == ((rule,) if broken else ())


def test_no_rule_of_a_later_stage_is_evaluated() -> None:
    def requires_account(request: RequestContext) -> bool:
        return request.authenticated_account.balance is None

    broken_rules = (build_rule("who", broken=True),)
    assert (
        evaluate((broken_rules, (Rule(test=requires_account, fault=FAULT),)), build_context())
        == broken_rules
    )


@pytest.mark.parametrize(
    ("message", "text"),
    [("No {to}", "No 1"), ("{to}{from}", "1"), ("no field", "no field"), ("{}", "{}")],
)
def test_a_message_shows_the_value_of_its_field(message: str, text: str) -> None:
    context = RequestContext(request=Request(method="POST", path="/", fields={"to": 1}), now=0)
    assert render_message(FAULT.replace(message=message), context) == text


BATCH = RequestContext(
    request=Request(method="POST", path="/", fields={"calls": [{"to": "1"}, "text"], "key": "k"}),
    now=0,
    violations=(
        Violation(field="calls.0.to", keyword="pattern"),
        Violation(field="calls.0.legs.1.at", keyword="required"),
        Violation(field="calls.1", keyword="type"),
        Violation(field="calls.10.to", keyword="required"),
        Violation(field="key", keyword="pattern"),
    ),
)


@pytest.mark.parametrize(
    ("index", "fields", "violations"),
    [
        (
            0,
            {"to": "1"},
            (
                Violation(field="to", keyword="pattern"),
                Violation(field="legs.1.at", keyword="required"),
            ),
        ),
        (1, {}, (Violation(field="", keyword="type"),)),
    ],
)
def test_the_context_of_a_batch_item_has_its_fields_and_violations(
    index: int, fields: dict[str, str], violations: tuple[Violation, ...]
) -> None:
    item = BATCH.for_item("calls", index)
    assert (item.fields, item.violations) == (fields, violations)


def test_the_context_of_an_item_has_no_fields_if_there_is_no_list() -> None:
    assert BATCH.for_item("key", 0).fields == {}


@pytest.mark.parametrize(
    ("name", "matches"),
    [("calls.*.to", True), ("calls.0.to", True), ("calls.*", False), ("*.0.to", False)],
)
def test_a_violation_test_with_a_star_matches_any_index_of_a_list(
    name: str, *, matches: bool
) -> None:
    assert (
        ViolationTest(field=name).matches(Violation(field="calls.0.to", keyword="pattern"))
        == matches
    )


def test_the_evidence_of_a_fault_is_documented_observed_or_assumed() -> None:
    assert [str(evidence) for evidence in Evidence] == ["documented", "observed", "assumed"]


def test_the_condition_of_a_rule_is_known_as_its_fault_is_unless_the_rule_says_otherwise() -> None:
    rule = build_rule("to", broken=True)
    documented = known_by(Evidence.DOCUMENTED, rule, "page 7")
    assert serialize_condition(rule) == {"field": "to", "evidence": "assumed", "note": None}
    assert serialize_condition(documented) == {
        "field": "to",
        "evidence": "documented",
        "note": "page 7",
    }
    assert documented.replace(condition=None, note="") == rule


def test_a_malformed_field_that_the_request_does_not_use_breaks_no_rule() -> None:
    rule = malformed_field("to", FAULT, lambda context: bool(context.text("ticket")))
    malformed = Violation(field="to", keyword="pattern")
    assert rule.test(build_context(malformed))
    assert not rule.test(build_context(malformed, ticket="7"))
    assert not rule.test(build_context(ticket="7"))


@pytest.mark.parametrize(
    ("limit", "message"), [(None, "No abcdef, no 12."), (3, "No abc, no 12."), (0, "No , no .")]
)
def test_a_message_shows_as_much_of_each_value_as_asked_for(
    limit: int | None, message: str
) -> None:
    fault = FAULT.replace(message="No {name}, no {number}.")
    assert fault.placeholders == ("name", "number")
    assert render_message(fault, build_context(name="abcdef", number=12), limit) == message
