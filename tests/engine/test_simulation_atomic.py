"""All or nothing: what cannot be, or what a provider fails at, leaves nothing behind."""

from collections import Counter
from typing import Any

import pytest

from mockserver.core.call import Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.provider import Effects, EventContext
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, step
from tests.support import read
from tests.support.simulation import (
    CLICK_TO_CALL,
    START,
    click_to_call,
    play_until_idle,
    run_for,
    state_with_provider,
)


def all_of(state: SandboxState) -> tuple[object, ...]:
    """A copy of everything that a half-done event could have changed."""
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


def test_happen_of_fifty_hangups_one_wins(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 4_000)
    said = Counter[str]()
    for _ in range(50):
        try:
            apply_event(
                state,
                "c1",
                Event(at=START + 5_000, type="hangup", leg="b", data={"cause": "normal"}),
            )
            said["done"] += 1
        except IllegalTransition as impossible:
            said[str(impossible)] += 1
    assert said == {"done": 1, "hangup is not possible while the call is ended": 49}
    assert [delivery.next_attempt_at for delivery in play_until_idle(state)] == [START + 5_000]
    assert list(read.deliveries(state)) == ["w1"]


def test_happen_impossible_changes_nothing(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 0)
    before = all_of(state)
    with pytest.raises(IllegalTransition, match=r"^answer is not possible while leg b is idle"):
        apply_event(state, "c1", Event(at=START + 1_000, type="answer", leg="b"))
    assert all_of(state) == before


@pytest.mark.parametrize("verb", ["hangup", "attempt-ended", "ended"])
def test_happen_that_a_provider_fails_at_leaves_nothing_behind(
    configuration: Configuration, verb: str
) -> None:
    def failing(moment: EventContext) -> Effects:
        if moment.event.type == verb:
            raise ZeroDivisionError
        return Effects()

    state = state_with_provider(configuration, on_event=failing)
    click_to_call(state)
    run_for(state, 4_000)
    before = all_of(state)
    with pytest.raises(ZeroDivisionError):
        apply_event(
            state, "c1", Event(at=START + 5_000, type="hangup", leg="b", data={"cause": "normal"})
        )
    assert all_of(state) == before


@pytest.mark.parametrize("broken", ["answer", "refuse", "credential", "new_call_id"])
def test_request_that_a_provider_fails_at_leaves_nothing_behind(
    configuration: Configuration, broken: str
) -> None:
    def failing(*_: object) -> Any:
        raise ZeroDivisionError

    endpoint = configuration.providers["mobtexting"].provider.endpoints[0]
    changes = {
        "answer": {"endpoints": (endpoint._replace(respond=failing),)},
    }.get(broken, {broken: failing})
    state = state_with_provider(configuration, **changes)
    before = all_of(state)
    with pytest.raises(ZeroDivisionError):
        click_to_call(state, to="1" if broken == "refuse" else CLICK_TO_CALL["to"])
    assert all_of(state) == before


def test_step_with_nothing_due(state: SandboxState) -> None:
    assert (step(state), all_of(state)) == (None, all_of(SandboxState(state.configuration, START)))
