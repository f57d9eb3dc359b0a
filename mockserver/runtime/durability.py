"""Hold outputs back until the inputs that led to them are stored: one commit for many of them."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from mockserver.core.time import SECOND
from mockserver.engine.state.inputs import Inputs
from mockserver.runtime.inboxes import StoredRequests
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.stored_inboxes import unpack_inboxes
from mockserver.runtime.stored_state import Logs, Mark, build_change, mark_of
from mockserver.runtime.tasks import OnError, spawn
from mockserver.store.records import (
    Batch,
    Change,
    LogPlace,
    SandboxRecord,
    Store,
    StoredLog,
    StoreUnavailable,
)

RETRY_AFTER: Final = 1.0  # real seconds between two attempts to store what holds up a webhook
LOG_IS_FULL: Final = "its log of inputs exceeds 64 MB: POST /_mock/reset begins a new one"


class Durability:
    """Stores sandboxes, and says when what has happened in one is stored.

    All sandboxes that somebody waits for during one turn of the event loop are stored by one
    commit, on a thread of its own. `problem` says why the latest commit failed, "" if it did not.
    `version` is that of the mock server, and `on_error` gets its faults. `wall` returns the real
    time in seconds since 1970. `monotonic` is a real clock in seconds. `earlier_uptime` are the
    seconds in which earlier servers had the store open. `idle_time` returns how long, in seconds, a
    sandbox has been unused.
    """

    def __init__(
        self,
        store: Store,
        version: str,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        earlier_uptime: float = 0,
    ) -> None:
        self.problem = ""
        self.on_error: OnError = _raise
        self.idle_time: Callable[[str], float] = _never_idle
        self._monotonic, self._opened_at = monotonic, monotonic() - earlier_uptime
        self.last_received = store.last_received
        self._store, self._version, self._wall = store, version, wall
        self._thread = ThreadPoolExecutor(1, "store")
        self._marks: dict[str, Mark] = {}
        self._logs = Logs(store.log_numbers)
        self._removed: list[str] = []
        self._renewed: dict[str, SandboxRecord] = {}
        self._waiting: list[tuple[Sandbox | None, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    def is_durable(self, sandbox: Sandbox) -> bool:
        """Return True if all that has happened in a sandbox is stored, or need not be any more."""
        is_stored = self._marks.get(sandbox.name) == mark_of(sandbox)
        return sandbox.is_removed or (is_stored and not self._removed)

    async def wait_for(self, sandbox: Sandbox) -> None:
        """Wait until all that has happened in a sandbox by now is stored.

        Raises:
            StoreUnavailable: it cannot be stored now.
        """
        if not self.is_durable(sandbox):
            await self._wait(sandbox)

    async def hold(self, sandbox: Sandbox) -> None:
        """Wait as `wait_for`, however long the store takes nothing."""
        while True:
            with suppress(StoreUnavailable):
                await self.wait_for(sandbox)
                return
            await asyncio.sleep(RETRY_AFTER)

    def remove(self, name: str) -> None:
        """Remove a sandbox from the store, with what is stored next."""
        self._removed.append(name)
        self._renewed.pop(name, None)
        self._marks.pop(name, None)

    def uptime(self) -> float:
        """Return the real seconds in which servers have had the store open."""
        return self._monotonic() - self._opened_at

    def renew(self, sandbox: Sandbox) -> SandboxRecord | None:
        """Store with what is stored next when a sandbox was last used; return its record.

        None if the store lacks anything else of it.
        """
        if self._marks.get(sandbox.name) != mark_of(sandbox):
            return None
        record = self._build_change(sandbox).record
        self._renewed[sandbox.name] = record
        return record

    def forget(self, name: str) -> None:
        """Keep nothing in memory of a sandbox; the store keeps what it has."""
        self._marks.pop(name, None)

    async def read_log(self, place: LogPlace) -> StoredLog:
        """Read a log up to a place in it.

        Raises:
            StoreUnavailable: it cannot be read.
        """
        read, loop = self._store.read_log, asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, read, place.log, place.length)

    async def read_inboxes(self, name: str) -> list[StoredRequests]:
        """Read the inboxes of a sandbox.

        Raises:
            StoreUnavailable: they cannot be read.
        """
        read, loop = self._store.read_inboxes, asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: unpack_inboxes(read(name)))

    def adopt(self, sandbox: Sandbox, logs: dict[Inputs, int], version: str) -> None:
        """Take a sandbox as stored: it was built from the store, and has these logs there.

        Another version than this one has stored it; then its record is not as it should be.
        """
        self._logs.add(logs)
        is_current, mark = version == self._version, mark_of(sandbox)
        self._marks[sandbox.name] = mark if is_current else mark._replace(instance="")
        sandbox.state.inputs.seal()

    async def close(self, sandboxes: Sequence[Sandbox]) -> None:
        """Store what these sandboxes are by now, as far as that is possible; close the store."""
        with suppress(StoreUnavailable):
            await asyncio.gather(*map(self.wait_for, sandboxes))
            for sandbox in sandboxes:
                self.renew(sandbox)
            await self.flush()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._store.close)
        self._thread.shutdown()

    async def flush(self) -> None:
        """Store what would be stored with something else.

        Raises:
            StoreUnavailable: it cannot be stored now.
        """
        if self._removed or self._renewed:
            await self._wait(None)

    async def _wait(self, sandbox: Sandbox | None) -> None:
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((sandbox, stored))
        if self._task is None:
            self._task = spawn(self._commit_all(), self.on_error)
        await stored

    async def _commit_all(self) -> None:
        """Store what is waited for, until nobody waits; each turn of the loop adds to a batch."""
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            failure = await self._commit([sandbox for sandbox, _ in waiting if sandbox])
            self.problem = str(failure or "")
            for sandbox, stored in waiting:
                _settle(stored, failure or _find_failure(sandbox))
        self._task = None

    async def _commit(self, sandboxes: Sequence[Sandbox]) -> StoreUnavailable | None:
        """Store these sandboxes; return why that failed, None if it did not."""
        by_name = {each.name: each for each in sandboxes if _can_be_stored(each)}
        marks = {name: mark_of(sandbox) for name, sandbox in by_name.items()}
        removed, self._removed = self._removed, []
        renewed, self._renewed = self._renewed, {}
        batch = Batch(removed, [*_renewals(renewed, by_name), *self._build_changes(by_name)])
        write, loop = self._store.write, asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, write, batch)
        except Exception as error:  # noqa: BLE001 - whoever waits has to learn of it
            self._renewed = renewed | self._renewed
            for name in self._removed:
                self._renewed.pop(name, None)
            self._removed = removed + self._removed
            if isinstance(error, StoreUnavailable):
                return error
            self.on_error(error)
            return StoreUnavailable(f"this is a fault of the mock server: {error!r}")
        left = (name for name, sandbox in by_name.items() if not sandbox.is_removed)
        self._marks.update({name: marks[name] for name in left})
        return None

    def _build_changes(self, sandboxes: dict[str, Sandbox]) -> Iterator[Change]:
        for sandbox in sandboxes.values():
            sandbox.state.inputs.seal()
            yield self._build_change(sandbox)

    def _build_change(self, sandbox: Sandbox) -> Change:
        name, wall = sandbox.name, int(self._wall() * SECOND)
        used_at = max(0, int(self.uptime() - self.idle_time(name)))
        change = build_change(sandbox, self._marks.get(name), self._logs, self._version, wall)
        return change._replace(record=change.record._replace(used_at=used_at))


def _renewals(records: dict[str, SandboxRecord], others: Collection[str]) -> Iterator[Change]:
    """Yield the records as changes, but for sandboxes that have other changes."""
    for name, record in records.items():
        if name not in others:
            yield Change(record, record.place.length, ())


def _never_idle(_: str) -> float:
    return 0.0


def _raise(error: BaseException) -> None:
    raise error


def _can_be_stored(sandbox: Sandbox) -> bool:
    return sandbox.state.inputs.is_complete and not sandbox.is_removed


def _find_failure(sandbox: Sandbox | None) -> StoreUnavailable | None:
    """Return what keeps this sandbox alone from being stored."""
    if sandbox is None or sandbox.is_removed or sandbox.state.inputs.is_complete:
        return None
    return StoreUnavailable(f"{sandbox.name} cannot be stored: {LOG_IS_FULL}")


def _settle(stored: asyncio.Future[None], failure: StoreUnavailable | None) -> None:
    if stored.done():  # who waited has gone
        return
    if failure:
        stored.set_exception(failure)
    else:
        stored.set_result(None)
