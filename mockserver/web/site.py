"""The whole site as one ASGI application: the control API, and the vendors for every other path."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.core.time import iso
from mockserver.runtime.sandboxes import Sandbox
from mockserver.web import media
from mockserver.web.control import (
    accounts,
    activations,
    calls,
    clock,
    health,
    inboxes,
    journal,
    providers,
    requests,
    reset,
    scenarios,
    webhooks,
)
from mockserver.web.gateway import gateway
from mockserver.web.problems import explained, problem

OURS = ("/_mock/", "/_media/")
NOW = b"x-mock-now"

NOUNS = (
    health,
    providers,
    calls,
    requests,
    webhooks,
    clock,
    accounts,
    journal,
    reset,
    scenarios,
    activations,
    inboxes,
)


def site(
    sandbox: Sandbox,
    origins: Callable[[], tuple[str, ...]],
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]],
) -> ASGIApp:
    """`origins` are the addresses under which this server reaches itself."""
    control: list[Route] = [route for noun in NOUNS for route in noun.ROUTES]
    app = Starlette(
        routes=[Mount("/_mock", routes=control), Mount("/_media", routes=media.ROUTES)],
        exception_handlers={HTTPException: explained, Exception: explained},
        lifespan=lifespan,
    )
    app.state.origins = origins

    async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        scope["sandbox"] = sandbox
        inner = app if scope["path"].startswith(OURS) else gateway
        tell = dated(send, sandbox)
        try:
            await inner(scope, receive, tell)
        except asyncio.CancelledError:
            if not sandbox.driver.stopping:
                raise
            await given_up(scope, receive, tell)

    return entrance


async def given_up(scope: Scope, receive: Receive, send: Send) -> None:
    """A request not done before the server ends, for which uvicorn would print a traceback."""
    answer = problem(503, "mock ends", "the mock server has been told to end")
    with suppress(RuntimeError):  # its answer had begun already
        await answer(scope, receive, send)


def dated(send: Send, sandbox: Sandbox) -> Send:
    """Every answer tells the sandbox's time."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message["headers"]
            if all(name != NOW for name, _ in headers):
                message["headers"] = [*headers, (NOW, iso(sandbox.clock.now()).encode())]
        await send(message)

    return tell
