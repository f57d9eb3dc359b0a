"""Deliveries of a call that is over at once, and the results of their attempts."""

from mockserver.core.call import Event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item
from tests.support import read
from tests.support.simulation import START, click_to_call


def end_call_at_once(state: SandboxState, *scenarios: str) -> None:
    """Place a call that is over at once, so that its webhook is due at the start."""
    click_to_call(state, *scenarios)
    run_due_item(state)
    run_due_item(state)
    apply_event(state, "c1", Event(at=START, type="hangup", leg="a", data={"cause": "busy"}))


def attempt_results(
    state: SandboxState, delivery_id: str = "w1"
) -> list[tuple[int, int, int | str | None]]:
    """Return (number, ms since the start, status or else error) of each attempt of a delivery."""
    return [
        (
            attempt.number,
            attempt.at - START,
            attempt.result.error if attempt.result.status is None else attempt.result.status,
        )
        for attempt in read.deliveries(state)[delivery_id].attempts
    ]
