"""What the last eight digits of a number say of its leg."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.behavior import (
    DurationRange,
    LegAction,
    LegBehavior,
    describe_behavior,
    describe_number,
    fixed_duration,
    number_plan_behavior,
)


def presses(key: str, hangup: int | None) -> LegBehavior:
    deed = LegAction(delay=fixed_duration(5_000), event_type="digits", data={"digits": key})
    gone = None if hangup is None else fixed_duration(hangup)
    return LegBehavior(
        ring=fixed_duration(2_000), outcome="answered", actions=(deed,), talk=None, hangup=gone
    )


@pytest.mark.parametrize(
    ("digits", "behaviour"),
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
            LegBehavior(ring=fixed_duration(2_000), outcome="answered", actions=(), talk=None),
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
        ("00070231", presses("1", 30_000)),
        ("00070290", presses("0", 90_000)),
        ("00070201", presses("1", None)),
        ("00080200", LegBehavior(ring=fixed_duration(2_000), outcome="machine")),
        (
            "00090200",
            LegBehavior(ring=fixed_duration(2_000), outcome="person", actions=(), talk=None),
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
def test_planned_by_the_last_eight_digits(
    prefix: str, digits: str, behaviour: LegBehavior | None
) -> None:
    assert number_plan_behavior(f"{prefix}{digits}") == behaviour


@pytest.mark.parametrize("number", ["918068281234", "918867135000", "918867136000", "flow:220"])
def test_planned_not_for_the_numbers_of_the_page(number: str) -> None:
    assert number_plan_behavior(number) is None


@given(st.text(max_size=12))
@settings(max_examples=200, deadline=None)
def test_planned_of_any_text_is_a_behaviour_or_none(text: str) -> None:
    found = number_plan_behavior(text)
    assert (found is None) or text[-8:].startswith("000")


NO_PLAN = "no plan: it behaves as the scenario says"
STAYS = "stays until the other side ends it"


@pytest.mark.parametrize(
    ("number", "words"),
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
        ("918800080200", "rings 2 s, an answering machine takes it, talks 6 s"),
        ("918800090200", f"rings 2 s, waits for a person, {STAYS}"),
        ("918800000200", NO_PLAN),
        ("918867136000", NO_PLAN),
        ("", NO_PLAN),
    ],
)
def test_meaning_of_a_number_in_words(number: str, words: str) -> None:
    assert describe_number(number) == words


def test_in_words_of_what_no_number_says() -> None:
    words = {"words": "yes", "language": "en"}
    said = (
        LegAction(delay=fixed_duration(1_500), event_type="speech", data=words),
        LegAction(delay=fixed_duration(0), event_type="digits", data={"d": "12"}),
    )
    how = LegBehavior(
        ring=DurationRange(low=2_000, high=6_500),
        outcome="answered",
        actions=said,
        talk=DurationRange(low=1_000, high=9_000),
    )
    assert describe_behavior(how) == (
        "rings 2 to 6.5 s, answered, says yes/en after 1.5 s, presses 12 after 0 s, talks 1 to 9 s"
    )
