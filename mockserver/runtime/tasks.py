"""Tasks that have an owner: nobody's error is lost."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

Told = Callable[[BaseException], None]


def owned(work: Coroutine[Any, Any, None], told: Told) -> asyncio.Task[None]:
    """A task whose error, should it end with one, is told at once; whoever gets it keeps it."""
    task = asyncio.create_task(work)
    task.add_done_callback(partial(_ended, told))
    return task


def _ended(told: Told, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        told(error)
