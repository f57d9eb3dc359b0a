"""One vendor request, from HTTP to the simulation and back."""

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Final

from starlette.types import Receive, Scope, Send

from mockserver.core.http import Request
from mockserver.core.journal import JournalEntry
from mockserver.core.rulebook import Rule
from mockserver.core.suggestions import did_you_mean
from mockserver.core.time import SECOND
from mockserver.engine.bounded_log import MAX_ITEMS
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import (
    apply_scenario,
    build_match_contexts,
    build_unknown_path_exchange,
    handle,
    record_exchange,
)
from mockserver.engine.webhooks import is_due_before_response
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, TooManySandboxes
from mockserver.web.access_control import foreign_host_problem
from mockserver.web.dependencies import Dependencies, RequestHeaders
from mockserver.web.log_throttle import LogThrottle
from mockserver.web.problems import problem
from mockserver.web.server.transport import disconnect
from mockserver.web.vendor.request import (
    DEFAULT_BODY_LIMIT,
    BodyTooLarge,
    ClientDisconnected,
    parse_request,
    read_body,
)
from mockserver.web.vendor.response import AsgiResponse, build_response
from mockserver.web.vendor.router import NO_FIELDS, UnknownPath, VendorRoute, find_route

if TYPE_CHECKING:
    from starlette.responses import Response

MAX_WEBHOOK_DEPTH: Final = 8
"""So many webhooks to ourselves may lead to one another."""

log = logging.getLogger("mockserver")
throttle = LogThrottle()


async def handle_vendor_request(scope: Scope, receive: Receive, send: Send) -> None:
    """Every path that is not ours is a vendor's, or nobody's."""
    parts: Dependencies = scope["dependencies"]
    depth = parts.webhook_depth(*(scope.get("client") or ("", 0)))
    refusal = _check_access(scope["request_headers"], parts) or _check_webhook_depth(depth)
    found = _find_route(scope, parts)
    scope["allowed_methods"] = () if isinstance(found, UnknownPath) else found.allowed_methods
    limit = DEFAULT_BODY_LIMIT if isinstance(found, UnknownPath) else found.body_limit
    try:
        body = await read_body(receive, limit)
    except BodyTooLarge:
        refusal = problem(413, "body too large", f"this takes at most {limit:,} bytes")
    except ClientDisconnected:
        return
    if refusal:
        await refusal(scope, receive, send)
        return
    try:
        asked = _prepare_request(scope, parts, found, _build_request(scope, body, parts, found))
        if depth and isinstance(asked, IncomingRequest):
            asked = asked._replace(webhook_depth=depth)
    except Exception as error:  # noqa: BLE001 - whatever a provider does, it is told as ours
        asked = _record_failure(scope["sandbox"] or parts.sandboxes.get(DEFAULT_SANDBOX), error)
    if not isinstance(asked, IncomingRequest):
        await asked(scope, receive, send)
        return
    await _respond(scope["sandbox"], asked, (scope, receive, send))


def _prepare_request(
    scope: Scope, dependencies: Dependencies, route: VendorRoute | UnknownPath, request: Request
) -> "IncomingRequest | Response":
    """The request with its sandbox and what a story says of it, or our own refusal."""
    try:
        credential = _credential(route, request)
        sandbox: Sandbox = _resolve_sandbox(scope, dependencies, route, credential)
    except TooManySandboxes:
        return problem(409, "too many sandboxes", "DELETE some at /_mock/sandboxes/{name}")
    scope["sandbox"] = sandbox
    if isinstance(route, UnknownPath):
        return _record_unknown_path(sandbox, request, route)
    asked = _build_incoming(route, request, credential)
    return _check_scenarios(sandbox, asked) or apply_scenario(sandbox.state, asked)


async def _respond(
    sandbox: Sandbox, incoming: IncomingRequest, asgi: tuple[Scope, Receive, Send]
) -> None:
    """Answer, when and how a story wants it; nothing of a new call happens before its answer."""
    if incoming.api_behavior.delay:
        await asyncio.sleep(incoming.api_behavior.delay / SECOND)
    with sandbox.scheduler.request_scope() as now:
        response, calls = _build_response(sandbox, incoming, now, asgi[0]["allowed_methods"])
        if calls and is_due_before_response(sandbox.state, calls):
            await sandbox.scheduler.run_due_now(now)
        if incoming.api_behavior.disconnect:
            await disconnect(incoming.api_behavior.disconnect, *asgi)
        else:
            await response(*asgi)


def _check_access(headers: RequestHeaders, dependencies: Dependencies) -> "Response | None":
    """Other servers would not agree whom it is for, or a web page has sent it."""
    listings = dependencies.sandboxes.initial_setup[0].providers
    if headers.unusual is None:
        host = headers.get(b"host")
        return (
            None
            if dependencies.access_control.allows_host(host, listings)
            else foreign_host_problem([host])
        )
    if len(headers.unusual.getlist("host")) != 1:
        return problem(400, "bad request", "a request has one Host header")
    return dependencies.access_control.check_vendor_request(headers.unusual, listings)


