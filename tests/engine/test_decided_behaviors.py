"""The behavior that each leg of a call got is what it was dialed with."""

from typing import Any

import pytest

from mockserver.core.number_plan import describe_behavior
from mockserver.core.time import HOUR
from mockserver.engine.decided_behaviors import decided_behaviors
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.scenario_runs import click_to_call_through_scenarios, state_from_text
from tests.support.simulation import play_until_idle, run_for

LIST = """\
scenarios:
  third-time:
    attempts: [{legs: {a: no-answer}}, {legs: {a: {answer: 5s}}}, answered]
  by-steps:
    legs: {a: {answer: 1s}}
    steps: [{after: 5s, ring: b}, {after: 1s, answer: b}]
"""


def behaviors(state: SandboxState) -> list[tuple[int, str, str, str]]:
    return [
        (source.attempt, source.leg, source.source, describe_behavior(behavior) if behavior else "")
        for source, behavior in decided_behaviors(state, read.calls(state)["c1"])
    ]


@pytest.mark.parametrize(
    ("scenarios", "fields", "expected"),
    [
        (
            ("callee-busy",),
            {},
            [
                (1, "a", "default", "rings 2 s, answered"),
                (1, "b", "scenario", "rings 3 s, busy"),
            ],
        ),
        (
            (),
            {"to": "918800020500"},
            [
                (1, "a", "default", "rings 2 s, answered"),
                (1, "b", "number-plan", "rings 5 s, busy"),
            ],
        ),
    ],
)
def test_each_leg_has_the_behavior_of_what_decides_it(
    scenarios: tuple[str, ...],
    fields: dict[str, Any],
    expected: list[tuple[int, str, str, str]],
) -> None:
    state = state_from_text("")
    click_to_call_through_scenarios(state, *scenarios, **fields)
    run_for(state, HOUR)
    assert behaviors(state) == expected


def test_each_attempt_has_its_item_of_the_list() -> None:
    state = state_from_text(LIST)
    click_to_call_through_scenarios(state, "third-time")
    play_until_idle(state)
    of_caller = [each for each in behaviors(state) if each[1] == "a"]
    words = ["rings 25 s, no-answer", "rings 5 s, answered"]
    assert [(number, text) for number, _, _, text in of_caller] == [*enumerate(words, 1)]


def test_a_leg_that_steps_dial_has_none() -> None:
    state = state_from_text(LIST)
    click_to_call_through_scenarios(state, "by-steps")
    assert ("b", "steps", "") in {each[1:] for each in behaviors(state)}
