"""All that has happened, as lines to read or as a Mermaid sequence diagram."""

from collections.abc import Iterable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.reading import call_of, sandbox_of
from mockserver.web.lines import line
from mockserver.web.mermaid import diagram


def text(facts: Iterable[JournalEntry], store: SandboxState) -> str:
    return "".join(f"{line(fact, store)}\n" for fact in facts)


FORMATS = {"text": text, "mermaid": diagram}


async def timeline(request: Request) -> PlainTextResponse:
    """Of the whole sandbox, as text unless `?format=mermaid`."""
    store = sandbox_of(request).state
    return _answer(request, store, tuple(store.journal), "text")


async def of_call(request: Request) -> PlainTextResponse:
    """Of one call, as Mermaid unless `?format=text`."""
    store, name = sandbox_of(request).state, call_of(request).spec.id
    facts = tuple(fact for fact in store.journal if fact.call_id == name)
    return _answer(request, store, facts, "mermaid")


def _answer(
    request: Request, store: SandboxState, facts: tuple[JournalEntry, ...], usual: str
) -> PlainTextResponse:
    wanted = request.query_params.get("format", usual)
    if wanted not in FORMATS:
        raise HTTPException(422, f"format is one of {', '.join(FORMATS)}")
    return PlainTextResponse(FORMATS[wanted](facts, store))


ROUTES = (Route("/timeline", timeline), Route("/calls/{id}/timeline", of_call))
