"""Renders the journal as a timeline: log lines, or a Mermaid sequence diagram."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.listing import respond_with_texts
from mockserver.web.control.params import call_of, dependencies_of, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.slices import Job, pause_if_many, run_in_slices
from mockserver.web.views.log_lines import format_line
from mockserver.web.views.mermaid import complete_diagram, render_entry
from mockserver.web.views.weights import weigh_entry

Lines = tuple[str, ...]
RenderEntry = Callable[[JournalEntry, SandboxState], Iterable[str]]


def _render_text(entry: JournalEntry, state: SandboxState) -> Lines:
    return (format_line(entry, state),)


FORMATS: Final[Mapping[str, tuple[RenderEntry, Callable[[Sequence[str]], Lines]]]] = {
    "text": (_render_text, tuple),
    "mermaid": (render_entry, complete_diagram),
}
"""Format -> (what renders the lines of an entry, what completes all lines)."""


async def get_timeline(request: Request) -> Response:
    """Render the timeline of the sandbox, as text unless `?format=mermaid`."""
    state = sandbox_of(request).state
    return await _render_timeline(request, state, (*state.journal.entries,), "text")


async def get_call_timeline(request: Request) -> Response:
    """Render the timeline of one call, as Mermaid unless `?format=text`."""
    state, call_id = sandbox_of(request).state, call_of(request).spec.id
    entries = tuple(entry for entry in state.journal.entries if entry.call_id == call_id)
    return await _render_timeline(request, state, entries, "mermaid")


async def _render_timeline(
    request: Request, state: SandboxState, entries: tuple[JournalEntry, ...], default_format: str
) -> Response:
    format_name = request.query_params.get("format", default_format)
    if format_name not in FORMATS:
        raise ProblemError("invalid-query", f"format must be one of {', '.join(FORMATS)}")
    render, complete = FORMATS[format_name]
    jobs = (Job(weigh_entry(entry), partial(render, entry, state)) for entry in entries)
    background = dependencies_of(request).background
    lines = [line async for lines in run_in_slices(jobs, background) for line in lines]
    await pause_if_many(lines)
    texts = [f"{line}\n".encode() for line in complete(lines)]
    return respond_with_texts(request, texts, "text/plain")


ROUTES = (Route("/timeline", get_timeline), Route("/calls/{id}/timeline", get_call_timeline))
