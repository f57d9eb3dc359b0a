"""Test numbers: the last eight digits choose the behavior of a leg."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.behavior import (
    DurationRange,
    LegAction,
    LegBehavior,
    fixed_duration,
    skewed_duration,
)
from mockserver.core.number_plan import (
    describe_behavior,
    describe_ends,
    describe_number,
    number_plan_behavior,
)


def build_pressing_behavior(key: str, hangup: int | None) -> LegBehavior:
    press = LegAction(delay=fixed_duration(5_000), event_type="press", data={"digits": key})
    hangup_duration = None if hangup is None else fixed_duration(hangup)
    return LegBehavior(
        ring=fixed_duration(2_000),
        outcome="answered",
        actions=(press,),
        hangup=hangup_duration,
        stays=hangup is None,
    )


@pytest.mark.parametrize(
    ("digits", "behavior"),
    [
        (
            "00010207",
            LegBehavior(
                ring=fixed_duration(2_000),
                outcome="answered",
                actions=(),
                talk=fixed_duration(7_000),
            ),
        ),
        (
            "00010200",
            LegBehavior(ring=fixed_duration(2_000), outcome="answered", stays=True),
        ),
        (
            "00010099",
            LegBehavior(
                ring=fixed_duration(0), outcome="answered", actions=(), talk=fixed_duration(99_000)
            ),
        ),
        ("00020399", LegBehavior(ring=fixed_duration(3_000), outcome="busy")),
        ("00032500", LegBehavior(ring=fixed_duration(25_000), outcome="no-answer")),
        ("00049900", LegBehavior(ring=fixed_duration(99_000), outcome="rejected")),
        ("00050000", LegBehavior(ring=fixed_duration(0), outcome="unreachable")),
        ("00060100", LegBehavior(ring=fixed_duration(1_000), outcome="invalid-number")),
        ("00070231", build_pressing_behavior("1", 30_000)),
        ("00070290", build_pressing_behavior("0", 90_000)),
        ("00070201", build_pressing_behavior("1", None)),
        ("00080200", LegBehavior(ring=fixed_duration(2_000), outcome="machine")),
        (
            "00090200",
            LegBehavior(ring=fixed_duration(2_000), outcome="person"),
        ),
        ("00000207", None),
        ("00110207", None),
        ("10010207", None),
        ("0010207", None),
        ("0001020", None),
        ("0001020x", None),
        ("0001020\u0667", None),
        ("0001020\u00b2", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("prefix", ["", "9188", "+1"])
def test_the_last_eight_digits_of_a_number_choose_its_behavior(
    prefix: str, digits: str, behavior: LegBehavior | None
) -> None:
    assert number_plan_behavior(f"{prefix}{digits}") == behavior


@pytest.mark.parametrize(
    ("number", "is_planned"),
    [
        ("+1 210-002-0700", True),
        ("+1 (210) 002-0700", True),
        ("[+91] 88 00 02 07 00", True),
        ("0002 07\u00a000", True),
        ("000\u20102\u20110700", True),
        ("(000 2 0700)", True),
        ("000.2.0700", False),
        ("0002/0700", False),
        ("00020700 ext 1", False),
        ("000 2 070", False),
    ],
)
def test_blanks_hyphens_and_brackets_in_a_number_do_not_count(
    number: str,
    is_planned: bool,  # noqa: FBT001 - what the table expects
) -> None:
    busy = LegBehavior(ring=fixed_duration(7_000), outcome="busy")
    assert number_plan_behavior(number) == (busy if is_planned else None)


@pytest.mark.parametrize("number", ["918068281234", "918867135000", "918867136000", "flow:220"])
def test_the_numbers_of_the_vendor_page_are_not_test_numbers(number: str) -> None:
    assert number_plan_behavior(number) is None


@given(st.text(max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_behavior_only_if_its_last_eight_digits_begin_with_000(
    text: str,
) -> None:
    behavior = number_plan_behavior(text)
    digits = "".join(character for character in text if character in "0123456789")
    assert (behavior is None) or digits[-8:].startswith("000")


NO_PLAN = "no plan: it behaves as the scenario says"
STAYS = "stays until the other side ends it"


@pytest.mark.parametrize(
    ("number", "description"),
    [
        ("918800010207", "rings 2 s, answered, talks 7 s"),
        ("918800010200", f"rings 2 s, answered, {STAYS}"),
        ("918800020300", "rings 3 s, busy"),
        ("918800032599", "rings 25 s, no-answer"),
        ("918800040000", "rings 0 s, rejected"),
        ("918800050100", "rings 1 s, unreachable"),
        ("918800060200", "rings 2 s, invalid-number"),
        (
            "918800070231",
            "rings 2 s, answered, presses 1 after 5 s, hangs up 30 s after answering",
        ),
        ("918800070201", f"rings 2 s, answered, presses 1 after 5 s, {STAYS}"),
        ("918800080200", "rings 2 s, an answering machine takes it"),
        ("918800090200", "rings 2 s, waits for a person"),
        ("918800000200", NO_PLAN),
        ("918867136000", NO_PLAN),
        ("", NO_PLAN),
    ],
)
def test_a_number_is_described_by_the_behavior_that_it_chooses(
    number: str, description: str
) -> None:
    assert describe_number(number) == description


def test_a_behavior_that_no_test_number_has_is_described_too() -> None:
    data = {"words": "yes", "language": "en"}
    actions = (
        LegAction(delay=fixed_duration(1_500), event_type="say", data=data),
        LegAction(delay=fixed_duration(0), event_type="press", data={"d": "12"}),
    )
    behavior = LegBehavior(
        ring=DurationRange(low=2_000, high=6_500),
        outcome="answered",
        actions=actions,
        talk=DurationRange(low=1_000, high=9_000),
    )
    assert describe_behavior(behavior) == (
        "rings 2 to 6.5 s, answered, says yes/en after 1.5 s, presses 12 after 0 s, talks 1 to 9 s"
    )


TALKS_A = (
    "hangs up {} after both have answered, unless b does earlier; without a b after its own answer"
)


@pytest.mark.parametrize(
    ("digits", "a", "b"),
    [
        (
            "00010230",
            TALKS_A.format("30 s"),
            "hangs up 30 s after both have answered, unless a does earlier",
        ),
        (
            "00010200",
            "b hangs up, by default 6 s after the conversation begins; without a b nobody does",
            "a hangs up, by default 6 s after the conversation begins",
        ),
        (
            "00020300",
            "the call ends, and b is not dialed",
            "a has answered by then, and the call ends",
        ),
        (
            "00070231",
            "hangs up 30 s after its own answer, even while b rings, unless b does earlier",
            "hangs up 30 s after its own answer, unless a does earlier",
        ),
        (
            "00070201",
            "b hangs up, by default 6 s after the key; without a b nobody does",
            "a hangs up, by default 6 s after the key",
        ),
        (
            "00080200",
            "hangs up 6 s after the conversation begins, unless b has a time of its own",
            "a hangs up 6 s after the conversation begins, unless a has another time of its own",
        ),
        ("00090200", "nobody hangs up by default", "nobody hangs up by default"),
    ],
)
def test_the_end_of_a_call_is_described_for_each_leg_that_may_have_the_number(
    digits: str, a: str, b: str
) -> None:
    assert describe_ends(digits) == (("a", a), ("b", b))


def test_a_number_without_a_plan_decides_no_end() -> None:
    assert describe_ends("918867136000") == ()


def test_a_skewed_ring_time_is_described_by_its_median_and_p95() -> None:
    behavior = LegBehavior(ring=skewed_duration(3_000, 20_500))
    assert describe_behavior(behavior) == "rings 3 s by median and 20.5 s by p95, answered"
