"""Streams the journal as server-sent events."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
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
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.params import dependencies_of, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.server.transport import TRANSPORT_KEY, limit_buffers
from mockserver.web.slices import MAX_WEIGHT, Job, run_in_slices
from mockserver.web.views.serializers import serialize_entry
from mockserver.web.views.weights import weigh_entry

HEARTBEAT: Final = 15.0  # real seconds without an event after which a comment is sent
EVENT_ID: Final = re.compile(r"(?:[0-9]{1,15}\.)?[0-9]+", re.ASCII)

MAX_CHUNK: Final = 16_384
"""Characters of messages after which a chunk ends; and bytes that wait for a viewer to read."""

REST: Final = 0.001
"""Real seconds of rest between two chunks to a viewer, for each other viewer."""

MAX_LAG: Final = 1_000  # entries that a client may be behind; it gets a gap instead of older ones


async def stream_journal(request: Request) -> Response:
    """Stream entries after `Last-Event-ID`, else from now on; a slow client gets `event: gap`."""
    last_event_id = request.headers.get("last-event-id", "")
    if last_event_id and not EVENT_ID.fullmatch(last_event_id):
        raise ProblemError("invalid-header", "Last-Event-ID is the id of an event of this stream")
    sandbox, background = sandbox_of(request), dependencies_of(request).background
    state = sandbox.state
    position = _parse_event_id(last_event_id) or (state.epoch, state.journal.entry_count)
    headers = {"cache-control": "no-store"}
    if request.method == "HEAD":
        return Response(None, 200, headers, "text/event-stream")
    transport = request.scope.get(TRANSPORT_KEY)
    if transport:
        limit_buffers(transport, MAX_CHUNK)
    return StreamingResponse(
        _stream_events(sandbox, *position, background), 200, headers, "text/event-stream"
    )


def _parse_event_id(text: str) -> tuple[int, int] | None:
    """Return (epoch, sequence number) of an event's id, None for an empty text."""
    epoch, _, sequence = text.rpartition(".")
    return (int(epoch or 0), int(sequence[:15])) if text else None


def _format_event_id(epoch: int, sequence: int) -> str:
    """The number of the entry; after a reset with the epoch, so that a client learns of that."""
    return f"{epoch}.{sequence}" if epoch else str(sequence)


async def _stream_events(
    sandbox: Sandbox, epoch: int, last_sequence: int, background: Background
) -> AsyncGenerator[str, None]:
    """Yield chunks of messages, with a turn of the event loop between two of them.

    A viewer listens only while it waits for the next entry. One that does not read is held up in
    `yield`, where it costs the clock nothing.
    """
    state = sandbox.state
    with sandbox.event_texts.viewer():
        chunk = ": listening\n\n"
        while True:
            yield chunk
            if state.epoch == epoch and state.journal.entry_count == last_sequence:
                if not await _wait_for_entry(state):
                    chunk = ": heartbeat\n\n"
                    continue
                await asyncio.sleep(REST * (sandbox.event_texts.viewer_count - 1))
            else:
                await asyncio.sleep(0)
            if state.epoch != epoch or last_sequence > state.journal.entry_count:
                epoch, last_sequence = state.epoch, 0
                chunk = "event: reset\ndata: {}\n\n"
            else:
                last_sequence, chunk = await _render_chunk(sandbox, last_sequence, background)


async def _wait_for_entry(state: SandboxState) -> bool:
    """Wait until there is a new entry; return False if there is none within `HEARTBEAT`."""
    new_entries = asyncio.Event()

    def notify(_: JournalEntry) -> None:
        unsubscribe()
        new_entries.set()

    unsubscribe = state.journal.subscribe(notify)
    try:
        async with asyncio.timeout(HEARTBEAT):
            return await new_entries.wait()
    except TimeoutError:
        return False
    finally:
        unsubscribe()


async def _render_chunk(
    sandbox: Sandbox, last_sequence: int, background: Background
) -> tuple[int, str]:
    """Return (number of the last entry in it, text) of the next chunk after `last_sequence`.

    The journal, which is bounded, serves as the queue.
    """
    journal, texts = sandbox.state.journal, list[str]()
    first = journal.first_sequence
    start = max(last_sequence + 1, first, journal.entry_count - MAX_LAG + 1)
    if start > last_sequence + 1:
        texts.append(f'event: gap\ndata: {{"missed": {start - last_sequence - 1}}}\n\n')
    number, size = start - 1, 0
    entries = (*islice(journal.entries, start - first, None),)
    jobs = (_build_job(sandbox, number, entry) for number, entry in enumerate(entries, start))
    async with aclosing(run_in_slices(jobs, background)) as rendered:
        async for text in rendered:
            number += 1
            texts.append(text)
            size += len(text)
            if size >= MAX_CHUNK:
                break
    return number, "".join(texts)


def _build_job(sandbox: Sandbox, number: int, entry: JournalEntry) -> Job[str]:
    """Build the job that renders an entry; the text of a heavy one is not kept for others."""
    state, weight = sandbox.state, weigh_entry(entry)
    render = partial(_render_entry, state.configuration, state.epoch)
    if weight > MAX_WEIGHT:
        return Job(weight, partial(render, number, entry))
    return Job(weight, partial(sandbox.event_texts.find_or_render, number, entry, render))


def _render_entry(
    configuration: Configuration, epoch: int, number: int, entry: JournalEntry
) -> str:
    line = json.dumps({"id": number, **serialize_entry(entry, configuration)}, ensure_ascii=False)
    return f"id: {_format_event_id(epoch, number)}\nevent: {entry.type}\ndata: {line}\n\n"


ROUTES = (Route("/events", stream_journal),)
