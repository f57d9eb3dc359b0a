"""Handles vendor requests: access, route, body, sandbox, scenario, response."""

import logging
import time
from contextlib import suppress
from traceback import format_exception
from typing import TYPE_CHECKING, NamedTuple

from starlette.types import Receive, Scope, Send

from mockserver.core.http import Request
from mockserver.core.missing_package import MissingPackage
from mockserver.engine.bounded_log import MAX_ITEMS
from mockserver.engine.exchange import MatchedRequest
from mockserver.engine.failures import FailedHalfway
from mockserver.engine.pipeline import respond
from mockserver.engine.webhooks import is_due_before_response
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SandboxRefused, TooManySandboxes
from mockserver.web.dependencies import (
    Dependencies,
    RequestInfo,
    dependencies_in,
    sandbox_in,
)
from mockserver.web.problems import SALT, TOO_MANY_SANDBOXES, problem
from mockserver.web.redaction import redact_text
from mockserver.web.router import UnknownPath, VendorRoute
from mockserver.web.server.transport import HOLD_KEY, disconnect
from mockserver.web.vendor.acceptance import accept, body_too_large
from mockserver.web.vendor.admission import (
    admit_request,
    build_incoming,
    build_request,
    read_credential,
)
from mockserver.web.vendor.delays import dribble, wait_for_delay
from mockserver.web.vendor.own_refusals import (
    count_refusal,
    is_foreign,
    record_rejection,
    refuse_unknown_path,
)
from mockserver.web.vendor.request import (
    DEFAULT_BODY_LIMIT,
    BodyTooLarge,
    ClientDisconnected,
    read_body,
)
from mockserver.web.vendor.response import AsgiResponse, build_response
from mockserver.web.vendor.sleepers import wake

if TYPE_CHECKING:
    from starlette.responses import Response

log = logging.getLogger("mockserver")


async def handle_vendor_request(scope: Scope, receive: Receive, send: Send) -> None:
    """Handle a request to any path outside the control API; the path may be unknown."""
    dependencies: Dependencies = scope["state"]["dependencies"]
    info: RequestInfo = scope["state"]["request_info"]
    route = dependencies.router.find(scope["method"], info.host, scope["path"])
    info.allowed_methods = () if isinstance(route, UnknownPath) else route.allowed_methods
    limit = DEFAULT_BODY_LIMIT if isinstance(route, UnknownPath) else route.body_limit
    try:
        rejection, body = await _accept(info, dependencies, receive, limit)
    except ClientDisconnected:
        return
    try:
        request = build_request(scope, body, dependencies.public_url, route)
        if dependencies.sandboxes.asleep:
            await _wake_owner(info, dependencies, route, request)
        outcome = (
            _admit_request(info, dependencies, route, request)
            if rejection is None
            else _reject(info, dependencies, route, request, rejection)
        )
        if isinstance(outcome, AdmittedRequest) and outcome.matched.api.delay:
            outcome = await _delay(outcome)
    except Exception as error:  # noqa: BLE001 - any failure of a provider is a problem response
        outcome = _record_failure(scope, error)
    if isinstance(outcome, AdmittedRequest):
        await _respond(outcome, scope, receive, send)
    else:
        count_refusal(dependencies, outcome)
        await outcome(scope, receive, send)


async def _accept(
    info: RequestInfo, dependencies: Dependencies, receive: Receive, limit: int
) -> "tuple[Response | None, bytes]":
    """Do what `accept` does; for usual requests, without another module."""
    is_usual = info.headers.unusual is None and not (info.rejection or info.webhook_depth)
    allows_host = dependencies.router.allows_host
    if not (is_usual and allows_host(dependencies.access_control, info.host)):
        return await accept(info, dependencies, receive, limit)
    try:
        return None, await read_body(receive, limit)
    except BodyTooLarge:
        return body_too_large(limit), b""


class AdmittedRequest(NamedTuple):
    """A matched request, and the sandbox that responds to it."""

    sandbox: Sandbox
    matched: MatchedRequest


async def _delay(admitted: AdmittedRequest) -> "AdmittedRequest | Response":
    """Wait for the scenario's delay; what is there then decides on the request."""
    outcome = await wait_for_delay(*admitted)
    if isinstance(outcome, MatchedRequest):
        return AdmittedRequest(admitted.sandbox, outcome)
    return outcome


