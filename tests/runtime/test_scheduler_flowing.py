"""Time that flows by itself: what is played when, and what waits for its start."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.time import DAY, SECOND
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime import scheduler as module
from mockserver.runtime.clock import Clock
from mockserver.runtime.scheduler import Scheduler
from tests.conftest import START, click, play
from tests.runtime.conftest import (
    Postman,
    Wall,
    book,
    instant,
    manual,
    rendered,
    running,
    turns,
    verbs,
)


def test_a_paced_clock_plays_a_call_by_itself(store: SandboxState) -> None:
    async def scenario() -> None:
        async with running(driver):
            with driver.request_scope() as now:
                click(store, now=now)
            await postman.until(1)
            await driver.wait_idle()

    postman = Postman()
    driver = Scheduler(store, Clock("100000x", START), postman)
    asyncio.run(scenario())
    call = store.calls["c1"]
    told = [(event.type, event.at - call.spec.created_at) for event in call.events]
    assert told == [
        ("placed", 0), ("begin", 0), ("ring", 0), ("answer", 2_000), ("ring", 2_000),
        ("answer", 4_000), ("bridge", 4_000), ("hangup", 10_000), ("hangup", 10_000),
        ("attempt-ended", 10_000), ("ended", 10_000),
    ]  # fmt: skip
    assert store.deliveries["w1"].attempts[0].at == call.ended_at


def test_a_real_clock_plays_what_has_fallen_due_and_no_more(store: SandboxState) -> None:
    async def scenario() -> None:
        async with running(driver):
            click(store)
            for wall.seconds, expected in ((0, "ring"), (1.999, "ring"), (4, "bridge")):
                driver.wake()
                await turns()
                seen.append((verbs(store)[-1], expected))

    wall, seen = Wall(), list[tuple[str, str]]()
    driver = Scheduler(store, Clock("real", START, wall), Postman())
    asyncio.run(scenario())
    assert [played for played, _ in seen] == [expected for _, expected in seen]


def test_a_manual_clock_plays_nothing_by_itself(store: SandboxState) -> None:
    async def scenario() -> None:
        async with running(driver):
            with driver.request_scope() as now:
                click(store, now=now)
            await turns()

    driver = manual(store)
    asyncio.run(scenario())
    assert verbs(store) == ["placed"]


def test_instant_tells_the_same_times_as_manual(world: Configuration) -> None:
    async def flowing(store: SandboxState) -> None:
        postman = Postman()
        driver = instant(store, postman)
        async with running(driver):
            click(store)
            driver.wake()
            await postman.until(1)
            await driver.wait_idle()

    by_itself, told = SandboxState(world, START), SandboxState(world, START)
    asyncio.run(flowing(by_itself))
    click(told)
    asyncio.run(manual(told).advance(None))
    assert rendered(by_itself) == rendered(told)


def test_many_steps_are_played_in_breaths(
    store: SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "YIELD_EVERY", 3)

    async def scenario() -> None:
        async with running(driver):
            for _ in range(20):
                click(store)
            driver.wake()
            await asyncio.sleep(0)
            played.append(len(store.journal))
            await postman.until(20)

    played, postman = list[int](), Postman()
    driver = instant(store, postman)
    asyncio.run(scenario())
    assert played[0] - 40 <= 3  # two facts of each request were there before
    assert {call.outcome for call in store.calls.values()} == {"completed"}


def test_nothing_of_a_call_happens_before_its_answer_in_instant_mode(store: SandboxState) -> None:
    async def scenario() -> None:
        async with running(driver):
            with driver.request_scope() as now:
                click(store, now=now)
                driver.wake()
                await turns()
                before.append(verbs(store))
            await postman.until(1)

    before, postman = list[list[str]](), Postman()
    driver = instant(store, postman)
    asyncio.run(scenario())
    assert before == [["placed"]]
    assert verbs(store)[-1] == "ended"


def test_one_unanswered_request_holds_time_until_the_last_is_answered(store: SandboxState) -> None:
    async def scenario() -> None:
        async with running(driver):
            with driver.request_scope():
                with driver.request_scope() as now:
                    click(store, now=now)
                await turns()
                before.append(verbs(store))
            await postman.until(1)

    before, postman = list[list[str]](), Postman()
    driver = instant(store, postman)
    asyncio.run(scenario())
    assert before == [["placed"]]


@pytest.mark.parametrize(
    ("mode", "expected"), [("real", "ended"), ("instant", "ended"), ("manual", "placed")]
)
def test_a_request_finds_what_fell_due_before_it(
    store: SandboxState, mode: str, expected: str
) -> None:
    async def scenario() -> list[str]:
        click(store)
        wall.seconds += 10
        with driver.request_scope():
            return verbs(store)

    wall = Wall()
    driver = Scheduler(store, Clock(mode, START, wall), Postman())
    assert asyncio.run(scenario())[-1] == expected


def test_a_request_that_fails_does_not_hold_time_for_good(store: SandboxState) -> None:
    async def scenario() -> None:
        async with running(driver):
            click(store)
            with suppress(LookupError), driver.request_scope():
                raise LookupError
            await postman.until(1)

    postman = Postman()
    driver = instant(store, postman)
    asyncio.run(scenario())
    assert verbs(store)[-1] == "ended"


async def by_advance(driver: Scheduler, _: Wall) -> None:
    await driver.advance(START + DAY)


async def by_the_wall_clock(driver: Scheduler, wall: Wall) -> None:
    wall.seconds += DAY // SECOND
    driver.wake()


@pytest.mark.parametrize("act", [by_advance, by_the_wall_clock])
def test_instant_does_not_jump_over_a_booked_start(
    store: SandboxState, act: Callable[[Scheduler, Wall], Awaitable[None]]
) -> None:
    async def scenario() -> None:
        async with running(driver):
            book(store, START + DAY)
            driver.wake()
            await postman.until(1)
            await turns()
            before.append((verbs(store, "c1")[-1], verbs(store, "c2"), driver.clock.now() - START))
            await act(driver, wall)
            await postman.until(2)

    before, wall, postman = list[object](), Wall(), Postman()
    driver = instant(store, postman, wall)
    asyncio.run(scenario())
    assert before == [("ended", ["placed"], 10_000)]
    call = store.calls["c2"]
    assert (call.outcome, call.ended_at) == ("completed", START + DAY + 10_000)


@pytest.mark.parametrize("act", [by_advance, by_the_wall_clock])
def test_what_lies_beyond_a_booked_start_waits_for_it_in_instant_mode(
    store: SandboxState, act: Callable[[Scheduler, Wall], Awaitable[None]]
) -> None:
    """Things happen in the order of their times, whoever's they are."""

    async def scenario() -> None:
        async with running(driver):
            book(store, START + 3_000)
            driver.wake()
            await turns()
            before.append((verbs(store, "c1")[-1], verbs(store, "c2"), driver.clock.now() - START))
            await act(driver, wall)
            await postman.until(2)

    before, wall, postman = list[object](), Wall(), Postman()
    driver = instant(store, postman, wall)
    asyncio.run(scenario())
    assert before == [("ring", ["placed"], 2_000)]
    ended = [store.calls[name].ended_at for name in ("c1", "c2")]
    assert ended == [START + 10_000, START + 13_000]


