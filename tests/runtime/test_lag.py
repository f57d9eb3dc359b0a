"""How late due items run: counted once for what is due together, where time flows."""

import asyncio

import pytest

from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.clock import Clock
from mockserver.runtime.scheduler import Scheduler
from tests.support.dispatchers import RecordingDispatcher
from tests.support.event_loop import yield_to_tasks
from tests.support.fake_clock import FakeClock
from tests.support.schedulers import instant_scheduler, manual_scheduler, running_scheduler
from tests.support.simulation import START, click_to_call


@pytest.mark.parametrize(
    ("mode", "lag"),
    [("real", 1.5), ("60x", 0.05)],
)
def test_the_lag_is_the_real_time_since_the_first_due_item(
    state: SandboxState, mode: str, lag: float
) -> None:
    real_clock = FakeClock()
    scheduler = Scheduler(state, Clock(mode, START, real_clock), RecordingDispatcher())
    click_to_call(state)
    real_clock.seconds = lag
    scheduler.catch_up()
    assert sum(scheduler.lag.counts) == 1
    assert scheduler.lag.total == pytest.approx(lag)


def test_where_nothing_is_due_no_lag_is_counted(state: SandboxState) -> None:
    real_clock = FakeClock()
    scheduler = Scheduler(state, Clock("real", START, real_clock), RecordingDispatcher())
    scheduler.catch_up()
    assert sum(scheduler.lag.counts) == 0


def test_a_clock_that_waits_for_nothing_has_no_lag(state: SandboxState) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            click_to_call(state)
            await yield_to_tasks()

    real_clock = FakeClock()
    scheduler = instant_scheduler(state, RecordingDispatcher(), real_clock)
    asyncio.run(run())
    assert sum(scheduler.lag.counts) == 0


def test_an_advance_has_no_lag(state: SandboxState) -> None:
    scheduler = manual_scheduler(state)
    click_to_call(state)
    asyncio.run(scheduler.advance(None))
    assert sum(scheduler.lag.counts) == 0
