"""Run the due items of a sandbox as its clock moves, or while it is advanced."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from mockserver.core.time import DAY, MAX_TIME
from mockserver.core.webhook import Delivery, DeliveryResult, Dispatcher
from mockserver.engine import commands
from mockserver.engine.failures import fail_attempt, fail_item, record_error
from mockserver.engine.idle import idle_stop_reason, next_until_idle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.engine.state.agenda import DueItem
from mockserver.engine.webhooks import complete_attempt
from mockserver.runtime.advances import AdvanceResult, Target, Turns, never_met
from mockserver.runtime.clock import SET_BACK, Clock
from mockserver.runtime.delivery_tasks import DeliveryTasks
from mockserver.runtime.lag import Lag

MAX_EVENTS = 100_000  # due items in one advance until idle or empty
HORIZON = 30 * DAY  # ms, the longest advance until idle or empty
YIELD_EVERY = 200  # due items between two yields to the event loop, and those run side by side
MAX_PER_REQUEST = 50
"""Due items that run before one request: a busy loop receives many requests per turn."""

NEVER = MAX_TIME + 1
"""The end of a sleep that only `wake` ends, in ms."""


class RequestScope(NamedTuple):
    """A `with` block for one request; entering it returns the request's time in ms."""

    scheduler: "Scheduler"

    def __enter__(self) -> int:
        return self.scheduler.begin_request()

    def __exit__(self, *_: object) -> None:
        self.scheduler.end_request()


