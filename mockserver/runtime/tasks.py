"""Tasks that have an owner: nobody's error is lost."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

OnError = Callable[[BaseException], None]


def spawn(work: Coroutine[Any, Any, None], on_error: OnError) -> asyncio.Task[None]:
    """A task whose error, should it end with one, is told at once; whoever gets it keeps it."""
    task = asyncio.create_task(work)
    task.add_done_callback(partial(_report_error, on_error))
    return task


def _report_error(on_error: OnError, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        on_error(error)
