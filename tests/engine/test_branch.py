"""Legs added during a call, numbers tried in turn, counts and uploads."""

from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    PRESETS,
    LegAction,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.call import Event
from mockserver.core.number_plan import number_plan_behavior
from mockserver.core.read_model import upload_digest
from mockserver.core.scenario import Scenario
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.fake_vendor import build_shop, build_state, event_log, place_calls
from tests.support.simulation import play_until_idle, run_until

PRESS_1 = LegAction(delay=fixed_duration(1_000), event_type="press", data={"digits": "1"})
PRESS_2 = LegAction(delay=fixed_duration(1_000), event_type="press", data={"digits": "2"})


def pressing_scenario(action: LegAction, **legs: LegBehavior) -> Scenario:
    return Scenario(name="presses", legs={"a": LegBehavior(actions=(action,)), **legs})


def test_key_1_dials_the_manager() -> None:
    state = build_state(build_shop({}), pressing_scenario(PRESS_1))
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


def test_another_key_dials_nobody() -> None:
    state = build_state(build_shop({}), pressing_scenario(PRESS_2))
    place_calls(state, shape="branch")
    play_until_idle(state)
    assert len(read.calls(state)["c1"].legs) == 1
    assert event_log(state, "ended") == [(9_000, "c1", "ended", "")]


def test_a_busy_manager_ends_the_call() -> None:
    state = build_state(build_shop({}), pressing_scenario(PRESS_1, b=PRESETS["busy"]))
    place_calls(state, shape="branch")
    play_until_idle(state)
    assert (read.calls(state)["c1"].outcome, read.calls(state)["c1"].legs[1].cause) == (
        "busy",
        "busy",
    )


def test_a_leg_that_is_ringing_or_answered_is_not_dialed_again() -> None:
    state = build_state(build_shop({}), Scenario(name="stays", legs={"a": PRESETS["person"]}))
    place_calls(state, shape="branch")
    run_until(state, 0)
    apply_event(state, "c1", Event(at=1_000, type="answer", leg="a"))
    for at in (2_000, 3_000):
        apply_event(state, "c1", Event(at=at, type="press", leg="a", data={"digits": "1"}))
        run_until(state, at)
    assert [entry.type for entry in read.journal(state)].count("event-rejected") == 1
    apply_event(state, "c1", Event(at=8_000, type="press", leg="a", data={"digits": "1"}))
    run_until(state, 8_000)
    assert [entry.type for entry in read.journal(state)].count("event-rejected") == 2


def test_a_scenario_for_a_leg_that_may_be_added_later_is_not_ignored() -> None:
    state = build_state(build_shop({}), Scenario(name="mine", legs={"b": DEFAULT_BEHAVIOR}))
    place_calls(state, shape="branch")
    assert [entry.type for entry in read.journal(state)].count("ignored") == 0


def test_numbers_are_tried_in_turn_until_one_answers() -> None:
    scenarios = (
        Scenario(name="turns", numbers=("silent", "busy", "there")),
        Scenario(name="silent", legs={"a": PRESETS["no-answer"]}),
        Scenario(name="busy", legs={"a": PRESETS["busy"]}),
        Scenario(name="there", legs={"a": DEFAULT_BEHAVIOR}),
    )
    state = build_state(build_shop({}), *scenarios)
    place_calls(state, shape="one-leg", numbers=["1", "2", "3", "4"])
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert [
        (attempt.number_index, attempt.redial_index, attempt.outcome) for attempt in call.attempts
    ] == [
        (0, 0, "no-answer"),
        (1, 0, "busy"),
    ]
    assert (call.number_index, call.legs[0].number, call.outcome) == (2, "3", "completed")


def test_the_test_number_of_an_added_leg_chooses_its_behavior() -> None:
    assert number_plan_behavior("20000020300") is not None
    state = build_state(build_shop({"20000020300": "available"}))
    place_calls(state)
    play_until_idle(state)
    assert event_log(state, "hangup")[0] == (3_000, "c1", "hangup", "b")


def test_counts_and_uploads_are_kept_until_a_reset() -> None:
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


def test_the_read_model_finds_a_call_by_its_vendor_id() -> None:
    state = build_state(build_shop({}))
    place_calls(state)
    call = state.read_model.find_call("toy", "v1")
    assert call is read.calls(state)["c1"]
    assert state.read_model.find_call("toy", "v2") is None
    assert state.read_model.call_deliveries("c1") == ()


def test_a_poll_is_an_event_even_after_the_end_of_the_call() -> None:
    state = build_state(build_shop({}), Scenario(name="busy", legs={"a": PRESETS["busy"]}))
    place_calls(state, shape="one-leg")
    place_calls(state, 2, id="v1")
    play_until_idle(state)
    assert event_log(state, "poll") == [(0, "c1", "poll", "")]
    apply_event(state, "c1", Event(at=99_000, type="poll"))
    assert event_log(state, "poll")[-1] == (99_000, "c1", "poll", "")
