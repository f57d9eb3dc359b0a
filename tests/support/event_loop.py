"""Helpers that observe and drive the running event loop."""

import asyncio
import functools
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec

import pytest


async def yield_to_tasks(count: int = 50) -> None:
    """Let other tasks run for `count` turns of the event loop."""
    for _ in range(count):
        await asyncio.sleep(0)


def other_tasks() -> set[asyncio.Task[Any]]:
    """Return all tasks but the current one."""
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


@contextmanager
def measured_callbacks() -> Iterator[list[float]]:
    """Collect the CPU seconds of each callback of the event loops in this thread."""
    seconds: list[float] = []
    run = asyncio.Handle._run  # noqa: SLF001 - what an event loop calls for each callback

    def measured(handle: asyncio.Handle) -> None:
        start = time.thread_time()
        run(handle)
        seconds.append(time.thread_time() - start)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio.Handle, "_run", measured)
        yield seconds


Parameters = ParamSpec("Parameters")


def in_event_loop(
    test: Callable[Parameters, Coroutine[Any, Any, None]],
) -> Callable[Parameters, None]:
    """Run an asynchronous test in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: Parameters.args, **values: Parameters.kwargs) -> None:
        asyncio.run(test(*args, **values))

    return run
