"""An advance that ends where it is, as soon as something has come about."""

import asyncio
from collections.abc import Callable

import pytest

from mockserver.core.time import HOUR
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.clock import Clock
from mockserver.runtime.scheduler import AdvanceResult, Scheduler, never
from tests.support import read
from tests.support.simulation import START, click_to_call

Met = Callable[[SandboxState], bool]


class Postman:
    """Answers 200 when it is let; says when a delivery is out."""

    def __init__(self) -> None:
        self.out, self.let = asyncio.Event(), asyncio.Event()
        self.let.set()

    async def deliver(self, _: Delivery) -> DeliveryResult:
        self.out.set()
        await self.let.wait()
        return DeliveryResult(status=200)


def driver(state: SandboxState, mode: str = "manual", postman: Postman | None = None) -> Scheduler:
    """One whose real clock stands still."""
    return Scheduler(state, Clock(mode, START, lambda: 0.0), postman or Postman())


def verb(wanted: str) -> Met:
    return lambda state: any(event.type == wanted for event in read.calls(state)["c1"].events)


def delivered(state: SandboxState) -> bool:
    return [one.state for one in read.deliveries(state).values()] == ["delivered"]


def advanced(
    state: SandboxState, to: int | None, met: Met, mode: str = "manual"
) -> tuple[AdvanceResult, int]:
    """What an advance of one call told, and where the clock is then."""
    click_to_call(state)
    time = driver(state, mode)
    done = asyncio.run(time.advance(to, lambda: met(state)))
    assert not time.is_advancing
    return done, time.clock.now() - START


MOMENTS = [
    (verb("begin"), AdvanceResult(events=1, attempts=0, stop_reason=None), 0),
    (verb("ring"), AdvanceResult(events=2, attempts=0, stop_reason=None), 0),
    (verb("answer"), AdvanceResult(events=3, attempts=0, stop_reason=None), 2_000),
    (verb("bridge"), AdvanceResult(events=5, attempts=0, stop_reason=None), 4_000),
    (verb("ended"), AdvanceResult(events=6, attempts=0, stop_reason=None), 10_000),
    (delivered, AdvanceResult(events=7, attempts=1, stop_reason=None), 10_000),
]


WAYS = [(to, mode) for to in (None, START + HOUR) for mode in ("manual", "real", "60x", "instant")]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("met", "done", "at"), MOMENTS)
def test_advance_ends_where_it_is_met(
    state: SandboxState, met: Met, done: AdvanceResult, at: int, way: tuple[int | None, str]
) -> None:
    to, mode = way
    assert advanced(state, to, met, mode) == (done, at)


@pytest.mark.parametrize(
    ("to", "done", "at"),
    [
        (START, AdvanceResult(events=2, attempts=0, stop_reason=None), 0),
        (START + 9_999, AdvanceResult(events=5, attempts=0, stop_reason=None), 9_999),
        (START + HOUR, AdvanceResult(events=7, attempts=1, stop_reason=None), HOUR),
        (None, AdvanceResult(events=7, attempts=1, stop_reason=None), 10_000),
    ],
)
def test_advance_that_is_never_met_goes_all_the_way(
    state: SandboxState, to: int | None, done: AdvanceResult, at: int
) -> None:
    assert advanced(state, to, lambda _: False) == (done, at)


def test_never_is_never() -> None:
    assert not never()


@pytest.mark.parametrize("to", [None, START, START + HOUR])
def test_advance_that_is_met_already_does_nothing(state: SandboxState, to: int | None) -> None:
    assert advanced(state, to, lambda _: True) == (
        AdvanceResult(events=0, attempts=0, stop_reason=None),
        0,
    )
    assert [event.type for event in read.calls(state)["c1"].events] == ["placed"]


def test_advance_is_met_by_a_webhook_that_was_out_before(state: SandboxState) -> None:
    """It waits for the answer, and what is due after that stays due."""

    async def scenario() -> AdvanceResult:
        postman = Postman()
        time = driver(state, "manual", postman)
        click_to_call(state, "callee-busy")
        postman.let.clear()
        first = asyncio.create_task(time.advance(None))
        await postman.out.wait()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        click_to_call(state, now=time.clock.now())
        second = asyncio.create_task(time.advance(None, lambda: delivered(state)))
        await asyncio.sleep(0)
        assert not second.done()
        postman.let.set()
        done = await second
        now.append(time.clock.now() - START)
        return done

    now: list[int] = []
    assert asyncio.run(scenario()) == AdvanceResult(events=0, attempts=0, stop_reason=None)
    assert (now, [event.type for event in read.calls(state)["c2"].events]) == ([5_000], ["placed"])


def test_advance_looks_after_each_event(state: SandboxState) -> None:
    seen: list[int] = []

    def met(state: SandboxState) -> bool:
        seen.append(read.entry_count(state))
        return False

    advanced(state, None, met)
    assert len(seen) == 1 + 7
    assert seen == sorted(set(seen))


def test_advance_goes_on_from_where_it_was_met(state: SandboxState) -> None:
    done, _ = advanced(state, None, verb("answer"))
    rest = asyncio.run(driver(state).advance(None))
    assert (done.events + rest.events, rest.attempts) == (7, 1)


def test_advance_is_over_when_the_look_fails(state: SandboxState) -> None:
    def broken() -> bool:
        raise LookupError

    click_to_call(state)
    time = driver(state)
    with pytest.raises(LookupError):
        asyncio.run(time.advance(None, broken))
    assert asyncio.run(time.advance(START)) == AdvanceResult(events=2, attempts=0, stop_reason=None)
