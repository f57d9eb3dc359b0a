"""Evict the oldest ended calls, so that a sandbox can run for days."""

from typing import Final

from mockserver.engine.sandbox_state import SandboxState

MAX_ENDED_CALLS: Final = 10_000
"""Ended calls that a sandbox keeps; beyond that, the calls that ended first are evicted."""

CHECKS_PER_CALL: Final = 2  # examined whenever a call ends: bounds the cost of calls that must stay


def retire_call(state: SandboxState, call_id: str) -> None:
    """Mark a call as ended, and evict the oldest ended calls above `MAX_ENDED_CALLS`.

    A call with pending deliveries stays until they are finished.
    """
    state.calls.end(call_id)
    for _ in range(min(CHECKS_PER_CALL, len(state.calls.ended) - MAX_ENDED_CALLS)):
        oldest = next(iter(state.calls.ended))
        if _is_evictable(state, oldest):
            state.calls.evict(oldest)
            state.deliveries.evict(oldest)
        else:
            state.calls.end(oldest)


def _is_evictable(state: SandboxState, call_id: str) -> bool:
    pending = (
        state.deliveries.by_id[delivery_id].state == "pending"
        for delivery_id in state.deliveries.ids_by_call.get(call_id, ())
    )
    return state.calls.by_id[call_id].phase == "ended" and not any(pending)
