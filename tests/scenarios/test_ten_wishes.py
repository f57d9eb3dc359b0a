"""The ten wishes, as far as Mobtexting can play them."""

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
    click_to_call,
    leg_log,
    report_statuses,
    state_from_text,
)
from tests.support.simulation import START, play_until_idle, state_with_provider

TEXT = (SCENARIO_TESTS / "ten_wishes.yaml").read_text("utf-8")
WISHES = re.split(r"\n  # (?=\d+\.)", TEXT)[1:]


@pytest.fixture
def stage() -> SandboxState:
    return state_from_text(TEXT)


def test_wishes_are_ten_and_nothing_is_wrong_with_them() -> None:
    assert check_texts(TEXT) == []
    assert [int(wish.partition(".")[0]) for wish in WISHES] == list(range(1, 11))


@pytest.mark.parametrize("wish", WISHES)
def test_wish_takes_six_lines_at_most(wish: str) -> None:
    _, *lines = wish.splitlines()
    said = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    assert len(said) <= 6


def test_wish_1_a_busy_customer(stage: SandboxState) -> None:
    click_to_call(stage, "busy-customer")
    assert report_statuses(play_until_idle(stage)) == [("4", "MISSED", "RECEIVED", "BUSY")]
    assert leg_log(stage)[1:4] == ["2 answer a", "2 ring b", "4 hangup b busy"]


def test_wish_2_the_third_call_answers(stage: SandboxState) -> None:
    click_to_call(stage, "third-call-answers")
    assert report_statuses(play_until_idle(stage)) == [("184", "COMPLETED", "RECEIVED", "ANSWER")]
    assert attempt_outcomes(stage) == ["no-answer", "no-answer", "completed"]


def test_wish_3_busy_where_the_vendor_does_not_redial(stage: SandboxState) -> None:
    click_to_call(stage, "busy-then-presses-one")
    assert report_statuses(play_until_idle(stage)) == [("4", "MISSED", "RECEIVED", "BUSY")]
    assert attempt_outcomes(stage) == ["busy"]


def test_wish_3_then_presses_one_where_the_vendor_does(stage: SandboxState) -> None:
    def redialled(moment: EventContext) -> Effects:
        call = moment.call
        return Effects(
            calls=(call.with_redial(moment.event.at + 60_000),) if not call.redial_index else ()
        )

    table = {"attempt-ended": redialled, "ended": events.on_ended}
    eager = state_with_provider(stage.configuration, on_event=by_event_type(table))
    click_to_call(eager, "busy-then-presses-one")
    assert report_statuses(play_until_idle(eager)) == [("75", "COMPLETED", "RECEIVED", "ANSWER")]
    assert (attempt_outcomes(eager), "70 digits b 1" in leg_log(eager)) == (
        ["busy", "completed"],
        True,
    )


def test_wish_4_presses_one_then_two(stage: SandboxState) -> None:
    click_to_call(stage, "presses-one-then-two")
    assert report_statuses(play_until_idle(stage)) == [("11", "COMPLETED", "RECEIVED", "ANSWER")]
    assert leg_log(stage)[3:7] == ["5 answer b", "5 bridge", "8 digits b 1", "10 digits b 2"]


def test_wish_5_the_second_side_is_silent(stage: SandboxState) -> None:
    click_to_call(stage, "second-side-silent", attempts=0)
    assert report_statuses(play_until_idle(stage)) == [("27", "MISSED", "RECEIVED", "NOANSWER")]


def test_wish_8_presses_two_and_the_manager_is_busy(stage: SandboxState) -> None:
    click_to_call(stage, "manager-busy")
    assert report_statuses(play_until_idle(stage)) == [("5", "MISSED", "RECEIVED", "BUSY")]
    assert leg_log(stage)[3:5] == ["4 digits a 2", "5 hangup b busy"]


def test_wish_9_down_once_then_busy_and_doubled(stage: SandboxState) -> None:
    refused, taken, third = (click_to_call(stage, "down-then-busy-and-doubled") for _ in range(3))
    assert (refused.response.status, refused.fault) == (503, "service-unavailable")
    assert (refused.call_ids, taken.response.status, third.response.status) == ((), 200, 200)
    twice = [("4", "MISSED", "RECEIVED", "BUSY")] * 2
    assert report_statuses(play_until_idle(stage)) == twice * 2


def test_wish_10_five_of_a_hundred_are_bad(stage: SandboxState) -> None:
    for number in range(500):
        click_to_call(stage, "five-percent-bad", now=START + number)
    assert len(play_until_idle(stage)) == 500
    assert Counter(call.outcome for call in read.calls(stage).values()) == {
        "completed": 471,
        "busy": 20,
        "unreachable": 9,
    }
