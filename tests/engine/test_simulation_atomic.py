"""All or nothing: what cannot be, or what a provider fails at, leaves nothing behind."""

from collections import Counter
from typing import Any

import pytest

from mockserver.core.call import Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.provider import Effects, EventContext
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, step
from tests.conftest import CLICK, START, acting, click, play, until


def all_of(store: SandboxState) -> tuple[object, ...]:
    """A copy of everything that a half-done event could have changed."""
    parts = (store.calls, store.next_steps, store.wait_reasons, store.deliveries, store.scripts)
    copies = (*(dict(part) for part in parts), list(store.journal), sorted(store.pending_items()))
    return (
        *copies,
        list(store.exchanges),
        store.request_count,
        store.entry_count,
        dict(store.delivery_ids_by_call),
    )


def test_happen_of_fifty_hangups_one_wins(store: SandboxState) -> None:
    click(store)
    until(store, 4_000)
    said = Counter[str]()
    for _ in range(50):
        try:
            apply_event(store, "c1", Event(START + 5_000, "hangup", "b", {"cause": "normal"}))
            said["done"] += 1
        except IllegalTransition as impossible:
            said[str(impossible)] += 1
    assert said == {"done": 1, "hangup is not possible while the call is ended": 49}
    assert [delivery.next_attempt_at for delivery in play(store)] == [START + 5_000]
    assert list(store.deliveries) == ["w1"]


def test_happen_impossible_changes_nothing(store: SandboxState) -> None:
    click(store)
    until(store, 0)
    before = all_of(store)
    with pytest.raises(IllegalTransition, match=r"^answer is not possible while leg b is idle"):
        apply_event(store, "c1", Event(START + 1_000, "answer", "b"))
    assert all_of(store) == before


@pytest.mark.parametrize("verb", ["hangup", "attempt-ended", "ended"])
def test_happen_that_a_provider_fails_at_leaves_nothing_behind(
    world: Configuration, verb: str
) -> None:
    def failing(moment: EventContext) -> Effects:
        if moment.event.type == verb:
            raise ZeroDivisionError
        return Effects()

    store = acting(world, on_event=failing)
    click(store)
    until(store, 4_000)
    before = all_of(store)
    with pytest.raises(ZeroDivisionError):
        apply_event(store, "c1", Event(START + 5_000, "hangup", "b", {"cause": "normal"}))
    assert all_of(store) == before


@pytest.mark.parametrize("broken", ["answer", "refuse", "credential", "new_call_id"])
def test_request_that_a_provider_fails_at_leaves_nothing_behind(
    world: Configuration, broken: str
) -> None:
    def failing(*_: object) -> Any:
        raise ZeroDivisionError

    endpoint = world.providers["mobtexting"].provider.endpoints[0]
    changes = {
        "answer": {"endpoints": (endpoint._replace(respond=failing),)},
    }.get(broken, {broken: failing})
    store = acting(world, **changes)
    before = all_of(store)
    with pytest.raises(ZeroDivisionError):
        click(store, to="1" if broken == "refuse" else CLICK["to"])
    assert all_of(store) == before


def test_step_with_nothing_due(store: SandboxState) -> None:
    assert (step(store), all_of(store)) == (None, all_of(SandboxState(store.configuration, START)))
