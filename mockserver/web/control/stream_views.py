"""What an event stream shows of new entries: themselves, or the calls that they have changed."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import aclosing
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mockserver.core.journal import JournalEntry
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.background import Background
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.listing import encode_json
from mockserver.web.control.positions import Position, position_of
from mockserver.web.slices import MAX_WEIGHT, Job, run_in_slices
from mockserver.web.views.ring_details import serialize_with_ring
from mockserver.web.views.summaries import count_calls, summarize_call
from mockserver.web.views.weights import weigh_entry

MAX_CHUNK: Final = 16_384  # characters of messages after which a chunk ends
REST: Final = 0.001
"""Real seconds of rest between two chunks of entries to a viewer, for each other viewer."""
CALLS_REST: Final = 0.25
"""Real seconds in which changes of calls are gathered into one message."""
MAX_LAG: Final = 1_000  # entries that a client may be behind; it gets a gap instead of older ones
MAX_SUMMARIES: Final = 200  # of one message


class StreamView(NamedTuple):
    """A way to show entries.

    `rest` returns how long, in real seconds, more entries are gathered once one has come. `render`
    returns the position and the text behind what it has read after a position; the text is empty
    if nothing of it is shown.
    """

    rest: Callable[[Sandbox], float]
    render: Callable[[Position], Awaitable[tuple[Position, str]]]


class Viewer(NamedTuple):
    """Whom a text is rendered for; with a `call_id`, only what concerns that call is shown."""

    sandbox: Sandbox
    call_id: str
    background: Background


def build_view(name: str, call_id: str, sandbox: Sandbox, background: Background) -> StreamView:
    """Build the view of this name, or that of entries."""
    rest, render = VIEWS.get(name, VIEWS["entries"])
    return StreamView(rest, partial(render, Viewer(sandbox, call_id, background)))


def _rest_of_entries(sandbox: Sandbox) -> float:
    return REST * (sandbox.event_texts.viewer_count - 1)


def _rest_of_calls(_: Sandbox) -> float:
    return CALLS_REST


async def _render_entries(viewer: Viewer, position: Position) -> tuple[Position, str]:
    """Render the next chunk of entries. The journal, which is bounded, serves as the queue."""
    journal = viewer.sandbox.state.journal
    start = max(position.sequence + 1, journal.first_sequence, journal.entry_count - MAX_LAG + 1)
    texts = [_render_gap(position, start)]
    number, size = start - 1, 0
    entries = (*islice(journal.entries, start - journal.first_sequence, None),)
    jobs = (_build_job(viewer, position, *entry) for entry in enumerate(entries, start))
    async with aclosing(run_in_slices(jobs, viewer.background)) as rendered:
        async for text in rendered:
            number += 1
            texts.append(text)
            size += len(text)
            if size >= MAX_CHUNK:
                break
    return position._replace(sequence=number), "".join(texts)


def _build_job(viewer: Viewer, position: Position, number: int, entry: JournalEntry) -> Job[str]:
    """Build the job that renders an entry; the text of a heavy one is not kept for others."""
    if viewer.call_id and viewer.call_id not in _call_ids(entry):
        return Job(0, str)
    sandbox, weight = viewer.sandbox, weigh_entry(entry)
    render = partial(_render_entry, sandbox.state, position)
    if weight > MAX_WEIGHT:
        return Job(weight, partial(render, number, entry))
    return Job(weight, partial(sandbox.event_texts.find_or_render, number, entry, render))


def _render_entry(state: SandboxState, position: Position, number: int, entry: JournalEntry) -> str:
    line = encode_json({"id": number, **serialize_with_ring(entry, state)})
    return f"id: {position._replace(sequence=number)}\nevent: {entry.type}\ndata: {line}\n\n"


def _render_gap(position: Position, start: int) -> str:
    missed = start - position.sequence - 1
    return f'event: gap\ndata: {{"missed": {missed}}}\n\n' if missed else ""


async def _render_calls(viewer: Viewer, position: Position) -> tuple[Position, str]:
    """Render the summaries of the calls that have changed and are still there, with counts."""
    sandbox, journal = viewer.sandbox, viewer.sandbox.state.journal
    end, start = position_of(sandbox), max(position.sequence + 1, journal.first_sequence)
    entries = islice(journal.entries, start - journal.first_sequence, None)
    changed = dict.fromkeys(call_id for entry in entries for call_id in _call_ids(entry))
    known = sandbox.state.calls.by_id
    shown = [each for each in changed if each in known and viewer.call_id in ("", each)]
    jobs = (Job(0, partial(_summarize, sandbox, call_id)) for call_id in shown)
    summaries = [text async for text in run_in_slices(jobs, viewer.background) if text]
    messages = [*_render_messages(summaries, count_calls(sandbox.state))]
    gap = _render_gap(position, start)
    texts = [gap, *messages, f"id: {end}\n\n"] if gap or messages else []
    return end, "".join(texts)


def _summarize(sandbox: Sandbox, call_id: str) -> dict[str, Any] | None:
    """Summarize a call as it is now; None if it has gone meanwhile."""
    call = sandbox.state.calls.by_id.get(call_id)
    return summarize_call(sandbox.state, call) if call else None


def _render_messages(summaries: list[dict[str, Any]], counts: Mapping[str, int]) -> Iterator[str]:
    for start in range(0, len(summaries), MAX_SUMMARIES):
        message = {"calls": summaries[start : start + MAX_SUMMARIES], "counts": counts}
        yield f"event: calls\ndata: {encode_json(message)}\n\n"


def _call_ids(entry: JournalEntry) -> Collection[str]:
    """Return the ids of the calls that an entry concerns."""
    if isinstance(entry.payload, Exchange):
        return entry.payload.call_ids
    return (entry.call_id,) if entry.call_id else ()


VIEWS: Final = MappingProxyType(
    {
        "entries": (_rest_of_entries, _render_entries),
        "calls": (_rest_of_calls, _render_calls),
    }
)
"""Value of `view` -> (rest, render) of `StreamView`; `render` takes a viewer first."""
