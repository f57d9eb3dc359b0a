"""Calls that ended long ago leave, but not while something of theirs is still on its way."""

import pytest

from mockserver.core.call import Event
from mockserver.core.webhook import DeliveryResult
from mockserver.engine import retention
from mockserver.engine.effects import place_call
from mockserver.engine.exchange import NO_SELECTION
from mockserver.engine.sandbox_state import SandboxState, ScheduledEvent
from mockserver.engine.simulation import apply_event, step
from tests.conftest import click, patched, play

MANY = retention.MAX_ENDED_CALLS
KEY = ("mobtexting", "mobtexting-default")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MAX_ENDED_CALLS", 2)


def about(store: SandboxState) -> set[str]:
    """Every call of which anything is left."""
    kept = (
        store.calls,
        store.leg_scenarios,
        store.webhook_scenarios,
        store.scripts,
        store.next_steps,
        store.wait_reasons,
    )
    more = (
        store.delivery_ids_by_call,
        store.webhook_depths,
        store.ended_calls,
        store.held_deliveries,
        store.resource_queue,
    )
    named = {*store.call_ids_by_vendor_id.values(), *store.call_ids_by_recording.values()}
    ordered = {one.webhook.call_id for one in store.deliveries.values()}
    return {*named, *ordered, *(name for each in (*kept, *more) for name in each)}


def test_those_that_ended_first_leave_with_all_that_is_theirs(store: SandboxState) -> None:
    for _ in range(5):
        click(store)
        play(store)
    assert about(store) == {"c4", "c5"}
    assert (store.call_count, store.delivery_count, len(store.deliveries)) == (5, 5, 2)


def test_each_end_makes_room_for_two(store: SandboxState, monkeypatch: pytest.MonkeyPatch) -> None:
    for most in (9,) * 6 + (2,):
        monkeypatch.setattr(retention, "MAX_ENDED_CALLS", most)
        click(store)
        play(store)
    assert (MANY, about(store)) == (10_000, {"c3", "c4", "c5", "c6", "c7"})


def test_names_go_on(store: SandboxState) -> None:
    for _ in range(4):
        click(store)
        play(store)
    assert click(store).call_ids == ("c5",)


def test_a_call_that_is_read_after_its_end_leaves_later(store: SandboxState) -> None:
    for _ in range(2):
        click(store)
        play(store)
    apply_event(store, "c1", Event(store.started_at + 60_000, "polled"))
    click(store)
    play(store)
    assert about(store) == {"c1", "c3"}


def test_a_call_that_is_placed_again_after_its_end_stays(store: SandboxState) -> None:
    click(store)
    play(store)
    later = store.started_at + 10**9
    place_call(store, store.calls["c1"].with_redial(later), later, NO_SELECTION)
    for _ in range(3):
        click(store)
        while store.calls[f"c{store.call_count}"].phase != "ended":
            step(store)
    assert store.calls["c1"].phase == "placed"


def test_a_call_that_lives_stays(store: SandboxState) -> None:
    click(store, "waits-for-a-person")
    for _ in range(4):
        click(store, "callee-busy")
        play(store)
    assert about(store) == {"c1", "c4", "c5"}


def test_a_call_whose_webhook_is_on_its_way_stays_until_it_is_not(store: SandboxState) -> None:
    patched(store, KEY, {"retry": {"waits": ["1h"]}}, store.started_at)
    click(store)
    while (due := store.peek()) and due.kind != "delivery":
        step(store)
    out = step(store)
    for _ in range(4):
        click(store)
        play(store)
    assert out is not None
    assert "c1" in store.calls
    assert len(store.calls) == 3
    play(store, lambda _: DeliveryResult(500))
    for _ in range(3):
        click(store)
        play(store)
    # nobody has ever answered it, so it is still on its way
    assert about(store) == {"c1", "c8"}


def test_what_was_told_of_a_call_that_has_left_does_not_come(store: SandboxState) -> None:
    click(store)
    play(store)
    for _ in range(3):
        click(store)
        play(store)
    store.schedule(
        store.started_at + 10**9, "told", "c1", ScheduledEvent(0, Event(5, "hangup", "b"))
    )
    assert store.peek() is None
