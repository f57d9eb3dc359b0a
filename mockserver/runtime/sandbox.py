"""A sandbox: isolated state with its own clock, scheduler and inboxes."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from mockserver.core.account import Account
from mockserver.core.configuration import AccountKey, Configuration
from mockserver.core.webhook import Delivery, Dispatcher
from mockserver.engine import commands
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.totals import Totals
from mockserver.runtime.clock import Clock, Timing
from mockserver.runtime.event_texts import EventTexts
from mockserver.runtime.inboxes import Inboxes, InboxStorage, ReceivedRequest
from mockserver.runtime.lag import Lag
from mockserver.runtime.phone_clock import PhoneClock
from mockserver.runtime.receivers import Receivers
from mockserver.runtime.recording import IncompleteInputs, Recording
from mockserver.runtime.scheduler import Scheduler
from mockserver.runtime.tasks import spawn

__all__ = ["Claim", "Sandbox", "Timing"]

Claim = tuple[str, bytes]
"""(provider, digest of a credential)"""


class SandboxRefused(Exception):
    """The sandbox of the store cannot go on; the text says why."""


class Sandbox:
    """One sandbox; `start` runs its scheduler, `stop` ends everything that it has started.

    `inbox_storage` is that of all sandboxes of the server.
    """

    def __init__(
        self,
        name: str,
        configuration: Configuration,
        timing: Timing,
        dispatcher: Dispatcher,
        inbox_storage: InboxStorage | None = None,
    ) -> None:
        self.name = name
        self.instance = secrets.token_hex(4)
        """Tells the sandbox from an earlier one of its name; of no use to the simulation."""
        self.earlier_epochs = 0
        """Epochs that ended before the sandbox slept."""
        self.timing = timing
        self.has_own_start = False
        """Whether timing and seed, to which a reset returns, are not those of the server."""
        self.claims: tuple[Claim, ...] = ()
        self.is_removed = False
        clock = timing.build_clock()
        self.state = SandboxState(configuration, clock.now(), name)
        self.receivers = Receivers(dispatcher)
        self.scheduler = Scheduler(self.state, clock, self.receivers)
        self.uploaded_scenarios: dict[str, bytes] = {}
        """Scenario name -> its source, as uploaded through the control API."""
        self.snapshots: dict[str, Recording] = {}
        self.snapshot_count = 0
        """How many snapshots have been taken, also in place of others."""
        self._initial_configuration = configuration
        self.request_durations: OrderedDict[str, int] = OrderedDict()
        """Request ID -> real ms until its response; kept out of the journal."""
        self.inboxes = Inboxes(inbox_storage or InboxStorage())
        self.event_texts = EventTexts()
        self.phone_clock = PhoneClock(self.state)
        self._task: asyncio.Task[None] | None = None

    @property
    def clock(self) -> Clock:
        return self.scheduler.clock

    def count_in(self, totals: Totals, lag: Lag) -> None:
        """Count from now on in what other sandboxes share."""
        self.state.count_in(totals)
        self.scheduler.lag = lag

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
        self.phone_clock.cancel()
        self._set_mode(mode)

    def run_while_on_the_phone(self, mode: str) -> None:
        """Change the mode of the clock for as long as a leg waits for a person."""
        self.phone_clock.start(
            (mode, self.clock.mode),
            self._set_mode,
            lambda: self.event_texts.viewer_count > 0,
            self.scheduler.record_error,
        )

    def _set_mode(self, mode: str) -> None:
        self.record_clock({"mode": mode})
        self.clock.set_mode(mode)
        self.scheduler.wake()

    def record_clock(self, reading: Mapping[str, object]) -> None:
        """Journal a change of the clock, as `commands.record_clock`."""
        self.scheduler.record_clock(reading)

    def record(self) -> Recording:
        """Return the recording of the sandbox up to now.

        Raises:
            IncompleteInputs: the log of inputs has been given up.
        """
        log = self.state.inputs
        if not log.is_complete:
            raise IncompleteInputs(log.count)
        return Recording(
            log.base,
            self.state.started_at,
            tuple(log.entries),
            dict(log.configurations),
            log.steps,
            self.clock.now(),
            self.clock.mode,
            self._initial_configuration,
            log,
        )

    def take_snapshot(self, name: str) -> None:
        """Keep the recording of now under a name, across resets."""
        self.snapshots[name] = self.record()
        self.snapshot_count += 1

    def resume(
        self,
        initial_configuration: Configuration,
        uploads: Mapping[str, bytes],
        in_flight: Iterable[Delivery],
        now: int,
        *,
        repeats: bool = False,
    ) -> None:
        """Go on from a state that was played: at `now`, in ms, with these deliveries under way.

        `repeats` says that they may have been sent before, and are sent again.
        """
        self._initial_configuration = initial_configuration
        self.uploaded_scenarios = dict(uploads)
        self.clock.jump(now)
        deliveries = self.scheduler.deliveries
        for delivery in in_flight:
            (deliveries.start_again if repeats else deliveries.start)(delivery)

    async def receive_webhook(self, inbox: str, request: ReceivedRequest) -> int:
        """Let an inbox receive a request, and journal that; return the status of its response."""
        receiver = self.inboxes.get_or_create(inbox)
        status = receiver.store(request)
        receipt = {
            "inbox": inbox,
            "method": request.method,
            "bytes": len(request.body),
            "status": status,
        }
        commands.record_receipt(self.state, receipt, request.at)
        await receiver.pause()
        return status

    def program_inbox(self, inbox: str, statuses: Iterable[int], delay: float) -> None:
        """Set the statuses of the next responses of an inbox, and the delay before each."""
        self.inboxes.get_or_create(inbox).program(statuses, delay)

    def clear_inbox(self, inbox: str) -> None:
        """Forget what an inbox has received, and how it was programmed."""
        self.inboxes.forget(inbox)

    async def reset(self) -> None:
        """Return to the seeded start; nothing scheduled before is sent after this returns."""
        clock = self.timing.build_clock()
        self.phone_clock.cancel()
        self.uploaded_scenarios = {}
        commands.reset(self.state, self._initial_configuration, clock.now())
        self.inboxes.clear()
        self.request_durations.clear()
        self.scheduler.clock = clock
        await self.scheduler.deliveries.cancel()
        self.scheduler.wake()

    async def stop(self, *, keeps_inboxes: bool = False) -> None:
        """End the scheduler's task, an advance in progress and all deliveries on their way.

        Its inboxes end, too, unless they have yet to be stored.
        """
        self.phone_clock.cancel()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None  # with its error, which refers to the scheduler
        await self.scheduler.stop()
        if not keeps_inboxes:
            self.inboxes.clear()
