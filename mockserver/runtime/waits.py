"""Wait until a condition holds in a sandbox, or until a timeout."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from operator import add
from typing import Final

from mockserver.core.journal import JournalEntry
from mockserver.runtime.sandbox import Sandbox

QUIET: Final = 0.5
"""Real seconds in which nothing happens, after which a wait that cannot end is given up."""


def can_end() -> bool:
    """For a wait for something that may come at any moment."""
    return True


def stands_still(sandbox: Sandbox) -> bool:
    """Whether time stands still, and nothing is on its way: no advance and no webhook."""
    scheduler = sandbox.scheduler
    return sandbox.clock.is_manual and not (scheduler.is_advancing or scheduler.deliveries.tasks)


async def nothing_to_update() -> None:
    """For a condition that needs no update before it is checked."""


async def wait_until(  # noqa: PLR0913, PLR0917 - the last two are optional
    sandbox: Sandbox,
    is_met: Callable[[], bool],
    timeout: float,  # noqa: ASYNC109 - the end of the wait is no error
    advance: int | None,
    update: Callable[[], Awaitable[None]] = nothing_to_update,
    may_end: Callable[[], bool] = can_end,
) -> bool:
    """Return True if `is_met` returns True within `timeout` real seconds.

    It is checked at once and after every journal entry, each time after `update`, which may take
    long; during an advance, without it. `advance` moves the clock meanwhile, by at
    most so many ms and only as far as needed; None leaves the clock alone. While `may_end` returns
    False, the wait is given up after `QUIET` real seconds in which nothing happens.
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
                    is_heard = await _wait_for(entry_recorded, None if may_end() else QUIET)
                    if not (is_heard or may_end()):
                        return False
    except TimeoutError:
        await update()
        return is_met()


async def _wait_for(event: asyncio.Event, seconds: float | None) -> bool:
    """Whether the event comes within so many real seconds; None is for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await event.wait()
    return False


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
