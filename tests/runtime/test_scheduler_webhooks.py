"""Deliveries in flight: their order, their cancellation, and what they do not delay."""

import asyncio
from functools import partial
from typing import Any

from mockserver.core.account import Retry
from mockserver.core.configuration import Configuration
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.core.time import SECOND
from mockserver.core.webhook import Delivery, DeliveryResult, Webhook
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from tests.support import read
from tests.support.builders import build_webhook
from tests.support.deliveries import attempt_results, end_call_at_once
from tests.support.dispatchers import RecordingDispatcher
from tests.support.event_loop import other_tasks, yield_to_tasks
from tests.support.schedulers import instant_scheduler, running_scheduler
from tests.support.simulation import START, change_account, click_to_call, state_with_provider


def report_bridge_and_end(context: EventContext) -> Effects:
    """Send one webhook when the legs are bridged, and one at the end."""
    if context.event.type not in ("bridge", "ended"):
        return NO_EFFECTS
    return Effects(
        webhooks=(
            build_webhook(call_id=context.call.spec.id, kind=context.event.type, url="", body={}),
        )
    )


def test_webhooks_of_a_call_are_sent_in_order_and_delay_no_other_call(
    configuration: Configuration,
) -> None:
    async def receive(delivery: Delivery) -> DeliveryResult:
        if (delivery.webhook.call_id, delivery.webhook.kind) == ("c1", "bridge"):
            await gate.wait()
        return DeliveryResult(status=200)

    async def run() -> None:
        async with running_scheduler(scheduler):
            click_to_call(state)
            click_to_call(state)
            scheduler.wake()
            await dispatcher.wait_for_deliveries(3)
            await yield_to_tasks()
            sent.extend(delivery.webhook for delivery in dispatcher.deliveries)
            gate.set()
            await dispatcher.wait_for_deliveries(4)

    gate, sent, dispatcher = asyncio.Event(), list[Webhook](), RecordingDispatcher(receive)
    state = state_with_provider(configuration, on_event=report_bridge_and_end)
    scheduler = instant_scheduler(state, dispatcher)
    asyncio.run(run())
    assert [(webhook.call_id, webhook.kind) for webhook in sent] == [
        ("c1", "bridge"),
        ("c2", "bridge"),
        ("c2", "ended"),
    ]
    last = dispatcher.deliveries[-1].webhook
    assert (last.call_id, last.kind) == ("c1", "ended")


def test_a_retry_in_instant_mode_is_sent_at_its_virtual_time(state: SandboxState) -> None:
    change_account(state, retry=Retry(waits=(5 * SECOND,)))

    async def receive(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=503 if len(dispatcher.deliveries) == 1 else 200)

    async def run() -> None:
        async with running_scheduler(scheduler):
            click_to_call(state)
            scheduler.wake()
            await dispatcher.wait_for_deliveries(2)
            await scheduler.wait_idle()

    dispatcher = RecordingDispatcher(receive)
    scheduler = instant_scheduler(state, dispatcher)
    asyncio.run(run())
    delivery = read.deliveries(state)["w1"]
    assert delivery.state == "delivered"
    assert [attempt.at - START for attempt in delivery.attempts] == [10_000, 15_000]


def test_cancel_deliveries_stops_everything_in_flight(state: SandboxState) -> None:
    async def wait_forever(_: Delivery) -> DeliveryResult:
        try:
            await asyncio.Event().wait()
        finally:
            canceled.append(len(canceled))
        raise AssertionError

    async def run() -> set[asyncio.Task[Any]]:
        async with running_scheduler(scheduler):
            for _ in range(5):
                click_to_call(state)
            scheduler.wake()
            await dispatcher.wait_for_deliveries(5)
            await scheduler.deliveries.cancel()
            await scheduler.wait_idle()
            return other_tasks()

    canceled, dispatcher = list[int](), RecordingDispatcher(wait_forever)
    scheduler = instant_scheduler(state, dispatcher)
    assert len(asyncio.run(run())) == 1  # the scheduler itself
    assert canceled == [0, 1, 2, 3, 4]
    assert {delivery.state for delivery in read.deliveries(state).values()} == {"pending"}


def test_a_failing_journal_subscriber_does_not_stop_the_scheduler(state: SandboxState) -> None:
    """For example, standard error may be closed: `mockserver 2>&1 | head -1`."""

    def fail(_: object) -> None:
        raise BrokenPipeError

    async def run() -> None:
        task = asyncio.create_task(scheduler.run())
        click_to_call(state)
        state.journal.subscribe(fail)
        scheduler.wake()
        await yield_to_tasks()
        is_done.append(task.done())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await scheduler.deliveries.cancel()

    is_done = list[bool]()
    scheduler = instant_scheduler(state, RecordingDispatcher())
    asyncio.run(run())
    assert is_done == [False]


def test_the_result_of_a_delivery_that_begins_after_the_end_of_its_sandbox_is_ignored(
    configuration: Configuration,
) -> None:
    async def run() -> None:
        await scheduler.stop()
        while scheduler.run_next(START + 60 * SECOND):
            pass
        await scheduler.wait_idle()

    state = state_with_provider(configuration, on_event=report_bridge_and_end)
    dispatcher = RecordingDispatcher()
    click_to_call(state)
    scheduler = instant_scheduler(state, dispatcher)
    asyncio.run(run())
    deliveries = read.deliveries(state).values()
    assert (len(dispatcher.deliveries), [len(each.attempts) for each in deliveries]) == (2, [0, 0])


def take_delivery(state: SandboxState) -> Delivery:
    delivery = run_due_item(state)
    assert delivery
    return delivery


def test_a_webhook_that_may_have_been_sent_is_sent_again_with_a_header(
    state: SandboxState,
) -> None:
    """The header is not in the webhook: the journal knows nothing of it."""

    async def run() -> None:
        scheduler.deliveries.start_again(delivery)
        await scheduler.wait_idle()

    dispatcher = RecordingDispatcher()
    scheduler = instant_scheduler(state, dispatcher)
    end_call_at_once(state)
    delivery = take_delivery(state)
    asyncio.run(run())
    [sent] = dispatcher.deliveries
    headers = {**delivery.webhook.headers, "X-Mock-Repeated": "1"}
    assert sent == delivery.replace(webhook=delivery.webhook.replace(headers=headers))
    assert read.deliveries(state)["w1"].webhook == delivery.webhook
    assert attempt_results(state) == [(1, 0, 200)]


def test_an_attempt_begins_once_what_has_led_to_it_is_stored(state: SandboxState) -> None:
    async def wait(event: asyncio.Event) -> None:
        await event.wait()

    async def run() -> None:
        stored = asyncio.Event()
        scheduler.deliveries.hold = partial(wait, stored)
        scheduler.deliveries.start(delivery)
        await yield_to_tasks()
        counts.append(len(dispatcher.deliveries))
        stored.set()
        await scheduler.wait_idle()
        counts.append(len(dispatcher.deliveries))

    counts, dispatcher = list[int](), RecordingDispatcher()
    scheduler = instant_scheduler(state, dispatcher)
    end_call_at_once(state)
    delivery = take_delivery(state)
    asyncio.run(run())
    assert counts == [0, 1]
