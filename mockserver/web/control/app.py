"""Builds the application for control API, recordings and index page; imported on demand."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, Router

from mockserver.web.access_control import Handler, require_access
from mockserver.web.control import (
    accounts,
    activations,
    calls,
    clock,
    docs,
    explain,
    har,
    health,
    inboxes,
    index_page,
    inputs,
    journal,
    journal_stream,
    metrics,
    page,
    phones,
    probes,
    providers,
    receivers,
    recordings,
    report,
    requests,
    reset,
    samples,
    sandboxes,
    scenarios,
    timeline,
    trust,
    unexpected,
    verification,
    waits,
    webhooks,
)
from mockserver.web.control.pages import LIST_PARAMETERS, PAGE_PARAMETERS
from mockserver.web.control.params import check_query, dependencies_of
from mockserver.web.control.positions import POSITION_HEADER, position_of
from mockserver.web.control.unknown_routes import CONTROL_PREFIX, describe_unknown_route
from mockserver.web.dependencies import request_info_in
from mockserver.web.problems import ProblemError, problem
from mockserver.web.vendor.own_refusals import count_refusal

ROUTE_MODULES: Final = (
    health,
    probes,
    metrics,
    providers,
    samples,
    calls,
    phones,
    requests,
    webhooks,
    waits,
    verification,
    clock,
    scenarios,
    activations,
    accounts,
    journal,
    timeline,
    journal_stream,
    reset,
    sandboxes,
    explain,
    inboxes,
    receivers,
    inputs,
    har,
    unexpected,
    report,
    docs,
    trust,
)
PUBLIC_ROUTES: Final = (
    *health.ROUTES,
    *probes.ROUTES,
    *inboxes.PUBLIC_ROUTES,
    *trust.ROUTES,
)
"""Routes that need no token: health, probes, the receiver of webhooks, and what clients of https
trust.
"""


QUERY_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "/calls": (*calls.FILTERS, *LIST_PARAMETERS),
        "/requests": (*requests.FILTERS, *LIST_PARAMETERS),
        "/webhooks": (*webhooks.FILTERS, *LIST_PARAMETERS),
        "/journal": ("format", *PAGE_PARAMETERS),
        "/timeline": ("format",),
        "/calls/{id}/timeline": ("format",),
        "/events": journal_stream.PARAMETERS,
    }
)
"""Path of a route -> its query parameters; other routes take none, public ones any."""


COUNTED_KINDS: Final = frozenset(
    {"bad-request", "body-too-large", "foreign-host", "foreign-origin", "token-required"}
)
"""Kinds of problems that health counts; others are answers of a route."""


HTTP_ERROR_KINDS: Final[Mapping[int, str]] = MappingProxyType(
    {404: "unknown-route", 405: "method-not-allowed"}
)
"""Status of an `HTTPException` of Starlette's router -> problem kind."""


def build_control_app() -> Starlette:
    return Starlette(
        routes=[
            Mount(CONTROL_PREFIX, Router([*_all_routes()], redirect_slashes=False)),
            Mount("/_media", Router(recordings.ROUTES, redirect_slashes=False)),
            *open_routes(index_page.ROUTES),
        ],
        exception_handlers={
            HTTPException: _render_http_error,
            Exception: render_error,
            ProblemError: render_error,
        },
    )


def _all_routes() -> Iterator[Route]:
    """Yield the routes below the prefix: those of the page, and the control routes."""
    yield from open_routes(page.ROUTES)
    yield from build_routes()


def build_routes() -> Iterator[Route]:
    """Yield all control routes; each checks access unless it is one of `PUBLIC_ROUTES`."""
    for module in ROUTE_MODULES:
        for route in module.ROUTES:
            handler = route.endpoint
            if route not in PUBLIC_ROUTES:
                known_names = QUERY_PARAMETERS.get(route.path, ())
                handler = with_position(with_query_check(handler, known_names))
                handler = require_access(handler)
            handler = with_refusal_count(handler)
            methods = sorted(route.methods or ())
            yield Route(route.path, handler, methods=methods, name=route.name)


def open_routes(routes: Iterable[Route]) -> Iterator[Route]:
    """Yield the routes of page and root, which check Host and Origin, but need no token."""
    for route in routes:
        yield Route(route.path, with_refusal_count(route.endpoint))


def with_query_check(handler: Handler, known_names: tuple[str, ...]) -> Handler:
    async def checked(request: Request) -> Response:
        check_query(request, known_names)
        return await handler(request)

    return checked


def with_position(handler: Handler) -> Handler:
    """Wrap a handler: its response has at least the journal entries up to its position."""

    async def positioned(request: Request) -> Response:
        sandbox = request_info_in(request.scope).sandbox
        position = sandbox and position_of(sandbox)
        response = await handler(request)
        if position:
            response.headers[POSITION_HEADER] = str(position)
        return response

    return positioned


def with_refusal_count(handler: Handler) -> Handler:
    """Wrap a handler: health and log tell of what was refused before the route looked at it."""

    async def counted(request: Request) -> Response:
        try:
            response = await handler(request)
        except ProblemError as error:
            response = problem(error.kind, error.detail, **error.members)
        if response.headers.get("x-mock-problem") in COUNTED_KINDS:
            count_refusal(dependencies_of(request), response)
        return response

    return counted


async def render_error(_: Request, error: Exception) -> JSONResponse:
    """Render a `ProblemError` or an `HTTPException`; any other error is an `internal-error`."""
    if isinstance(error, ProblemError):
        return problem(error.kind, error.detail, **error.members)
    if not isinstance(error, HTTPException):
        return problem("internal-error", f"this is a fault of the mock server: {error!r}")
    response = problem(HTTP_ERROR_KINDS[error.status_code], error.detail)
    response.headers.update(error.headers or {})
    return response


async def _render_http_error(request: Request, error: Exception) -> Response:
    """Render an error as a problem.

    For a path of the control API, a 404 names the nearest routes, and a 405 allows the methods of
    all routes with the path.
    """
    if not request.scope["path"].startswith(CONTROL_PREFIX):
        return await render_error(request, error)
    path, routes = request.scope["path"].removeprefix(CONTROL_PREFIX), tuple(_all_routes())
    is_routed = any(route.path_regex.match(path) for route in routes)
    if not is_routed:
        known_paths = dict.fromkeys(route.path for route in build_routes())
        error = HTTPException(404, describe_unknown_route(path, known_paths))
    response = await render_error(request, error)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (route.methods or () for route in routes if route.path_regex.match(path))
        response.headers["allow"] = ", ".join(sorted(set().union(*allowed)))
    return response
