"""Thousands of calls that sleep cost one timer, hold up nobody, and all come to their end."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextvars import Context
from typing import Any, TypeVarTuple

import pytest

from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import step
from mockserver.runtime import scheduler
from mockserver.runtime.clock import Clock
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.scheduler import MAX_PER_REQUEST, YIELD_EVERY, AdvanceResult, Scheduler
from mockserver.runtime.waits import wait_until
from tests.support import read
from tests.support.simulation import START, click_to_call

Given = TypeVarTuple("Given")

MANY, LIVES = 3_000, 10_000
BOUND = 60.0
"""Real seconds that a test may take at the most."""


class Pleased:
    """Every receiver answers at once."""

    async def deliver(self, _: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200)


class Counting(asyncio.SelectorEventLoop):
    """An event loop that knows its timers."""

    def __init__(self) -> None:
        super().__init__()
        self.timers: list[asyncio.TimerHandle] = []

    def call_at(
        self,
        when: float,
        callback: Callable[[*Given], object],
        *args: *Given,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = super().call_at(when, callback, *args, context=context)
        self.timers.append(timer)
        return timer

    def running(self) -> int:
        later = (timer for timer in self.timers if timer.when() > self.time())
        return sum(not timer.cancelled() for timer in later)


def crowded(configuration: Configuration, mode: str, many: int = MANY) -> Sandbox:
    """A sandbox in which so many calls are placed at the same instant."""
    sandbox = Sandbox("default", configuration, Timing(mode=mode, start=START), Pleased())
    for _ in range(many):
        click_to_call(sandbox.state)
    return sandbox


async def turns(sandbox: Sandbox, count: int) -> Counter[int]:
    """How often a coroutine that has nothing to do found so many facts more in its turn."""
    growth: Counter[int] = Counter()
    for _ in range(count):
        before = read.entry_count(sandbox.state)
        await asyncio.sleep(0)
        growth[read.entry_count(sandbox.state) - before] += 1
    return growth


def test_sleeping_calls_cost_one_timer_and_hold_up_nobody(configuration: Configuration) -> None:
    """The clock runs as in `real` but stands, so that they go on sleeping while this looks."""

    async def scenario() -> tuple[Counter[int], list[Any]]:
        sandbox.start()
        begun = await turns(sandbox, 200)
        verbs = Counter(call.events[-1].type for call in read.calls(sandbox.state).values())
        asleep = [verbs, len(list(read.pending_items(sandbox.state))), len(asyncio.all_tasks())]
        asleep.append(loops[0].running())
        trivial = asyncio.create_task(asyncio.sleep(0, "healthy"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asleep.append(trivial.done())
        await sandbox.stop()
        return begun, asleep

    def factory() -> Counting:
        loops.append(Counting())
        return loops[0]

    loops: list[Counting] = []
    sandbox = crowded(configuration, "real")
    sandbox.scheduler.clock = Clock("real", START, lambda: 0.0)
    with asyncio.Runner(loop_factory=factory) as runner:
        begun, asleep = runner.run(scenario())
    # the driver and this test are all tasks that there are
    assert asleep == [{"ring": MANY}, MANY, 2, 1, True]
    # each of them begins and rings, and meanwhile everybody has a turn
    assert begun == {YIELD_EVERY: 2 * MANY / YIELD_EVERY, 0: 200 - 2 * MANY / YIELD_EVERY}


def test_advance_gives_everybody_a_turn_after_a_few_steps(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps are counted, not time: nobody who asks meanwhile waits for more of them."""

    async def scenario() -> tuple[list[int], AdvanceResult]:
        advancing = asyncio.create_task(sandbox.scheduler.advance(None))
        between = list[int]()
        while not advancing.done():
            played.append(0)
            await asyncio.sleep(0)
            between.append(played[-1])
        return between, await advancing

    def counted(state: SandboxState) -> Delivery | None:
        played[-1] += 1
        return step(state)

    played = list[int]()
    monkeypatch.setattr(scheduler, "step", counted)
    sandbox = crowded(configuration, "manual")
    between, advanced = asyncio.run(scenario())
    steps = 7 * MANY  # six of a call, and its webhook
    assert (sum(between), advanced) == (
        steps,
        AdvanceResult(events=steps, attempts=MANY, stop_reason=None),
    )
    assert max(between) == YIELD_EVERY


def test_calls_at_sixty_times_the_pace_all_end(configuration: Configuration) -> None:
    def over() -> bool:
        return (
            sum(one.state == "delivered" for one in read.deliveries(sandbox.state).values()) == MANY
        )

    async def scenario() -> bool:
        sandbox.start()
        met = await wait_until(sandbox, over, BOUND, None)
        await sandbox.stop()
        return met

    sandbox = crowded(configuration, "60x")
    assert asyncio.run(scenario())
    assert {call.outcome for call in read.calls(sandbox.state).values()} == {"completed"}
    assert {call.ended_at for call in read.calls(sandbox.state).values()} == {START + 10_000}
    assert read.peek(sandbox.state) is None


def test_many_requests_in_one_turn_do_not_each_play_all_that_is_due(
    configuration: Configuration,
) -> None:
    """Whoever is out on its way needs the turns of the event loop; the driver plays on in each."""

    async def scenario() -> list[int]:
        facts = []
        for _ in range(3):
            before = read.entry_count(state)
            with scheduler.request_scope():
                facts.append(read.entry_count(state) - before)
        return facts

    state = SandboxState(configuration, START)
    scheduler = Scheduler(state, Clock("real", START, lambda: 0.0), Pleased())
    for _ in range(MAX_PER_REQUEST):
        click_to_call(state)
    assert asyncio.run(scenario()) == [MAX_PER_REQUEST, MAX_PER_REQUEST, 0]


def test_ten_thousand_due_at_one_instant_all_happen_in_order(configuration: Configuration) -> None:
    """They begin in the same millisecond; whoever has nothing to do has a turn meanwhile."""

    async def scenario() -> Counter[int]:
        sandbox.start()
        growth = await turns(sandbox, 1 + 2 * LIVES // YIELD_EVERY)
        await sandbox.stop()
        return growth

    def heard(fact: JournalEntry) -> None:
        if isinstance(fact.payload, Event):
            told.append((fact.at, fact.payload.type, fact.call_id))

    told: list[tuple[int, str, str]] = []
    sandbox = crowded(configuration, "real", LIVES)
    read.subscribers(sandbox.state).append(heard)
    sandbox.scheduler.clock = Clock("real", START, lambda: 0.0)
    growth = asyncio.run(scenario())
    names = [f"c{number}" for number in range(1, LIVES + 1)]
    assert told == [(START, verb, name) for verb in ("begin", "ring") for name in names]
    assert growth == {0: 1, YIELD_EVERY: 2 * LIVES // YIELD_EVERY}