def _admit_request(
    info: RequestInfo,
    dependencies: Dependencies,
    route: VendorRoute | UnknownPath,
    request: Request,
) -> "AdmittedRequest | Response":
    """Resolve the sandbox, match the request and admit it; or return a problem response."""
    try:
        credential = read_credential(route, request)
        sandbox = _resolve_sandbox(info.sandbox_name, dependencies, route, credential)
    except TooManySandboxes:
        rejection = problem("too-many-sandboxes", TOO_MANY_SANDBOXES)
        return _reject(info, dependencies, route, request, rejection)
    except SandboxRefused as error:
        return problem("sandbox-refused", str(error))
    info.sandbox = sandbox
    if isinstance(route, UnknownPath):
        return refuse_unknown_path(sandbox, request, route)
    incoming = build_incoming(route, request, credential, info.webhook_depth)
    outcome = admit_request(sandbox, incoming)
    return AdmittedRequest(sandbox, outcome) if isinstance(outcome, MatchedRequest) else outcome


async def _respond(admitted: AdmittedRequest, scope: Scope, receive: Receive, send: Send) -> None:
    """Respond, or disconnect where the scenario says so.

    No event of a new call is applied before the response, or its first bytes if it is sent slowly,
    unless the scenario says `before_reply`. With a store, a response waits for a commit, and time
    goes on meanwhile; the webhooks of the call wait for a later one.
    """
    sandbox, matched = admitted
    hold, is_slow = scope.get(HOLD_KEY), bool(matched.api.dribble)
    with sandbox.scheduler.request_scope() as now:
        response, calls = _respond_and_render(sandbox, matched, now, scope)
        if calls and is_due_before_response(sandbox.state, calls):
            await sandbox.scheduler.run_due_now(now)
        if matched.api.disconnect:
            if hold:
                await hold(scope)
            await disconnect(matched.api.disconnect, scope, receive, send)
            return
        if not (is_slow or hold):
            await response(scope, receive, send)
            return
    if is_slow:
        await dribble(response, matched.api.dribble, scope, receive, send)
    else:
        await response(scope, receive, send)


def _resolve_sandbox(
    name: str, dependencies: Dependencies, route: VendorRoute | UnknownPath, credential: str
) -> Sandbox:
    """Return the sandbox of this name, else the one that claims the credential.

    `name` is that of the prefix or the header. Without either, it is the default sandbox.
    """
    if name:
        return dependencies.sandboxes.get_or_create(name)
    if isinstance(route, UnknownPath):
        return dependencies.sandboxes.get_or_create(DEFAULT_SANDBOX)
    return dependencies.sandboxes.resolve(route.bound.provider.name, credential)


async def _wake_owner(
    info: RequestInfo,
    dependencies: Dependencies,
    route: VendorRoute | UnknownPath,
    request: Request,
) -> None:
    """Build the sandbox again that claims the credential of a request without a name."""
    credential = read_credential(route, request)
    if credential and not info.sandbox_name and not isinstance(route, UnknownPath):
        sandboxes, provider = dependencies.sandboxes, route.bound.provider.name
        await wake(sandboxes, sandboxes.owner_of(provider, credential), info)


def _reject(
    info: RequestInfo,
    dependencies: Dependencies,
    route: VendorRoute | UnknownPath,
    request: Request,
    rejection: "Response",
) -> "Response":
    """Record a rejected request in its sandbox; a foreign page cannot create one."""
    sandbox = info.sandbox or dependencies.sandboxes.default
    if not is_foreign(rejection):
        credential = read_credential(route, request)
        with suppress(TooManySandboxes, SandboxRefused):
            sandbox = _resolve_sandbox(info.sandbox_name, dependencies, route, credential)
    info.sandbox = sandbox
    return record_rejection(sandbox, route, request, rejection)


def _respond_and_render(
    sandbox: Sandbox, matched: MatchedRequest, now: int, scope: Scope
) -> "tuple[AsgiResponse | Response, tuple[str, ...]]":
    """Return the response, a problem if the provider fails, and the ids of its calls."""
    started_at = time.perf_counter()
    try:
        exchange = respond(sandbox.state, matched, now)
        info: RequestInfo = scope["state"]["request_info"]
        response = build_response(exchange, info.allowed_methods)
    except Exception as error:  # noqa: BLE001 - any failure of a provider is a problem response
        return _record_failure(scope, error), ()
    sandbox.request_durations[exchange.id] = round((time.perf_counter() - started_at) * 1_000)
    if len(sandbox.request_durations) > MAX_ITEMS:
        sandbox.request_durations.popitem(last=False)
    return response, exchange.call_ids


def _record_failure(scope: Scope, error: Exception) -> "Response":
    """Record an internal error, and build its problem; a missing package is none of ours."""
    if isinstance(error, MissingPackage):
        return problem("missing-package", str(error))
    if dependencies_in(scope).log_throttle.limit(repr(error), "again"):
        traceback = "".join(format_exception(error))
        log.error("a provider failed\n%s", redact_text(traceback, SALT))
    sandbox_in(scope).scheduler.record_error(error)
    response = problem("internal-error", f"this is a fault of the mock server: {error!r}")
    if isinstance(error, FailedHalfway):
        response.headers["x-mock-request"] = error.request_id
    return response
