"""Streams the journal as server-sent events."""

import asyncio
import json
import re
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

HEARTBEAT: Final = 15.0  # real seconds without an event after which a comment is sent
EVENT_ID: Final = re.compile(r"(?:[0-9]{1,15}\.)?[0-9]+", re.ASCII)
MAX_LAG: Final = 1_000  # entries that a client may be behind; it gets a gap instead of older ones


async def stream_journal(request: Request) -> Response:
    """Stream entries after `Last-Event-ID`, else from now on; a slow client gets `event: gap`."""
    last_event_id = request.headers.get("last-event-id", "")
    if last_event_id and not EVENT_ID.fullmatch(last_event_id):
        raise ProblemError("invalid-header", "Last-Event-ID is the id of an event of this stream")
    state = sandbox_of(request).state
    position = _parse_event_id(last_event_id) or (state.epoch, state.journal.entry_count)
    headers, background = {"cache-control": "no-store"}, dependencies_of(request).background
    if request.method == "HEAD":
        return Response(None, 200, headers, "text/event-stream")
    return StreamingResponse(
        _stream_events(state, *position, background), 200, headers, "text/event-stream"
    )


def _parse_event_id(text: str) -> tuple[int, int] | None:
    """Return (epoch, sequence number) of an event's id, None for an empty text."""
    epoch, _, sequence = text.rpartition(".")
    return (int(epoch or 0), int(sequence[:15])) if text else None


def _format_event_id(epoch: int, sequence: int) -> str:
    """The number of the entry; after a reset with the epoch, so that a client learns of that."""
    return f"{epoch}.{sequence}" if epoch else str(sequence)


async def _stream_events(
    state: SandboxState, epoch: int, last_sequence: int, background: Background
) -> AsyncIterator[str]:
    new_entries = asyncio.Event()

    def notify(_: JournalEntry) -> None:
        new_entries.set()

    unsubscribe = state.journal.subscribe(notify)
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
            messages = [] if await _wait(new_entries) else [": heartbeat\n\n"]
    finally:
        unsubscribe()


async def _wait(new_entries: asyncio.Event) -> bool:
    """Wait until there are new entries; return False if there are none within `HEARTBEAT`."""
    try:
        async with asyncio.timeout(HEARTBEAT):
            return await new_entries.wait()
    except TimeoutError:
        return False


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
        Job(
            weigh_entry(entry),
            partial(_render_entry, state.epoch, number, entry, state.configuration),
        )
        for number, entry in enumerate(entries, start)
    )
    return [*messages, *[message async for message in run_in_slices(jobs, background)]]


def _render_entry(
    epoch: int, number: int, entry: JournalEntry, configuration: Configuration
) -> tuple[int, str]:
    line = json.dumps({"id": number, **serialize_entry(entry, configuration)}, ensure_ascii=False)
    event_id = _format_event_id(epoch, number)
    return number, f"id: {event_id}\nevent: {entry.type}\ndata: {line}\n\n"


ROUTES = (Route("/events", stream_journal),)
