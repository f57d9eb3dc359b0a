"""An advance with a condition ends as soon as the condition is met."""

import asyncio
from collections.abc import Callable

import pytest

from mockserver.core.time import HOUR
from mockserver.core.webhook import Dispatcher
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.advances import AdvanceResult, never_met
from mockserver.runtime.clock import Clock
from mockserver.runtime.scheduler import Scheduler
from tests.support import read
from tests.support.dispatchers import AcceptingDispatcher, GatedDispatcher
from tests.support.fake_clock import FakeClock
from tests.support.schedulers import has_delivered, has_event
from tests.support.simulation import START, click_to_call

Condition = Callable[[SandboxState], bool]


def build_scheduler(
    state: SandboxState, mode: str = "manual", dispatcher: Dispatcher | None = None
) -> Scheduler:
    """Build a scheduler whose real clock stands still."""
    return Scheduler(state, Clock(mode, START, FakeClock()), dispatcher or AcceptingDispatcher())


def place_and_advance(
    state: SandboxState, to: int | None, condition: Condition, mode: str = "manual"
) -> tuple[AdvanceResult, int]:
    """Place a call and advance; return the result and the time since the start (ms)."""
    click_to_call(state)
    scheduler = build_scheduler(state, mode)
    result = asyncio.run(scheduler.advance(to, lambda: condition(state)))
    assert not scheduler.is_advancing
    return result, scheduler.clock.now() - START


CONDITIONS = [
    (has_event("begin"), AdvanceResult(events=1, attempts=0, stop_reason=None), 0),
    (has_event("ring"), AdvanceResult(events=2, attempts=0, stop_reason=None), 0),
    (has_event("answer"), AdvanceResult(events=3, attempts=0, stop_reason=None), 2_000),
    (has_event("bridge"), AdvanceResult(events=5, attempts=0, stop_reason=None), 4_000),
    (has_event("ended"), AdvanceResult(events=6, attempts=0, stop_reason=None), 10_000),
    (has_delivered, AdvanceResult(events=7, attempts=1, stop_reason=None), 10_000),
]


ADVANCES = [
    (to, mode) for to in (None, START + HOUR) for mode in ("manual", "real", "60x", "instant")
]


@pytest.mark.parametrize("target", ADVANCES)
@pytest.mark.parametrize(("condition", "expected", "at"), CONDITIONS)
def test_an_advance_ends_as_soon_as_its_condition_is_met(
    state: SandboxState,
    condition: Condition,
    expected: AdvanceResult,
    at: int,
    target: tuple[int | None, str],
) -> None:
    to, mode = target
    assert place_and_advance(state, to, condition, mode) == (expected, at)


@pytest.mark.parametrize(
    ("to", "expected", "at"),
    [
        (START, AdvanceResult(events=2, attempts=0, stop_reason=None), 0),
        (START + 9_999, AdvanceResult(events=5, attempts=0, stop_reason=None), 9_999),
        (START + HOUR, AdvanceResult(events=7, attempts=1, stop_reason=None), HOUR),
        (None, AdvanceResult(events=7, attempts=1, stop_reason=None), 10_000),
    ],
)
def test_an_advance_with_an_unmet_condition_runs_to_its_end(
    state: SandboxState, to: int | None, expected: AdvanceResult, at: int
) -> None:
    assert place_and_advance(state, to, lambda _: False) == (expected, at)


def test_the_default_condition_is_never_met() -> None:
    assert not never_met()


@pytest.mark.parametrize("to", [None, START, START + HOUR])
def test_an_advance_whose_condition_is_already_met_runs_nothing(
    state: SandboxState, to: int | None
) -> None:
    assert place_and_advance(state, to, lambda _: True) == (
        AdvanceResult(events=0, attempts=0, stop_reason=None),
        0,
    )
    assert [event.type for event in read.calls(state)["c1"].events] == ["placed"]


def test_a_delivery_in_flight_before_the_advance_can_meet_its_condition(
    state: SandboxState,
) -> None:
    """The advance waits for its result; everything due later stays scheduled."""

    async def run() -> AdvanceResult:
        dispatcher = GatedDispatcher()
        scheduler = build_scheduler(state, "manual", dispatcher)
        click_to_call(state, "callee-busy")
        dispatcher.gate.clear()
        first = asyncio.create_task(scheduler.advance(None))
        await dispatcher.started.wait()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        click_to_call(state, now=scheduler.clock.now())
        second = asyncio.create_task(scheduler.advance(None, lambda: has_delivered(state)))
        await asyncio.sleep(0)
        assert not second.done()
        dispatcher.gate.set()
        result = await second
        times.append(scheduler.clock.now() - START)
        return result

    times: list[int] = []
    assert asyncio.run(run()) == AdvanceResult(events=0, attempts=0, stop_reason=None)
    assert (times, [event.type for event in read.calls(state)["c2"].events]) == (
        [5_000],
        ["placed"],
    )


def test_the_condition_is_checked_after_each_event(state: SandboxState) -> None:
    entry_counts: list[int] = []

    def condition(state: SandboxState) -> bool:
        entry_counts.append(read.entry_count(state))
        return False

    place_and_advance(state, None, condition)
    assert len(entry_counts) == 1 + 7
    assert entry_counts == sorted(set(entry_counts))


def test_a_second_advance_continues_where_the_condition_was_met(state: SandboxState) -> None:
    first, _ = place_and_advance(state, None, has_event("answer"))
    second = asyncio.run(build_scheduler(state).advance(None))
    assert (first.events + second.events, second.attempts) == (7, 1)


def test_an_advance_ends_when_its_condition_raises(state: SandboxState) -> None:
    def fail() -> bool:
        raise LookupError

    click_to_call(state)
    scheduler = build_scheduler(state)
    with pytest.raises(LookupError):
        asyncio.run(scheduler.advance(None, fail))
    assert asyncio.run(scheduler.advance(START)) == AdvanceResult(
        events=2, attempts=0, stop_reason=None
    )
