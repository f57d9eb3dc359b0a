"""Which calls a sandbox may forget, so that it can play for days."""

from typing import Final

from mockserver.core.call import parse_recording_token
from mockserver.engine.sandbox_state import SandboxState

MAX_ENDED_CALLS: Final = 10_000
"""So many calls that have ended are remembered; then those that ended first are forgotten."""

CHECKS_PER_CALL: Final = 2  # for each call that ends, so that those who must stay cost little


def retire_call(state: SandboxState, call_id: str) -> None:
    """A call has ended; one whose webhooks are still on their way stays until they are not."""
    state.ended_calls[call_id] = None
    state.ended_calls.move_to_end(call_id)
    for _ in range(min(CHECKS_PER_CALL, len(state.ended_calls) - MAX_ENDED_CALLS)):
        oldest, _ = state.ended_calls.popitem(last=False)
        if _is_evictable(state, oldest):
            _evict(state, oldest)
        else:
            state.ended_calls[oldest] = None


def _is_evictable(state: SandboxState, call_id: str) -> bool:
    on_their_way = (
        state.deliveries[one].state == "pending"
        for one in state.delivery_ids_by_call.get(call_id, ())
    )
    return state.calls[call_id].phase == "ended" and not any(on_their_way)


def _evict(state: SandboxState, call_id: str) -> None:
    order = state.calls.pop(call_id).spec
    for webhook in state.delivery_ids_by_call.pop(call_id, ()):
        del state.deliveries[webhook]
    state.call_ids_by_vendor_id.pop((order.provider, order.vendor_id), None)
    state.call_ids_by_recording.pop(parse_recording_token(order.recording_url), None)
    state.drop_progress(call_id)
