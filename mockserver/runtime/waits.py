"""Blocks until something has happened in a sandbox, or until it is too late."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mockserver.core.journal import JournalEntry
from mockserver.runtime.sandbox import Sandbox


async def wait_until(
    sandbox: Sandbox,
    is_met: Callable[[], bool],
    timeout: float,  # noqa: ASYNC109 - a wait that is over is no error
    advance: int | None,
) -> bool:
    """Whether it is met within `patience` real seconds.

    It is looked at now and after every fact. `advance` moves the clock meanwhile, by so many ms at
    the most, and only as far as needed.
    """
    try:
        async with asyncio.timeout(timeout):
            if advance is not None and not is_met():
                await sandbox.scheduler.advance(sandbox.clock.now() + advance, is_met)
            with _subscribe(sandbox) as news:
                while not is_met():
                    news.clear()
                    await news.wait()
    except TimeoutError:
        return is_met()
    return True


@contextmanager
def _subscribe(sandbox: Sandbox) -> Iterator[asyncio.Event]:
    news = asyncio.Event()

    def watch(_: JournalEntry) -> None:
        news.set()

    sandbox.state.subscribers.append(watch)
    try:
        yield news
    finally:
        if watch in sandbox.state.subscribers:
            sandbox.state.subscribers.remove(watch)
