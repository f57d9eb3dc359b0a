"""Who waits for something is told at once when it has come about, or that it has not in time."""

import asyncio
from collections.abc import Callable

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.time import HOUR
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.scheduler import AdvanceInProgress
from mockserver.runtime.waits import wait_until
from tests.support import read
from tests.support.simulation import START, click_to_call

LONG = 60.0
"""Real seconds that no test waits for."""


class Postman:
    """Answers 200 when it is let; says when a delivery is out."""

    def __init__(self) -> None:
        self.out, self.let = asyncio.Event(), asyncio.Event()
        self.let.set()

    async def deliver(self, _: Delivery) -> DeliveryResult:
        self.out.set()
        await self.let.wait()
        return DeliveryResult(status=200)


@pytest.fixture
def box(configuration: Configuration) -> Sandbox:
    return Sandbox("default", configuration, Timing(mode="manual", start=START), Postman())


def told(box: Sandbox, kind: str = "news") -> None:
    box.state.record(JournalEntry(at=box.clock.now(), type=kind, call_id="", payload={}))


def kinds(box: Sandbox, wanted: str) -> Callable[[], bool]:
    return lambda: any(fact.type == wanted for fact in read.journal(box.state))


def verb(wanted: str) -> Callable[[SandboxState], bool]:
    return lambda state: any(event.type == wanted for event in read.calls(state)["c1"].events)


def delivered(state: SandboxState) -> bool:
    return any(one.state == "delivered" for one in read.deliveries(state).values())


async def turns(count: int = 50) -> None:
    """Give whoever is ready so many chances to go on."""
    for _ in range(count):
        await asyncio.sleep(0)


# --- without an advance --------------------------------------------------------------------------


@pytest.mark.parametrize("advance", [None, 0, HOUR])
@pytest.mark.parametrize("patience", [0.0, LONG])
def test_met_at_once_changes_nothing(box: Sandbox, patience: float, advance: int | None) -> None:
    click_to_call(box.state)
    told(box)
    before = read.entry_count(box.state)
    assert asyncio.run(wait_until(box, kinds(box, "news"), patience, advance))
    assert (box.clock.now(), read.entry_count(box.state), read.subscribers(box.state)) == (
        START,
        before,
        [],
    )


def test_met_by_a_fact_goes_on_in_the_next_turn(box: Sandbox) -> None:
    """Nothing but the event loop's own order stands between the fact and who waits for it."""

    async def scenario() -> bool:
        waiting = [
            asyncio.create_task(wait_until(box, kinds(box, "news"), LONG, None)) for _ in "abc"
        ]
        await turns()
        told(box)
        assert not any(one.done() for one in waiting)
        await asyncio.sleep(0)
        assert all(one.done() for one in waiting)
        return all([await one for one in waiting])

    assert asyncio.run(scenario())
    assert read.subscribers(box.state) == []


def test_other_facts_are_looked_at_and_waited_through(box: Sandbox) -> None:
    """Once for each turn, however many facts it has brought."""
    looks: list[int] = []

    def met() -> bool:
        looks.append(read.entry_count(box.state))
        return read.entry_count(box.state) == 7

    async def scenario() -> bool:
        waiting = asyncio.create_task(wait_until(box, met, LONG, None))
        await turns()
        for many in (1, 2, 3):
            for _ in range(many):
                told(box)
            await turns()
        assert not waiting.done()
        told(box)
        return await waiting

    assert asyncio.run(scenario())
    assert looks == [0, 1, 3, 6, 7]


def test_met_by_the_driver_as_time_flows(configuration: Configuration) -> None:
    async def scenario(flowing: Sandbox) -> bool:
        flowing.start()
        click_to_call(flowing.state)
        flowing.scheduler.wake()
        met = await wait_until(flowing, lambda: delivered(flowing.state), LONG, None)
        await flowing.stop()
        return met

    assert asyncio.run(
        scenario(Sandbox("t1", configuration, Timing(mode="instant", start=START), Postman()))
    )


@pytest.mark.parametrize("patience", [0.0, 0.01])
@pytest.mark.parametrize("advance", [None, HOUR])
def test_too_late(box: Sandbox, patience: float, advance: int | None) -> None:
    assert not asyncio.run(wait_until(box, lambda: False, patience, advance))
    assert (read.subscribers(box.state), box.scheduler.is_advancing) == ([], False)


def test_met_at_the_last_moment_without_a_fact(box: Sandbox) -> None:
    looks = iter((False, True))
    assert asyncio.run(wait_until(box, lambda: next(looks), 0.0, None))


