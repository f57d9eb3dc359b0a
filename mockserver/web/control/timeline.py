"""Renders the journal as a timeline: log lines, or a Mermaid sequence diagram."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.params import call_of, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.views.log_lines import format_line
from mockserver.web.views.mermaid import render_diagram


def render_text(entries: Iterable[JournalEntry], state: SandboxState) -> str:
    return "".join(f"{format_line(entry, state)}\n" for entry in entries)


FORMATS = {"text": render_text, "mermaid": render_diagram}


async def get_timeline(request: Request) -> PlainTextResponse:
    """Render the timeline of the sandbox, as text unless `?format=mermaid`."""
    state = sandbox_of(request).state
    return _render_timeline(request, state, tuple(state.journal.entries), "text")


async def get_call_timeline(request: Request) -> PlainTextResponse:
    """Render the timeline of one call, as Mermaid unless `?format=text`."""
    state, call_id = sandbox_of(request).state, call_of(request).spec.id
    entries = tuple(entry for entry in state.journal.entries if entry.call_id == call_id)
    return _render_timeline(request, state, entries, "mermaid")


def _render_timeline(
    request: Request, state: SandboxState, entries: tuple[JournalEntry, ...], default_format: str
) -> PlainTextResponse:
    format_name = request.query_params.get("format", default_format)
    if format_name not in FORMATS:
        raise ProblemError("invalid-query", f"format is one of {', '.join(FORMATS)}")
    return PlainTextResponse(FORMATS[format_name](entries, state))


ROUTES = (Route("/timeline", get_timeline), Route("/calls/{id}/timeline", get_call_timeline))
