"""A sandbox: one isolated world, with its own store, clock, driver and inboxes."""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.engine.store import Key, Store, World
from mockserver.runtime.clock import Clock
from mockserver.runtime.driver import Carrier, Driver
from mockserver.runtime.inboxes import Inbox
from mockserver.runtime.tasks import owned


class Timing(NamedTuple):
    """How time runs; `start` in ms, None for the wall clock's time."""

    mode: str = "real"
    start: int | None = None

    def clock(self) -> Clock:
        """A new one, at the start."""
        return Clock(self.mode, time.time_ns() // 1_000_000 if self.start is None else self.start)


class Sandbox:
    def __init__(self, name: str, world: World, timing: Timing, courier: Carrier) -> None:
        self.name = name
        self.timing = timing
        clock = timing.clock()
        self.store = Store(world, clock.now(), name)
        self.driver = Driver(self.store, clock, courier)
        self.put: dict[str, bytes] = {}
        """Scenarios by name, as they were put through the control API."""
        self._start_world = world
        self.took: OrderedDict[str, int] = OrderedDict()
        """Request id -> real ms that its answer took; kept out of the journal."""
        self.inboxes: defaultdict[str, Inbox] = defaultdict(Inbox)
        self._task: asyncio.Task[None] | None = None

    @property
    def clock(self) -> Clock:
        return self.driver.clock

    def start(self) -> None:
        self._task = owned(self.driver.run(), self.driver.failed)

    def renew(self, world: World, accounts: Mapping[Key, Account], start: World) -> None:
        """Another world from now on; what has happened stays, and these accounts are changed.

        `start` is the same world without the scenarios that were put.
        """
        self._start_world = start
        self.store.world = world
        self.store.accounts.update(accounts)

    async def reset(self) -> None:
        """Back to the seeded start: nothing scheduled before is sent after this returns."""
        clock = self.timing.clock()
        self.put = {}
        self.store.world = self._start_world
        self.store.reset(clock.now())
        self.inboxes.clear()
        self.took.clear()
        self.driver.clock = clock
        await self.driver.quiet()
        self.driver.nudge()

    async def stop(self) -> None:
        """End the task of this sandbox, an advance of it, and whatever it has sent out."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.driver.stop()
