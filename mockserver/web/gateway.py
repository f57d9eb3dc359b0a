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
from mockserver.web.answer import Answer, answer
from mockserver.web.guard import rebound
from mockserver.web.head import Head
from mockserver.web.intake import LIMIT, Gone, TooLarge, body_of, decoded
from mockserver.web.parts import Parts
from mockserver.web.problems import problem
from mockserver.web.repeats import Repeats
from mockserver.web.routing import NONE, Found, Unknown, find
from mockserver.web.transport import broken

if TYPE_CHECKING:
    from starlette.responses import Response

DEPTH: Final = 8
"""So many webhooks to ourselves may lead to one another."""

log = logging.getLogger("mockserver")
repeats = Repeats()


async def gateway(scope: Scope, receive: Receive, send: Send) -> None:
    """Every path that is not ours is a vendor's, or nobody's."""
    parts: Parts = scope["parts"]
    depth = parts.depth(*(scope.get("client") or ("", 0)))
    refusal = _unwelcome(scope["head"], parts) or _loop(depth)
    found = _found(scope, parts)
    scope["allowed"] = () if isinstance(found, Unknown) else found.allowed
    limit = LIMIT if isinstance(found, Unknown) else found.body_limit
    try:
        body = await body_of(receive, limit)
    except TooLarge:
        refusal = problem(413, "body too large", f"this takes at most {limit:,} bytes")
    except Gone:
        return
    if refusal:
        await refusal(scope, receive, send)
        return
    try:
        asked = _settled(scope, parts, found, _vendor(scope, body, parts, found))
        if depth and isinstance(asked, IncomingRequest):
            asked = asked._replace(webhook_depth=depth)
    except Exception as error:  # noqa: BLE001 - whatever a provider does, it is told as ours
        asked = _failed(scope["sandbox"] or parts.sandboxes.get(DEFAULT_SANDBOX), error)
    if not isinstance(asked, IncomingRequest):
        await asked(scope, receive, send)
        return
    await _conversation(scope["sandbox"], asked, (scope, receive, send))


def _settled(
    scope: Scope, parts: Parts, found: Found | Unknown, vendor: Request
) -> "IncomingRequest | Response":
    """The request with its sandbox and what a story says of it, or our own refusal."""
    try:
        credential = _credential(found, vendor)
        sandbox: Sandbox = _sandbox(scope, parts, found, credential)
    except TooManySandboxes:
        return problem(409, "too many sandboxes", "DELETE some at /_mock/sandboxes/{name}")
    scope["sandbox"] = sandbox
    if isinstance(found, Unknown):
        return _lost(sandbox, vendor, found)
    asked = _asked(found, vendor, credential)
    return _unplayable(sandbox, asked) or apply_scenario(sandbox.state, asked)


async def _conversation(
    sandbox: Sandbox, asked: IncomingRequest, wire: tuple[Scope, Receive, Send]
) -> None:
    """Answer, when and how a story wants it; nothing of a new call happens before its answer."""
    if asked.api_behavior.delay:
        await asyncio.sleep(asked.api_behavior.delay / SECOND)
    with sandbox.scheduler.request_scope() as now:
        response, calls = _answered(sandbox, asked, now, wire[0]["allowed"])
        if calls and is_due_before_response(sandbox.state, calls):
            await sandbox.scheduler.run_due_now(now)
        if asked.api_behavior.disconnect:
            await broken(asked.api_behavior.disconnect, *wire)
        else:
            await response(*wire)


def _unwelcome(head: Head, parts: Parts) -> "Response | None":
    """Other servers would not agree whom it is for, or a web page has sent it."""
    listings = parts.sandboxes.initial_setup[0].providers
    if head.odd is None:
        host = head.get(b"host")
        return None if parts.guard.expects(host, listings) else rebound([host])
    if len(head.odd.getlist("host")) != 1:
        return problem(400, "bad request", "a request has one Host header")
    return parts.guard.astray(head.odd, listings)


def _loop(depth: int) -> "Response | None":
    """A webhook to ourselves may lead to another, but not for ever."""
    if depth <= DEPTH:
        return None
    detail = f"webhooks to this very server have led to one another {DEPTH} times"
    return problem(508, "webhook loop", detail)


