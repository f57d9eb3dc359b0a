"""The application that shows an exported journal: the page and the file, both only to be read."""

from functools import partial
from html import escape
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mockserver.web.access_control import AccessControl, Handler
from mockserver.web.control.page import HEADERS, render_shell, respond_with_page
from mockserver.web.problems import ProblemError, problem

ACCESS: Final = AccessControl()
"""Only this machine reads the file: it needs no token, but no page of another site gets it."""

BASE: Final = "/_mock"
PAGE: Final = f"{BASE}/ui/"
FILE: Final = f"{BASE}/file.jsonl"


def build_file_app(name: str, text: str) -> ASGIApp:
    """Build the application for a file; `text` are the lines of its journal."""
    outline = f'<p><a href="{FILE}">{escape(name)}</a> as lines of JSON.</p>'
    shell = render_shell(BASE, outline, name)

    async def get_page(request: Request) -> Response:
        return respond_with_page(request, lambda: shell)

    async def get_file(_: Request) -> Response:
        return Response(text, headers=HEADERS, media_type="application/jsonl")

    async def get_index(_: Request) -> Response:
        return RedirectResponse(PAGE, 303)

    handlers = {
        "/": get_index,
        f"{BASE}/ui": get_page,
        f"{PAGE}{{path:path}}": get_page,
        FILE: get_file,
    }
    routes = [Route(path, _guard(handler)) for path, handler in handlers.items()]
    return Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: partial(_render_error, name),
            ProblemError: partial(_render_error, name),
        },
    )


def _guard(handler: Handler) -> Handler:
    async def check_and_handle(request: Request) -> Response:
        return ACCESS.check_page_request(request.headers) or await handler(request)

    return check_and_handle


async def _render_error(name: str, _: Request, error: Exception) -> JSONResponse:
    """Render an error of the page; any other request is one for a server that emulates."""
    if isinstance(error, ProblemError):
        return problem(error.kind, error.detail)
    return problem(
        "unknown-route", f"this only shows {name!r:.80} at {PAGE}: it emulates no vendor"
    )
