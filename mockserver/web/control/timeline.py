"""All that has happened, as lines to read or as a Mermaid sequence diagram."""

from collections.abc import Iterable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.params import call_of, sandbox_of
from mockserver.web.views.log_lines import format_line
from mockserver.web.views.mermaid import render_diagram


def render_text(entries: Iterable[JournalEntry], state: SandboxState) -> str:
    return "".join(f"{format_line(fact, state)}\n" for fact in entries)


FORMATS = {"text": render_text, "mermaid": render_diagram}


async def get_timeline(request: Request) -> PlainTextResponse:
    """Of the whole sandbox, as text unless `?format=mermaid`."""
    store = sandbox_of(request).state
    return _render_timeline(request, store, tuple(store.journal), "text")


async def get_call_timeline(request: Request) -> PlainTextResponse:
    """Of one call, as Mermaid unless `?format=text`."""
    store, name = sandbox_of(request).state, call_of(request).spec.id
    facts = tuple(fact for fact in store.journal if fact.call_id == name)
    return _render_timeline(request, store, facts, "mermaid")


def _render_timeline(
    request: Request, state: SandboxState, entries: tuple[JournalEntry, ...], default_format: str
) -> PlainTextResponse:
    wanted = request.query_params.get("format", default_format)
    if wanted not in FORMATS:
        raise HTTPException(422, f"format is one of {', '.join(FORMATS)}")
    return PlainTextResponse(FORMATS[wanted](entries, state))


ROUTES = (Route("/timeline", get_timeline), Route("/calls/{id}/timeline", get_call_timeline))
