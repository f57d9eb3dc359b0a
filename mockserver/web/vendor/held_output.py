"""Holds responses back until what has led to them is stored."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from starlette.types import Message, Scope, Send

from mockserver.runtime.durability import Durability
from mockserver.web.dependencies import dependencies_in, sandbox_in
from mockserver.web.server.transport import HOLD_KEY
from mockserver.web.vendor.response import add_time_header

FREE_PATHS: Final = ("/_mock/health", "/_mock/live", "/_mock/ready", "/_mock/metrics")
"""What says how the server is, also while its store takes nothing."""

SHARED_PREFIX: Final = "/_mock/sandboxes"
"""Where one response tells of several sandboxes."""

Wrap = Callable[[Send, Scope], Send]
"""(send, scope) -> what sends a response."""

Hold = Callable[[Scope], Awaitable[None]]
"""Waits until what a response tells of is stored."""


def build_wrap(durability: Durability | None) -> Wrap:
    """Build what wraps `send`: it adds headers, and holds a response back if there is a store."""
    if durability is None:
        return add_time_header
    # neither refers to a `scope`, which has one: only the garbage collector frees a cycle
    holds = (partial(_wait_for_own, durability), partial(_wait_for_all, durability))
    return partial(hold_back, holds)


def hold_back(holds: tuple[Hold, Hold], send: Send, scope: Scope) -> Send:
    """Wrap `send` as `add_time_header`, and to wait before each message for what it tells of.

    `holds` are for a response about one sandbox, and about all. The one that is used is in `scope`,
    for outputs that are no messages.

    Raises:
        StoreUnavailable: when a message is sent, if the store takes nothing.
    """
    path, send_with_time = scope["path"], add_time_header(send, scope)
    if path in FREE_PATHS:
        return send_with_time
    hold = scope[HOLD_KEY] = holds[path.startswith(SHARED_PREFIX)]

    async def send_held(message: Message) -> None:
        await hold(scope)
        await send_with_time(message)

    return send_held


async def _wait_for_own(durability: Durability, scope: Scope) -> None:
    await durability.wait_for(sandbox_in(scope))


async def _wait_for_all(durability: Durability, scope: Scope) -> None:
    await asyncio.gather(*map(durability.wait_for, dependencies_in(scope).sandboxes))
