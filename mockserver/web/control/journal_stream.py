"""Streams the journal as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from itertools import islice
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.background import Background
from mockserver.web.control.params import dependencies_of, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.slices import Job, run_in_slices
from mockserver.web.views.serializers import serialize_entry
from mockserver.web.views.weights import weigh_entry

MAX_LAG: Final = 1_000  # entries that a client may be behind; it gets a gap instead of older ones


async def stream_journal(request: Request) -> Response:
    """Stream entries after `Last-Event-ID`, else from now on; a slow client gets `event: gap`."""
    last_event_id = request.headers.get("last-event-id", "")
    if last_event_id and not (last_event_id.isdecimal() and last_event_id.isascii()):
        raise ProblemError("invalid-header", "Last-Event-ID is the id of a journal entry")
    state = sandbox_of(request).state
    last_sequence = int(last_event_id[:15]) if last_event_id else state.journal.entry_count
    headers, background = {"cache-control": "no-store"}, dependencies_of(request).background
    if request.method == "HEAD":
        return Response(None, 200, headers, "text/event-stream")
    return StreamingResponse(
        _stream_events(state, last_sequence, background), 200, headers, "text/event-stream"
    )


async def _stream_events(
    state: SandboxState, last_sequence: int, background: Background
) -> AsyncIterator[str]:
    new_entries = asyncio.Event()

    def notify(_: JournalEntry) -> None:
        new_entries.set()

    unsubscribe = state.journal.subscribe(notify)
    epoch = state.epoch
    try:
        messages = [": listening\n\n"]
        while True:
            if state.epoch != epoch or last_sequence > state.journal.entry_count:
                epoch, last_sequence = state.epoch, 0
                messages.append("event: reset\ndata: {}\n\n")
            new_entries.clear()
            for number, text in await _render_new_entries(state, last_sequence, background):
                last_sequence = number
                messages.append(text)
            for message in messages:
                yield message
            messages = []
            await new_entries.wait()
    finally:
        unsubscribe()


async def _render_new_entries(
    state: SandboxState, last_sequence: int, background: Background
) -> list[tuple[int, str]]:
    """Return (sequence number, message) of the entries after `last_sequence`.

    The journal, which is bounded, serves as the queue.
    """
    first = state.journal.first_sequence
    start = max(last_sequence + 1, first, state.journal.entry_count - MAX_LAG + 1)
    messages = []
    if start > last_sequence + 1:
        messages.append(
            (start - 1, f'event: gap\ndata: {{"missed": {start - last_sequence - 1}}}\n\n')
        )
    entries = (*islice(state.journal.entries, start - first, None),)
    jobs = (
        Job(weigh_entry(entry), partial(_render_entry, number, entry, state.configuration))
        for number, entry in enumerate(entries, start)
    )
    return [*messages, *[message async for message in run_in_slices(jobs, background)]]


def _render_entry(
    number: int, entry: JournalEntry, configuration: Configuration
) -> tuple[int, str]:
    line = json.dumps({"id": number, **serialize_entry(entry, configuration)}, ensure_ascii=False)
    return number, f"id: {number}\nevent: {entry.type}\ndata: {line}\n\n"


ROUTES = (Route("/events", stream_journal),)
