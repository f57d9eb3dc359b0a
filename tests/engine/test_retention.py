"""Calls that ended long ago leave, but not while something of theirs is still on its way."""

import pytest

from mockserver.core.call import Event
from mockserver.core.webhook import DeliveryResult
from mockserver.engine import retention
from mockserver.engine.effects import place_call
from mockserver.engine.exchange import NO_SELECTION
from mockserver.engine.sandbox_state import SandboxState, ScheduledEvent
from mockserver.engine.simulation import apply_event, step
from tests.support import read
from tests.support.simulation import click_to_call, patch_account, play_until_idle

MANY = retention.MAX_ENDED_CALLS
KEY = ("mobtexting", "mobtexting-default")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MAX_ENDED_CALLS", 2)


def about(state: SandboxState) -> set[str]:
    """Every call of which anything is left."""
    kept = (
        read.calls(state),
        read.leg_scenarios(state),
        read.webhook_scenarios(state),
        read.scripts(state),
        read.next_steps(state),
        read.wait_reasons(state),
    )
    more = (
        read.delivery_ids_by_call(state),
        read.webhook_depths(state),
        read.ended_calls(state),
        read.held_deliveries(state),
        read.resource_queue(state),
    )
    named = {
        *read.call_ids_by_vendor_id(state).values(),
        *read.call_ids_by_recording(state).values(),
    }
    ordered = {one.webhook.call_id for one in read.deliveries(state).values()}
    return {*named, *ordered, *(name for each in (*kept, *more) for name in each)}


def test_those_that_ended_first_leave_with_all_that_is_theirs(state: SandboxState) -> None:
    for _ in range(5):
        click_to_call(state)
        play_until_idle(state)
    assert about(state) == {"c4", "c5"}
    assert (read.call_count(state), read.delivery_count(state), len(read.deliveries(state))) == (
        5,
        5,
        2,
    )


def test_each_end_makes_room_for_two(state: SandboxState, monkeypatch: pytest.MonkeyPatch) -> None:
    for most in (9,) * 6 + (2,):
        monkeypatch.setattr(retention, "MAX_ENDED_CALLS", most)
        click_to_call(state)
        play_until_idle(state)
    assert (MANY, about(state)) == (10_000, {"c3", "c4", "c5", "c6", "c7"})


def test_names_go_on(state: SandboxState) -> None:
    for _ in range(4):
        click_to_call(state)
        play_until_idle(state)
    assert click_to_call(state).call_ids == ("c5",)


def test_a_call_that_is_read_after_its_end_leaves_later(state: SandboxState) -> None:
    for _ in range(2):
        click_to_call(state)
        play_until_idle(state)
    apply_event(state, "c1", Event(at=state.started_at + 60_000, type="polled"))
    click_to_call(state)
    play_until_idle(state)
    assert about(state) == {"c1", "c3"}


def test_a_call_that_is_placed_again_after_its_end_stays(state: SandboxState) -> None:
    click_to_call(state)
    play_until_idle(state)
    later = state.started_at + 10**9
    place_call(state, read.calls(state)["c1"].with_redial(later), later, NO_SELECTION)
    for _ in range(3):
        click_to_call(state)
        while read.calls(state)[f"c{read.call_count(state)}"].phase != "ended":
            step(state)
    assert read.calls(state)["c1"].phase == "placed"


def test_a_call_that_lives_stays(state: SandboxState) -> None:
    click_to_call(state, "waits-for-a-person")
    for _ in range(4):
        click_to_call(state, "callee-busy")
        play_until_idle(state)
    assert about(state) == {"c1", "c4", "c5"}


def test_a_call_whose_webhook_is_on_its_way_stays_until_it_is_not(state: SandboxState) -> None:
    patch_account(state, KEY, {"retry": {"waits": ["1h"]}}, state.started_at)
    click_to_call(state)
    while (due := read.peek(state)) and due.kind != "delivery":
        step(state)
    out = step(state)
    for _ in range(4):
        click_to_call(state)
        play_until_idle(state)
    assert out is not None
    assert "c1" in read.calls(state)
    assert len(read.calls(state)) == 3
    play_until_idle(state, lambda _: DeliveryResult(status=500))
    for _ in range(3):
        click_to_call(state)
        play_until_idle(state)
    # nobody has ever answered it, so it is still on its way
    assert about(state) == {"c1", "c8"}


def test_what_was_told_of_a_call_that_has_left_does_not_come(state: SandboxState) -> None:
    click_to_call(state)
    play_until_idle(state)
    for _ in range(3):
        click_to_call(state)
        play_until_idle(state)
    state.schedule(
        state.started_at + 10**9,
        "told",
        "c1",
        ScheduledEvent(attempt=0, event=Event(at=5, type="hangup", leg="b")),
    )
    assert read.peek(state) is None
