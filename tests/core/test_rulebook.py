"""Rulebooks: what counts as a breach, and whose objection answers."""

from collections.abc import Mapping

import pytest

from mockserver.core.account import Account
from mockserver.core.call import Call
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
    malformed_field,
    missing_field,
    render_message,
)

FAULT = Fault("fault", 422, "No.", Evidence.ASSUMED)


def never(_shape: str, _legs: Mapping[str, str], _at: int | None) -> Call:
    raise AssertionError


def case(*violations: Violation, flaw: str = "", **fields: object) -> RequestContext:
    asked = Request("POST", "/", fields=fields, body_error=flaw)
    return RequestContext(asked, 0, never, None, violations)


def rule(name: str, *, broken: bool) -> Rule:
    return Rule(lambda _: broken, FAULT, name)


@pytest.mark.parametrize(
    ("value", "text"), [("x", "x"), (5, "5"), ("", ""), (None, ""), (0, "0"), (False, "False")]
)
def test_case_text_of_a_field(value: object, text: str) -> None:
    assert case(to=value).text("to") == text


def test_case_text_of_a_field_not_sent() -> None:
    assert case().text("to") == ""


def test_case_caller_known() -> None:
    shop = Account("shop", "mobtexting")
    assert RequestContext(Request("GET", "/"), 0, never, shop).authenticated_account is shop


def test_case_caller_of_a_stranger() -> None:
    with pytest.raises(LookupError, match=r"^this rule stands before the one that asks who"):
        _ = case().authenticated_account


@pytest.mark.parametrize(
    ("keywords", "violation", "covered"),
    [
        ((), Violation("to", "pattern"), True),
        ((), Violation("to", "type"), True),
        ((), Violation("to", "required"), False),
        ((), Violation("from", "pattern"), False),
        (("required",), Violation("to", "required"), True),
        (("required",), Violation("to", "pattern"), False),
        (("required",), Violation("from", "required"), False),
        (("minimum", "maximum"), Violation("to", "maximum"), True),
    ],
)
def test_breach_covers(
    keywords: tuple[str, ...],
    violation: Violation,
    covered: bool,  # noqa: FBT001 - what the table expects
) -> None:
    breach = ViolationTest("to", frozenset(keywords))
    assert breach.matches(violation) is covered
    assert breach(case(Violation("mid", "type"), violation)) is covered
    assert breach(case()) is False


def test_missing_and_malformed_name_their_field() -> None:
    assert missing_field("to", FAULT) == (ViolationTest("to", frozenset({"required"})), FAULT, "to")
    assert malformed_field("to", FAULT) == (ViolationTest("to"), FAULT, "to")


def test_unreadable_is_a_body_with_a_flaw() -> None:
    assert [is_malformed(case(flaw=flaw)) for flaw in ("", "the body is not JSON")] == [False, True]


def test_anonymous_is_whom_no_account_admits() -> None:
    known = RequestContext(Request("GET", "/"), 0, never, Account("shop", "mobtexting"))
    assert [is_unauthenticated(case()), is_unauthenticated(known)] == [True, False]


def test_crowded_is_what_the_engine_has_counted() -> None:
    full = RequestContext(Request("GET", "/"), 0, never, rate_limited=True)
    assert [is_rate_limited(case()), is_rate_limited(full)] == [False, True]


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
def test_examine_first_stage_that_objects(
    stages: tuple[tuple[tuple[str, bool], ...], ...], names: list[str]
) -> None:
    rulebook: Rulebook = tuple(
        tuple(rule(name, broken=broken) for name, broken in stage) for stage in stages
    )
    assert [found.field for found in evaluate(rulebook, case())] == names


def test_examine_asks_no_later_stage() -> None:
    def relies_on_the_first(asked: RequestContext) -> bool:
        return asked.authenticated_account.balance is None

    strangers = (rule("who", broken=True),)
    assert evaluate((strangers, (Rule(relies_on_the_first, FAULT),)), case()) == strangers


@pytest.mark.parametrize(
    ("message", "text"),
    [("No {to}", "No 1"), ("{to}{from}", "1"), ("no field", "no field"), ("{}", "{}")],
)
def test_worded_has_what_was_sent(message: str, text: str) -> None:
    case = RequestContext(Request("POST", "/", fields={"to": 1}), 0, never)
    assert render_message(FAULT._replace(message=message), case) == text


BATCH = RequestContext(
    Request("POST", "/", fields={"calls": [{"to": "1"}, "text"], "key": "k"}),
    0,
    never,
    violations=(
        Violation("calls.0.to", "pattern"),
        Violation("calls.0.legs.1.at", "required"),
        Violation("calls.10.to", "required"),
        Violation("key", "pattern"),
    ),
)


@pytest.mark.parametrize(
    ("index", "fields", "violations"),
    [
        (0, {"to": "1"}, (Violation("to", "pattern"), Violation("legs.1.at", "required"))),
        (1, {}, ()),
    ],
)
def test_about_is_one_item_of_a_batch(
    index: int, fields: dict[str, str], violations: tuple[Violation, ...]
) -> None:
    item = BATCH.for_item("calls", index)
    assert (item.fields, item.violations) == (fields, violations)


def test_about_something_that_is_no_list() -> None:
    assert BATCH.for_item("key", 0).fields == {}


@pytest.mark.parametrize(
    ("name", "covered"),
    [("calls.*.to", True), ("calls.0.to", True), ("calls.*", False), ("*.0.to", False)],
)
def test_breach_with_a_star_covers_any_place_of_a_list(name: str, *, covered: bool) -> None:
    assert ViolationTest(name).matches(Violation("calls.0.to", "pattern")) == covered


def test_sources_are_told_by_these_words() -> None:
    assert [str(one) for one in Evidence] == ["documented", "observed", "assumed"]
