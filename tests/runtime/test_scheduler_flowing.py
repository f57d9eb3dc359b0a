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
from tests.support import read
from tests.support.dispatchers import RecordingDispatcher
from tests.support.fake_clock import FakeClock
from tests.support.schedulers import (
    book_call,
    event_types,
    instant_scheduler,
    manual_scheduler,
    running_scheduler,
    serialized_journal,
    yield_to_tasks,
)
from tests.support.simulation import START, click_to_call, play_until_idle


def test_a_paced_clock_plays_a_call_by_itself(state: SandboxState) -> None:
    async def scenario() -> None:
        async with running_scheduler(driver):
            with driver.request_scope() as now:
                click_to_call(state, now=now)
            await postman.wait_for_deliveries(1)
            await driver.wait_idle()

    postman = RecordingDispatcher()
    driver = Scheduler(state, Clock("100000x", START), postman)
    asyncio.run(scenario())
    call = read.calls(state)["c1"]
    told = [(event.type, event.at - call.spec.created_at) for event in call.events]
    assert told == [
        ("placed", 0), ("begin", 0), ("ring", 0), ("answer", 2_000), ("ring", 2_000),
        ("answer", 4_000), ("bridge", 4_000), ("hangup", 10_000), ("hangup", 10_000),
        ("attempt-ended", 10_000), ("ended", 10_000),
    ]  # fmt: skip
    assert read.deliveries(state)["w1"].attempts[0].at == call.ended_at


def test_a_real_clock_plays_what_has_fallen_due_and_no_more(state: SandboxState) -> None:
    async def scenario() -> None:
        async with running_scheduler(driver):
            click_to_call(state)
            for wall.seconds, expected in ((0, "ring"), (1.999, "ring"), (4, "bridge")):
                driver.wake()
                await yield_to_tasks()
                seen.append((event_types(state)[-1], expected))

    wall, seen = FakeClock(), list[tuple[str, str]]()
    driver = Scheduler(state, Clock("real", START, wall), RecordingDispatcher())
    asyncio.run(scenario())
    assert [played for played, _ in seen] == [expected for _, expected in seen]


def test_a_manual_clock_plays_nothing_by_itself(state: SandboxState) -> None:
    async def scenario() -> None:
        async with running_scheduler(driver):
            with driver.request_scope() as now:
                click_to_call(state, now=now)
            await yield_to_tasks()

    driver = manual_scheduler(state)
    asyncio.run(scenario())
    assert event_types(state) == ["placed"]


def test_instant_tells_the_same_times_as_manual(configuration: Configuration) -> None:
    async def flowing(state: SandboxState) -> None:
        postman = RecordingDispatcher()
        driver = instant_scheduler(state, postman)
        async with running_scheduler(driver):
            click_to_call(state)
            driver.wake()
            await postman.wait_for_deliveries(1)
            await driver.wait_idle()

    by_itself, told = SandboxState(configuration, START), SandboxState(configuration, START)
    asyncio.run(flowing(by_itself))
    click_to_call(told)
    asyncio.run(manual_scheduler(told).advance(None))
    assert serialized_journal(by_itself) == serialized_journal(told)


def test_many_steps_are_played_in_breaths(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "YIELD_EVERY", 3)

    async def scenario() -> None:
        async with running_scheduler(driver):
            for _ in range(20):
                click_to_call(state)
            driver.wake()
            await asyncio.sleep(0)
            played.append(len(read.journal(state)))
            await postman.wait_for_deliveries(20)

    played, postman = list[int](), RecordingDispatcher()
    driver = instant_scheduler(state, postman)
    asyncio.run(scenario())
    assert played[0] - 40 <= 3  # two facts of each request were there before
    assert {call.outcome for call in read.calls(state).values()} == {"completed"}


def test_nothing_of_a_call_happens_before_its_answer_in_instant_mode(state: SandboxState) -> None:
    async def scenario() -> None:
        async with running_scheduler(driver):
            with driver.request_scope() as now:
                click_to_call(state, now=now)
                driver.wake()
                await yield_to_tasks()
                before.append(event_types(state))
            await postman.wait_for_deliveries(1)

    before, postman = list[list[str]](), RecordingDispatcher()
    driver = instant_scheduler(state, postman)
    asyncio.run(scenario())
    assert before == [["placed"]]
    assert event_types(state)[-1] == "ended"


def test_one_unanswered_request_holds_time_until_the_last_is_answered(state: SandboxState) -> None:
    async def scenario() -> None:
        async with running_scheduler(driver):
            with driver.request_scope():
                with driver.request_scope() as now:
                    click_to_call(state, now=now)
                await yield_to_tasks()
                before.append(event_types(state))
            await postman.wait_for_deliveries(1)

    before, postman = list[list[str]](), RecordingDispatcher()
    driver = instant_scheduler(state, postman)
    asyncio.run(scenario())
    assert before == [["placed"]]


@pytest.mark.parametrize(
    ("mode", "expected"), [("real", "ended"), ("instant", "ended"), ("manual", "placed")]
)
def test_a_request_finds_what_fell_due_before_it(
    state: SandboxState, mode: str, expected: str
) -> None:
    async def scenario() -> list[str]:
        click_to_call(state)
        wall.seconds += 10
        with driver.request_scope():
            return event_types(state)

    wall = FakeClock()
    driver = Scheduler(state, Clock(mode, START, wall), RecordingDispatcher())
    assert asyncio.run(scenario())[-1] == expected


