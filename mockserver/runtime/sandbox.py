"""A sandbox: isolated state with its own clock, scheduler and inboxes."""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.configuration import AccountKey, Configuration
from mockserver.core.webhook import Dispatcher
from mockserver.engine import commands
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.clock import Clock, WallClock
from mockserver.runtime.inboxes import Inbox, ReceivedRequest
from mockserver.runtime.scheduler import Scheduler
from mockserver.runtime.tasks import spawn


class Timing(NamedTuple):
    """How time runs: a clock `mode`, and its `start` in ms; None is the time of the wall clock."""

    mode: str = "real"
    start: int | None = None

    def build_clock(self) -> Clock:
        """Build a new clock, set to the start."""
        start = time.time_ns() // 1_000_000 if self.start is None else self.start
        return Clock(self.mode, start, wall=WallClock(time.monotonic, time.time))


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
        self._inboxes: defaultdict[str, Inbox] = defaultdict(Inbox)
        self.inboxes: Mapping[str, Inbox] = MappingProxyType(self._inboxes)
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

    def put_scenario(self, name: str, source: bytes, configuration: Configuration) -> None:
        """Keep an uploaded scenario; `configuration` is the one with it."""
        text, now = source.decode("utf-8", "replace"), self.clock.now()
        self.uploaded_scenarios = {**self.uploaded_scenarios, name: source}
        commands.put_scenario(self.state, name, text, configuration, now)

    def delete_scenario(self, name: str, configuration: Configuration) -> None:
        """Drop an uploaded scenario; `configuration` is the one without it."""
        uploaded = self.uploaded_scenarios
        self.uploaded_scenarios = {each: uploaded[each] for each in uploaded if each != name}
        commands.delete_scenario(self.state, name, configuration, self.clock.now())

    def set_clock_mode(self, mode: str) -> None:
        """Change the mode of the clock, as `Clock.set_mode`."""
        self.record_clock({"mode": mode})
        self.clock.set_mode(mode)
        self.scheduler.wake()

    def record_clock(self, reading: Mapping[str, object]) -> None:
        """Journal a change of the clock, as `commands.record_clock`."""
        self.scheduler.record_clock(reading)

    async def receive_webhook(self, inbox: str, request: ReceivedRequest) -> int:
        """Let an inbox receive a request; return the status of its response."""
        return await self._inboxes[inbox].receive(request)

    def program_inbox(self, inbox: str, statuses: Iterable[int], delay: float) -> None:
        """Set the statuses of the next responses of an inbox, and the delay before each."""
        self._inboxes[inbox].program(statuses, delay)

    def clear_inbox(self, inbox: str) -> None:
        """Forget what an inbox has received, and how it was programmed."""
        self._inboxes.pop(inbox, None)

    async def reset(self) -> None:
        """Return to the seeded start; nothing scheduled before is sent after this returns."""
        clock = self.timing.build_clock()
        self.uploaded_scenarios = {}
        commands.reset(self.state, self._initial_configuration, clock.now())
        self._inboxes.clear()
        self.request_durations.clear()
        self.scheduler.clock = clock
        await self.scheduler.deliveries.cancel()
        self.scheduler.wake()

    async def stop(self) -> None:
        """End the scheduler's task, an advance in progress and all deliveries on their way."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.scheduler.stop()
