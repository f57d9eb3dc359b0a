"""What runs before the response of a request, and how the scheduler is stopped."""

import asyncio

import pytest

from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.advances import AdvanceResult
from mockserver.runtime.scheduler import Scheduler
from tests.support import read
from tests.support.dispatchers import NeverDispatcher, RecordingDispatcher
from tests.support.schedulers import (
    event_types,
    instant_scheduler,
    manual_scheduler,
    running_scheduler,
)
from tests.support.simulation import START, click_to_call

EARLY = "report-before-reply"


def test_run_due_now_runs_what_is_due_now_and_waits_for_its_webhook(
    state: SandboxState,
) -> None:
    completed: list[str] = []

    async def receive(delivery: Delivery) -> DeliveryResult:
        await asyncio.sleep(0)
        completed.append(delivery.id)
        return DeliveryResult(status=200)

    scheduler = manual_scheduler(state, RecordingDispatcher(receive))
    click_to_call(state, EARLY, attempts=0)
    asyncio.run(scheduler.run_due_now(START))
    assert (event_types(state)[-1], completed, read.deliveries(state)["w1"].state) == (
        "ended",
        ["w1"],
        "delivered",
    )
    assert (scheduler.clock.now(), read.peek(state)) == (START, None)


def test_run_due_now_leaves_later_items_scheduled(state: SandboxState) -> None:
    scheduler = manual_scheduler(state)
    click_to_call(state)
    asyncio.run(scheduler.run_due_now(START))
    assert (event_types(state), scheduler.clock.now()) == (["placed", "begin", "ring"], START)
    due = read.peek(state)
    assert due is not None
    assert due.at == START + 2_000


def test_run_due_now_does_not_jump_ahead_in_instant_mode(state: SandboxState) -> None:
    async def run() -> None:
        async with running_scheduler(scheduler):
            with scheduler.request_scope() as now:
                click_to_call(state, EARLY, attempts=0, now=now)
                click_to_call(state, now=now)
                await scheduler.run_due_now(now)
                observed.append((event_types(state, "c1")[-1], event_types(state, "c2")[-1]))
            await dispatcher.wait_for_deliveries(2)

    observed = list[tuple[str, str]]()
    dispatcher = RecordingDispatcher()
    scheduler = instant_scheduler(state, dispatcher)
    asyncio.run(run())
    assert observed == [("ended", "ring")]
    assert [delivery.webhook.call_id for delivery in dispatcher.deliveries] == ["c1", "c2"]


def test_run_due_now_with_nothing_due_changes_nothing(state: SandboxState) -> None:
    asyncio.run(manual_scheduler(state).run_due_now(START))
    assert list(read.journal(state)) == []


@pytest.mark.parametrize("to", [None, START + 3_600_000])
def test_stopping_the_scheduler_ends_an_advance_where_it_is(
    state: SandboxState, to: int | None
) -> None:
    async def run() -> AdvanceResult:
        advance = asyncio.create_task(scheduler.advance(to))
        await dispatcher.wait_for_deliveries(1)
        await scheduler.stop()
        return await advance

    dispatcher = NeverDispatcher()
    scheduler = manual_scheduler(state, dispatcher)
    click_to_call(state, "callee-busy")
    click_to_call(state)
    result = asyncio.run(run())
    assert (result.stop_reason, result.attempts) == ("stop", 1)
    assert (scheduler.clock.now(), scheduler.is_stopping, scheduler.is_advancing) == (
        START + 5_000,
        True,
        False,
    )
    assert (read.calls(state)["c2"].phase, read.deliveries(state)["w1"].state) == (
        "bridged",
        "pending",
    )


def test_an_advance_of_a_stopped_scheduler_runs_nothing(state: SandboxState) -> None:
    async def run() -> AdvanceResult:
        await scheduler.stop()
        return await scheduler.advance(None)

    scheduler: Scheduler = manual_scheduler(state)
    click_to_call(state)
    assert asyncio.run(run()) == AdvanceResult(events=0, attempts=0, stop_reason="stop")
    assert event_types(state) == ["placed"]


def test_stopping_the_scheduler_ends_run_due_now(state: SandboxState) -> None:
    """A request that waits for its webhook gets its response when the server ends too."""

    async def run() -> None:
        running = asyncio.create_task(scheduler.run_due_now(START))
        await dispatcher.wait_for_deliveries(1)
        await scheduler.stop()
        await running

    dispatcher = NeverDispatcher()
    scheduler = manual_scheduler(state, dispatcher)
    click_to_call(state, EARLY, attempts=0)
    click_to_call(state, EARLY, attempts=0)
    asyncio.run(asyncio.wait_for(run(), 10))
    assert [delivery.id for delivery in dispatcher.deliveries] == ["w1"]
    assert {delivery.state for delivery in read.deliveries(state).values()} == {"pending"}


def test_a_reset_ends_run_due_now(state: SandboxState) -> None:
    """What is due in the new epoch is not run before the response of an old request."""

    async def reset(_: Delivery) -> DeliveryResult:
        state.reset(START)
        click_to_call(state)
        return DeliveryResult(status=200)

    scheduler = manual_scheduler(state, RecordingDispatcher(reset))
    click_to_call(state, EARLY, attempts=0)
    asyncio.run(scheduler.run_due_now(START))
    assert event_types(state) == ["placed"]
    due = read.peek(state)
    assert (due and due.at, scheduler.clock.now()) == (START, START)
