"""Drives a simulation: by itself as time flows, or when told to advance."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from mockserver.core.journal import JournalEntry
from mockserver.core.time import DAY, MAX_TIME
from mockserver.core.webhook import Delivery, Dispatcher
from mockserver.engine.sandbox_state import DueItem, SandboxState
from mockserver.engine.simulation import step
from mockserver.engine.webhooks import complete_attempt
from mockserver.runtime.clock import Clock
from mockserver.runtime.tasks import spawn

MAX_EVENTS = 100_000
HORIZON = 30 * DAY
YIELD_EVERY = 200  # steps between two looks at the event loop
MAX_PER_REQUEST = (
    50  # and those before one request; many more come in the same turn of a loop that is busy
)
NEVER = MAX_TIME + 1
"""The end of a sleep that only a nudge ends."""


def never() -> bool:
    return False


class AdvanceResult(NamedTuple):
    """What an advance did; `stopped` is None, or why it ended early.

    That is `limit` for an idle that was never reached, `reset` of the world, `stop` of the server.
    """

    events: int
    attempts: int
    stop_reason: str | None


class AdvanceInProgress(Exception):
    """Another advance of this sandbox is running."""


class RequestScope(NamedTuple):
    """A block in which a request is answered, at the time that it gives."""

    scheduler: "Scheduler"

    def __enter__(self) -> int:
        return self.scheduler.begin_request()

    def __exit__(self, *_: object) -> None:
        self.scheduler.end_request()


class Scheduler:
    """Owns a store's time. All tasks that it starts are its own until they end."""

    def __init__(self, state: SandboxState, clock: Clock, dispatcher: Dispatcher) -> None:
        self.state = state
        self.clock = clock
        self.dispatcher = dispatcher
        self.is_advancing = False
        self.is_stopping = False
        self._open_requests = 0
        self._sleep_until = NEVER
        self._wake_event = asyncio.Event()
        self._delivery_tasks: set[asyncio.Task[None]] = set()
        self._last_task_by_call: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Something new is due, or time runs differently now."""
        self._wake_event.set()

    def request_scope(self) -> "RequestScope":
        """While a request is answered; nothing of its call happens before its answer."""
        return RequestScope(self)

    def begin_request(self) -> int:
        """The time of a request that has come in: what fell due before it has happened by then."""
        if self._is_time_flowing() and not self._open_requests:
            self._catch_up(MAX_PER_REQUEST)
        self._open_requests += 1
        return self.clock.now()

    def end_request(self) -> None:
        self._open_requests -= 1
        self._wake_if_due_sooner()

    async def run(self) -> None:
        """Play what falls due, as long as time flows by itself."""
        while True:
            await asyncio.sleep(0)
            self._wake_event.clear()
            if self._is_time_flowing() and not self._open_requests:
                self._catch_up(YIELD_EVERY)
            pause = self._sleep_time()
            due = self.state.peek() if pause else None
            self._sleep_until = due.at if due else NEVER
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake_event.wait()

    def run_next(self, until: int) -> bool:
        """Play the next thing, if there is one that is due by then."""
        due = self.state.peek()
        if due is None or due.at > until:
            return False
        self._run_item(due)
        return True

    async def run_due_now(self, now: int) -> None:
        """What is due at the instant of a request, before its answer: a story has asked for it."""
        while (due := self.state.peek()) and due.at <= now and not self.is_stopping:
            self._run_item(due)
            await self.wait_idle()

    async def advance(self, to: int | None, is_met: Callable[[], bool] = never) -> AdvanceResult:
        """Jump to a moment, or until nothing is due any more, playing all that lies between.

        It ends early, where it is, as soon as `met` is true.

        Raises:
            Advancing: one advance at a time.
        """
        if self.is_advancing:
            raise AdvanceInProgress
        self.is_advancing = True
        try:
            return await self._advance_to(to, is_met)
        finally:
            self.is_advancing = False
            self.wake()

    async def stop(self) -> None:
        """An advance ends where it is, and nothing is out any more."""
        self.is_stopping = True
        await self.cancel_deliveries()

    async def cancel_deliveries(self) -> None:
        """Stop what is out on its way, and wait until it has stopped."""
        for task in self._delivery_tasks:
            task.cancel()
        await asyncio.gather(*self._delivery_tasks, return_exceptions=True)

    async def wait_idle(self) -> None:
        """Wait until every webhook that is out has been answered or has failed."""
        while self._delivery_tasks:
            await asyncio.wait(self._delivery_tasks)

    def record_error(self, error: BaseException, call_id: str = "") -> None:
        """A fault of our own is a fact like any other."""
        self.state.record(JournalEntry(self.clock.now(), "error", call_id, error))

    def _wake_if_due_sooner(self) -> None:
        """Wake who plays, if something is due before the moment for which that one sleeps."""
        due = None if self.clock.is_manual else self.state.peek()
        if due and due.at < self._sleep_until:
            self.wake()

    def _is_time_flowing(self) -> bool:
        return not self.clock.is_manual and not self.is_advancing

    def _catch_up(self, limit: int) -> None:
        played = 0
        while (due := self.state.peek()) and self._is_due(due):
            self._run_item(due)
            played += 1
            if played == limit:
                self.wake()
                return

    def _is_due(self, due: DueItem) -> bool:
        return due.at <= self.clock.now() or (
            self.clock.is_instant and not self._is_scheduled_by_client(due)
        )

    def _is_scheduled_by_client(self, due: DueItem) -> bool:
        """A start for which the client itself asked: the one thing that `instant` waits for."""
        call = self.state.calls.get(due.subject)
        return call is not None and call.phase == "placed" and not call.attempts

    def _sleep_time(self) -> float | None:
        due = self.state.peek()
        if due is None or self._open_requests or not self._is_time_flowing():
            return None
        return 0 if self._is_due(due) else self.clock.real_seconds_until(due.at)

    def _run_item(self, due: DueItem) -> None:
        self.clock.jump(due.at)
        try:
            delivery = step(self.state)
        except Exception as error:  # noqa: BLE001 - a fault of our own must not stop the clock
            self.record_error(error, due.subject)
            return
        if delivery:
            call = delivery.webhook.call_id
            task = spawn(
                self._deliver(delivery, self._last_task_by_call.get(call)), self.record_error
            )
            self._delivery_tasks.add(task)
            self._last_task_by_call[call] = task
            task.add_done_callback(partial(self._remove_delivery_task, call))

    def _remove_delivery_task(self, call_id: str, task: asyncio.Task[None]) -> None:
        self._delivery_tasks.remove(task)
        if self._last_task_by_call.get(call_id) is task:
            del self._last_task_by_call[call_id]

    async def _deliver(self, delivery: Delivery, previous: asyncio.Task[None] | None) -> None:
        """The webhooks of one call leave one after another, in the order of the story."""
        if previous:
            await asyncio.wait([previous])
        answer = await self.dispatcher.deliver(delivery)
        complete_attempt(self.state, delivery, answer, self.clock.now())
        self._wake_if_due_sooner()

    async def _advance_to(self, to: int | None, is_met: Callable[[], bool]) -> AdvanceResult:
        """Time stands still while a webhook is out, so that order and journal stay the same."""
        epoch, events, attempts = self.state.epoch, 0, 0
        horizon = self.clock.now() + HORIZON if to is None else to
        await self.wait_idle()
        if is_met():
            return AdvanceResult(events, attempts, None)
        while (due := self.state.peek()) and due.at <= horizon and self.state.epoch == epoch:
            if self.is_stopping or (events == MAX_EVENTS and to is None):
                break
            self._run_item(due)
            events += 1
            attempts += len(self._delivery_tasks)
            await self.wait_idle()
            if is_met():
                return AdvanceResult(events, attempts, None)
            if events % YIELD_EVERY == 0:
                await asyncio.sleep(0)
        if self.state.epoch != epoch or self.is_stopping:
            return AdvanceResult(events, attempts, "stop" if self.is_stopping else "reset")
        if to is None:
            return AdvanceResult(events, attempts, "limit" if due else None)
        self.clock.jump(to)
        return AdvanceResult(events, attempts, None)
