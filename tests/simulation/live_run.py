"""The run of one seed with the scheduler, the dispatcher and its connections, on jumping clocks."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from operator import add
from random import Random
from types import SimpleNamespace
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from mockserver.core.configuration import Configuration
from mockserver.core.time import MAX_TIME
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.delivery import dispatcher as dispatcher_module
from mockserver.delivery import target_resolver
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.engine.pipeline import handle
from mockserver.runtime import clock as clock_module
from mockserver.runtime.advances import AdvanceInProgress
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.waits import wait_until
from tests.simulation.clock_model import ClockModel, WallTime
from tests.simulation.connected_receivers import BAD, GOOD, Received, Receiver
from tests.simulation.runner import START, Run, RunResult
from tests.simulation.virtual_loop import ATTEMPT, AttemptKey, VirtualLoop
from tests.support import read
from tests.support.simulation import build_click_to_call

ACTION_COUNT: Final = 40
FIRST_PORT: Final = 8_001
MODES: Final = ("real", "real", "real", "instant", "60x", "manual", "manual")
JUMPS: Final = (-86_400.0, -3_600.0, -61.0, -1.5, -0.5, 0.5, 2.0, 61.0, 3_600.0, 2 * 86_400.0)
"""Seconds by which the wall clock jumps."""

PAUSES: Final = (0.5, 3.0, 30.0)
"""Seconds for which the process is suspended."""

DISTURBED: Final = 30.0
"""Seconds after which a receiver has served the connections that were ended before their turn."""

HOUR: Final = 3_600_000
LONGEST: Final = 86_400.0
"""Seconds within which everything that a client waits for has to end."""


class EndedWait(NamedTuple):
    """A wait of `timeout` seconds, during which the process ran for `taken` seconds."""

    timeout: float
    taken: float


class LiveResult(NamedTuple):
    """What a run leaves: its history, what receivers know, and what broke a rule at once."""

    run: RunResult
    received: Received
    to_good: set[AttemptKey]
    """Attempts at a good receiver, neither during nor soon after a pause or a reset."""
    waits: list[EndedWait]
    set_backs: Counter[int]
    """Epoch -> how often the wall clock was set back in a mode that follows it."""
    delivery_states: Mapping[str, str]
    problems: list[str]


class NamelessResolver:
    """Finds no address of any name."""

    async def resolve(self, _: str) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        pass


class LiveRun(Run):
    """A sandbox, receivers that treat connections in all manners, and the actions on both."""

    def __init__(
        self, configuration: Configuration, seed: int, loop: VirtualLoop, wall: WallTime
    ) -> None:
        self.loop, self.wall = loop, wall
        setting = Random(f"live {seed}")  # noqa: S311 - repeatable on purpose
        self.received = Received()
        self.receivers = build_receivers(setting, self.received)
        loop.listeners = self.receivers
        self.hooks = [f"http://127.0.0.1:{port}/hook" for port in self.receivers]
        targets = {name: setting.choice(self.hooks) for name in configuration.providers}
        self.dispatcher = WebhookDispatcher("http://127.0.0.1:1")
        self.sandbox = Sandbox(
            "main",
            configuration._replace(seed=str(seed), webhook_targets=targets),
            Timing(mode=setting.choice(MODES), start=setting.choice((START, None))),
            self,
        )
        super().__init__(configuration, seed, self.sandbox.state)
        self.clients: set[asyncio.Task[None]] = set()
        self.in_flight: set[AttemptKey] = set()
        self.to_good: set[AttemptKey] = set()
        self.waits: list[EndedWait] = []
        self.set_backs: Counter[int] = Counter()
        self.paused = self.disturbed_until = 0.0
        self.problems: list[str] = []
        self.model = ClockModel(self.wall)

    def hook(self) -> str:
        return self.chance.choice(self.hooks)

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        """Make an attempt as the dispatcher of the sandbox, and record it."""
        self.now = self.sandbox.clock.now()
        self.record_attempt(delivery)
        if delivery.epoch != self.state.epoch:
            self.problems.append(f"{delivery.id} is sent after a reset")
        key = (delivery.epoch, delivery.id, len(delivery.attempts) + 1)
        ATTEMPT.set(key)
        if self.loop.time() >= self.disturbed_until and self._is_to_good(delivery.webhook.url):
            self.to_good.add(key)
        self.in_flight.add(key)
        try:
            return await self.dispatcher.deliver(delivery)
        finally:
            self.in_flight.remove(key)

    def _is_to_good(self, url: str) -> bool:
        return any(
            receiver.is_good and url == hook
            for hook, receiver in zip(self.hooks, self.receivers.values(), strict=True)
        )

    async def play_live(self) -> LiveResult:
        self.sandbox.start()
        self.model.begin(self.sandbox.clock)
        for _ in range(ACTION_COUNT):
            action = self.chance.choices(tuple(LIVE_ACTIONS), tuple(LIVE_ACTIONS.values()))[0]
            await action(self)
            await asyncio.sleep(0)
            self._check_clock()
        await self._finish_live()
        return LiveResult(
            self.build_result(),
            self.received,
            self.to_good,
            self.waits,
            self.set_backs,
            {name: each.state for name, each in read.deliveries(self.state).items()},
            self.problems,
        )

    async def _finish_live(self) -> None:
        """Let the waits end, and run until nothing is due; then end everything."""
        self._start(asyncio.sleep(0))
        ended, endless = await asyncio.wait(self.clients, timeout=LONGEST)
        self.problems.extend("a wait or an advance does not end" for _ in endless)
        self.problems.extend(repr(task.exception()) for task in ended if task.exception())
        self.sandbox.set_clock_mode("manual")
        async with asyncio.timeout(LONGEST):
            await self.sandbox.scheduler.advance(MAX_TIME)
        await asyncio.sleep(60)
        self.problems.extend("a connection is left open" for _ in self.loop.open_transports)
        await self.sandbox.stop()
        await self.dispatcher.close()
        tasks = [task for receiver in self.receivers.values() for task in receiver.tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.met.update(self.received.manners)
        known = sorted(self.received.counts.items()), sorted(self.received.statuses.items())
        self.digest.update(repr(known).encode())

    def _check_clock(self) -> None:
        if problem := self.model.check(self.sandbox.clock):
            self.problems.append(problem)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.clients.add(task)
        return task

    async def send_request(self) -> None:
        with self.sandbox.scheduler.request_scope() as self.now:
            self.request()

    async def send_burst(self) -> None:
        """Place calls that end at one instant, and whose webhooks go to one receiver."""
        scenario = self.chance.choice(("answered", "callee-busy", "no-answer"))
        for _ in range(self.chance.randrange(3, 16)):
            with self.sandbox.scheduler.request_scope() as self.now:
                incoming = build_click_to_call(self.state, scenario)
                self.record_exchange(handle(self.state, incoming, self.now), "mobtexting")

    async def send_leg_event(self) -> None:
        with self.sandbox.scheduler.request_scope() as self.now:
            self.apply_leg_event()

    async def send_redelivery(self) -> None:
        with self.sandbox.scheduler.request_scope() as self.now:
            self.redeliver()

    async def patch_account(self) -> None:
        with self.sandbox.scheduler.request_scope() as self.now:
            self.change_account()

    async def pass_time(self) -> None:
        await asyncio.sleep(self.chance.choice((0.05, 1.0, 5.0, 20.0, 60.0)))

    async def jump(self) -> None:
        """Set the wall clock, as after the sleep of the machine or by hand."""
        seconds = self.chance.choice(JUMPS)
        self.wall.lead += seconds
        mode = "follows" if self.sandbox.clock.mode in ("real", "instant") else "does not follow"
        self.met[f"jump {'back' if seconds < 0 else 'forward'}, time {mode}"] += 1
        self.set_backs[self.state.epoch] += seconds < 0 and mode == "follows"

    async def pause(self) -> None:
        seconds = self.chance.choice(PAUSES)
        self.met["pause with webhooks out"] += bool(self.in_flight)
        self.loop.pause(seconds)
        self.paused += seconds
        self._disturb()

    def _disturb(self) -> None:
        """Expect nothing of good receivers while attempts of before may still occupy them."""
        self.to_good -= self.in_flight
        self.disturbed_until = self.loop.time() + DISTURBED

    async def set_mode(self) -> None:
        self.sandbox.set_clock_mode(self.chance.choice(MODES))
        self.met[f"mode {self.sandbox.clock.mode}"] += 1
        self.model.set_mode(self.sandbox.clock)

    async def start_advance(self) -> None:
        self._start(self._advance(self.chance.choice((1_000, 60_000, 3 * HOUR, None))))

    async def _advance(self, by: int | None) -> None:
        find_target: Callable[[int], int | None] = partial(add, by) if by else lambda _: None
        with self.model.unknown(), count_refusals(self.met):
            await self.sandbox.scheduler.advance_from_now(find_target)

    async def start_wait(self) -> None:
        count = self._count_delivered() + self.chance.randrange(1, 4)
        timeout = self.chance.choice((0.5, 5.0, 30.0))
        is_manual = self.sandbox.clock.is_manual
        advance = self.chance.choice((None, 60_000, 3 * HOUR)) if is_manual else None
        self._start(self._wait(lambda: self._count_delivered() >= count, timeout, advance))

    async def _wait(
        self,
        is_met: Callable[[], bool],
        timeout: float,  # noqa: ASYNC109 - the end of the wait is no error
        advance: int | None,
    ) -> None:
        start = self.loop.time() - self.paused
        with self.model.unknown(), count_refusals(self.met):
            found = await wait_until(self.sandbox, is_met, timeout, advance)
            self.met[f"wait {'ends early' if found else 'times out'}"] += 1
        self.waits.append(EndedWait(timeout, self.loop.time() - self.paused - start))

    def _count_delivered(self) -> int:
        return sum(each.state == "delivered" for each in read.deliveries(self.state).values())

    async def reset_live(self) -> None:
        self.met["reset with webhooks out"] += bool(self.in_flight)
        self._disturb()
        await self.sandbox.reset()
        self.model.begin(self.sandbox.clock)


@contextmanager
def count_refusals(met: Counter[str]) -> Iterator[None]:
    try:
        yield
    except AdvanceInProgress:
        met["advance refused"] += 1


def build_receivers(chance: Random, received: Received) -> dict[int, Receiver]:
    """Build seven receivers, of which one at least is good and one at least is moody."""
    moods = Random(chance.random())  # noqa: S311 - repeatable on purpose
    manners = [chance.choice(GOOD), *chance.choices(GOOD + BAD, k=5)]
    receivers = [Receiver(manner, received) for manner in manners]
    receivers.append(Receiver(chance.choice(GOOD), received, moods))
    return {FIRST_PORT + index: receiver for index, receiver in enumerate(receivers)}


LIVE_ACTIONS: Final[Mapping[Callable[[LiveRun], Awaitable[None]], int]] = {
    LiveRun.send_request: 40,
    LiveRun.send_burst: 3,
    LiveRun.pass_time: 30,
    LiveRun.start_advance: 10,
    LiveRun.start_wait: 8,
    LiveRun.jump: 8,
    LiveRun.set_mode: 5,
    LiveRun.send_leg_event: 8,
    LiveRun.send_redelivery: 4,
    LiveRun.patch_account: 4,
    LiveRun.pause: 2,
    LiveRun.reset_live: 1,
}
"""Action -> its weight."""


def run_live(configuration: Configuration, seed: int) -> LiveResult:
    """Run a seed on a loop and on clocks of its own."""

    async def play() -> LiveResult:
        wall = WallTime(loop)
        time = SimpleNamespace(monotonic=loop.time, time=wall, time_ns=wall.nanoseconds)
        with (
            patch.object(clock_module, "time", time),
            patch.object(dispatcher_module, "monotonic", loop.time),
            patch.object(target_resolver, "Resolver", NamelessResolver),
        ):
            return await LiveRun(configuration, seed, loop, wall).play_live()

    loop = VirtualLoop()
    try:
        return loop.run_until_complete(play())
    finally:
        loop.close()
