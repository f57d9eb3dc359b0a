"""The journal live, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import islice
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.params import sandbox_of
from mockserver.web.views.serializers import serialize_entry

MAX_LAG: Final = 1_000  # facts that a viewer may be behind; more are a gap


async def stream_journal(request: Request) -> Response:
    """From now on, or from after `Last-Event-ID` on; a viewer that is too slow is told of a gap."""
    last = request.headers.get("last-event-id", "")
    if last and not (last.isdecimal() and last.isascii()):
        raise HTTPException(422, "Last-Event-ID is the id of a fact")
    store = sandbox_of(request).state
    since = int(last[:15]) if last else store.entry_count
    headers = {"cache-control": "no-store"}
    if request.method == "HEAD":
        return Response(None, 200, headers, "text/event-stream")
    return StreamingResponse(_stream_events(store, since), 200, headers, "text/event-stream")


async def _stream_events(state: SandboxState, last_sequence: int) -> AsyncIterator[str]:
    news = asyncio.Event()

    def watch(_: JournalEntry) -> None:
        news.set()

    state.subscribers.append(watch)
    epoch = state.epoch
    try:
        yield ": listening\n\n"
        while True:
            if state.epoch != epoch or last_sequence > state.entry_count:
                epoch, last_sequence = state.epoch, 0
                yield "event: reset\ndata: {}\n\n"
            news.clear()
            for number, text in _render_new_entries(state, last_sequence):
                last_sequence = number
                yield text
            await news.wait()
    finally:
        if watch in state.subscribers:
            state.subscribers.remove(watch)


def _render_new_entries(state: SandboxState, last_sequence: int) -> list[tuple[int, str]]:
    """What has been recorded since; the journal itself is the queue, and it is bounded."""
    first = state.entry_count - len(state.journal) + 1
    begin = max(last_sequence + 1, first, state.entry_count - MAX_LAG + 1)
    told = []
    if begin > last_sequence + 1:
        told.append((begin - 1, f'event: gap\ndata: {{"missed": {begin - last_sequence - 1}}}\n\n'))
    for number, fact in enumerate(islice(state.journal, begin - first, None), begin):
        line = json.dumps(
            {"id": number, **serialize_entry(fact, state.configuration)}, ensure_ascii=False
        )
        told.append((number, f"id: {number}\nevent: {fact.type}\ndata: {line}\n\n"))
    return told


ROUTES = (Route("/events", stream_journal),)
