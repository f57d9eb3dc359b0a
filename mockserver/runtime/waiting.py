"""Blocks until something has happened in a sandbox, or until it is too late."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mockserver.core.journal import JournalEntry
from mockserver.runtime.sandbox import Sandbox


async def until(
    sandbox: Sandbox, met: Callable[[], bool], patience: float, advance: int | None
) -> bool:
    """Whether it is met within `patience` real seconds.

    It is looked at now and after every fact. `advance` moves the clock meanwhile, by so many ms at
    the most, and only as far as needed.
    """
    try:
        async with asyncio.timeout(patience):
            if advance is not None and not met():
                await sandbox.driver.advance(sandbox.clock.now() + advance, met)
            with _news(sandbox) as news:
                while not met():
                    news.clear()
                    await news.wait()
    except TimeoutError:
        return met()
    return True


@contextmanager
def _news(sandbox: Sandbox) -> Iterator[asyncio.Event]:
    news = asyncio.Event()

    def watch(_: JournalEntry) -> None:
        news.set()

    sandbox.store.watchers.append(watch)
    try:
        yield news
    finally:
        if watch in sandbox.store.watchers:
            sandbox.store.watchers.remove(watch)
