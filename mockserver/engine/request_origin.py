"""What the calls of a request keep of where it came from: its webhook depth, its trace context."""

from collections.abc import Iterable

from mockserver.core.trace_context import read_trace_context
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.calls import NEW_PROGRESS


def keep_origin(
    state: SandboxState, exchange: Exchange, depth: int, changed: Iterable[str]
) -> None:
    """Keep it with the calls, some of which have yet to be placed.

    A call that the request places or changes keeps its depth. One that it places also keeps its
    trace context, if the server hands that on.
    """
    if depth:
        for call_id in (*exchange.call_ids, *changed):
            progress = state.calls.progress.get(call_id, NEW_PROGRESS)
            state.calls.set_progress(call_id, progress.replace(webhook_depth=depth))
    if not state.configuration.trace_webhooks:
        return
    for call_id in exchange.placed_calls.values():
        progress = state.calls.progress.get(call_id, NEW_PROGRESS)
        trace_context = read_trace_context(exchange.request.headers)
        state.calls.set_progress(call_id, progress.replace(trace_context=trace_context))
