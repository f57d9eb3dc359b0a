"""The server's life, as ASGI tells of it: before the first request, and after the last one."""

import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.types import Receive, Scope, Send

Lifespan = Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any] | None]]


async def run_lifespan(lifespan: Lifespan, scope: Scope, receive: Receive, send: Send) -> None:
    """Runs it around everything; what it yields is known to all connections."""
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
