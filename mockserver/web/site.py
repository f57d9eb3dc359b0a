"""The whole site as one ASGI application: the control API, and the vendors for every other path."""

import asyncio
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, SANDBOX_NAME
from mockserver.web.dated import dated
from mockserver.web.gateway import gateway
from mockserver.web.head import read
from mockserver.web.lifespan import Lifespan, lived
from mockserver.web.parts import Parts
from mockserver.web.problems import problem
from mockserver.web.routing import addressed

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.responses import Response

PREFIX = "/_sandbox/"
OURS = ("/_mock/", "/_media/")


def site(parts: Parts, lifespan: Lifespan) -> ASGIApp:
    @cache
    def app() -> ASGIApp:
        from mockserver.web.ours import application  # noqa: PLC0415 - 30 ms, if anybody asks for it

        return application(parts)

    async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lived(lifespan, scope, receive, send)
            return
        if scope["type"] != "http":
            await app()(scope, receive, send)
            return
        refusal = _entered(scope, parts)
        if refusal:
            await refusal(scope, receive, send)
            return
        ours = scope["path"].startswith(OURS) or _asks_for_index(scope, parts)
        tell = dated(send, scope)
        try:
            await (app() if ours else gateway)(scope, receive, tell)
        except asyncio.CancelledError:
            if not parts.sandboxes.is_stopping:
                raise
            await given_up(scope, receive, tell)

    return entrance


def _entered(scope: Scope, parts: Parts) -> "Response | None":
    """Which sandbox: by prefix, else by header; a vendor's route may find one by credential.

    One that is not there yet is made by the route, once it has let the request in.
    """
    scope["parts"] = parts
    scope["head"] = head = read(scope["headers"])
    misfit = _misfit(head.odd) if head.odd else None
    if misfit:
        return misfit
    name = head.get(b"x-mock-sandbox")
    if scope["path"].startswith(PREFIX):
        name, _, rest = scope["path"].removeprefix(PREFIX).partition("/")
        scope["path"] = f"/{rest}"
    if name and not SANDBOX_NAME.fullmatch(name):
        return problem(404, "unknown sandbox", f"{name!r:.80} is no name: letters, digits, . _ -")
    if not name and scope["path"].startswith(OURS):
        name = DEFAULT_SANDBOX
    scope["named"] = name
    scope["sandbox"] = parts.sandboxes.get(name) if parts.sandboxes.find(name) else None
    return None


def _misfit(headers: "Headers") -> "Response | None":
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


def _asks_for_index(scope: Scope, parts: Parts) -> bool:
    """A browser at the door: a vendor's own `GET /` has that vendor's Host."""
    if scope["path"] != "/" or scope["method"] not in ("GET", "HEAD"):
        return False
    head, listings = scope["head"], parts.sandboxes.initial_setup[0].providers
    asks = "text/html" in head.get(b"accept")
    return asks and addressed(listings, head.get(b"host")) is None


async def given_up(scope: Scope, receive: Receive, send: Send) -> None:
    """A request not done before the server ends, for which uvicorn would print a traceback."""
    answer = problem(503, "mock ends", "the mock server has been told to end")
    with suppress(RuntimeError):  # its answer had begun already
        await answer(scope, receive, send)
