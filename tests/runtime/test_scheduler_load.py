"""Thousands of calls use one timer, delay no other task, and all end."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextvars import Context
from typing import Any, TypeVarTuple

import pytest

from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.runtime import scheduler
from mockserver.runtime.advances import AdvanceResult
from mockserver.runtime.clock import Clock
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.scheduler import MAX_PER_REQUEST, YIELD_EVERY, Scheduler
from mockserver.runtime.waits import wait_until
from tests.support import read
from tests.support.dispatchers import AcceptingDispatcher
from tests.support.fake_clock import FakeClock
from tests.support.simulation import START, click_to_call

Args = TypeVarTuple("Args")

CALLS, DUE_CALLS = 3_000, 10_000
MAX_SECONDS = 60.0
"""Real seconds that a test may take."""


class TimerLoop(asyncio.SelectorEventLoop):
    """An event loop that records its timers."""

    def __init__(self) -> None:
        super().__init__()
        self.timers: list[asyncio.TimerHandle] = []

    def call_at(
        self,
        when: float,
        callback: Callable[[*Args], object],
        *args: *Args,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = super().call_at(when, callback, *args, context=context)
        self.timers.append(timer)
        return timer

    def pending_timer_count(self) -> int:
        future = (timer for timer in self.timers if timer.when() > self.time())
        return sum(not timer.cancelled() for timer in future)


def build_busy_sandbox(configuration: Configuration, mode: str, count: int = CALLS) -> Sandbox:
    """Build a sandbox in which `count` calls are placed at the same instant."""
    sandbox = Sandbox(
        "default", configuration, Timing(mode=mode, start=START), AcceptingDispatcher()
    )
    for _ in range(count):
        click_to_call(sandbox.state)
    return sandbox


async def count_entries_per_turn(sandbox: Sandbox, count: int) -> Counter[int]:
    """Count the turns of the event loop by the number of journal entries added in them."""
    growth: Counter[int] = Counter()
    for _ in range(count):
        before = read.entry_count(sandbox.state)
        await asyncio.sleep(0)
        growth[read.entry_count(sandbox.state) - before] += 1
    return growth


def test_thousands_of_waiting_calls_use_one_timer_and_delay_no_other_task(
    configuration: Configuration,
) -> None:
    """The real clock stands still, so that the calls go on waiting."""

    async def run() -> tuple[Counter[int], list[Any]]:
        sandbox.start()
        turns = await count_entries_per_turn(sandbox, 200)
        event_types = Counter(call.events[-1].type for call in read.calls(sandbox.state).values())
        observed = [
            event_types,
            len(list(read.pending_items(sandbox.state))),
            len(asyncio.all_tasks()),
        ]
        observed.append(loops[0].pending_timer_count())
        other = asyncio.create_task(asyncio.sleep(0, "healthy"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        observed.append(other.done())
        await sandbox.stop()
        return turns, observed

    def build_loop() -> TimerLoop:
        loops.append(TimerLoop())
        return loops[0]

    loops: list[TimerLoop] = []
    sandbox = build_busy_sandbox(configuration, "real")
    sandbox.scheduler.clock = Clock("real", START, FakeClock())
    with asyncio.Runner(loop_factory=build_loop) as runner:
        turns, observed = runner.run(run())
    # the only tasks are the scheduler and this test
    assert observed == [{"ring": CALLS}, CALLS, 2, 1, True]
    # each call begins and rings, and other tasks run in between
    assert turns == {YIELD_EVERY: 2 * CALLS / YIELD_EVERY, 0: 200 - 2 * CALLS / YIELD_EVERY}


def test_an_advance_yields_after_a_fixed_number_of_steps(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counts steps, not time: no request waits for more of them."""

    async def run() -> tuple[list[int], AdvanceResult]:
        advance = asyncio.create_task(sandbox.scheduler.advance(None))
        steps_per_turn = list[int]()
        while not advance.done():
            step_counts.append(0)
            await asyncio.sleep(0)
            steps_per_turn.append(step_counts[-1])
        return steps_per_turn, await advance

    def count_step(state: SandboxState) -> Delivery | None:
        step_counts[-1] += 1
        return run_due_item(state)

    step_counts = list[int]()
    monkeypatch.setattr(scheduler, "run_due_item", count_step)
    sandbox = build_busy_sandbox(configuration, "manual")
    steps_per_turn, result = asyncio.run(run())
    steps = 7 * CALLS  # six per call, and its webhook
    assert (sum(steps_per_turn), result) == (
        steps,
        AdvanceResult(events=steps, attempts=CALLS, stop_reason=None),
    )
    assert max(steps_per_turn) == YIELD_EVERY


def test_thousands_of_calls_at_sixty_times_real_time_all_complete(
    configuration: Configuration,
) -> None:
    def all_delivered() -> bool:
        deliveries = read.deliveries(sandbox.state).values()
        return sum(delivery.state == "delivered" for delivery in deliveries) == CALLS

    async def run() -> bool:
        sandbox.start()
        met = await wait_until(sandbox, all_delivered, MAX_SECONDS, None)
        await sandbox.stop()
        return met

    sandbox = build_busy_sandbox(configuration, "60x")
    assert asyncio.run(run())
    assert {call.outcome for call in read.calls(sandbox.state).values()} == {"completed"}
    assert {call.ended_at for call in read.calls(sandbox.state).values()} == {START + 10_000}
    assert read.peek(sandbox.state) is None


def test_requests_without_a_yield_between_them_run_a_bounded_number_of_due_items(
    configuration: Configuration,
) -> None:
    """Deliveries in flight need turns of the event loop; the scheduler goes on in each."""

    async def run() -> list[int]:
        growth = []
        for _ in range(3):
            before = read.entry_count(state)
            with scheduler.request_scope():
                growth.append(read.entry_count(state) - before)
        return growth

    state = SandboxState(configuration, START)
    scheduler = Scheduler(state, Clock("real", START, FakeClock()), AcceptingDispatcher())
    for _ in range(MAX_PER_REQUEST):
        click_to_call(state)
    assert asyncio.run(run()) == [MAX_PER_REQUEST, MAX_PER_REQUEST, 0]


def test_ten_thousand_calls_due_at_one_instant_begin_in_order(configuration: Configuration) -> None:
    """Other tasks run in between."""

    async def run() -> Counter[int]:
        sandbox.start()
        growth = await count_entries_per_turn(sandbox, 1 + 2 * DUE_CALLS // YIELD_EVERY)
        await sandbox.stop()
        return growth

    def record(entry: JournalEntry) -> None:
        if isinstance(entry.payload, Event):
            events.append((entry.at, entry.payload.type, entry.call_id))

    events: list[tuple[int, str, str]] = []
    sandbox = build_busy_sandbox(configuration, "real", DUE_CALLS)
    sandbox.state.journal.subscribe(record)
    sandbox.scheduler.clock = Clock("real", START, FakeClock())
    growth = asyncio.run(run())
    names = [f"c{number}" for number in range(1, DUE_CALLS + 1)]
    assert events == [
        (START, event_type, name) for event_type in ("begin", "ring") for name in names
    ]
    assert growth == {0: 1, YIELD_EVERY: 2 * DUE_CALLS // YIELD_EVERY}
