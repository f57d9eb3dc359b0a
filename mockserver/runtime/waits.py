"""Wait until a condition holds in a sandbox, or until a timeout."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from operator import add

from mockserver.core.journal import JournalEntry
from mockserver.runtime.sandbox import Sandbox


async def nothing_to_update() -> None:
    """For a condition that needs no update before it is checked."""


async def wait_until(
    sandbox: Sandbox,
    is_met: Callable[[], bool],
    timeout: float,  # noqa: ASYNC109 - the end of the wait is no error
    advance: int | None,
    update: Callable[[], Awaitable[None]] = nothing_to_update,
) -> bool:
    """Return True if `is_met` returns True within `timeout` real seconds.

    It is checked at once and after every journal entry, each time after `update`, which may take
    long; during an advance, without it. `advance` moves the clock meanwhile, by at
    most so many ms and only as far as needed; None leaves the clock alone.
    """
    try:
        async with asyncio.timeout(timeout):
            await update()
            if advance is not None and not is_met():
                await sandbox.scheduler.advance_from_now(partial(add, advance), is_met)
            with _subscribe(sandbox) as entry_recorded:
                while True:
                    entry_recorded.clear()
                    await update()
                    if is_met():
                        return True
                    await entry_recorded.wait()
    except TimeoutError:
        await update()
        return is_met()


@contextmanager
def _subscribe(sandbox: Sandbox) -> Iterator[asyncio.Event]:
    """Yield an event that is set at every journal entry."""
    entry_recorded = asyncio.Event()

    def subscriber(_: JournalEntry) -> None:
        entry_recorded.set()

    unsubscribe = sandbox.state.journal.subscribe(subscriber)
    try:
        yield entry_recorded
    finally:
        unsubscribe()