class Scheduler:
    """Runs a sandbox's due items on its clock, and starts its deliveries."""

    def __init__(self, state: SandboxState, clock: Clock, dispatcher: Dispatcher) -> None:
        self.state = state
        self.clock = clock
        self._turns = Turns()
        self.is_stopping, self._open_requests = False, 0
        self._sleep_until, self._wake_event = NEVER, asyncio.Event()
        self.lag = Lag()
        self.deliveries = DeliveryTasks(dispatcher, self._store_result, self.record_error)

    def wake(self) -> None:
        """Recompute the sleep: there is a new due item, or the clock has changed."""
        self._wake_event.set()

    def request_scope(self) -> "RequestScope":
        """Return a block for one request: no event of a new call comes before its response."""
        return RequestScope(self)

    def catch_up(self, limit: int = MAX_PER_REQUEST) -> int:
        """Run what is due, at most `limit` items, if time flows now; return the time in ms."""
        count, is_running = 0, self._is_time_flowing() and not self._open_requests
        while is_running and (due := self.state.peek()) and self._is_due(due):
            if not count:
                self.lag.observe_due(due.at, self.clock)
            self._run_item(due)
            count += 1
            if count == limit:
                self.wake()
                break
        return self.clock.now()

    def begin_request(self) -> int:
        """Run what is due before the response to a request; return its time in ms."""
        now = self.catch_up()
        self._open_requests += 1
        return now

    def end_request(self) -> None:
        self._open_requests -= 1
        self._wake_if_due_sooner()

    async def run(self) -> None:
        """Run items as they become due, while time flows by itself. Never returns."""
        while True:
            await asyncio.sleep(0)
            self._wake_event.clear()
            self._record_set_back()
            self.catch_up(YIELD_EVERY)
            pause = self._sleep_time()
            due = self.state.peek() if pause else None
            self._sleep_until = due.at if due else NEVER
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake_event.wait()

    def run_next(self, until: int) -> bool:
        """Run the next due item. Returns False if there is none due by `until`, in ms."""
        due = self.state.peek()
        if due is None or due.at > until:
            return False
        self._run_item(due)
        return True

    async def run_due_now(self, now: int) -> None:
        """Run what is due by `now`, with its deliveries, before a response; a reset ends it."""
        epoch = self.state.epoch
        while (due := self.state.peek()) and due.at <= now and not self.is_stopping:
            if self.state.epoch != epoch:
                return
            self._run_item(due)
            await self.wait_idle()

    @property
    def is_advancing(self) -> bool:
        return self._turns.is_taken

    async def advance(self, to: Target, is_met: Callable[[], bool] = never_met) -> AdvanceResult:
        """Advance the clock to `to`, and run all items due by then.

        Ends early, without moving the clock further, as soon as `is_met` returns True.

        Raises:
            AdvanceInProgress: as `Turns.take`.
        """
        return await self.advance_from_now(lambda _: to, is_met)

    async def advance_from_now(
        self, find_target: Callable[[int], Target], is_met: Callable[[], bool] = never_met
    ) -> AdvanceResult:
        """Advance as `advance`, to what `find_target` returns of the time at which it begins."""
        async with self._turns.take(self.deliveries.tasks):
            known_errors = self.state.journal.error_count
            try:
                result = await self._advance_to(find_target(self.clock.now()), is_met)
            finally:
                self.wake()
            return result._replace(errors=self.state.journal.error_count - known_errors)

    async def stop(self) -> None:
        """End an advance where it is, and cancel all deliveries."""
        self.is_stopping = True
        await self.deliveries.close()

    async def wait_idle(self) -> None:
        """Wait until every delivery on its way has a result."""
        await self.deliveries.wait()

    def record_error(self, error: BaseException, call_id: str = "") -> None:
        """Journal an internal error."""
        record_error(self.state, error, self.clock.now(), call_id)

    def record_clock(self, reading: Mapping[str, object]) -> None:
        """Journal a change of the clock, as `commands.record_clock`."""
        commands.record_clock(self.state, reading, self.clock.now())

    def _record_set_back(self) -> None:
        """Journal that the wall clock was set back: nothing is played again."""
        if self.clock.take_set_backs():
            self.record_clock({"wall_clock": SET_BACK})

    def _wake_if_due_sooner(self) -> None:
        """Wake the scheduler loop if something is due before its current deadline."""
        due = None if self.clock.is_manual else self.state.peek()
        if due and due.at < self._sleep_until:
            self.wake()

    def _is_time_flowing(self) -> bool:
        return not self.clock.is_manual and not self.is_advancing

    def _is_due(self, due: DueItem) -> bool:
        return due.at <= self.clock.now() or (
            self.clock.is_instant and not self._is_scheduled_by_client(due)
        )

    def _is_scheduled_by_client(self, due: DueItem) -> bool:
        """Return True for a call start that the client scheduled: `instant` mode waits for it."""
        call = self.state.calls.by_id.get(due.subject)
        return call is not None and call.phase == "placed" and not call.attempts

    def _sleep_time(self) -> float | None:
        due = self.state.peek()
        if due is None or self._open_requests or not self._is_time_flowing():
            return None
        return 0 if self._is_due(due) else self.clock.real_seconds_until(due.at)

    def _run_item(self, due: DueItem, start: Callable[[Delivery], None] | None = None) -> None:
        """Run the next due item; `start` starts its delivery, if it is one."""
        self.clock.jump(due.at)
        try:
            delivery = run_due_item(self.state)
        except Exception as error:  # noqa: BLE001 - an internal error must not stop the clock
            fail_item(self.state, due, error, self.clock.now())
            return
        if delivery:
            (start or self.deliveries.start)(delivery)

    def _store_result(self, delivery: Delivery, result: DeliveryResult | Exception) -> None:
        if isinstance(result, Exception):
            fail_attempt(self.state, delivery, result, self.clock.now())
        else:
            complete_attempt(self.state, delivery, result, self.clock.now())
        self._wake_if_due_sooner()

    async def _advance_to(self, to: Target, is_met: Callable[[], bool]) -> AdvanceResult:
        """Run what is due; time stands still during deliveries, so the order is stable."""
        epoch, events, attempts, yield_at = self.state.epoch, 0, 0, YIELD_EVERY
        horizon = to if isinstance(to, int) else self.clock.now() + HORIZON
        peek = next_until_idle if to is None else SandboxState.peek
        most = 1 if is_met is not never_met else YIELD_EVERY
        await self.wait_idle()
        if is_met():
            return AdvanceResult(events, attempts, None)
        while (due := peek(self.state)) and due.at <= horizon and self.state.epoch == epoch:
            if self.is_stopping or (events == MAX_EVENTS and not isinstance(to, int)):
                break
            remaining = most if isinstance(to, int) else MAX_EVENTS - events
            begun_before = self.deliveries.begun_count
            events += self._run_side_by_side(due, min(most, remaining))
            await self.wait_idle()
            attempts += self.deliveries.begun_count - begun_before + (due.kind == "attempt-end")
            if is_met():
                return AdvanceResult(events, attempts, None)
            if events >= yield_at:
                yield_at = events + YIELD_EVERY
                await asyncio.sleep(0)
        if self.state.epoch != epoch or self.is_stopping:
            return AdvanceResult(events, attempts, "stop" if self.is_stopping else "reset")
        if isinstance(to, int):
            self.clock.jump(to)
            return AdvanceResult(events, attempts, None)
        return AdvanceResult(events, attempts, "limit" if due else idle_stop_reason(self.state))

    def _run_side_by_side(self, due: DueItem, most: int) -> int:
        """Run an item, and after a delivery those deliveries that come next at its instant.

        Returns how many items that were, `most` at most.
        """
        self._run_item(due, self.deliveries.start_in_turn)
        count, kind_and_time = 1, ("delivery", due.at)
        while due.kind == "delivery" and count < most and (following := self.state.peek()):
            if (following.kind, following.at) != kind_and_time:
                break
            self._run_item(following, self.deliveries.start_in_turn)
            count += 1
        return count
