"""Atomicity: an illegal event or a provider that raises changes nothing."""

from collections import Counter
from typing import Any

import pytest

from mockserver.core.call import Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.provider import Effects, EventContext
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item
from tests.support import read
from tests.support.simulation import (
    CLICK_TO_CALL,
    START,
    click_to_call,
    play_until_idle,
    run_for,
    state_with_provider,
)


def snapshot(state: SandboxState) -> tuple[object, ...]:
    """Copy everything that a partly applied event could have changed."""
    parts = (
        read.calls(state),
        read.next_steps(state),
        read.wait_reasons(state),
        read.deliveries(state),
        read.scripts(state),
    )
    copies = (
        *(dict(part) for part in parts),
        list(read.journal(state)),
        sorted(read.pending_items(state)),
    )
    return (
        *copies,
        list(read.exchanges(state)),
        read.request_count(state),
        read.entry_count(state),
        dict(read.delivery_ids_by_call(state)),
    )


def test_of_fifty_hangups_only_the_first_is_applied(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 4_000)
    results = Counter[str]()
    for _ in range(50):
        try:
            apply_event(
                state,
                "c1",
                Event(at=START + 5_000, type="hangup", leg="b", data={"cause": "normal"}),
            )
            results["done"] += 1
        except IllegalTransition as error:
            results[str(error)] += 1
    assert results == {"done": 1, "hangup is not possible while the call is ended": 49}
    assert [delivery.next_attempt_at for delivery in play_until_idle(state)] == [START + 5_000]
    assert list(read.deliveries(state)) == ["w1"]


def test_an_illegal_event_changes_nothing(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 0)
    before = snapshot(state)
    with pytest.raises(IllegalTransition, match=r"^answer is not possible while leg b is idle"):
        apply_event(state, "c1", Event(at=START + 1_000, type="answer", leg="b"))
    assert snapshot(state) == before


@pytest.mark.parametrize("event_type", ["hangup", "attempt-ended", "ended"])
def test_an_event_on_which_a_provider_raises_changes_nothing(
    configuration: Configuration, event_type: str
) -> None:
    def failing(context: EventContext) -> Effects:
        if context.event.type == event_type:
            raise ZeroDivisionError
        return Effects()

    state = state_with_provider(configuration, on_event=failing)
    click_to_call(state)
    run_for(state, 4_000)
    before = snapshot(state)
    with pytest.raises(ZeroDivisionError):
        apply_event(
            state, "c1", Event(at=START + 5_000, type="hangup", leg="b", data={"cause": "normal"})
        )
    assert snapshot(state) == before


@pytest.mark.parametrize("failing_hook", ["answer", "refuse", "credential", "new_call_id"])
def test_a_request_on_which_a_provider_raises_changes_nothing(
    configuration: Configuration, failing_hook: str
) -> None:
    def failing(*_: object) -> Any:
        raise ZeroDivisionError

    endpoint = configuration.providers["mobtexting"].provider.endpoints[0]
    changes = {
        "answer": {"endpoints": (endpoint._replace(respond=failing),)},
    }.get(failing_hook, {failing_hook: failing})
    state = state_with_provider(configuration, **changes)
    before = snapshot(state)
    with pytest.raises(ZeroDivisionError):
        click_to_call(state, to="1" if failing_hook == "refuse" else CLICK_TO_CALL["to"])
    assert snapshot(state) == before


def test_a_step_with_nothing_due_changes_nothing(state: SandboxState) -> None:
    assert (run_due_item(state), snapshot(state)) == (
        None,
        snapshot(SandboxState(state.configuration, START)),
    )