def _vendor(scope: Scope, body: bytes, parts: Parts, found: Found | Unknown) -> Request:
    """The request with what its path says, which no query and no body can say otherwise."""
    vendor = decoded(scope, body, parts.public_url)
    told = NONE if isinstance(found, Unknown) else found.fields
    return vendor._replace(fields={**vendor.fields, **told}) if told else vendor


def _found(scope: Scope, parts: Parts) -> Found | Unknown:
    listings = parts.sandboxes.initial_setup[0].providers
    return find(listings, scope["method"], scope["head"].get(b"host"), scope["path"])


def _credential(found: Found | Unknown, vendor: Request) -> str:
    """Wherever the vendor hides it; empty if there is none."""
    if isinstance(found, Unknown):
        return ""
    return found.listing.provider.credential(vendor) or ""


def _sandbox(scope: Scope, parts: Parts, found: Found | Unknown, credential: str) -> Sandbox:
    """The one that prefix or header have named, else the one that has claimed the credential."""
    if scope["named"]:
        return parts.sandboxes.get(scope["named"])
    if isinstance(found, Unknown):
        return parts.sandboxes.get(DEFAULT_SANDBOX)
    return parts.sandboxes.resolve(found.listing.provider.name, credential)


def _asked(found: Found, vendor: Request, credential: str) -> IncomingRequest:
    stories = _names(vendor.headers.get("x-mock-scenario", ""))
    wrong = Rule(lambda _: True, found.listing.provider.wrong_method) if found.allowed else None
    endpoint = found.endpoint if found.allowed else found.meant(vendor)
    return IncomingRequest(found.listing, endpoint, vendor, stories, wrong, credential=credential)


def _answered(
    sandbox: Sandbox, asked: IncomingRequest, now: int, allowed: tuple[str, ...]
) -> "tuple[Answer | Response, tuple[str, ...]]":
    """The vendor's answer, and the calls that it placed; a fault of our own is a problem."""
    since = time.perf_counter()
    try:
        exchange = handle(sandbox.state, asked, now)
        response = answer(exchange, allowed)
    except Exception as error:  # noqa: BLE001 - whatever a provider does, it is told as ours
        return _failed(sandbox, error), ()
    sandbox.request_durations[exchange.id] = round((time.perf_counter() - since) * 1_000)
    if len(sandbox.request_durations) > MAX_ITEMS:
        sandbox.request_durations.popitem(last=False)
    return response, exchange.call_ids


def _failed(sandbox: Sandbox, error: Exception) -> "Response":
    if repeats.told(repr(error), "again"):
        log.error("a provider failed", exc_info=error)
    sandbox.state.record(JournalEntry(sandbox.clock.now(), "error", "", error))
    return problem(500, "mock failed", f"this is a fault of the mock server: {error!r}")


def _names(header: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in header.split(",") if name.strip()) if header else ()


def _lost(sandbox: Sandbox, vendor: Request, unknown: Unknown) -> "Response":
    asked = f"{vendor.method} {vendor.path}"
    detail = f"no emulated API has {asked}; nearest: {'; '.join(unknown.nearest)}"
    exchange = build_unknown_path_exchange(sandbox.state, vendor, sandbox.clock.now(), detail)
    record_exchange(sandbox.state, exchange)
    response = problem(404, "unknown path", detail, nearest=list(unknown.nearest))
    response.headers["x-mock-request"] = exchange.id
    return response


def _unplayable(sandbox: Sandbox, asked: IncomingRequest) -> "Response | None":
    """A story in the header that nobody knows, or that needs what is not here."""
    if not asked.scenarios:
        return None
    known = {
        name: one
        for name, one in sandbox.state.configuration.scenarios.by_name.items()
        if "/" not in name
    }
    for name in asked.scenarios:
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(sorted(known))}"
            return problem(422, "unknown scenario", f"no scenario is named {name!r}: {hint}")
        unmet = [
            known[name].missing_requirement(seen)
            for seen in build_match_contexts(sandbox.state, asked)
        ]
        if all(unmet):
            return problem(422, "scenario does not fit", f"{name} cannot play here: {unmet[0]}")
    return None