def test_a_request_that_fails_does_not_hold_time_for_good(state: SandboxState) -> None:
    async def scenario() -> None:
        async with running_scheduler(driver):
            click_to_call(state)
            with suppress(LookupError), driver.request_scope():
                raise LookupError
            await postman.wait_for_deliveries(1)

    postman = RecordingDispatcher()
    driver = instant_scheduler(state, postman)
    asyncio.run(scenario())
    assert event_types(state)[-1] == "ended"


async def by_advance(driver: Scheduler, _: FakeClock) -> None:
    await driver.advance(START + DAY)


async def by_the_wall_clock(driver: Scheduler, wall: FakeClock) -> None:
    wall.seconds += DAY // SECOND
    driver.wake()


@pytest.mark.parametrize("act", [by_advance, by_the_wall_clock])
def test_instant_does_not_jump_over_a_booked_start(
    state: SandboxState, act: Callable[[Scheduler, FakeClock], Awaitable[None]]
) -> None:
    async def scenario() -> None:
        async with running_scheduler(driver):
            book_call(state, START + DAY)
            driver.wake()
            await postman.wait_for_deliveries(1)
            await yield_to_tasks()
            before.append(
                (event_types(state, "c1")[-1], event_types(state, "c2"), driver.clock.now() - START)
            )
            await act(driver, wall)
            await postman.wait_for_deliveries(2)

    before, wall, postman = list[object](), FakeClock(), RecordingDispatcher()
    driver = instant_scheduler(state, postman, wall)
    asyncio.run(scenario())
    assert before == [("ended", ["placed"], 10_000)]
    call = read.calls(state)["c2"]
    assert (call.outcome, call.ended_at) == ("completed", START + DAY + 10_000)


@pytest.mark.parametrize("act", [by_advance, by_the_wall_clock])
def test_what_lies_beyond_a_booked_start_waits_for_it_in_instant_mode(
    state: SandboxState, act: Callable[[Scheduler, FakeClock], Awaitable[None]]
) -> None:
    """Things happen in the order of their times, whoever's they are."""

    async def scenario() -> None:
        async with running_scheduler(driver):
            book_call(state, START + 3_000)
            driver.wake()
            await yield_to_tasks()
            before.append(
                (event_types(state, "c1")[-1], event_types(state, "c2"), driver.clock.now() - START)
            )
            await act(driver, wall)
            await postman.wait_for_deliveries(2)

    before, wall, postman = list[object](), FakeClock(), RecordingDispatcher()
    driver = instant_scheduler(state, postman, wall)
    asyncio.run(scenario())
    assert before == [("ring", ["placed"], 2_000)]
    ended = [read.calls(state)[name].ended_at for name in ("c1", "c2")]
    assert ended == [START + 10_000, START + 13_000]


def test_instant_jumps_to_the_redial_of_a_call(state: SandboxState) -> None:
    async def scenario() -> None:
        async with running_scheduler(driver):
            click_to_call(state, "no-answer", attempts=1)
            driver.wake()
            await postman.wait_for_deliveries(1)

    postman = RecordingDispatcher()
    driver = instant_scheduler(state, postman)
    asyncio.run(scenario())
    call = read.calls(state)["c1"]
    began = [one.started_at - START for one in call.attempts]
    assert (began, call.attempt_started_at) == ([0], START + 87_000)
    assert (call.redial_index, call.outcome, len(postman.deliveries)) == (1, "no-answer", 1)


@pytest.mark.parametrize("seconds", [120.0, 3_600.0, 86_400.0])
def test_after_a_pause_what_is_overdue_happens_once_and_in_order(
    configuration: Configuration, seconds: float
) -> None:
    """The process was stopped, or its machine: real time has gone on meanwhile."""

    async def scenario() -> None:
        async with running_scheduler(driver):
            for _ in range(3):
                with driver.request_scope() as now:
                    click_to_call(state, now=now)
            await yield_to_tasks()
            wall.seconds += seconds
            driver.wake()
            await yield_to_tasks(500)
            await driver.wait_idle()

    wall, postman, state = FakeClock(), RecordingDispatcher(), SandboxState(configuration, START)
    driver = Scheduler(state, Clock("real", START, wall), postman)
    asyncio.run(scenario())
    calm = SandboxState(configuration, START)
    for _ in range(3):
        click_to_call(calm)
    play_until_idle(calm)
    assert read.calls(state) == read.calls(calm)
    assert [one.id for one in postman.deliveries] == ["w1", "w2", "w3"]
    times = [fact.at for fact in read.journal(state) if fact.type == "event"]
    assert times == sorted(times)


def test_only_what_is_due_sooner_wakes_who_plays(state: SandboxState) -> None:
    """Two calls begin at once, which has to be played; then one asks, and then time has passed."""

    async def scenario() -> None:
        async with running_scheduler(driver):
            for wall.seconds, places in ((0, True), (0, False), (0.5, True), (1, False)):
                await yield_to_tasks()
                before = len(nudged)
                with driver.request_scope() as now:
                    if places:
                        click_to_call(state, now=now)
                woken.append(len(nudged) - before)

    wall, nudged, woken = FakeClock(), list[None](), list[int]()
    driver = Scheduler(state, Clock("real", START, wall), RecordingDispatcher())
    nudge = driver.wake
    driver.wake = lambda: nudged.append(nudge())  # type: ignore[method-assign]
    asyncio.run(scenario())
    assert woken == [1, 0, 1, 0]


def test_a_manual_clock_wakes_nobody(state: SandboxState) -> None:
    driver = manual_scheduler(state)
    driver.wake = unheard  # type: ignore[method-assign]
    with driver.request_scope() as now:
        click_to_call(state, now=now)


def unheard() -> None:
    raise AssertionError
