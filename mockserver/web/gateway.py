"""One vendor request, from HTTP to the simulation and back."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mockserver.core.facts import Fact
from mockserver.core.nearest import nearest
from mockserver.core.rules import Rule
from mockserver.core.time import SECOND, iso
from mockserver.engine.casework import Asked, consulted, sights
from mockserver.engine.simulation import request
from mockserver.engine.store import KEPT, Exchange
from mockserver.engine.travelling import hurried
from mockserver.runtime.sandboxes import Sandbox
from mockserver.web.intake import LIMIT, Gone, TooLarge, body_of, decoded
from mockserver.web.problems import problem
from mockserver.web.routing import Unknown, find
from mockserver.web.transport import broken

log = logging.getLogger("mockserver")


async def gateway(scope: Scope, receive: Receive, send: Send) -> None:
    """Every path that is not ours is a vendor's, or nobody's."""
    sandbox: Sandbox = scope["sandbox"]
    try:
        body = await body_of(receive)
    except TooLarge:
        refusal = problem(413, "body too large", f"a request has at most {LIMIT:,} bytes")
        await refusal(scope, receive, send)
        return
    except Gone:
        return
    try:
        asked = _asked(sandbox, scope, body)
    except Exception as error:  # noqa: BLE001 - whatever a provider does, it is told as ours
        asked = _failed(sandbox, error)
    if isinstance(asked, Response):
        await asked(scope, receive, send)
        return
    if asked.turn.after:
        await asyncio.sleep(asked.turn.after / SECOND)
    with sandbox.driver.answering() as now:
        response, calls = _answered(sandbox, asked, now)
        if hurried(sandbox.store, calls):
            await sandbox.driver.hurry(now)
        if asked.turn.broken:
            await broken(asked.turn.broken, scope, receive, send)
        else:
            await response(scope, receive, send)


def _asked(sandbox: Sandbox, scope: Scope, body: bytes) -> Asked | Response:
    """The request with its operation and what a story says of it, or our own refusal."""
    listings = sandbox.store.world.listings
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    found = find(listings, scope["method"], host, scope["path"])
    if isinstance(found, Unknown):
        return _lost(scope, found)
    stories = tuple(_names(headers.get(b"x-mock-scenario", b"").decode("latin-1")))
    wrong = Rule(lambda _: True, found.listing.provider.wrong_method) if found.allowed else None
    asked = Asked(found.listing, found.endpoint, decoded(scope, body), stories, wrong)
    return _unplayable(sandbox, asked) or consulted(sandbox.store, asked)


def _answered(sandbox: Sandbox, asked: Asked, now: int) -> tuple[Response, tuple[str, ...]]:
    """The vendor's answer, and the calls that it placed; a fault of our own is a problem."""
    since = time.perf_counter()
    try:
        exchange = request(sandbox.store, asked, now)
        response = _response(exchange)
    except Exception as error:  # noqa: BLE001 - whatever a provider does, it is told as ours
        return _failed(sandbox, error), ()
    sandbox.took[exchange.id] = round((time.perf_counter() - since) * 1_000)
    if len(sandbox.took) > KEPT:
        del sandbox.took[next(iter(sandbox.took))]
    return response, exchange.calls


def _failed(sandbox: Sandbox, error: Exception) -> Response:
    log.error("a provider failed", exc_info=error)
    sandbox.store.record(Fact(sandbox.clock.now(), "error", "", error))
    return problem(500, "mock failed", f"this is a fault of the mock server: {error!r}")


def _names(header: str) -> list[str]:
    return [name.strip() for name in header.split(",") if name.strip()]


def _lost(scope: Scope, unknown: Unknown) -> Response:
    asked = f"{scope['method']} {scope['path']}"
    detail = f"no emulated API has {asked}; nearest: {'; '.join(unknown.nearest)}"
    return problem(404, "unknown path", detail, nearest=list(unknown.nearest))


def _unplayable(sandbox: Sandbox, asked: Asked) -> Response | None:
    """A story in the header that nobody knows, or that needs what is not here."""
    known = sandbox.store.world.stories.named
    for name in asked.stories:
        if name not in known:
            hint = nearest(name, known) or f"known: {', '.join(sorted(known))}"
            return problem(422, "unknown scenario", f"no scenario is named {name!r}: {hint}")
        unmet = [known[name].unmet(seen) for seen in sights(sandbox.store, asked)]
        if all(unmet):
            return problem(422, "scenario does not fit", f"{name} cannot play here: {unmet[0]}")
    return None


def _response(exchange: Exchange) -> Response:
    reply = exchange.reply
    headers = {**reply.headers, **_told(exchange)}
    if isinstance(reply.body, bytes):
        return Response(reply.body, reply.status, headers)
    content = json.dumps(reply.body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, reply.status, headers, "application/json")


def _told(exchange: Exchange) -> Mapping[str, str]:
    """What we say beside the vendor's answer."""
    told = {"x-mock-request": exchange.id, "x-mock-now": iso(exchange.at)}
    if exchange.calls:
        told["x-mock-call"] = exchange.calls[0]
    if exchange.fault:
        told["x-mock-fault"] = exchange.fault
        told["x-mock-explain"] = exchange.why.encode("ascii", "backslashreplace").decode()
    return told
