"""Stores what no output waits for, such as the result of the last webhook of a call."""

import asyncio
from collections.abc import Iterable
from typing import Final

from mockserver.runtime.durability import Durability
from mockserver.runtime.sandbox import Sandbox

STORE_EVERY: Final = 1.0  # real seconds


async def store_regularly(durability: Durability, sandboxes: Iterable[Sandbox]) -> None:
    """Store what is left to store of all sandboxes, again and again. Never returns.

    This also ends the problem of a store whose cause is gone, though no request comes.
    """
    while True:
        await asyncio.sleep(STORE_EVERY)
        left = [sandbox for sandbox in sandboxes if not durability.is_durable(sandbox)]
        await asyncio.gather(*map(durability.wait_for, left), return_exceptions=True)
