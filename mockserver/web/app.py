"""The ASGI application: the control API, and vendor requests for every other path."""

import asyncio
import logging
from contextlib import suppress
from functools import cache
from traceback import format_exception

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SANDBOX_NAME
from mockserver.store.records import StoreUnavailable
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
from mockserver.web.vendor.held_output import build_wrap
from mockserver.web.vendor.own_refusals import count_refusal
from mockserver.web.vendor.response import add_time_header
from mockserver.web.vendor.sleepers import keep_awake

SANDBOX_PREFIX = "/_sandbox/"
OWN_PREFIXES = ("/_mock/", "/_media/")
PROBES = ("/_mock/live", "/_mock/ready")
"""What a server answers that has been told to end, until all open requests have their response."""

log = logging.getLogger("mockserver")


def build_app(dependencies: Dependencies, lifespan: Lifespan) -> ASGIApp:
    """Build the ASGI application; the control API is imported by its first request."""

    @cache
    def control_app() -> ASGIApp:
        from mockserver.web.control.app import build_control_app  # noqa: PLC0415 - takes 30 ms

        return build_control_app()

    async def handle_own_request(scope: Scope, receive: Receive, send: Send) -> None:
        info = request_info_in(scope)
        rejection = info.rejection or (info.headers.unusual and check_framing(info.headers.unusual))
        if rejection:
            count_refusal(dependencies, rejection)
        await (rejection or control_app())(scope, receive, send)

    sandboxes, origins = dependencies.sandboxes, dependencies.access_control.cors_origins
    wrap, own_app = build_wrap(sandboxes.durability), keep_awake(sandboxes, handle_own_request)
    handle_vendor = with_cors(handle_vendor_request) if origins else handle_vendor_request
    vendor_app = keep_awake(sandboxes, handle_vendor)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await run_lifespan(lifespan, scope, receive, send)
            return
        if scope["type"] != "http":
            await control_app()(scope, receive, send)
            return
        _resolve_prefix(scope, dependencies)
        try:
            handle = _find_handler(scope, dependencies, own_app, vendor_app)
            await handle(scope, receive, wrap(send, scope))
        except asyncio.CancelledError:
            if not sandboxes.is_stopping:
                raise
            await send_shutdown_problem(scope, receive, add_time_header(send, scope))
        except Exception as error:  # noqa: BLE001 - any failure is counted, and answered by a problem
            await send_failure_problem(error, scope, receive, add_time_header(send, scope))

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


def _find_handler(
    scope: Scope, dependencies: Dependencies, own_app: ASGIApp, vendor_app: ASGIApp
) -> ASGIApp:
    """Return what responds to a request: once the server has to end, only probes get through."""
    if dependencies.sandboxes.is_stopping and scope["path"] not in PROBES:
        return send_shutdown_problem
    return own_app if _is_own_request(scope, dependencies) else vendor_app


def _is_own_request(scope: Scope, dependencies: Dependencies) -> bool:
    """Whether the control API or the server's root is meant; `GET /` may have a vendor's Host."""
    if scope["path"].startswith(OWN_PREFIXES):
        return True
    if scope["path"] != "/" or scope["method"] not in ("GET", "HEAD"):
        return False
    return vendor_host(dependencies.router.hosts, request_info_in(scope).host) is None


async def send_shutdown_problem(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 503 to a request that comes after the order to end, or that shutdown has canceled.

    For one that is canceled, uvicorn would print a traceback.
    """
    response = problem("shutting-down", "the mock server has been told to end")
    response.headers["connection"] = "close"
    with suppress(RuntimeError):  # the response has already begun
        await response(scope, receive, send)


async def send_store_problem(
    error: StoreUnavailable, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer 503 in place of a response whose cause is not stored; nothing of it is shown."""
    response = problem("store-unavailable", f"the store takes nothing now: {error}")
    count_refusal(dependencies_in(scope), response)
    with suppress(RuntimeError):  # the response has already begun
        await response(scope, receive, send)


async def send_failure_problem(
    error: Exception, scope: Scope, receive: Receive, send: Send
) -> None:
    """Count and log what failed outside of a provider; respond 500 if no response has begun.

    If the store takes nothing, what has happened is not shown: the response is 503.
    """
    if isinstance(error, StoreUnavailable):
        await send_store_problem(error, scope, receive, send)
        return
    if dependencies_in(scope).log_throttle.limit(repr(error), "again"):
        log.error("a request failed\n%s", redact_text("".join(format_exception(error)), SALT))
    sandbox_in(scope).scheduler.record_error(error)
    response = problem("internal-error", f"this is a fault of the mock server: {error!r}")
    with suppress(RuntimeError):  # the response has already begun
        await response(scope, receive, send)
