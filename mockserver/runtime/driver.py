"""Drives a simulation: by itself as time flows, or when told to advance."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple, Protocol

from mockserver.core.journal import JournalEntry
from mockserver.core.time import DAY, MAX_TIME
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.simulation import settle, step
from mockserver.engine.store import Due, Store
from mockserver.runtime.clock import Clock
from mockserver.runtime.tasks import owned

EVENTS = 100_000
HORIZON = 30 * DAY
BREATH = 200  # steps between two looks at the event loop
SHARE = 50  # and those before one request; many more come in the same turn of a loop that is busy
NEVER = MAX_TIME + 1
"""The end of a sleep that only a nudge ends."""


def never() -> bool:
    return False


class Carrier(Protocol):
    async def carry(self, delivery: Delivery) -> DeliveryResult: ...


class Advanced(NamedTuple):
    """What an advance did; `stopped` is None, or why it ended early.

    That is `limit` for an idle that was never reached, `reset` of the world, `stop` of the server.
    """

    events: int
    attempts: int
    stopped: str | None


class Advancing(Exception):
    """Another advance of this sandbox is running."""


class Answering(NamedTuple):
    """A block in which a request is answered, at the time that it gives."""

    driver: "Driver"

    def __enter__(self) -> int:
        return self.driver.begin()

    def __exit__(self, *_: object) -> None:
        self.driver.end()


class Driver:
    """Owns a store's time. All tasks that it starts are its own until they end."""

    def __init__(self, store: Store, clock: Clock, courier: Carrier) -> None:
        self.store = store
        self.clock = clock
        self.courier = courier
        self.advancing = False
        self.stopping = False
        self._unanswered = 0
        self._until = NEVER
        self._nudged = asyncio.Event()
        self._out: set[asyncio.Task[None]] = set()
        self._last: dict[str, asyncio.Task[None]] = {}

    def nudge(self) -> None:
        """Something new is due, or time runs differently now."""
        self._nudged.set()

    def answering(self) -> "Answering":
        """While a request is answered; nothing of its call happens before its answer."""
        return Answering(self)

    def begin(self) -> int:
        """The time of a request that has come in: what fell due before it has happened by then."""
        if self._flowing() and not self._unanswered:
            self._catch_up(SHARE)
        self._unanswered += 1
        return self.clock.now()

    def end(self) -> None:
        self._unanswered -= 1
        self._hasten()

    async def run(self) -> None:
        """Play what falls due, as long as time flows by itself."""
        while True:
            await asyncio.sleep(0)
            self._nudged.clear()
            if self._flowing() and not self._unanswered:
                self._catch_up(BREATH)
            pause = self._pause()
            due = self.store.peek() if pause else None
            self._until = due.at if due else NEVER
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._nudged.wait()

    def once(self, by: int) -> bool:
        """Play the next thing, if there is one that is due by then."""
        due = self.store.peek()
        if due is None or due.at > by:
            return False
        self._step(due)
        return True

    async def hurry(self, now: int) -> None:
        """What is due at the instant of a request, before its answer: a story has asked for it."""
        while (due := self.store.peek()) and due.at <= now and not self.stopping:
            self._step(due)
            await self.settled()

    async def advance(self, to: int | None, met: Callable[[], bool] = never) -> Advanced:
        """Jump to a moment, or until nothing is due any more, playing all that lies between.

        It ends early, where it is, as soon as `met` is true.

        Raises:
            Advancing: one advance at a time.
        """
        if self.advancing:
            raise Advancing
        self.advancing = True
        try:
            return await self._advanced(to, met)
        finally:
            self.advancing = False
            self.nudge()

    async def stop(self) -> None:
        """An advance ends where it is, and nothing is out any more."""
        self.stopping = True
        await self.quiet()

    async def quiet(self) -> None:
        """Stop what is out on its way, and wait until it has stopped."""
        for task in self._out:
            task.cancel()
        await asyncio.gather(*self._out, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until every webhook that is out has been answered or has failed."""
        while self._out:
            await asyncio.wait(self._out)

    def failed(self, error: BaseException, call: str = "") -> None:
        """A fault of our own is a fact like any other."""
        self.store.record(JournalEntry(self.clock.now(), "error", call, error))

    def _hasten(self) -> None:
        """Wake who plays, if something is due before the moment for which that one sleeps."""
        due = None if self.clock.manual else self.store.peek()
        if due and due.at < self._until:
            self.nudge()

    def _flowing(self) -> bool:
        return not self.clock.manual and not self.advancing

    def _catch_up(self, most: int) -> None:
        played = 0
        while (due := self.store.peek()) and self._reached(due):
            self._step(due)
            played += 1
            if played == most:
                self.nudge()
                return

    def _reached(self, due: Due) -> bool:
        return due.at <= self.clock.now() or (self.clock.instant and not self._booked(due))

    def _booked(self, due: Due) -> bool:
        """A start for which the client itself asked: the one thing that `instant` waits for."""
        call = self.store.calls.get(due.subject)
        return call is not None and call.phase == "placed" and not call.attempts

    def _pause(self) -> float | None:
        due = self.store.peek()
        if due is None or self._unanswered or not self._flowing():
            return None
        return 0 if self._reached(due) else self.clock.real_seconds_until(due.at)

    def _step(self, due: Due) -> None:
        self.clock.jump(due.at)
        try:
            delivery = step(self.store)
        except Exception as error:  # noqa: BLE001 - a fault of our own must not stop the clock
            self.failed(error, due.subject)
            return
        if delivery:
            call = delivery.webhook.call_id
            task = owned(self._deliver(delivery, self._last.get(call)), self.failed)
            self._out.add(task)
            self._last[call] = task
            task.add_done_callback(partial(self._is_back, call))

    def _is_back(self, call: str, task: asyncio.Task[None]) -> None:
        self._out.remove(task)
        if self._last.get(call) is task:
            del self._last[call]

    async def _deliver(self, delivery: Delivery, before: asyncio.Task[None] | None) -> None:
        """The webhooks of one call leave one after another, in the order of the story."""
        if before:
            await asyncio.wait([before])
        answer = await self.courier.carry(delivery)
        settle(self.store, delivery, answer, self.clock.now())
        self._hasten()

    async def _advanced(self, to: int | None, met: Callable[[], bool]) -> Advanced:
        """Time stands still while a webhook is out, so that order and journal stay the same."""
        epoch, events, attempts = self.store.epoch, 0, 0
        horizon = self.clock.now() + HORIZON if to is None else to
        await self.settled()
        if met():
            return Advanced(events, attempts, None)
        while (due := self.store.peek()) and due.at <= horizon and self.store.epoch == epoch:
            if self.stopping or (events == EVENTS and to is None):
                break
            self._step(due)
            events += 1
            attempts += len(self._out)
            await self.settled()
            if met():
                return Advanced(events, attempts, None)
            if events % BREATH == 0:
                await asyncio.sleep(0)
        if self.store.epoch != epoch or self.stopping:
            return Advanced(events, attempts, "stop" if self.stopping else "reset")
        if to is None:
            return Advanced(events, attempts, "limit" if due else None)
        self.clock.jump(to)
        return Advanced(events, attempts, None)