def test_who_leaves_is_told_no_more(box: Sandbox) -> None:
    async def scenario() -> None:
        waiting = asyncio.create_task(wait_until(box, kinds(box, "news"), LONG, None))
        await turns()
        assert len(read.subscribers(box.state)) == 1
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(scenario())
    assert read.subscribers(box.state) == []


def test_who_was_sent_away_ends_in_time_all_the_same(box: Sandbox) -> None:
    async def scenario() -> bool:
        waiting = asyncio.create_task(wait_until(box, kinds(box, "news"), 0.01, None))
        await turns()
        read.subscribers(box.state).clear()
        told(box)
        return await waiting

    assert asyncio.run(scenario())  # a last look is taken


# --- with an advance -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("met", "at"),
    [
        (verb("placed"), 0),
        (verb("ring"), 0),
        (verb("answer"), 2_000),
        (verb("bridge"), 4_000),
        (verb("ended"), 10_000),
        (delivered, 10_000),
    ],
)
def test_advance_moves_only_as_far_as_needed(
    box: Sandbox, met: Callable[[SandboxState], bool], at: int
) -> None:
    click_to_call(box.state)
    assert asyncio.run(wait_until(box, lambda: met(box.state), LONG, HOUR))
    assert box.clock.now() == START + at


@pytest.mark.parametrize(("advance", "events"), [(0, 3), (1_999, 3), (2_000, 5), (HOUR, 11)])
def test_advance_that_does_not_reach_it_goes_no_further(
    box: Sandbox, advance: int, events: int
) -> None:
    """It then waits for somebody else to bring it about."""

    async def scenario() -> bool:
        waiting = asyncio.create_task(wait_until(box, kinds(box, "news"), LONG, advance))
        await turns()
        assert (box.clock.now(), box.scheduler.is_advancing) == (START + advance, False)
        told(box)
        return await waiting

    click_to_call(box.state)
    assert asyncio.run(scenario())
    assert len(read.calls(box.state)["c1"].events) == events


def test_advance_that_another_goes_on_with(box: Sandbox) -> None:
    async def scenario() -> bool:
        waiting = asyncio.create_task(
            wait_until(box, lambda: verb("answer")(box.state), LONG, 1_999)
        )
        await turns()
        await box.scheduler.advance(START + 2_000)
        return await waiting

    click_to_call(box.state)
    assert asyncio.run(scenario())


def test_advance_beside_another_one(configuration: Configuration) -> None:
    async def scenario() -> None:
        postman.let.clear()
        click_to_call(box.state)
        first = asyncio.create_task(wait_until(box, lambda: delivered(box.state), LONG, HOUR))
        await postman.out.wait()
        with pytest.raises(AdvanceInProgress):
            await wait_until(box, lambda: False, LONG, HOUR)
        assert await wait_until(box, lambda: True, LONG, HOUR)
        postman.let.set()
        assert await first

    postman = Postman()
    box = Sandbox("default", configuration, Timing(mode="manual", start=START), postman)
    asyncio.run(scenario())
    assert box.clock.now() == START + 10_000


def test_advance_that_is_out_of_time_leaves_the_webhook_on_its_way(
    configuration: Configuration,
) -> None:
    async def scenario() -> bool:
        postman.let.clear()
        click_to_call(box.state)
        met = await wait_until(box, lambda: delivered(box.state), 0.0, HOUR)
        await postman.out.wait()
        assert (box.scheduler.is_advancing, read.deliveries(box.state)["w1"].state) == (
            False,
            "pending",
        )
        postman.let.set()
        await box.scheduler.wait_idle()
        return met

    postman = Postman()
    box = Sandbox("default", configuration, Timing(mode="manual", start=START), postman)
    assert not asyncio.run(scenario())
    assert read.deliveries(box.state)["w1"].state == "delivered"


# --- a reset in between --------------------------------------------------------------------------


@pytest.mark.parametrize("advance", [None, HOUR])
def test_reset_in_between_is_waited_through(
    configuration: Configuration, advance: int | None
) -> None:
    """What is waited for may as well happen in the new world; its clock is not moved."""

    async def scenario() -> bool:
        postman.let.clear()
        click_to_call(box.state)
        waiting = asyncio.create_task(wait_until(box, kinds(box, "news"), LONG, advance))
        await turns()
        await box.reset()
        await turns()
        assert not waiting.done()
        click_to_call(box.state)
        told(box)
        return await waiting

    postman = Postman()
    box = Sandbox("default", configuration, Timing(mode="manual", start=START), postman)
    assert asyncio.run(scenario())
    assert (box.clock.now(), len(read.calls(box.state)["c1"].events)) == (START, 1)
    assert read.subscribers(box.state) == []
