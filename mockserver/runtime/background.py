"""Runs what takes long on another thread, so that the event loop goes on."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class Background:
    """Runs jobs one after another: two at once would slow down the event loop twice as much."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def run(self, job: Callable[[], Result]) -> Result:
        """Return the result of a job, which must not change what the event loop reads."""
        async with self._lock:
            return await asyncio.to_thread(job)
