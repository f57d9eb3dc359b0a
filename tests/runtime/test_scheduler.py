"""How far an advance goes, what it runs on the way, and what it returns."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.account import Retry
from mockserver.core.configuration import Configuration
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.core.time import DAY, SECOND
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime import advances
from mockserver.runtime import scheduler as module
from mockserver.runtime.advances import AdvanceInProgress, AdvanceResult
from mockserver.runtime.clock import Clock
from mockserver.runtime.scheduler import Scheduler
from tests.support import read
from tests.support.dispatchers import GatedDispatcher, RecordingDispatcher
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
from tests.support.simulation import START, change_account, click_to_call, state_with_provider


@pytest.mark.parametrize(
    ("to", "expected", "types"),
    [
        (START, AdvanceResult(events=2, attempts=0, stop_reason=None), ["placed", "begin", "ring"]),
        (
            START + 1_999,
            AdvanceResult(events=2, attempts=0, stop_reason=None),
            ["placed", "begin", "ring"],
        ),
        (
            START + 2_000,
            AdvanceResult(events=4, attempts=0, stop_reason=None),
            ["placed", "begin", "ring", "answer", "ring"],
        ),
        (
            START + 10_000,
            AdvanceResult(events=7, attempts=1, stop_reason=None),
            ["placed", "begin", "ring", "answer", "ring", "answer", "bridge", "hangup", "hangup",
             "attempt-ended", "ended"],
        ),
    ],
)  # fmt: skip
def test_advancing_to_a_moment_runs_everything_due_by_then(
    state: SandboxState, to: int, expected: AdvanceResult, types: list[str]
) -> None:
    scheduler = manual_scheduler(state)
    click_to_call(state)
    assert asyncio.run(scheduler.advance(to)) == expected
    assert (scheduler.clock.now(), event_types(state)) == (to, types)


def test_advancing_until_idle_stops_at_the_last_event(state: SandboxState) -> None:
    dispatcher = RecordingDispatcher()
    scheduler = manual_scheduler(state, dispatcher)
    click_to_call(state)
    assert asyncio.run(scheduler.advance(None)) == AdvanceResult(
        events=7, attempts=1, stop_reason=None
    )
    assert (scheduler.clock.now(), read.peek(state)) == (START + 10_000, None)
    assert [delivery.webhook.call_id for delivery in dispatcher.deliveries] == ["c1"]
    assert read.deliveries(state)["w1"].state == "delivered"


def test_advancing_with_nothing_due_only_moves_the_clock(state: SandboxState) -> None:
    scheduler = manual_scheduler(state)
    assert asyncio.run(scheduler.advance(START + DAY)) == AdvanceResult(
        events=0, attempts=0, stop_reason=None
    )
    assert asyncio.run(scheduler.advance(None)) == AdvanceResult(
        events=0, attempts=0, stop_reason=None
    )
    assert scheduler.clock.now() == START + DAY


def test_advancing_until_idle_includes_every_retry_of_a_delivery(state: SandboxState) -> None:
    change_account(state, retry=Retry(waits=(5 * SECOND, 60 * SECOND)))

    async def respond_500(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=500)

    scheduler = manual_scheduler(state, RecordingDispatcher(respond_500))
    click_to_call(state)
    assert asyncio.run(scheduler.advance(None)) == AdvanceResult(
        events=9, attempts=3, stop_reason=None
    )
    times = [attempt.at - START for attempt in read.deliveries(state)["w1"].attempts]
    assert (times, read.deliveries(state)["w1"].state) == ([10_000, 15_000, 75_000], "failed")
    assert scheduler.clock.now() == START + 75_000


def test_time_stands_still_while_a_delivery_is_in_flight(state: SandboxState) -> None:
    observed = []

    async def receive(delivery: Delivery) -> DeliveryResult:
        await yield_to_tasks()
        observed.append(
            (delivery.webhook.call_id, scheduler.clock.now() - START, event_types(state, "c2")[-1])
        )
        return DeliveryResult(status=200)

    scheduler = manual_scheduler(state, RecordingDispatcher(receive))
    book_call(state, START + 5_001, "callee-busy")
    asyncio.run(scheduler.advance(None))
    assert observed[0] == ("c1", 5_000, "placed")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (0, AdvanceResult(events=0, attempts=0, stop_reason="limit")),
        (6, AdvanceResult(events=6, attempts=0, stop_reason="limit")),
        (7, AdvanceResult(events=7, attempts=1, stop_reason=None)),
    ],
)
def test_advancing_until_idle_stops_at_the_event_limit(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch, limit: int, expected: AdvanceResult
) -> None:
    monkeypatch.setattr(module, "MAX_EVENTS", limit)
    click_to_call(state)
    assert asyncio.run(manual_scheduler(state).advance(None)) == expected


def test_no_limit_applies_to_an_advance_to_a_moment(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_EVENTS", 1)
    monkeypatch.setattr(module, "HORIZON", 1)
    click_to_call(state)
    assert asyncio.run(manual_scheduler(state).advance(START + DAY)) == AdvanceResult(
        events=7, attempts=1, stop_reason=None
    )


@pytest.mark.parametrize(
    ("horizon", "expected", "ends_at"),
    [
        (9_999, AdvanceResult(events=5, attempts=0, stop_reason="limit"), 4_000),
        (10_000, AdvanceResult(events=7, attempts=1, stop_reason=None), 10_000),
    ],
)
def test_advancing_until_idle_stops_at_the_horizon(
    state: SandboxState,
    monkeypatch: pytest.MonkeyPatch,
    horizon: int,
    expected: AdvanceResult,
    ends_at: int,
) -> None:
    monkeypatch.setattr(module, "HORIZON", horizon)
    scheduler = manual_scheduler(state)
    click_to_call(state)
    assert asyncio.run(scheduler.advance(None)) == expected
    assert scheduler.clock.now() == START + ends_at


def test_the_limits_of_an_advance_are_those_of_the_contract() -> None:
    assert (module.MAX_EVENTS, module.HORIZON) == (100_000, 30 * DAY)


def test_advances_wait_for_one_another_and_each_begins_where_the_last_one_ended(
    state: SandboxState,
) -> None:
    async def run() -> list[AdvanceResult]:
        steps = (scheduler.advance_from_now(lambda now: now + 4 * SECOND) for _ in range(20))
        return await asyncio.gather(*steps)

    scheduler = manual_scheduler(state)
    click_to_call(state)
    results = asyncio.run(run())
    assert [(result.events, result.attempts) for result in results[:4]] == [
        *((5, 0), (0, 0), (2, 1), (0, 0)),
    ]
    assert (scheduler.clock.now(), scheduler.is_advancing) == (START + 80 * SECOND, False)


def test_an_advance_waits_while_another_one_has_a_webhook_on_its_way(state: SandboxState) -> None:
    async def run() -> tuple[AdvanceResult, AdvanceResult]:
        dispatcher.gate.clear()
        first = asyncio.create_task(scheduler.advance(None))
        await dispatcher.started.wait()
        second = asyncio.create_task(scheduler.advance(START + DAY))
        await yield_to_tasks()
        dispatcher.gate.set()
        return await first, await second

    dispatcher = GatedDispatcher()
    scheduler = manual_scheduler(state, dispatcher)
    click_to_call(state)
    assert asyncio.run(run()) == (
        AdvanceResult(events=7, attempts=1, stop_reason=None),
        AdvanceResult(events=0, attempts=0, stop_reason=None),
    )
    assert scheduler.clock.now() == START + DAY


def test_an_advance_from_inside_a_webhook_of_an_advance_is_refused(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advances, "MAX_WAIT", 0.0)
    rejections = list[bool]()

    async def receive(_: Delivery) -> DeliveryResult:
        try:
            await scheduler.advance(None)
        except AdvanceInProgress:
            rejections.append(scheduler.is_advancing)
        return DeliveryResult(status=200)

    scheduler = manual_scheduler(state, RecordingDispatcher(receive))
    click_to_call(state)
    asyncio.run(scheduler.advance(None))
    assert rejections == [True]
    assert asyncio.run(scheduler.advance(None)) == AdvanceResult(
        events=0, attempts=0, stop_reason=None
    )


def test_an_advance_yields_to_other_tasks(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "YIELD_EVERY", 2)
    times = list[int]()

    async def observe() -> None:
        while scheduler.is_advancing:
            times.append(scheduler.clock.now() - START)
            await asyncio.sleep(0)

    async def run() -> None:
        await asyncio.gather(scheduler.advance(START + 5_000), observe())

    scheduler = manual_scheduler(state)
    click_to_call(state)
    asyncio.run(run())
    assert times == [0, 2_000]


def test_an_advance_waits_for_deliveries_already_in_flight(state: SandboxState) -> None:
    results = list[tuple[str, int]]()

    async def receive(delivery: Delivery) -> DeliveryResult:
        if delivery.webhook.call_id == "c1":
            await gate.wait()
        results.append((delivery.webhook.call_id, scheduler.clock.now() - START))
        return DeliveryResult(status=200)

    async def run() -> None:
        async with running_scheduler(scheduler):
            click_to_call(state)
            scheduler.wake()
            await dispatcher.wait_for_deliveries(1)
            click_to_call(state, now=START + 10_000)
            advance = asyncio.create_task(scheduler.advance(START + 60_000))
            await yield_to_tasks()
            results.append(("gate", scheduler.clock.now() - START))
            gate.set()
            await advance

    gate, dispatcher = asyncio.Event(), RecordingDispatcher(receive)
    scheduler = instant_scheduler(state, dispatcher)
    asyncio.run(run())
    assert results == [("gate", 10_000), ("c1", 10_000), ("c2", 20_000)]


@pytest.mark.parametrize("mode", ["real", "instant", "60x"])
def test_a_running_clock_jumps_on_an_advance_and_keeps_running(
    state: SandboxState, mode: str
) -> None:
    real_clock = FakeClock()
    scheduler = Scheduler(state, Clock(mode, START, real_clock), RecordingDispatcher())
    click_to_call(state)
    assert asyncio.run(scheduler.advance(START + 60_000)) == AdvanceResult(
        events=7, attempts=1, stop_reason=None
    )
    assert scheduler.clock.now() == START + 60_000
    real_clock.seconds += 1
    assert scheduler.clock.now() > START + 60_000


def test_an_internal_error_is_recorded_in_the_journal_and_time_goes_on(
    configuration: Configuration,
) -> None:
    error = LookupError("oops")

    def on_event(context: EventContext) -> Effects:
        if context.call.spec.id == "c1" and context.event.type == "answer":
            raise error
        return NO_EFFECTS

    state = state_with_provider(configuration, on_event=on_event)
    click_to_call(state)
    click_to_call(state)
    scheduler = manual_scheduler(state)
    assert asyncio.run(scheduler.advance(None)).errors == 1
    errors = [entry for entry in read.journal(state) if entry.type == "error"]
    assert [(entry.at - START, entry.call_id, entry.payload) for entry in errors] == [
        (2_000, "c1", error)
    ]
    assert (read.calls(state)["c2"].outcome, scheduler.clock.now()) == ("completed", START + 10_000)


SPANS = st.lists(st.integers(0, 200 * SECOND), min_size=1, max_size=6)
SCENARIOS = st.lists(st.sampled_from(["answered", "callee-busy", "no-answer"]), max_size=4)


@settings(max_examples=60, deadline=None)
@given(scenarios=SCENARIOS, spans=SPANS)
def test_an_advance_in_parts_equals_one_advance(
    configuration: Configuration, scenarios: list[str], spans: list[int]
) -> None:
    async def receive(delivery: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200 if delivery.webhook.call_id == "c2" else 503)

    async def advance(parts: list[int]) -> tuple[object, ...]:
        state = SandboxState(configuration, START)
        change_account(state, retry=Retry(waits=(5 * SECOND, 60 * SECOND)))
        scheduler = manual_scheduler(state, RecordingDispatcher(receive))
        for scenario in scenarios:
            click_to_call(state, scenario)
        results = [await scheduler.advance(scheduler.clock.now() + part) for part in parts]
        counts = (
            sum(result.events for result in results),
            sum(result.attempts for result in results),
        )
        return (
            serialized_journal(state),
            read.calls(state),
            read.deliveries(state),
            read.peek(state),
            counts,
        )

    assert asyncio.run(advance(spans)) == asyncio.run(advance([sum(spans)]))


def test_run_next_runs_one_due_item(state: SandboxState) -> None:
    scheduler = manual_scheduler(state)
    click_to_call(state)
    assert [
        scheduler.run_next(START - 1),
        scheduler.run_next(START),
        scheduler.run_next(START),
    ] == [
        False,
        True,
        True,
    ]
    assert event_types(state) == ["placed", "begin", "ring"]
    assert [scheduler.run_next(START), scheduler.run_next(START + 2_000)] == [False, True]
    assert scheduler.clock.now() == START + 2_000


def test_an_error_is_journaled_at_the_time_of_the_clock(state: SandboxState) -> None:
    scheduler, error = manual_scheduler(state), LookupError("oops")
    asyncio.run(scheduler.advance(START + 5_000))
    scheduler.record_error(error, "c1")
    last = read.journal(state)[-1]
    assert (last.at, last.type, last.call_id, last.payload) == (START + 5_000, "error", "c1", error)
