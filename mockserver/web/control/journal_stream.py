"""Streams the journal, or the calls that it changes, as server-sent events."""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mockserver.core.journal import JournalEntry
from mockserver.core.suggestions import did_you_mean
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.params import dependencies_of, find_call, sandbox_of
from mockserver.web.control.positions import Position, parse_position, position_of
from mockserver.web.control.stream_views import VIEWS, StreamView, build_view
from mockserver.web.problems import ProblemError
from mockserver.web.server.transport import TRANSPORT_KEY, limit_buffers

HEARTBEAT: Final = 15.0  # real seconds without an event after which a comment is sent
LOOK: Final = 0.5  # real seconds after which a viewer looks for a reset, which has no entry
MAX_BUFFER: Final = 16_384  # bytes that wait for a viewer to read
PARAMETERS: Final = ("view", "call")


async def stream_journal(request: Request) -> Response:
    """Stream entries after `Last-Event-ID`, else from now on; a slow client gets `event: gap`.

    `?call=` leaves out what does not concern a call. `?view=calls` streams the summaries of the
    calls that have changed.
    """
    sandbox = sandbox_of(request)
    text = request.headers.get("last-event-id", "")
    position = parse_position(text, sandbox) if text else position_of(sandbox)
    if position is None:
        raise ProblemError("invalid-header", "Last-Event-ID is the id of an event of this stream")
    view = _parse_view(request, sandbox, is_resumed=bool(text))
    headers = {"cache-control": "no-store"}
    if request.method == "HEAD":
        return Response(None, 200, headers, "text/event-stream")
    transport = request.scope.get(TRANSPORT_KEY)
    if transport:
        limit_buffers(transport, MAX_BUFFER)
    return StreamingResponse(
        _stream_events(sandbox, position, view), 200, headers, "text/event-stream"
    )


def _parse_view(request: Request, sandbox: Sandbox, *, is_resumed: bool) -> StreamView:
    """Parse what is shown. A resumed stream may be about a call that a reset has removed."""
    name, call_id = (request.query_params.get(key, "") for key in PARAMETERS)
    if call_id and not is_resumed:
        find_call(request, call_id)
    if name and name not in VIEWS:
        hint = did_you_mean(name, VIEWS) or f"it is one of {', '.join(VIEWS)}"
        raise ProblemError("invalid-query", f"there is no view {name!r:.80}: {hint}")
    return build_view(name, call_id, sandbox, dependencies_of(request).background)


async def _stream_events(
    sandbox: Sandbox, position: Position, view: StreamView
) -> AsyncGenerator[str, None]:
    """Yield chunks of messages, with a turn of the event loop between two of them.

    A viewer listens only while it waits for the next entry. One that does not read is held up in
    `yield`, where it costs the clock nothing. An empty chunk is not sent: nothing in it concerns
    the viewer. The stream ends with its sandbox.
    """
    state, beat_at = sandbox.state, 0.0
    with sandbox.event_texts.viewer():
        chunk = f": listening\nid: {position}\n\n"
        while not sandbox.scheduler.is_stopping:
            if chunk:
                yield chunk
                beat_at = time.monotonic() + HEARTBEAT
            if position == position_of(sandbox):
                rest = beat_at - time.monotonic()
                if not await _wait_for_entry(state, min(LOOK, rest)):
                    chunk = f": heartbeat\nid: {position}\n\n" if rest <= LOOK else ""
                    continue
                await asyncio.sleep(view.rest(sandbox))
            else:
                await asyncio.sleep(0)
            if not position.is_in_life_of(sandbox):
                position = position_of(sandbox)._replace(sequence=0)
                chunk = f"event: reset\nid: {position}\ndata: {{}}\n\n"
            else:
                position, chunk = await view.render(position)


async def _wait_for_entry(state: SandboxState, seconds: float) -> bool:
    """Wait until there is a new entry; return False if there is none within these real seconds."""
    new_entries = asyncio.Event()

    def notify(_: JournalEntry) -> None:
        unsubscribe()
        new_entries.set()

    unsubscribe = state.journal.subscribe(notify)
    try:
        async with asyncio.timeout(seconds):
            return await new_entries.wait()
    except TimeoutError:
        return False
    finally:
        unsubscribe()


ROUTES = (Route("/events", stream_journal),)