def _check_webhook_depth(depth: int) -> "Response | None":
    """A webhook to ourselves may lead to another, but not for ever."""
    if depth <= MAX_WEBHOOK_DEPTH:
        return None
    detail = f"webhooks to this very server have led to one another {MAX_WEBHOOK_DEPTH} times"
    return problem(508, "webhook loop", detail)


def _build_request(
    scope: Scope, body: bytes, dependencies: Dependencies, route: VendorRoute | UnknownPath
) -> Request:
    """The request with what its path says, which no query and no body can say otherwise."""
    vendor = parse_request(scope, body, dependencies.public_url)
    told = NO_FIELDS if isinstance(route, UnknownPath) else route.path_fields
    return vendor._replace(fields={**vendor.fields, **told}) if told else vendor


def _find_route(scope: Scope, dependencies: Dependencies) -> VendorRoute | UnknownPath:
    listings = dependencies.sandboxes.initial_setup[0].providers
    return find_route(
        listings, scope["method"], scope["request_headers"].get(b"host"), scope["path"]
    )


def _credential(route: VendorRoute | UnknownPath, request: Request) -> str:
    """Wherever the vendor hides it; empty if there is none."""
    if isinstance(route, UnknownPath):
        return ""
    return route.bound.provider.credential(request) or ""


def _resolve_sandbox(
    scope: Scope, dependencies: Dependencies, route: VendorRoute | UnknownPath, credential: str
) -> Sandbox:
    """The one that prefix or header have named, else the one that has claimed the credential."""
    if scope["sandbox_name"]:
        return dependencies.sandboxes.get(scope["sandbox_name"])
    if isinstance(route, UnknownPath):
        return dependencies.sandboxes.get(DEFAULT_SANDBOX)
    return dependencies.sandboxes.resolve(route.bound.provider.name, credential)


def _build_incoming(route: VendorRoute, request: Request, credential: str) -> IncomingRequest:
    stories = _parse_scenario_names(request.headers.get("x-mock-scenario", ""))
    wrong = (
        Rule(lambda _: True, route.bound.provider.wrong_method) if route.allowed_methods else None
    )
    endpoint = route.endpoint if route.allowed_methods else route.select_endpoint(request)
    return IncomingRequest(route.bound, endpoint, request, stories, wrong, credential=credential)


def _build_response(
    sandbox: Sandbox, incoming: IncomingRequest, now: int, allowed_methods: tuple[str, ...]
) -> "tuple[AsgiResponse | Response, tuple[str, ...]]":
    """The vendor's answer, and the calls that it placed; a fault of our own is a problem."""
    since = time.perf_counter()
    try:
        exchange = handle(sandbox.state, incoming, now)
        response = build_response(exchange, allowed_methods)
    except Exception as error:  # noqa: BLE001 - whatever a provider does, it is told as ours
        return _record_failure(sandbox, error), ()
    sandbox.request_durations[exchange.id] = round((time.perf_counter() - since) * 1_000)
    if len(sandbox.request_durations) > MAX_ITEMS:
        sandbox.request_durations.popitem(last=False)
    return response, exchange.call_ids


def _record_failure(sandbox: Sandbox, error: Exception) -> "Response":
    if throttle.limit(repr(error), "again"):
        log.error("a provider failed", exc_info=error)
    sandbox.state.record(JournalEntry(sandbox.clock.now(), "error", "", error))
    return problem(500, "mock failed", f"this is a fault of the mock server: {error!r}")


def _parse_scenario_names(header: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in header.split(",") if name.strip()) if header else ()


def _record_unknown_path(sandbox: Sandbox, request: Request, unknown: UnknownPath) -> "Response":
    asked = f"{request.method} {request.path}"
    detail = f"no emulated API has {asked}; nearest: {'; '.join(unknown.nearest)}"
    exchange = build_unknown_path_exchange(sandbox.state, request, sandbox.clock.now(), detail)
    record_exchange(sandbox.state, exchange)
    response = problem(404, "unknown path", detail, nearest=list(unknown.nearest))
    response.headers["x-mock-request"] = exchange.id
    return response


def _check_scenarios(sandbox: Sandbox, incoming: IncomingRequest) -> "Response | None":
    """A story in the header that nobody knows, or that needs what is not here."""
    if not incoming.scenarios:
        return None
    known = {
        name: one
        for name, one in sandbox.state.configuration.scenarios.by_name.items()
        if "/" not in name
    }
    for name in incoming.scenarios:
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(sorted(known))}"
            return problem(422, "unknown scenario", f"no scenario is named {name!r}: {hint}")
        unmet = [
            known[name].missing_requirement(seen)
            for seen in build_match_contexts(sandbox.state, incoming)
        ]
        if all(unmet):
            return problem(422, "scenario does not fit", f"{name} cannot play here: {unmet[0]}")
    return None
