"""Start tasks whose errors are reported, never lost."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

OnError = Callable[[BaseException], None]


def spawn(work: Coroutine[Any, Any, None], on_error: OnError) -> asyncio.Task[None]:
    """Start a task; an error that ends it is passed to `on_error` at once.

    The caller must keep a reference: the event loop holds tasks only weakly.
    """
    task = asyncio.create_task(work)
    task.add_done_callback(partial(_report_error, on_error))
    return task


def _report_error(on_error: OnError, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        on_error(error)
