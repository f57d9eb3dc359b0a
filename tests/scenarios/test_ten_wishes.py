"""The ten wishes, as far as Mobtexting can play them."""

import re
from collections import Counter

import pytest

from mockserver.core.provider import Effects, EventContext, by_event_type
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.mobtexting import events
from tests.config.conftest import complaints
from tests.conftest import START, acting, play
from tests.scenarios.conftest import HERE, asked, lived, outcomes, reports, staged

TEXT = (HERE / "ten_wishes.yaml").read_text("utf-8")
WISHES = re.split(r"\n  # (?=\d+\.)", TEXT)[1:]


@pytest.fixture
def stage() -> SandboxState:
    return staged(TEXT)


def test_wishes_are_ten_and_nothing_is_wrong_with_them() -> None:
    assert complaints(TEXT) == []
    assert [int(wish.partition(".")[0]) for wish in WISHES] == list(range(1, 11))


@pytest.mark.parametrize("wish", WISHES)
def test_wish_takes_six_lines_at_most(wish: str) -> None:
    _, *lines = wish.splitlines()
    said = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    assert len(said) <= 6


def test_wish_1_a_busy_customer(stage: SandboxState) -> None:
    asked(stage, "busy-customer")
    assert reports(play(stage)) == [("4", "MISSED", "RECEIVED", "BUSY")]
    assert lived(stage)[1:4] == ["2 answer a", "2 ring b", "4 hangup b busy"]


def test_wish_2_the_third_call_answers(stage: SandboxState) -> None:
    asked(stage, "third-call-answers")
    assert reports(play(stage)) == [("184", "COMPLETED", "RECEIVED", "ANSWER")]
    assert outcomes(stage) == ["no-answer", "no-answer", "completed"]


def test_wish_3_busy_where_the_vendor_does_not_redial(stage: SandboxState) -> None:
    asked(stage, "busy-then-presses-one")
    assert reports(play(stage)) == [("4", "MISSED", "RECEIVED", "BUSY")]
    assert outcomes(stage) == ["busy"]


def test_wish_3_then_presses_one_where_the_vendor_does(stage: SandboxState) -> None:
    def redialled(moment: EventContext) -> Effects:
        call = moment.call
        return Effects(
            calls=(call.with_redial(moment.event.at + 60_000),) if not call.redial_index else ()
        )

    table = {"attempt-ended": redialled, "ended": events.on_ended}
    eager = acting(stage.configuration, on_event=by_event_type(table))
    asked(eager, "busy-then-presses-one")
    assert reports(play(eager)) == [("75", "COMPLETED", "RECEIVED", "ANSWER")]
    assert (outcomes(eager), "70 digits b 1" in lived(eager)) == (["busy", "completed"], True)


def test_wish_4_presses_one_then_two(stage: SandboxState) -> None:
    asked(stage, "presses-one-then-two")
    assert reports(play(stage)) == [("11", "COMPLETED", "RECEIVED", "ANSWER")]
    assert lived(stage)[3:7] == ["5 answer b", "5 bridge", "8 digits b 1", "10 digits b 2"]


def test_wish_5_the_second_side_is_silent(stage: SandboxState) -> None:
    asked(stage, "second-side-silent", attempts=0)
    assert reports(play(stage)) == [("27", "MISSED", "RECEIVED", "NOANSWER")]


def test_wish_8_presses_two_and_the_manager_is_busy(stage: SandboxState) -> None:
    asked(stage, "manager-busy")
    assert reports(play(stage)) == [("5", "MISSED", "RECEIVED", "BUSY")]
    assert lived(stage)[3:5] == ["4 digits a 2", "5 hangup b busy"]


def test_wish_9_down_once_then_busy_and_doubled(stage: SandboxState) -> None:
    refused, taken, third = (asked(stage, "down-then-busy-and-doubled") for _ in range(3))
    assert (refused.response.status, refused.fault) == (503, "service-unavailable")
    assert (refused.call_ids, taken.response.status, third.response.status) == ((), 200, 200)
    twice = [("4", "MISSED", "RECEIVED", "BUSY")] * 2
    assert reports(play(stage)) == twice * 2


def test_wish_10_five_of_a_hundred_are_bad(stage: SandboxState) -> None:
    for number in range(500):
        asked(stage, "five-percent-bad", now=START + number)
    assert len(play(stage)) == 500
    assert Counter(call.outcome for call in stage.calls.values()) == {
        "completed": 471,
        "busy": 20,
        "unreachable": 9,
    }
