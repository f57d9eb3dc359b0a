"""What of a scenario could have applied to a call is told with what came before it."""

from typing import Any

import pytest

from mockserver.core.behavior import DEFAULT_BEHAVIOR, PRESETS, LegAction, fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.script import Step
from mockserver.engine.overtaken_words import overtaken_words
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.simulation import (
    START,
    click_to_call,
    play_until_idle,
    run_until,
    state_with_scenarios,
)

TEST_NUMBER = "918800020300"  # rings 3 s, busy
BUSY = PRESETS["busy"]
B_LEFT, A_BUSY = "leg b hung up (normal)", "leg a hung up (busy)"
PRESS = LegAction(delay=fixed_duration(9_000), event_type="press", data={"digits": "1"})
LATE = (PRESS.replace(delay=fixed_duration(30_000)),)
SAY = LegAction(delay=fixed_duration(0), event_type="say", data={"words": "yes"})
ACTIVE = DEFAULT_BEHAVIOR.replace(actions=(PRESS, SAY))
LONG = DEFAULT_BEHAVIOR.replace(talk=fixed_duration(60_000), hangup=fixed_duration(60_000))
SHORT = DEFAULT_BEHAVIOR.replace(hangup=fixed_duration(1_000))
EARLY = DEFAULT_BEHAVIOR.replace(ring=fixed_duration(1_000), hangup=fixed_duration(2_000))
HANGUP = Step(delay=fixed_duration(60_000), event_type="hangup", leg="a", data={"cause": "normal"})

Word = tuple[int, str, str, str, str, int]


def overtaken(state: SandboxState, name: str = "c1") -> list[Word]:
    """(attempt, leg, scenario, place, reason, ms after the start) of each word."""
    words = overtaken_words(state, read.calls(state)[name])
    return [(*word[:-1], word.at - START) for word in words]


def play(configuration: Configuration, *scenarios: Scenario, attempts: int = 0) -> list[Word]:
    """Play a click-to-call with so many redials under the first scenario."""
    state = state_with_scenarios(configuration, Scenario(name="usual"), *scenarios)
    click_to_call(state, scenarios[0].name, attempts=attempts)
    play_until_idle(state)
    return overtaken(state)


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        ({"a": DEFAULT_BEHAVIOR, "b": DEFAULT_BEHAVIOR}, []),
        ({"a": BUSY, "b": ACTIVE}, [("b", "legs.b", A_BUSY, 2_000)]),
        ({"from": BUSY, "callee": ACTIVE}, [("b", "legs.callee", A_BUSY, 2_000)]),
        (
            {"a": ACTIVE, "b": SHORT},
            [("a", "legs.a.press: 1", B_LEFT, 5_000), ("a", "legs.a.say: yes", B_LEFT, 5_000)],
        ),
        (
            {"a": LONG, "to": SHORT},
            [("a", "legs.a.talk", B_LEFT, 5_000), ("a", "legs.a.hangup", B_LEFT, 5_000)],
        ),
        (
            {"a": EARLY, "b": PRESETS["machine"]},
            [
                ("b", "legs.b.answer", "leg a hung up (normal)", 3_000),
                ("b", "legs.b.then: machine", "leg a hung up (normal)", 3_000),
            ],
        ),
        (
            {"a": EARLY, "b": PRESETS["no-answer"]},
            [("b", "legs.b.then: no-answer", "leg a hung up (normal)", 3_000)],
        ),
    ],
)
def test_what_the_end_of_a_call_overtakes_is_listed_for_each_leg(
    configuration: Configuration, legs: dict[str, Any], expected: list[tuple[str, str, str, int]]
) -> None:
    assert play(configuration, Scenario(name="mine", legs=legs)) == [
        (1, leg, "mine", place, reason, at) for leg, place, reason, at in expected
    ]


