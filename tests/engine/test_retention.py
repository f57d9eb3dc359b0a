"""Retention: the calls that ended first are evicted, unless a delivery is pending."""

import pytest

from mockserver.core.call import Event
from mockserver.core.webhook import DeliveryResult
from mockserver.engine import retention
from mockserver.engine.effects import place_call
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item
from mockserver.engine.state.agenda import ScheduledEvent
from tests.support import read
from tests.support.simulation import click_to_call, patch_account, play_until_idle

DEFAULT_LIMIT = retention.MAX_ENDED_CALLS
KEY = ("mobtexting", "mobtexting-default")


@pytest.fixture(autouse=True)
def keep_two_ended_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MAX_ENDED_CALLS", 2)


def remembered_calls(state: SandboxState) -> set[str]:
    """Return the IDs of all calls of which the state keeps anything."""
    by_call = (
        read.calls(state),
        read.leg_scenarios(state),
        read.webhook_scenarios(state),
        read.scripts(state),
        read.next_steps(state),
        read.wait_reasons(state),
    )
    also_by_call = (
        read.delivery_ids_by_call(state),
        read.webhook_depths(state),
        read.ended_calls(state),
        read.held_deliveries(state),
        read.resource_queue(state),
    )
    by_other_id = {
        *read.call_ids_by_vendor_id(state).values(),
        *read.call_ids_by_recording(state).values(),
    }
    delivered = {delivery.webhook.call_id for delivery in read.deliveries(state).values()}
    return {
        *by_other_id,
        *delivered,
        *(name for mapping in (*by_call, *also_by_call) for name in mapping),
    }


def test_the_calls_that_ended_first_are_evicted_with_all_their_data(state: SandboxState) -> None:
    for _ in range(5):
        click_to_call(state)
        play_until_idle(state)
    assert remembered_calls(state) == {"c4", "c5"}
    assert (read.call_count(state), read.delivery_count(state), len(read.deliveries(state))) == (
        5,
        5,
        2,
    )


def test_each_ended_call_evicts_at_most_two_others(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in (9,) * 6 + (2,):
        monkeypatch.setattr(retention, "MAX_ENDED_CALLS", limit)
        click_to_call(state)
        play_until_idle(state)
    assert (DEFAULT_LIMIT, remembered_calls(state)) == (10_000, {"c3", "c4", "c5", "c6", "c7"})


def test_call_ids_count_on_after_an_eviction(state: SandboxState) -> None:
    for _ in range(4):
        click_to_call(state)
        play_until_idle(state)
    assert click_to_call(state).call_ids == ("c5",)


def test_a_call_polled_after_its_end_is_evicted_later(state: SandboxState) -> None:
    for _ in range(2):
        click_to_call(state)
        play_until_idle(state)
    apply_event(state, "c1", Event(at=state.started_at + 60_000, type="poll"))
    click_to_call(state)
    play_until_idle(state)
    assert remembered_calls(state) == {"c1", "c3"}


def test_a_call_redialed_after_its_end_is_not_evicted(state: SandboxState) -> None:
    click_to_call(state)
    play_until_idle(state)
    later = state.started_at + 10**9
    place_call(state, read.calls(state)["c1"].with_redial(later), later)
    for _ in range(3):
        click_to_call(state)
        while read.calls(state)[f"c{read.call_count(state)}"].phase != "ended":
            run_due_item(state)
    assert read.calls(state)["c1"].phase == "placed"


def test_a_call_that_has_not_ended_is_not_evicted(state: SandboxState) -> None:
    click_to_call(state, "waits-for-a-person")
    for _ in range(4):
        click_to_call(state, "callee-busy")
        play_until_idle(state)
    assert remembered_calls(state) == {"c1", "c4", "c5"}


def test_a_call_with_a_pending_delivery_is_not_evicted(state: SandboxState) -> None:
    patch_account(state, KEY, {"retry": {"waits": ["1h"]}}, state.started_at)
    click_to_call(state)
    while (due := read.peek(state)) and due.kind != "delivery":
        run_due_item(state)
    delivery = run_due_item(state)
    for _ in range(4):
        click_to_call(state)
        play_until_idle(state)
    assert delivery is not None
    assert "c1" in read.calls(state)
    assert len(read.calls(state)) == 3
    play_until_idle(state, lambda _: DeliveryResult(status=500))
    for _ in range(3):
        click_to_call(state)
        play_until_idle(state)
    # its first delivery never gets a result, so it is still pending
    assert remembered_calls(state) == {"c1", "c8"}


def test_a_scheduled_event_of_an_evicted_call_is_dropped(state: SandboxState) -> None:
    click_to_call(state)
    play_until_idle(state)
    for _ in range(3):
        click_to_call(state)
        play_until_idle(state)
    state.agenda.schedule(
        state.started_at + 10**9,
        "event",
        "c1",
        ScheduledEvent(attempt=0, event=Event(at=5, type="hangup", leg="b")),
    )
    state.drop_stale_items()
    assert read.peek(state) is None
