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
from tests.conftest import play, until_at
from tests.toy import ask, opened, shop, told

ONE = LegAction(fixed_duration(1_000), "digits", {"digits": "1"})
TWO = LegAction(fixed_duration(1_000), "digits", {"digits": "2"})


def presses(deed: LegAction, **legs: LegBehavior) -> Scenario:
    return Scenario("presses", legs={"a": LegBehavior(actions=(deed,)), **legs})


def test_key_brings_the_manager_in() -> None:
    store = opened(shop({}), presses(ONE))
    ask(store, shape="branch")
    play(store)
    assert told(store, "ring", "bridge", "ended") == [
        (0, "c1", "ring", "a"),
        (3_000, "c1", "ring", "b"),
        (5_000, "c1", "bridge", ""),
        (11_000, "c1", "ended", ""),
    ]
    [_, manager] = store.calls["c1"].legs
    assert (manager.role, manager.number, manager.added_later) == ("manager", "200", True)
    assert store.calls["c1"].outcome == "completed"


def test_another_key_brings_nobody() -> None:
    store = opened(shop({}), presses(TWO))
    ask(store, shape="branch")
    play(store)
    assert len(store.calls["c1"].legs) == 1
    assert told(store, "ended") == [(9_000, "c1", "ended", "")]


def test_manager_who_is_busy_ends_the_call() -> None:
    store = opened(shop({}), presses(ONE, b=PRESETS["busy"]))
    ask(store, shape="branch")
    play(store)
    assert (store.calls["c1"].outcome, store.calls["c1"].legs[1].cause) == ("busy", "busy")


def test_leg_that_is_on_the_line_is_not_dialled_anew() -> None:
    store = opened(shop({}), Scenario("stays", legs={"a": PRESETS["person"]}))
    ask(store, shape="branch")
    until_at(store, 0)
    apply_event(store, "c1", Event(1_000, "answer", "a"))
    for at in (2_000, 3_000):
        apply_event(store, "c1", Event(at, "digits", "a", {"digits": "1"}))
        until_at(store, at)
    assert [fact.type for fact in store.journal].count("moot") == 1
    apply_event(store, "c1", Event(8_000, "digits", "a", {"digits": "1"}))
    until_at(store, 8_000)
    assert [fact.type for fact in store.journal].count("moot") == 2


def test_story_about_a_leg_that_may_come_is_not_skipped() -> None:
    store = opened(shop({}), Scenario("mine", legs={"b": DEFAULT_BEHAVIOR}))
    ask(store, shape="branch")
    assert [fact.type for fact in store.journal].count("skipped") == 0


def test_numbers_are_tried_in_turn_until_one_answers() -> None:
    stories = (
        Scenario("turns", numbers=("silent", "busy", "there")),
        Scenario("silent", legs={"a": PRESETS["no-answer"]}),
        Scenario("busy", legs={"a": PRESETS["busy"]}),
        Scenario("there", legs={"a": DEFAULT_BEHAVIOR}),
    )
    store = opened(shop({}), *stories)
    ask(store, shape="one-leg", numbers=["1", "2", "3", "4"])
    play(store)
    call = store.calls["c1"]
    assert [(one.number_index, one.redial_index, one.outcome) for one in call.attempts] == [
        (0, 0, "no-answer"),
        (1, 0, "busy"),
    ]
    assert (call.number_index, call.legs[0].number, call.outcome) == (2, "3", "completed")


def test_number_of_a_leg_that_joins_speaks_for_itself() -> None:
    assert number_plan_behavior("20000020300") is not None
    store = opened(shop({"20000020300": "available"}))
    ask(store)
    play(store)
    assert told(store, "hangup")[0] == (3_000, "c1", "hangup", "b")


def test_marks_are_counted_and_files_are_held_until_a_reset() -> None:
    store = opened(shop({}))
    for now in (0, 1_000, 2_000):
        ask(store, now=now, shape="one-leg")
    ask(store, 1, body=b"data")
    assert [store.read_model.count_since("placed", since) for since in (-1, 0, 1_000, 2_000)] == [
        3,
        2,
        1,
        0,
    ]
    assert store.read_model.count_since("other", 0) == 0
    assert store.read_model.uploads == {upload_digest(b"data"): b"data"}
    store.reset(0)
    assert (
        store.read_model.count_since("placed", -1),
        store.read_model.uploads,
        store.read_model.calls,
    ) == (
        0,
        {},
        {},
    )


def test_view_knows_calls_by_the_vendor_s_id_and_their_webhooks() -> None:
    store = opened(shop({}))
    ask(store)
    found = store.read_model.find_call("toy", "v1")
    assert found is store.calls["c1"]
    assert store.read_model.find_call("toy", "v2") is None
    assert store.read_model.call_deliveries("c1") == ()


def test_poll_is_an_event_even_after_the_end() -> None:
    store = opened(shop({}), Scenario("busy", legs={"a": PRESETS["busy"]}))
    ask(store, shape="one-leg")
    ask(store, 2, id="v1")
    play(store)
    assert told(store, "polled") == [(0, "c1", "polled", "")]
    apply_event(store, "c1", Event(99_000, "polled"))
    assert told(store, "polled")[-1] == (99_000, "c1", "polled", "")
