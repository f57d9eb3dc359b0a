"""What is not a vendor's: control API, recordings, the page at the door; loaded on demand."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, Router

from mockserver.web import index, media
from mockserver.web.control import (
    accounts,
    activations,
    calls,
    clock,
    docs,
    events,
    explain,
    health,
    inboxes,
    journal,
    providers,
    requests,
    reset,
    sandboxes,
    scenarios,
    timeline,
    waits,
    webhooks,
)
from mockserver.web.guard import guarded
from mockserver.web.parts import Parts
from mockserver.web.problems import problem

MOCK: Final = "/_mock"

NOUNS: Final = (
    health,
    providers,
    calls,
    requests,
    webhooks,
    waits,
    clock,
    scenarios,
    activations,
    accounts,
    journal,
    timeline,
    events,
    reset,
    sandboxes,
    explain,
    inboxes,
    docs,
)
UNGUARDED: Final = (*health.ROUTES, *inboxes.OPEN)
"""Whoever can reach the server may ask these: how it is, and a webhook's receiver."""


def application(parts: Parts) -> Starlette:
    app = Starlette(
        routes=[
            Mount(MOCK, Router([*routes()], redirect_slashes=False)),
            Mount("/_media", Router(media.ROUTES, redirect_slashes=False)),
            *index.ROUTES,
        ],
        exception_handlers={HTTPException: _refused, Exception: explained},
    )
    app.state.sandboxes = parts.sandboxes
    app.state.origins = parts.origins
    app.state.compile = parts.compile
    app.state.control = parts.control
    app.state.guard = parts.guard
    return app


def routes() -> Iterator[Route]:
    """Every control route, behind the guard unless it is open to all."""
    for noun in NOUNS:
        for route in noun.ROUTES:
            handler = route.endpoint if route in UNGUARDED else guarded(route.endpoint)
            methods = sorted(route.methods or ())
            yield Route(route.path, handler, methods=methods, name=route.name)


async def explained(_: Request, refusal: Exception) -> JSONResponse:
    """What a control route has refused by raising, as a problem."""
    if not isinstance(refusal, HTTPException):
        return problem(500, "mock failed", f"this is a fault of the mock server: {refusal!r}")
    response = problem(
        refusal.status_code, HTTPStatus(refusal.status_code).phrase.lower(), refusal.detail
    )
    response.headers.update(refusal.headers or {})
    return response


async def _refused(request: Request, refusal: Exception) -> Response:
    """As `explained`; a wrong method is told all that there are, whichever route has met it."""
    response = await explained(request, refusal)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.url.path.startswith(MOCK):
        path = request.url.path.removeprefix(MOCK)
        there = (route.methods or () for route in routes() if route.path_regex.match(path))
        response.headers["allow"] = ", ".join(sorted(set().union(*there)))
    return response
