"""What happens before the reply because a story wants it so, and the end of all advancing."""

import asyncio

import pytest

from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.scheduler import AdvanceResult, Scheduler
from tests.support import read
from tests.support.dispatchers import RecordingDispatcher
from tests.support.schedulers import (
    event_types,
    instant_scheduler,
    manual_scheduler,
    running_scheduler,
)
from tests.support.simulation import START, click_to_call

EARLY = "report-before-reply"


def test_hurry_plays_what_is_due_at_this_instant_and_waits_for_its_webhook(
    state: SandboxState,
) -> None:
    answered: list[str] = []

    async def receive(delivery: Delivery) -> DeliveryResult:
        await asyncio.sleep(0)
        answered.append(delivery.id)
        return DeliveryResult(status=200)

    driver = manual_scheduler(state, RecordingDispatcher(receive))
    click_to_call(state, EARLY, attempts=0)
    asyncio.run(driver.run_due_now(START))
    assert (event_types(state)[-1], answered, read.deliveries(state)["w1"].state) == (
        "ended",
        ["w1"],
        "delivered",
    )
    assert (driver.clock.now(), read.peek(state)) == (START, None)


def test_hurry_leaves_what_is_due_later(state: SandboxState) -> None:
    driver = manual_scheduler(state)
    click_to_call(state)
    asyncio.run(driver.run_due_now(START))
    assert (event_types(state), driver.clock.now()) == (["placed", "begin", "ring"], START)
    due = read.peek(state)
    assert due is not None
    assert due.at == START + 2_000


def test_hurry_does_not_jump_in_instant_mode(state: SandboxState) -> None:
    async def scenario() -> None:
        async with running_scheduler(driver):
            with driver.request_scope() as now:
                click_to_call(state, EARLY, attempts=0, now=now)
                click_to_call(state, now=now)
                await driver.run_due_now(now)
                seen.append((event_types(state, "c1")[-1], event_types(state, "c2")[-1]))
            await postman.wait_for_deliveries(2)

    seen = list[tuple[str, str]]()
    postman = RecordingDispatcher()
    driver = instant_scheduler(state, postman)
    asyncio.run(scenario())
    assert seen == [("ended", "ring")]
    assert [one.webhook.call_id for one in postman.deliveries] == ["c1", "c2"]


def test_hurry_with_nothing_due(state: SandboxState) -> None:
    asyncio.run(manual_scheduler(state).run_due_now(START))
    assert list(read.journal(state)) == []


async def never(_: Delivery) -> DeliveryResult:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("to", [None, START + 3_600_000])
def test_stop_ends_an_advance_where_it_is(state: SandboxState, to: int | None) -> None:
    async def scenario() -> AdvanceResult:
        moving = asyncio.create_task(driver.advance(to))
        await postman.wait_for_deliveries(1)
        await driver.stop()
        return await moving

    postman = RecordingDispatcher(never)
    driver = manual_scheduler(state, postman)
    click_to_call(state, "callee-busy")
    click_to_call(state)
    told = asyncio.run(scenario())
    assert (told.stop_reason, told.attempts) == ("stop", 1)
    assert (driver.clock.now(), driver.is_stopping, driver.is_advancing) == (
        START + 5_000,
        True,
        False,
    )
    assert (read.calls(state)["c2"].phase, read.deliveries(state)["w1"].state) == (
        "bridged",
        "pending",
    )


def test_after_a_stop_an_advance_goes_nowhere(state: SandboxState) -> None:
    async def scenario() -> AdvanceResult:
        await driver.stop()
        return await driver.advance(None)

    driver: Scheduler = manual_scheduler(state)
    click_to_call(state)
    assert asyncio.run(scenario()) == AdvanceResult(events=0, attempts=0, stop_reason="stop")
    assert event_types(state) == ["placed"]


def test_stop_frees_who_hurries(state: SandboxState) -> None:
    """A request whose report goes before its reply is answered at the end of the server too."""

    async def scenario() -> None:
        hurrying = asyncio.create_task(driver.run_due_now(START))
        await postman.wait_for_deliveries(1)
        await driver.stop()
        await hurrying

    postman = RecordingDispatcher(never)
    driver = manual_scheduler(state, postman)
    click_to_call(state, EARLY, attempts=0)
    click_to_call(state, EARLY, attempts=0)
    asyncio.run(asyncio.wait_for(scenario(), 10))
    assert [one.id for one in postman.deliveries] == ["w1"]
    assert {one.state for one in read.deliveries(state).values()} == {"pending"}
