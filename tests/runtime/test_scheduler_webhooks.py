"""What is out on its way: in which order, how it is stopped, who is not held up."""

import asyncio
from typing import Any

from mockserver.core.account import Retry
from mockserver.core.configuration import Configuration
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.core.time import SECOND
from mockserver.core.webhook import Delivery, DeliveryResult, Webhook
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.builders import build_webhook
from tests.support.dispatchers import RecordingDispatcher
from tests.support.schedulers import (
    instant_scheduler,
    running_scheduler,
    with_on_event,
    yield_to_tasks,
)
from tests.support.simulation import START, change_account, click_to_call


def twice(moment: EventContext) -> Effects:
    """A report when the second leg answers, and one at the end."""
    if moment.event.type not in ("bridge", "ended"):
        return NO_EFFECTS
    return Effects(
        webhooks=(
            build_webhook(call_id=moment.call.spec.id, kind=moment.event.type, url="", body={}),
        )
    )


def test_webhooks_of_one_call_leave_in_order_and_hold_up_no_other_call(
    configuration: Configuration,
) -> None:
    async def receive(delivery: Delivery) -> DeliveryResult:
        if (delivery.webhook.call_id, delivery.webhook.kind) == ("c1", "bridge"):
            await gate.wait()
        return DeliveryResult(status=200)

    async def scenario() -> None:
        async with running_scheduler(driver):
            click_to_call(state)
            click_to_call(state)
            driver.wake()
            await postman.wait_for_deliveries(3)
            await yield_to_tasks()
            held.extend(one.webhook for one in postman.deliveries)
            gate.set()
            await postman.wait_for_deliveries(4)

    gate, held, postman = asyncio.Event(), list[Webhook](), RecordingDispatcher(receive)
    state = SandboxState(with_on_event(configuration, twice), START)
    driver = instant_scheduler(state, postman)
    asyncio.run(scenario())
    assert [(one.call_id, one.kind) for one in held] == [
        ("c1", "bridge"),
        ("c2", "bridge"),
        ("c2", "ended"),
    ]
    last = postman.deliveries[-1].webhook
    assert (last.call_id, last.kind) == ("c1", "ended")


def test_a_retry_in_instant_mode_keeps_its_time(state: SandboxState) -> None:
    change_account(state, retry=Retry(waits=(5 * SECOND,)))

    async def receive(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=503 if len(postman.deliveries) == 1 else 200)

    async def scenario() -> None:
        async with running_scheduler(driver):
            click_to_call(state)
            driver.wake()
            await postman.wait_for_deliveries(2)
            await driver.wait_idle()

    postman = RecordingDispatcher(receive)
    driver = instant_scheduler(state, postman)
    asyncio.run(scenario())
    delivery = read.deliveries(state)["w1"]
    assert delivery.state == "delivered"
    assert [made.at - START for made in delivery.attempts] == [10_000, 15_000]


def test_quiet_stops_what_is_out(state: SandboxState) -> None:
    async def never(_: Delivery) -> DeliveryResult:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(len(stopped))
        raise AssertionError

    async def scenario() -> set[asyncio.Task[Any]]:
        async with running_scheduler(driver):
            for _ in range(5):
                click_to_call(state)
            driver.wake()
            await postman.wait_for_deliveries(5)
            await driver.cancel_deliveries()
            await driver.wait_idle()
            return asyncio.all_tasks() - {asyncio.current_task()}

    stopped, postman = list[int](), RecordingDispatcher(never)
    driver = instant_scheduler(state, postman)
    assert len(asyncio.run(scenario())) == 1  # the loop itself
    assert stopped == [0, 1, 2, 3, 4]
    assert {one.state for one in read.deliveries(state).values()} == {"pending"}


def test_a_watcher_that_fails_does_not_stop_the_clock(state: SandboxState) -> None:
    """Standard error may be closed: `mockserver 2>&1 | head -1`."""

    def broken(_: object) -> None:
        raise BrokenPipeError

    async def scenario() -> None:
        task = asyncio.create_task(driver.run())
        click_to_call(state)
        read.subscribers(state).append(broken)
        driver.wake()
        await yield_to_tasks()
        gone.append(task.done())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await driver.cancel_deliveries()

    gone = list[bool]()
    driver = instant_scheduler(state, RecordingDispatcher())
    asyncio.run(scenario())
    assert gone == [False]
