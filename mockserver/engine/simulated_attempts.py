"""The attempts of a delivery: when each is due, and what those meet that a scenario simulates.

A simulated attempt takes virtual time and never leaves the engine: its end is a due item.
"""

from typing import cast

from mockserver.core.webhook import (
    Delivery,
    DeliveryResult,
    SimulatedAttempt,
    planned_attempt,
)
from mockserver.engine.sandbox_state import SandboxState


def schedule_attempt(state: SandboxState, delivery: Delivery, at: int) -> None:
    """Schedule the next attempt of a delivery at `at`, in ms.

    The end of a simulated one is scheduled at once, so that it does not depend on what happens
    in the meantime. Without a duration its beginning is no item of its own.
    """
    simulated = planned_attempt(delivery) if delivery.planned else None
    if simulated is None:
        state.agenda.schedule(at, "delivery", delivery.id)
        return
    duration = _duration(state, delivery, simulated)
    if duration:
        state.agenda.schedule(at, "delivery", delivery.id)
    state.agenda.schedule(at + duration, "attempt-end", delivery.id)


def schedule_deliveries(state: SandboxState, delivery_ids: tuple[str, ...], at: int) -> None:
    """Schedule a delivery and its copies, the first of them not before `at` (in ms).

    If it has to wait, its copies are as much later.
    """
    delay = 0
    for index, name in enumerate(delivery_ids):
        delivery = state.deliveries.by_id[name]
        due = delivery.next_attempt_at or at
        delay = max(0, at - due) if index == 0 else delay
        if delay:
            delivery = delivery.replace(next_attempt_at=due + delay)
            state.deliveries.update(delivery)
        schedule_attempt(state, delivery, due + delay)


def simulated_result(state: SandboxState, delivery: Delivery) -> DeliveryResult:
    """Build the result of the delivery's next attempt, which is simulated."""
    simulated = cast("SimulatedAttempt", planned_attempt(delivery))
    return DeliveryResult(
        status=simulated.status,
        error=simulated.error,
        duration_ms=_duration(state, delivery, simulated),
        simulated=True,
    )


def unreached_attempts(delivery: Delivery) -> str:
    """Say which planned attempts a finished delivery has not reached; empty if none."""
    made, planned = len(delivery.attempts), len(delivery.planned)
    if planned <= made:
        return ""
    items = f"item {planned}" if planned == made + 1 else f"items {made + 1} to {planned}"
    attempts = "1 attempt" if made == 1 else f"{made} attempts"
    return f"no attempt reaches {items}: the webhook is {delivery.state} after {attempts}"


def _duration(state: SandboxState, delivery: Delivery, simulated: SimulatedAttempt) -> int:
    """Draw how long the delivery's next attempt takes, in ms: always the same."""
    number = len(delivery.attempts) + 1
    return simulated.duration.draw(state.configuration.seed, delivery.id, "attempt", number)
