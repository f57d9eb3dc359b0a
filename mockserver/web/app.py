"""The ASGI application: the control API, and vendor requests for every other path."""

import asyncio
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SANDBOX_NAME
from mockserver.web.dependencies import (
    Dependencies,
    build_request_info,
    request_info_in,
)
from mockserver.web.hosts import vendor_host
from mockserver.web.problems import problem
from mockserver.web.server.lifespan import Lifespan, run_lifespan
from mockserver.web.vendor.handler import handle_vendor_request
from mockserver.web.vendor.own_refusals import count_refusal
from mockserver.web.vendor.response import add_time_header

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.responses import Response

SANDBOX_PREFIX = "/_sandbox/"
OWN_PREFIXES = ("/_mock/", "/_media/")


def build_app(dependencies: Dependencies, lifespan: Lifespan) -> ASGIApp:
    """Build the ASGI application; the control API is imported by its first request."""

    @cache
    def control_app() -> ASGIApp:
        from mockserver.web.control.app import build_control_app  # noqa: PLC0415 - takes 30 ms

        return build_control_app()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await run_lifespan(lifespan, scope, receive, send)
            return
        if scope["type"] != "http":
            await control_app()(scope, receive, send)
            return
        rejection = _resolve_prefix(scope, dependencies)
        send_with_time = add_time_header(send, scope)
        if rejection:
            count_refusal(dependencies, rejection)
            await rejection(scope, receive, send_with_time)
            return
        is_own = scope["path"].startswith(OWN_PREFIXES) or _is_index_request(scope, dependencies)
        try:
            await (control_app() if is_own else handle_vendor_request)(
                scope, receive, send_with_time
            )
        except asyncio.CancelledError:
            if not dependencies.sandboxes.is_stopping:
                raise
            await send_shutdown_problem(scope, receive, send_with_time)

    return app


def _resolve_prefix(scope: Scope, dependencies: Dependencies) -> "Response | None":
    """Put the request info into `scope`; return a problem for a bad sandbox name or bad framing.

    The name comes from the path prefix, else from the `X-Mock-Sandbox` header. Without a name, the
    control API uses the default sandbox, and a vendor route may find one by credential. A missing
    sandbox is created by the route, after it has admitted the request.
    """
    info = build_request_info(scope)
    scope.setdefault("state", {}).update(dependencies=dependencies, request_info=info)
    unusual = info.headers.unusual
    rejection = _check_framing(unusual) if unusual else None
    if rejection:
        return rejection
    name = info.sandbox_name
    if scope["path"].startswith(SANDBOX_PREFIX):
        name, _, rest = scope["path"].removeprefix(SANDBOX_PREFIX).partition("/")
        scope["path"] = f"/{rest}"
    if name and not SANDBOX_NAME.fullmatch(name):
        return problem("unknown-sandbox", f"{name!r:.80} is no name: letters, digits, . _ -")
    if not name and scope["path"].startswith(OWN_PREFIXES):
        name = DEFAULT_SANDBOX
    info.sandbox_name = name
    if name and dependencies.sandboxes.find(name):
        info.sandbox = dependencies.sandboxes.get_or_create(name)
    return None


def _check_framing(headers: "Headers") -> "Response | None":
    """Return a problem for an ambiguous message length, or for an encoded body."""
    if "content-length" in headers and "transfer-encoding" in headers:
        return problem("bad-request", "Content-Length and Transfer-Encoding contradict")
    transfer_encoding = headers.get("transfer-encoding", "chunked").strip().lower()
    if transfer_encoding != "chunked":
        return problem("bad-request", f"a body comes whole or chunked, not {transfer_encoding:.40}")
    content_encoding = headers.get("content-encoding", "identity")
    if content_encoding.strip().lower() not in ("", "identity"):
        return problem("unsupported-encoding", f"send it plain, not as {content_encoding:.40}")
    return None


def _is_index_request(scope: Scope, dependencies: Dependencies) -> bool:
    """Whether a browser asks for the index page; a vendor's own `GET /` has the vendor's Host."""
    if scope["path"] != "/" or scope["method"] not in ("GET", "HEAD"):
        return False
    info = request_info_in(scope)
    accepts_html = "text/html" in info.headers.get(b"accept")
    return accepts_html and vendor_host(dependencies.router.hosts, info.host) is None


async def send_shutdown_problem(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 503 to a request that shutdown has canceled; uvicorn would print a traceback."""
    response = problem("shutting-down", "the mock server has been told to end")
    with suppress(RuntimeError):  # the response has already begun
        await response(scope, receive, send)
