"""The ASGI application: the control API, and vendor requests for every other path."""

import asyncio
import logging
from contextlib import suppress
from functools import cache
from traceback import format_exception

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SANDBOX_NAME
from mockserver.web.dependencies import (
    Dependencies,
    build_request_info,
    dependencies_in,
    request_info_in,
    sandbox_in,
)
from mockserver.web.hosts import vendor_host
from mockserver.web.problems import SALT, problem
from mockserver.web.redaction import redact_text
from mockserver.web.server.lifespan import Lifespan, run_lifespan
from mockserver.web.vendor.acceptance import check_framing
from mockserver.web.vendor.cors import with_cors
from mockserver.web.vendor.handler import handle_vendor_request
from mockserver.web.vendor.own_refusals import count_refusal
from mockserver.web.vendor.response import add_time_header

SANDBOX_PREFIX = "/_sandbox/"
OWN_PREFIXES = ("/_mock/", "/_media/")

log = logging.getLogger("mockserver")


def build_app(dependencies: Dependencies, lifespan: Lifespan) -> ASGIApp:
    """Build the ASGI application; the control API is imported by its first request."""

    @cache
    def control_app() -> ASGIApp:
        from mockserver.web.control.app import build_control_app  # noqa: PLC0415 - takes 30 ms

        return build_control_app()

    async def handle_own_request(scope: Scope, receive: Receive, send: Send) -> None:
        info = request_info_in(scope)
        unusual = info.headers.unusual
        rejection = info.rejection or (unusual and check_framing(unusual))
        if rejection:
            count_refusal(dependencies, rejection)
        await (rejection or control_app())(scope, receive, send)

    is_open_to_pages = bool(dependencies.access_control.cors_origins)
    vendor_app = with_cors(handle_vendor_request) if is_open_to_pages else handle_vendor_request

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await run_lifespan(lifespan, scope, receive, send)
            return
        if scope["type"] != "http":
            await control_app()(scope, receive, send)
            return
        _resolve_prefix(scope, dependencies)
        send_with_time = add_time_header(send, scope)
        is_own = scope["path"].startswith(OWN_PREFIXES) or _is_index_request(scope, dependencies)
        try:
            await (handle_own_request if is_own else vendor_app)(scope, receive, send_with_time)
        except asyncio.CancelledError:
            if not dependencies.sandboxes.is_stopping:
                raise
            await send_shutdown_problem(scope, receive, send_with_time)
        except Exception as error:  # noqa: BLE001 - any failure is counted, and answered by a problem
            await send_failure_problem(error, scope, receive, send_with_time)

    return app


def _resolve_prefix(scope: Scope, dependencies: Dependencies) -> None:
    """Put the request info into `scope`, with a problem for a bad sandbox name.

    The name comes from the path prefix, else from the `X-Mock-Sandbox` header. Without a name, the
    control API uses the default sandbox, and a vendor route may find one by credential. A missing
    sandbox is created by the route, after it has admitted the request.
    """
    info = build_request_info(scope)
    scope.setdefault("state", {}).update(dependencies=dependencies, request_info=info)
    name = info.sandbox_name
    if scope["path"].startswith(SANDBOX_PREFIX):
        name, _, rest = scope["path"].removeprefix(SANDBOX_PREFIX).partition("/")
        scope["path"] = f"/{rest}"
    if name and not SANDBOX_NAME.fullmatch(name):
        detail = f"{name!r:.80} is no name: letters, digits, . _ -"
        info.rejection, name = problem("unknown-sandbox", detail), ""
    if not name and scope["path"].startswith(OWN_PREFIXES):
        name = DEFAULT_SANDBOX
    info.sandbox_name = name
    if name and dependencies.sandboxes.find(name):
        info.sandbox = dependencies.sandboxes.get_or_create(name)


def _is_index_request(scope: Scope, dependencies: Dependencies) -> bool:
    """Whether the server's own root is asked for; a vendor's `GET /` has the vendor's Host."""
    if scope["path"] != "/" or scope["method"] not in ("GET", "HEAD"):
        return False
    return vendor_host(dependencies.router.hosts, request_info_in(scope).host) is None


async def send_shutdown_problem(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 503 to a request that shutdown has canceled; uvicorn would print a traceback."""
    response = problem("shutting-down", "the mock server has been told to end")
    with suppress(RuntimeError):  # the response has already begun
        await response(scope, receive, send)


async def send_failure_problem(
    error: Exception, scope: Scope, receive: Receive, send: Send
) -> None:
    """Count and log what failed outside of a provider; respond 500 if no response has begun."""
    if dependencies_in(scope).log_throttle.limit(repr(error), "again"):
        log.error("a request failed\n%s", redact_text("".join(format_exception(error)), SALT))
    sandbox_in(scope).scheduler.record_error(error)
    response = problem("internal-error", f"this is a fault of the mock server: {error!r}")
    with suppress(RuntimeError):  # the response has already begun
        await response(scope, receive, send)
