"""Helpers that observe and drive the running event loop."""

import asyncio
from typing import Any


async def yield_to_tasks(count: int = 50) -> None:
    """Let other tasks run for `count` turns of the event loop."""
    for _ in range(count):
        await asyncio.sleep(0)


def other_tasks() -> set[asyncio.Task[Any]]:
    """Return all tasks but the current one."""
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
