"""A sandbox: isolated state with its own clock, scheduler and inboxes."""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.configuration import AccountKey, Configuration
from mockserver.core.webhook import Dispatcher
from mockserver.engine import commands
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.clock import Clock
from mockserver.runtime.inboxes import Inbox
from mockserver.runtime.scheduler import Scheduler
from mockserver.runtime.tasks import spawn


class Timing(NamedTuple):
    """How time runs: a clock `mode`, and its `start` in ms; None is the time of the wall clock."""

    mode: str = "real"
    start: int | None = None

    def build_clock(self) -> Clock:
        """Build a new clock, set to the start."""
        return Clock(self.mode, time.time_ns() // 1_000_000 if self.start is None else self.start)


class Sandbox:
    """One sandbox; `start` runs its scheduler, `stop` ends everything that it has started."""

    def __init__(
        self, name: str, configuration: Configuration, timing: Timing, dispatcher: Dispatcher
    ) -> None:
        self.name = name
        self.timing = timing
        clock = timing.build_clock()
        self.state = SandboxState(configuration, clock.now(), name)
        self.scheduler = Scheduler(self.state, clock, dispatcher)
        self.uploaded_scenarios: dict[str, bytes] = {}
        """Scenario name -> its source, as uploaded through the control API."""
        self._initial_configuration = configuration
        self.request_durations: OrderedDict[str, int] = OrderedDict()
        """Request ID -> real ms until its response; kept out of the journal."""
        self.inboxes: defaultdict[str, Inbox] = defaultdict(Inbox)
        self._task: asyncio.Task[None] | None = None

    @property
    def clock(self) -> Clock:
        return self.scheduler.clock

    def start(self) -> None:
        self._task = spawn(self.scheduler.run(), self.scheduler.record_error)

    def set_configuration(
        self,
        configuration: Configuration,
        accounts: Mapping[AccountKey, Account],
        initial_configuration: Configuration,
    ) -> None:
        """Replace the configuration and these accounts; all other state stays.

        `initial_configuration` is the same without uploaded scenarios: a reset returns to it.
        """
        self._initial_configuration = initial_configuration
        commands.set_configuration(self.state, configuration, self.clock.now(), accounts.values())

    async def reset(self) -> None:
        """Return to the seeded start; nothing scheduled before is sent after this returns."""
        clock = self.timing.build_clock()
        self.uploaded_scenarios = {}
        commands.reset(self.state, self._initial_configuration, clock.now())
        self.inboxes.clear()
        self.request_durations.clear()
        self.scheduler.clock = clock
        await self.scheduler.cancel_deliveries()
        self.scheduler.wake()

    async def stop(self) -> None:
        """End the scheduler's task, an advance in progress and all deliveries on their way."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.scheduler.stop()
