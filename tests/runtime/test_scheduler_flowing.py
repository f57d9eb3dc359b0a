"""A clock that runs by itself: what it runs when, and what a booked start holds back."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.time import DAY, SECOND
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime import scheduler as module
from mockserver.runtime.clock import Clock, WallClock
from mockserver.runtime.scheduler import Scheduler
from tests.support import read
from tests.support.dispatchers import RecordingDispatcher
from tests.support.event_loop import yield_to_tasks
from tests.support.fake_clock import FakeClock
from tests.support.schedulers import (
    book_call,
    event_types,
    instant_scheduler,
    manual_scheduler,
    running_scheduler,
    serialized_journal,
)
from tests.support.simulation import START, click_to_call, play_until_idle


def test_a_call_runs_by_itself_on_an_accelerated_clock(state: SandboxState) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            with scheduler.request_scope() as now:
                click_to_call(state, now=now)
            await dispatcher.wait_for_deliveries(1)
            await scheduler.wait_idle()

    dispatcher = RecordingDispatcher()
    scheduler = Scheduler(state, Clock("100000x", START), dispatcher)
    asyncio.run(run())
    call = read.calls(state)["c1"]
    events = [(event.type, event.at - call.spec.created_at) for event in call.events]
    assert events == [
        ("placed", 0), ("begin", 0), ("ring", 0), ("answer", 2_000), ("ring", 2_000),
        ("answer", 4_000), ("bridge", 4_000), ("hangup", 10_000), ("hangup", 10_000),
        ("attempt-ended", 10_000), ("ended", 10_000),
    ]  # fmt: skip
    assert read.deliveries(state)["w1"].attempts[0].at == call.ended_at


def test_a_real_clock_runs_only_what_is_due(state: SandboxState) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            click_to_call(state)
            for real_clock.seconds, expected in ((0, "ring"), (1.999, "ring"), (4, "bridge")):
                scheduler.wake()
                await yield_to_tasks()
                observed.append((event_types(state)[-1], expected))

    real_clock, observed = FakeClock(), list[tuple[str, str]]()
    scheduler = Scheduler(state, Clock("real", START, real_clock), RecordingDispatcher())
    asyncio.run(run())
    assert [event_type for event_type, _ in observed] == [expected for _, expected in observed]


def test_a_real_clock_runs_once_and_in_order_what_was_due_while_the_machine_slept(
    state: SandboxState,
) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            click_to_call(state)
            for wall.seconds in (100.0, 3_700.0, 3_700.0, 3_700.0):
                scheduler.wake()
                await yield_to_tasks()

    monotonic, wall = FakeClock(), FakeClock(100.0)
    clock = Clock("real", START, monotonic, WallClock(monotonic, wall))
    scheduler = Scheduler(state, clock, RecordingDispatcher())
    asyncio.run(run())
    call = read.calls(state)["c1"]
    assert (call.ended_at, clock.now()) == (START + 10_000, START + 3_600_000)
    assert [event.type for event in call.events].count("hangup") == 2
    times = [entry.at for entry in read.journal(state)]
    assert times == sorted(times)


def test_a_wall_clock_that_is_set_back_is_journaled_once_and_nothing_is_played_again(
    state: SandboxState,
) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            click_to_call(state)
            for monotonic.seconds, wall.seconds in ((3.0, 3_603.0), (4.0, 4.0), (5.0, 5.0)):
                scheduler.wake()
                await yield_to_tasks()

    monotonic, wall = FakeClock(), FakeClock(3_600.0)
    clock = Clock("real", START, monotonic, WallClock(monotonic, wall))
    scheduler = Scheduler(state, clock, RecordingDispatcher())
    asyncio.run(run())
    entries = [entry for entry in serialized_journal(state) if entry["type"] == "clock"]
    assert [entry["wall_clock"] for entry in entries] == [
        "was set back: time goes on here, and follows it again once it has caught up"
    ]
    assert clock.now() == START + 5_000
    assert event_types(state) == [
        "placed", "begin", "ring", "answer", "ring", "answer", "bridge",
    ]  # fmt: skip


def test_a_set_back_is_not_journaled_again_after_a_reset(state: SandboxState) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            click_to_call(state)
            for wall.seconds in (4.0, 4.0):
                scheduler.wake()
                await yield_to_tasks()
            recorded.append(serialized_journal(state)[-1]["type"])
            state.reset(START)
            scheduler.clock = Clock("real", START, monotonic, WallClock(monotonic, wall))
            scheduler.wake()
            await yield_to_tasks()

    monotonic, wall, recorded = FakeClock(), FakeClock(3_600.0), list[str]()
    clock = Clock("real", START, monotonic, WallClock(monotonic, wall))
    scheduler = Scheduler(state, clock, RecordingDispatcher())
    asyncio.run(run())
    assert (recorded, serialized_journal(state)) == (["clock"], [])


def test_a_manual_clock_runs_nothing_by_itself(state: SandboxState) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            with scheduler.request_scope() as now:
                click_to_call(state, now=now)
            await yield_to_tasks()

    scheduler = manual_scheduler(state)
    asyncio.run(run())
    assert event_types(state) == ["placed"]


def test_instant_mode_records_the_same_journal_as_manual_mode(configuration: Configuration) -> None:
    async def run_by_itself(state: SandboxState) -> None:
        dispatcher = RecordingDispatcher()
        scheduler = instant_scheduler(state, dispatcher)
        async with running_scheduler(scheduler):
            click_to_call(state)
            scheduler.wake()
            await dispatcher.wait_for_deliveries(1)
            await scheduler.wait_idle()

    instant, manual = SandboxState(configuration, START), SandboxState(configuration, START)
    asyncio.run(run_by_itself(instant))
    click_to_call(manual)
    asyncio.run(manual_scheduler(manual).advance(None))
    assert serialized_journal(instant) == serialized_journal(manual)


def test_the_scheduler_yields_while_many_items_are_due(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "YIELD_EVERY", 3)

    async def run() -> None:
        async with running_scheduler(scheduler):
            for _ in range(20):
                click_to_call(state)
            scheduler.wake()
            await asyncio.sleep(0)
            entry_counts.append(len(read.journal(state)))
            await dispatcher.wait_for_deliveries(20)

    entry_counts, dispatcher = list[int](), RecordingDispatcher()
    scheduler = instant_scheduler(state, dispatcher)
    asyncio.run(run())
    assert entry_counts[0] - 40 <= 3  # each request has recorded two entries before
    assert {call.outcome for call in read.calls(state).values()} == {"completed"}


def test_in_instant_mode_a_call_begins_only_after_the_response(state: SandboxState) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            with scheduler.request_scope() as now:
                click_to_call(state, now=now)
                scheduler.wake()
                await yield_to_tasks()
                before.append(event_types(state))
            await dispatcher.wait_for_deliveries(1)

    before, dispatcher = list[list[str]](), RecordingDispatcher()
    scheduler = instant_scheduler(state, dispatcher)
    asyncio.run(run())
    assert before == [["placed"]]
    assert event_types(state)[-1] == "ended"


def test_instant_time_stands_still_until_every_request_has_its_response(
    state: SandboxState,
) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            with scheduler.request_scope():
                with scheduler.request_scope() as now:
                    click_to_call(state, now=now)
                await yield_to_tasks()
                before.append(event_types(state))
            await dispatcher.wait_for_deliveries(1)

    before, dispatcher = list[list[str]](), RecordingDispatcher()
    scheduler = instant_scheduler(state, dispatcher)
    asyncio.run(run())
    assert before == [["placed"]]


@pytest.mark.parametrize(
    ("mode", "expected"), [("real", "ended"), ("instant", "ended"), ("manual", "placed")]
)
def test_a_request_sees_everything_that_was_due_before_it(
    state: SandboxState, mode: str, expected: str
) -> None:
    async def run() -> list[str]:
        click_to_call(state)
        real_clock.seconds += 10
        with scheduler.request_scope():
            return event_types(state)

    real_clock = FakeClock()
    scheduler = Scheduler(state, Clock(mode, START, real_clock), RecordingDispatcher())
    assert asyncio.run(run())[-1] == expected


def test_a_failed_request_does_not_stop_time(state: SandboxState) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            click_to_call(state)
            with suppress(LookupError), scheduler.request_scope():
                raise LookupError
            await dispatcher.wait_for_deliveries(1)

    dispatcher = RecordingDispatcher()
    scheduler = instant_scheduler(state, dispatcher)
    asyncio.run(run())
    assert event_types(state)[-1] == "ended"


async def by_advance(scheduler: Scheduler, _: FakeClock) -> None:
    await scheduler.advance(START + DAY)


async def by_the_real_clock(scheduler: Scheduler, real_clock: FakeClock) -> None:
    real_clock.seconds += DAY // SECOND
    scheduler.wake()


@pytest.mark.parametrize("pass_a_day", [by_advance, by_the_real_clock])
def test_instant_mode_does_not_jump_to_a_booked_start(
    state: SandboxState, pass_a_day: Callable[[Scheduler, FakeClock], Awaitable[None]]
) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            book_call(state, START + DAY)
            scheduler.wake()
            await dispatcher.wait_for_deliveries(1)
            await yield_to_tasks()
            before.append(
                (
                    event_types(state, "c1")[-1],
                    event_types(state, "c2"),
                    scheduler.clock.now() - START,
                )
            )
            await pass_a_day(scheduler, real_clock)
            await dispatcher.wait_for_deliveries(2)

    before, real_clock, dispatcher = list[object](), FakeClock(), RecordingDispatcher()
    scheduler = instant_scheduler(state, dispatcher, real_clock)
    asyncio.run(run())
    assert before == [("ended", ["placed"], 10_000)]
    call = read.calls(state)["c2"]
    assert (call.outcome, call.ended_at) == ("completed", START + DAY + 10_000)


@pytest.mark.parametrize("pass_a_day", [by_advance, by_the_real_clock])
def test_in_instant_mode_nothing_due_after_a_booked_start_runs_before_it(
    state: SandboxState, pass_a_day: Callable[[Scheduler, FakeClock], Awaitable[None]]
) -> None:
    """Items of all calls run in the order of their times."""

    async def run() -> None:
        async with running_scheduler(scheduler):
            book_call(state, START + 3_000)
            scheduler.wake()
            await yield_to_tasks()
            before.append(
                (
                    event_types(state, "c1")[-1],
                    event_types(state, "c2"),
                    scheduler.clock.now() - START,
                )
            )
            await pass_a_day(scheduler, real_clock)
            await dispatcher.wait_for_deliveries(2)

    before, real_clock, dispatcher = list[object](), FakeClock(), RecordingDispatcher()
    scheduler = instant_scheduler(state, dispatcher, real_clock)
    asyncio.run(run())
    assert before == [("ring", ["placed"], 2_000)]
    ended = [read.calls(state)[name].ended_at for name in ("c1", "c2")]
    assert ended == [START + 10_000, START + 13_000]


def test_instant_mode_jumps_to_the_redial_of_a_call(state: SandboxState) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            click_to_call(state, "no-answer", attempts=1)
            scheduler.wake()
            await dispatcher.wait_for_deliveries(1)

    dispatcher = RecordingDispatcher()
    scheduler = instant_scheduler(state, dispatcher)
    asyncio.run(run())
    call = read.calls(state)["c1"]
    start_times = [attempt.started_at - START for attempt in call.attempts]
    assert (start_times, call.attempt_started_at) == ([0], START + 87_000)
    assert (call.redial_index, call.outcome, len(dispatcher.deliveries)) == (1, "no-answer", 1)


@pytest.mark.parametrize("seconds", [120.0, 3_600.0, 86_400.0])
def test_overdue_items_run_once_and_in_order_after_a_pause_of_the_process(
    configuration: Configuration, seconds: float
) -> None:
    """Real time passes while the process or its machine is suspended."""

    async def run() -> None:
        async with running_scheduler(scheduler):
            for _ in range(3):
                with scheduler.request_scope() as now:
                    click_to_call(state, now=now)
            await yield_to_tasks()
            real_clock.seconds += seconds
            scheduler.wake()
            await yield_to_tasks(500)
            await scheduler.wait_idle()

    real_clock, dispatcher, state = (
        FakeClock(),
        RecordingDispatcher(),
        SandboxState(configuration, START),
    )
    scheduler = Scheduler(state, Clock("real", START, real_clock), dispatcher)
    asyncio.run(run())
    undisturbed = SandboxState(configuration, START)
    for _ in range(3):
        click_to_call(undisturbed)
    play_until_idle(undisturbed)
    assert read.calls(state) == read.calls(undisturbed)
    assert [delivery.id for delivery in dispatcher.deliveries] == ["w1", "w2", "w3"]
    times = [entry.at for entry in read.journal(state) if entry.type == "event"]
    assert times == sorted(times)


def test_a_request_wakes_the_scheduler_only_if_something_is_due_sooner(state: SandboxState) -> None:
    """Requests: a call, no call, a call after 0.5 s, no call after 1 s."""

    async def run() -> None:
        async with running_scheduler(scheduler):
            for real_clock.seconds, places_call in ((0, True), (0, False), (0.5, True), (1, False)):
                await yield_to_tasks()
                before = len(wake_ups)
                with scheduler.request_scope() as now:
                    if places_call:
                        click_to_call(state, now=now)
                counts.append(len(wake_ups) - before)

    real_clock, wake_ups, counts = FakeClock(), list[None](), list[int]()
    scheduler = Scheduler(state, Clock("real", START, real_clock), RecordingDispatcher())
    wake = scheduler.wake
    scheduler.wake = lambda: wake_ups.append(wake())  # type: ignore[method-assign]
    asyncio.run(run())
    assert counts == [1, 0, 1, 0]


def test_a_request_does_not_wake_a_scheduler_with_a_manual_clock(state: SandboxState) -> None:
    scheduler = manual_scheduler(state)
    scheduler.wake = fail_if_called  # type: ignore[method-assign]
    with scheduler.request_scope() as now:
        click_to_call(state, now=now)


def fail_if_called() -> None:
    raise AssertionError
