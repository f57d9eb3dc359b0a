"""Legs that join in the course of a call, numbers in turn, marks and files."""

from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    PRESETS,
    LegAction,
    LegBehavior,
    fixed_duration,
    number_plan_behavior,
)
from mockserver.core.call import Event
from mockserver.core.read_model import upload_digest
from mockserver.core.scenario import Scenario
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.fake_vendor import build_shop, build_state, event_log, place_calls
from tests.support.simulation import play_until_idle, run_until

ONE = LegAction(delay=fixed_duration(1_000), event_type="digits", data={"digits": "1"})
TWO = LegAction(delay=fixed_duration(1_000), event_type="digits", data={"digits": "2"})


def presses(deed: LegAction, **legs: LegBehavior) -> Scenario:
    return Scenario(name="presses", legs={"a": LegBehavior(actions=(deed,)), **legs})


def test_key_brings_the_manager_in() -> None:
    state = build_state(build_shop({}), presses(ONE))
    place_calls(state, shape="branch")
    play_until_idle(state)
    assert event_log(state, "ring", "bridge", "ended") == [
        (0, "c1", "ring", "a"),
        (3_000, "c1", "ring", "b"),
        (5_000, "c1", "bridge", ""),
        (11_000, "c1", "ended", ""),
    ]
    [_, manager] = read.calls(state)["c1"].legs
    assert (manager.role, manager.number, manager.added_later) == ("manager", "200", True)
    assert read.calls(state)["c1"].outcome == "completed"


def test_another_key_brings_nobody() -> None:
    state = build_state(build_shop({}), presses(TWO))
    place_calls(state, shape="branch")
    play_until_idle(state)
    assert len(read.calls(state)["c1"].legs) == 1
    assert event_log(state, "ended") == [(9_000, "c1", "ended", "")]


def test_manager_who_is_busy_ends_the_call() -> None:
    state = build_state(build_shop({}), presses(ONE, b=PRESETS["busy"]))
    place_calls(state, shape="branch")
    play_until_idle(state)
    assert (read.calls(state)["c1"].outcome, read.calls(state)["c1"].legs[1].cause) == (
        "busy",
        "busy",
    )


def test_leg_that_is_on_the_line_is_not_dialled_anew() -> None:
    state = build_state(build_shop({}), Scenario(name="stays", legs={"a": PRESETS["person"]}))
    place_calls(state, shape="branch")
    run_until(state, 0)
    apply_event(state, "c1", Event(at=1_000, type="answer", leg="a"))
    for at in (2_000, 3_000):
        apply_event(state, "c1", Event(at=at, type="digits", leg="a", data={"digits": "1"}))
        run_until(state, at)
    assert [fact.type for fact in read.journal(state)].count("moot") == 1
    apply_event(state, "c1", Event(at=8_000, type="digits", leg="a", data={"digits": "1"}))
    run_until(state, 8_000)
    assert [fact.type for fact in read.journal(state)].count("moot") == 2


def test_story_about_a_leg_that_may_come_is_not_skipped() -> None:
    state = build_state(build_shop({}), Scenario(name="mine", legs={"b": DEFAULT_BEHAVIOR}))
    place_calls(state, shape="branch")
    assert [fact.type for fact in read.journal(state)].count("skipped") == 0


def test_numbers_are_tried_in_turn_until_one_answers() -> None:
    stories = (
        Scenario(name="turns", numbers=("silent", "busy", "there")),
        Scenario(name="silent", legs={"a": PRESETS["no-answer"]}),
        Scenario(name="busy", legs={"a": PRESETS["busy"]}),
        Scenario(name="there", legs={"a": DEFAULT_BEHAVIOR}),
    )
    state = build_state(build_shop({}), *stories)
    place_calls(state, shape="one-leg", numbers=["1", "2", "3", "4"])
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert [(one.number_index, one.redial_index, one.outcome) for one in call.attempts] == [
        (0, 0, "no-answer"),
        (1, 0, "busy"),
    ]
    assert (call.number_index, call.legs[0].number, call.outcome) == (2, "3", "completed")


def test_number_of_a_leg_that_joins_speaks_for_itself() -> None:
    assert number_plan_behavior("20000020300") is not None
    state = build_state(build_shop({"20000020300": "available"}))
    place_calls(state)
    play_until_idle(state)
    assert event_log(state, "hangup")[0] == (3_000, "c1", "hangup", "b")


def test_marks_are_counted_and_files_are_held_until_a_reset() -> None:
    state = build_state(build_shop({}))
    for now in (0, 1_000, 2_000):
        place_calls(state, now=now, shape="one-leg")
    place_calls(state, 1, body=b"data")
    assert [state.read_model.count_since("placed", since) for since in (-1, 0, 1_000, 2_000)] == [
        3,
        2,
        1,
        0,
    ]
    assert state.read_model.count_since("other", 0) == 0
    assert state.read_model.uploads == {upload_digest(b"data"): b"data"}
    state.reset(0)
    assert (
        state.read_model.count_since("placed", -1),
        state.read_model.uploads,
        state.read_model.calls,
    ) == (
        0,
        {},
        {},
    )


def test_view_knows_calls_by_the_vendor_s_id_and_their_webhooks() -> None:
    state = build_state(build_shop({}))
    place_calls(state)
    found = state.read_model.find_call("toy", "v1")
    assert found is read.calls(state)["c1"]
    assert state.read_model.find_call("toy", "v2") is None
    assert state.read_model.call_deliveries("c1") == ()


def test_poll_is_an_event_even_after_the_end() -> None:
    state = build_state(build_shop({}), Scenario(name="busy", legs={"a": PRESETS["busy"]}))
    place_calls(state, shape="one-leg")
    place_calls(state, 2, id="v1")
    play_until_idle(state)
    assert event_log(state, "polled") == [(0, "c1", "polled", "")]
    apply_event(state, "c1", Event(at=99_000, type="polled"))
    assert event_log(state, "polled")[-1] == (99_000, "c1", "polled", "")
