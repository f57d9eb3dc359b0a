"""Evict the oldest ended calls, so that a sandbox can run for days."""

from typing import Final

from mockserver.core.call import parse_recording_token
from mockserver.engine.sandbox_state import SandboxState

MAX_ENDED_CALLS: Final = 10_000
"""Ended calls that a sandbox keeps; beyond that, the calls that ended first are evicted."""

CHECKS_PER_CALL: Final = 2  # examined whenever a call ends: bounds the cost of calls that must stay


def retire_call(state: SandboxState, call_id: str) -> None:
    """Mark a call as ended, and evict the oldest ended calls above `MAX_ENDED_CALLS`.

    A call with pending deliveries stays until they are finished.
    """
    state.ended_calls[call_id] = None
    state.ended_calls.move_to_end(call_id)
    for _ in range(min(CHECKS_PER_CALL, len(state.ended_calls) - MAX_ENDED_CALLS)):
        oldest, _ = state.ended_calls.popitem(last=False)
        if _is_evictable(state, oldest):
            _evict(state, oldest)
        else:
            state.ended_calls[oldest] = None


def _is_evictable(state: SandboxState, call_id: str) -> bool:
    pending = (
        state.deliveries[delivery_id].state == "pending"
        for delivery_id in state.delivery_ids_by_call.get(call_id, ())
    )
    return state.calls[call_id].phase == "ended" and not any(pending)


def _evict(state: SandboxState, call_id: str) -> None:
    spec = state.calls.pop(call_id).spec
    for delivery_id in state.delivery_ids_by_call.pop(call_id, ()):
        del state.deliveries[delivery_id]
    state.call_ids_by_vendor_id.pop((spec.provider, spec.vendor_id), None)
    state.call_ids_by_recording.pop(parse_recording_token(spec.recording_url), None)
    state.drop_progress(call_id)