def test_the_scenario_that_describes_the_leg_is_named(configuration: Configuration) -> None:
    outer = Scenario(name="outer", legs={"b": SHORT}, use="inner")
    inner = Scenario(name="inner", legs={"a": ACTIVE, "b": LONG})
    assert [word[1:4] for word in play(configuration, outer, inner)] == [
        ("a", "inner", "legs.a.press: 1"),
        ("a", "inner", "legs.a.say: yes"),
    ]


def test_a_leg_that_follows_its_number_has_no_words_of_the_scenario(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="usual", legs={"a": ACTIVE}))
    fields: dict[str, Any] = {"from": TEST_NUMBER, "attempts": 0}
    click_to_call(state, **fields)
    play_until_idle(state)
    assert overtaken(state) == []


@pytest.mark.parametrize(("location", "place"), [("", "steps.1"), ("m:3:9", "steps, m:3:9")])
def test_a_step_after_the_end_is_listed_with_its_place(
    configuration: Configuration, location: str, place: str
) -> None:
    mine = Scenario(name="mine", legs={"b": SHORT}, use="moved")
    moved = Scenario(name="moved", steps=(HANGUP.replace(location=location),))
    assert play(configuration, mine, moved) == [(1, "a", "moved", place, B_LEFT, 5_000)]


def test_each_attempt_lists_its_own_words(configuration: Configuration) -> None:
    """The callee does not answer twice, then a is busy."""
    silent = {"b": PRESETS["no-answer"]}
    scenarios = (
        Scenario(name="mine", attempts=("first", "second", "third", "fourth")),
        Scenario(name="first", legs={"a": LONG, **silent}),
        Scenario(name="second", legs={"a": ACTIVE.replace(actions=LATE), **silent}),
        Scenario(name="third", legs={"a": BUSY, **silent}),
        Scenario(name="fourth"),
    )
    words = play(configuration, *scenarios, attempts=2)
    silence = "leg b hung up (no-answer)"
    assert words == [
        (1, "a", "first", "legs.a.talk", silence, 27_000),
        (1, "a", "first", "legs.a.hangup", silence, 27_000),
        (2, "a", "second", "legs.a.press: 1", silence, 114_000),
        (3, "b", "third", "legs.b", A_BUSY, 176_000),
        (3, "", "mine", "attempts.4", "the call ended (busy) in attempt 3", 176_000),
    ]


def test_items_of_attempts_that_a_call_has_not_reached_are_listed_at_its_end(
    configuration: Configuration,
) -> None:
    """`numbers` are ignored by this operation: no other call reaches more of them."""
    lost = Scenario(name="lost", webhooks={"any": DeliveryBehavior(drop=None)})
    mine = Scenario(name="mine", attempts=("answered", "lost", "busy"))
    other = Scenario(name="other", numbers=("answered", "busy"))
    state = state_with_scenarios(configuration, Scenario(name="usual"), mine, lost, other)
    click_to_call(state, "mine")
    click_to_call(state, "other")
    before = overtaken(state)
    play_until_idle(state)
    reason = "the call ended (completed) in attempt 1"
    assert (before, overtaken(state), overtaken(state, "c2")) == (
        [],
        [(1, "", "mine", f"attempts.{item}", reason, 10_000) for item in (2, 3)],
        [],
    )


def test_a_call_that_is_canceled_before_it_begins_lists_its_legs(
    configuration: Configuration,
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mine", legs={"b": BUSY}))
    click_to_call(state)
    assert overtaken(state) == []
    apply_event(state, "c1", Event(at=START, type="ended", data={"outcome": "cancelled"}))
    assert overtaken(state) == [(1, "b", "mine", "legs.b", "the call ended (cancelled)", 0)]


def test_a_call_in_its_course_lists_nothing_of_legs_that_are_still_there(
    configuration: Configuration,
) -> None:
    mine = Scenario(name="mine", legs={"a": LONG, "b": ACTIVE}, use="moved")
    state = state_with_scenarios(configuration, mine, Scenario(name="moved", steps=(HANGUP,)))
    click_to_call(state)
    run_until(state, START + 8_000)
    assert overtaken(state) == []
