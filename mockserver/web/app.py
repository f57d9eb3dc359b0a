"""The whole site as one ASGI application: the control API, and the vendors for every other path."""

import asyncio
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SANDBOX_NAME
from mockserver.web.dependencies import Dependencies, parse_headers
from mockserver.web.hosts import vendor_host
from mockserver.web.problems import problem
from mockserver.web.server.lifespan import Lifespan, run_lifespan
from mockserver.web.vendor.handler import handle_vendor_request
from mockserver.web.vendor.response import add_time_header

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.responses import Response

SANDBOX_PREFIX = "/_sandbox/"
OWN_PREFIXES = ("/_mock/", "/_media/")


def build_app(dependencies: Dependencies, lifespan: Lifespan) -> ASGIApp:
    @cache
    def control_app() -> ASGIApp:
        from mockserver.web.control.app import build_control_app  # noqa: PLC0415 - takes 30 ms

        return build_control_app()

    async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await run_lifespan(lifespan, scope, receive, send)
            return
        if scope["type"] != "http":
            await control_app()(scope, receive, send)
            return
        refusal = _resolve_prefix(scope, dependencies)
        if refusal:
            await refusal(scope, receive, send)
            return
        is_own = scope["path"].startswith(OWN_PREFIXES) or _is_index_request(scope, dependencies)
        tell = add_time_header(send, scope)
        try:
            await (control_app() if is_own else handle_vendor_request)(scope, receive, tell)
        except asyncio.CancelledError:
            if not dependencies.sandboxes.is_stopping:
                raise
            await send_shutdown_problem(scope, receive, tell)

    return entrance


def _resolve_prefix(scope: Scope, dependencies: Dependencies) -> "Response | None":
    """Which sandbox: by prefix, else by header; a vendor's route may find one by credential.

    One that is not there yet is made by the route, once it has let the request in.
    """
    scope["dependencies"] = dependencies
    scope["request_headers"] = head = parse_headers(scope["headers"])
    misfit = _check_framing(head.unusual) if head.unusual else None
    if misfit:
        return misfit
    name = head.get(b"x-mock-sandbox")
    if scope["path"].startswith(SANDBOX_PREFIX):
        name, _, rest = scope["path"].removeprefix(SANDBOX_PREFIX).partition("/")
        scope["path"] = f"/{rest}"
    if name and not SANDBOX_NAME.fullmatch(name):
        return problem(404, "unknown sandbox", f"{name!r:.80} is no name: letters, digits, . _ -")
    if not name and scope["path"].startswith(OWN_PREFIXES):
        name = DEFAULT_SANDBOX
    scope["sandbox_name"] = name
    scope["sandbox"] = (
        dependencies.sandboxes.get(name) if dependencies.sandboxes.find(name) else None
    )
    return None


def _check_framing(headers: "Headers") -> "Response | None":
    """HTTP that means two things at once, or that we would have to unpack."""
    if "content-length" in headers and "transfer-encoding" in headers:
        return problem(400, "bad request", "Content-Length and Transfer-Encoding contradict")
    framed = headers.get("transfer-encoding", "chunked").strip().lower()
    if framed != "chunked":
        return problem(400, "bad request", f"a body comes whole or chunked, not {framed:.40}")
    packed = headers.get("content-encoding", "identity")
    if packed.strip().lower() not in ("", "identity"):
        return problem(415, "packed body", f"send it plain, not as {packed:.40}")
    return None


def _is_index_request(scope: Scope, dependencies: Dependencies) -> bool:
    """A browser at the door: a vendor's own `GET /` has that vendor's Host."""
    if scope["path"] != "/" or scope["method"] not in ("GET", "HEAD"):
        return False
    head, listings = scope["request_headers"], dependencies.sandboxes.initial_setup[0].providers
    asks = "text/html" in head.get(b"accept")
    return asks and vendor_host(listings, head.get(b"host")) is None


async def send_shutdown_problem(scope: Scope, receive: Receive, send: Send) -> None:
    """A request not done before the server ends, for which uvicorn would print a traceback."""
    answer = problem(503, "mock ends", "the mock server has been told to end")
    with suppress(RuntimeError):  # its answer had begun already
        await answer(scope, receive, send)
