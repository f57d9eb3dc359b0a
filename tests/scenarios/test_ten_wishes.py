"""The ten scenario examples of the contract, as far as Mobtexting can play them."""

import re
from collections import Counter

import pytest

from mockserver.core.provider import Effects, EventContext, by_event_type
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.mobtexting import events
from tests.support import read
from tests.support.config_files import check_texts
from tests.support.scenario_runs import (
    SCENARIO_TESTS,
    attempt_outcomes,
    click_to_call_through_scenarios,
    leg_log,
    report_statuses,
    state_from_text,
)
from tests.support.simulation import START, play_until_idle, state_with_provider

TEXT = (SCENARIO_TESTS / "ten_wishes.yaml").read_text("utf-8")
WISHES = re.split(r"\n  # (?=\d+\.)", TEXT)[1:]


@pytest.fixture
def state() -> SandboxState:
    return state_from_text(TEXT)


def test_the_file_has_ten_scenario_examples_without_a_problem() -> None:
    assert check_texts(TEXT) == []
    assert [int(wish.partition(".")[0]) for wish in WISHES] == list(range(1, 11))


@pytest.mark.parametrize("wish", WISHES)
def test_a_scenario_example_takes_six_lines_at_most(wish: str) -> None:
    _, *lines = wish.splitlines()
    content_lines = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    assert len(content_lines) <= 6


def test_wish_1_the_customer_is_busy(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "busy-customer")
    assert report_statuses(play_until_idle(state)) == [("4", "MISSED", "RECEIVED", "BUSY")]
    assert leg_log(state)[1:4] == ["2 answer a", "2 ring b", "4 hangup b busy"]


def test_wish_2_the_third_attempt_is_answered(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "third-call-answers")
    assert report_statuses(play_until_idle(state)) == [("184", "COMPLETED", "RECEIVED", "ANSWER")]
    assert attempt_outcomes(state) == ["no-answer", "no-answer", "completed"]


def test_wish_3_the_call_stays_busy_where_the_vendor_does_not_redial(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "busy-then-presses-one")
    assert report_statuses(play_until_idle(state)) == [("4", "MISSED", "RECEIVED", "BUSY")]
    assert attempt_outcomes(state) == ["busy"]


def test_wish_3_the_redialed_callee_presses_one_where_the_vendor_redials(
    state: SandboxState,
) -> None:
    def redial_once(context: EventContext) -> Effects:
        call = context.call
        return Effects(
            calls=(call.with_redial(context.event.at + 60_000),) if not call.redial_index else ()
        )

    table = {"attempt-ended": redial_once, "ended": events.on_ended}
    state_with_redial = state_with_provider(state.configuration, on_event=by_event_type(table))
    click_to_call_through_scenarios(state_with_redial, "busy-then-presses-one")
    assert report_statuses(play_until_idle(state_with_redial)) == [
        ("76", "COMPLETED", "RECEIVED", "ANSWER")
    ]
    assert (attempt_outcomes(state_with_redial), "70 press b 1" in leg_log(state_with_redial)) == (
        ["busy", "completed"],
        True,
    )


def test_wish_4_the_callee_presses_one_and_then_two(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "presses-one-then-two")
    assert report_statuses(play_until_idle(state)) == [("16", "COMPLETED", "RECEIVED", "ANSWER")]
    assert leg_log(state)[3:7] == ["5 answer b", "5 bridge", "8 press b 1", "10 press b 2"]


def test_wish_5_the_second_leg_does_not_answer(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "second-side-silent", attempts=0)
    assert report_statuses(play_until_idle(state)) == [("27", "MISSED", "RECEIVED", "NOANSWER")]


def test_wish_8_the_customer_presses_two_and_the_manager_is_busy(state: SandboxState) -> None:
    click_to_call_through_scenarios(state, "manager-busy")
    assert report_statuses(play_until_idle(state)) == [("5", "MISSED", "RECEIVED", "BUSY")]
    assert leg_log(state)[3:5] == ["4 press a 2", "5 hangup b busy"]


def test_wish_9_the_api_fails_once_and_then_calls_are_busy_and_reported_twice(
    state: SandboxState,
) -> None:
    refused, second, third = (
        click_to_call_through_scenarios(state, "down-then-busy-and-doubled") for _ in range(3)
    )
    assert (refused.response.status, refused.fault) == (503, "service-unavailable")
    assert (refused.call_ids, second.response.status, third.response.status) == ((), 200, 200)
    twice = [("4", "MISSED", "RECEIVED", "BUSY")] * 2
    assert report_statuses(play_until_idle(state)) == twice * 2


def test_wish_10_about_five_of_a_hundred_calls_fail(state: SandboxState) -> None:
    for number in range(500):
        click_to_call_through_scenarios(state, "five-percent-bad", now=START + number)
    assert len(play_until_idle(state)) == 500
    assert Counter(call.outcome for call in read.calls(state).values()) == {
        "completed": 480,
        "busy": 11,
        "unreachable": 9,
    }
