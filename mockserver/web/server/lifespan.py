"""Runs the ASGI lifespan: startup before the first request, shutdown after the last."""

import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.types import Receive, Scope, Send

Lifespan = Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any] | None]]


async def run_lifespan(lifespan: Lifespan, scope: Scope, receive: Receive, send: Send) -> None:
    """Enter `lifespan` at startup and exit it at shutdown; all connections see what it yields."""
    stage = "startup"
    await receive()
    try:
        async with lifespan(None) as state:
            if state:
                scope["state"].update(state)
            await send({"type": "lifespan.startup.complete"})
            stage = "shutdown"
            await receive()
    except BaseException:
        await send({"type": f"lifespan.{stage}.failed", "message": traceback.format_exc()})
        raise
    await send({"type": "lifespan.shutdown.complete"})