def test_instant_jumps_to_the_redial_of_a_call(store: SandboxState) -> None:
    async def scenario() -> None:
        async with running(driver):
            click(store, "no-answer", attempts=1)
            driver.wake()
            await postman.until(1)

    postman = Postman()
    driver = instant(store, postman)
    asyncio.run(scenario())
    call = store.calls["c1"]
    began = [one.started_at - START for one in call.attempts]
    assert (began, call.attempt_started_at) == ([0], START + 87_000)
    assert (call.redial_index, call.outcome, len(postman.carried)) == (1, "no-answer", 1)


@pytest.mark.parametrize("seconds", [120.0, 3_600.0, 86_400.0])
def test_after_a_pause_what_is_overdue_happens_once_and_in_order(
    world: Configuration, seconds: float
) -> None:
    """The process was stopped, or its machine: real time has gone on meanwhile."""

    async def scenario() -> None:
        async with running(driver):
            for _ in range(3):
                with driver.request_scope() as now:
                    click(store, now=now)
            await turns()
            wall.seconds += seconds
            driver.wake()
            await turns(500)
            await driver.wait_idle()

    wall, postman, store = Wall(), Postman(), SandboxState(world, START)
    driver = Scheduler(store, Clock("real", START, wall), postman)
    asyncio.run(scenario())
    calm = SandboxState(world, START)
    for _ in range(3):
        click(calm)
    play(calm)
    assert store.calls == calm.calls
    assert [one.id for one in postman.carried] == ["w1", "w2", "w3"]
    times = [fact.at for fact in store.journal if fact.type == "event"]
    assert times == sorted(times)


def test_only_what_is_due_sooner_wakes_who_plays(store: SandboxState) -> None:
    """Two calls begin at once, which has to be played; then one asks, and then time has passed."""

    async def scenario() -> None:
        async with running(driver):
            for wall.seconds, places in ((0, True), (0, False), (0.5, True), (1, False)):
                await turns()
                before = len(nudged)
                with driver.request_scope() as now:
                    if places:
                        click(store, now=now)
                woken.append(len(nudged) - before)

    wall, nudged, woken = Wall(), list[None](), list[int]()
    driver = Scheduler(store, Clock("real", START, wall), Postman())
    nudge = driver.wake
    driver.wake = lambda: nudged.append(nudge())  # type: ignore[method-assign]
    asyncio.run(scenario())
    assert woken == [1, 0, 1, 0]


def test_a_manual_clock_wakes_nobody(store: SandboxState) -> None:
    driver = manual(store)
    driver.wake = unheard  # type: ignore[method-assign]
    with driver.request_scope() as now:
        click(store, now=now)


def unheard() -> None:
    raise AssertionError
