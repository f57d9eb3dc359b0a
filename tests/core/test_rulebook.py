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

FAULT = Fault(name="fault", status=422, message="No.", evidence=Evidence.ASSUMED)


def never(_shape: str, _legs: Mapping[str, str], _at: int | None) -> Call:
    raise AssertionError


def case(*violations: Violation, flaw: str = "", **fields: object) -> RequestContext:
    asked = Request(method="POST", path="/", fields=fields, body_error=flaw)
    return RequestContext(
        request=asked, now=0, build_call=never, account=None, violations=violations
    )


def rule(name: str, *, broken: bool) -> Rule:
    return Rule(test=lambda _: broken, fault=FAULT, field=name)


@pytest.mark.parametrize(
    ("value", "text"), [("x", "x"), (5, "5"), ("", ""), (None, ""), (0, "0"), (False, "False")]
)
def test_case_text_of_a_field(value: object, text: str) -> None:
    assert case(to=value).text("to") == text


def test_case_text_of_a_field_not_sent() -> None:
    assert case().text("to") == ""


def test_case_caller_known() -> None:
    shop = Account(name="shop", provider="mobtexting")
    assert (
        RequestContext(
            request=Request(method="GET", path="/"), now=0, build_call=never, account=shop
        ).authenticated_account
        is shop
    )


def test_case_caller_of_a_stranger() -> None:
    with pytest.raises(LookupError, match=r"^this rule stands before the one that asks who"):
        _ = case().authenticated_account


@pytest.mark.parametrize(
    ("keywords", "violation", "covered"),
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
def test_breach_covers(
    keywords: tuple[str, ...],
    violation: Violation,
    covered: bool,  # noqa: FBT001 - what the table expects
) -> None:
    breach = ViolationTest(field="to", keywords=frozenset(keywords))
    assert breach.matches(violation) is covered
    assert breach(case(Violation(field="mid", keyword="type"), violation)) is covered
    assert breach(case()) is False


def test_missing_and_malformed_name_their_field() -> None:
    assert missing_field("to", FAULT) == (
        ViolationTest(field="to", keywords=frozenset({"required"})),
        FAULT,
        "to",
    )
    assert malformed_field("to", FAULT) == (ViolationTest(field="to"), FAULT, "to")


def test_unreadable_is_a_body_with_a_flaw() -> None:
    assert [is_malformed(case(flaw=flaw)) for flaw in ("", "the body is not JSON")] == [False, True]


def test_anonymous_is_whom_no_account_admits() -> None:
    known = RequestContext(
        request=Request(method="GET", path="/"),
        now=0,
        build_call=never,
        account=Account(name="shop", provider="mobtexting"),
    )
    assert [is_unauthenticated(case()), is_unauthenticated(known)] == [True, False]


def test_crowded_is_what_the_engine_has_counted() -> None:
    full = RequestContext(
        request=Request(method="GET", path="/"), now=0, build_call=never, rate_limited=True
    )
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
    assert (
        evaluate((strangers, (Rule(test=relies_on_the_first, fault=FAULT),)), case()) == strangers
    )


@pytest.mark.parametrize(
    ("message", "text"),
    [("No {to}", "No 1"), ("{to}{from}", "1"), ("no field", "no field"), ("{}", "{}")],
)
def test_worded_has_what_was_sent(message: str, text: str) -> None:
    case = RequestContext(
        request=Request(method="POST", path="/", fields={"to": 1}), now=0, build_call=never
    )
    assert render_message(FAULT._replace(message=message), case) == text


BATCH = RequestContext(
    request=Request(method="POST", path="/", fields={"calls": [{"to": "1"}, "text"], "key": "k"}),
    now=0,
    build_call=never,
    violations=(
        Violation(field="calls.0.to", keyword="pattern"),
        Violation(field="calls.0.legs.1.at", keyword="required"),
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
    assert (
        ViolationTest(field=name).matches(Violation(field="calls.0.to", keyword="pattern"))
        == covered
    )


def test_sources_are_told_by_these_words() -> None:
    assert [str(one) for one in Evidence] == ["documented", "observed", "assumed"]
