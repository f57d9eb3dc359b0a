"""An advance delivers the webhooks of one instant to different receivers side by side."""

import asyncio
from collections.abc import Callable
from itertools import permutations
from unittest.mock import Mock

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime import scheduler as module
from mockserver.runtime.delivery_tasks import receiver_of
from tests.support import read
from tests.support.builders import build_webhook
from tests.support.dispatchers import RecordingDispatcher
from tests.support.event_loop import yield_to_tasks
from tests.support.schedulers import has_delivered, manual_scheduler, serialized_journal
from tests.support.simulation import START, click_to_call, state_with_provider

HOUR = 3_600_000


def webhooks_to(*receivers: tuple[str, ...]) -> Callable[[EventContext], Effects]:
    """Build an `on_event`: at its end, each call sends one webhook to each of its receivers."""

    def report_end(context: EventContext) -> Effects:
        if context.event.type != "ended":
            return NO_EFFECTS
        call_id = context.call.spec.id
        return Effects(
            webhooks=tuple(
                build_webhook(call_id=call_id, kind=f"to-{name}", url=f"http://{name}/{call_id}")
                for name in receivers[int(call_id[1:]) - 1]
            )
        )

    return report_end


def state_with_calls(configuration: Configuration, *receivers: tuple[str, ...]) -> SandboxState:
    """Build a state with one call for each element, all due at the same instants."""
    state = state_with_provider(configuration, on_event=webhooks_to(*receivers))
    for _ in receivers:
        click_to_call(state)
    return state


def paths(dispatcher: RecordingDispatcher) -> list[str]:
    return [delivery.webhook.url.removeprefix("http://") for delivery in dispatcher.deliveries]


class GatedReceivers:
    """Receivers that each respond once their gate is open."""

    def __init__(self) -> None:
        self.gates = {name: asyncio.Event() for name in ("a", "b", "c")}

    async def receive(self, delivery: Delivery) -> DeliveryResult:
        await self.gates[delivery.webhook.url.split("/")[2]].wait()
        return DeliveryResult(status=200)


def test_a_silent_receiver_does_not_hold_up_the_others(configuration: Configuration) -> None:
    """Its own next webhook, and the next one of its call, wait for it."""

    async def run() -> list[str]:
        advance = asyncio.create_task(manual_scheduler(state, dispatcher).advance(START + HOUR))
        for name in "bc":
            receivers.gates[name].set()
        await dispatcher.wait_for_deliveries(4)
        await yield_to_tasks()
        meanwhile = paths(dispatcher)
        receivers.gates["a"].set()
        await advance
        return meanwhile

    receivers = GatedReceivers()
    dispatcher = RecordingDispatcher(receivers.receive)
    state = state_with_calls(configuration, ("a", "b"), ("b",), ("c", "c"), ("a",))
    meanwhile = asyncio.run(run())
    assert meanwhile == ["a/c1", "b/c2", "c/c3", "c/c3"]
    assert sorted(paths(dispatcher)[4:]) == ["a/c4", "b/c1"]


@pytest.mark.parametrize("order", [*permutations("abc")], ids="".join)
def test_the_journal_does_not_depend_on_the_order_of_the_responses(
    order: tuple[str, ...], configuration: Configuration
) -> None:
    async def run() -> None:
        scheduler = manual_scheduler(state, dispatcher)
        advance = asyncio.create_task(scheduler.advance(START + HOUR))
        await dispatcher.wait_for_deliveries(3)
        for name in order:
            receivers.gates[name].set()
            await yield_to_tasks()
        await advance

    receivers = GatedReceivers()
    dispatcher = RecordingDispatcher(receivers.receive)
    state = state_with_calls(configuration, ("b",), ("a",), ("c",))
    asyncio.run(run())
    expected = state_with_calls(configuration, ("b",), ("a",), ("c",))
    asyncio.run(manual_scheduler(expected, RecordingDispatcher(respond)).advance(START + HOUR))
    assert serialized_journal(state) == serialized_journal(expected)


async def respond(_: Delivery) -> DeliveryResult:
    return DeliveryResult(status=200)


def test_an_internal_error_of_a_delivery_is_journaled_in_its_turn(
    configuration: Configuration,
) -> None:
    async def receive(delivery: Delivery) -> DeliveryResult:
        if delivery.webhook.url == "http://b/c2":
            raise ZeroDivisionError
        await asyncio.sleep(0)
        return DeliveryResult(status=200)

    state = state_with_calls(configuration, ("a",), ("b",), ("c",))
    scheduler = manual_scheduler(state, RecordingDispatcher(receive))
    asyncio.run(scheduler.advance(START + HOUR))
    types = [entry.type for entry in read.journal(state)]
    assert [name for name in types if name in ("delivery-attempt", "error")] == [
        "delivery-attempt",
        "error",
        "delivery-attempt",
        "delivery-attempt",
    ]
    assert [
        (delivery.state, delivery.attempts[-1].result.error)
        for delivery in read.deliveries(state).values()
    ] == [
        ("delivered", None),
        ("failed", "internal"),
        ("delivered", None),
    ]


def test_an_error_while_a_delivery_is_ended_is_journaled_too(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def receive(_: Delivery) -> DeliveryResult:
        raise ZeroDivisionError

    error = KeyError("w1")
    monkeypatch.setattr(module, "fail_attempt", Mock(side_effect=error))
    state = state_with_calls(configuration, ("a",))
    asyncio.run(manual_scheduler(state, RecordingDispatcher(receive)).advance(START + HOUR))
    assert [entry.payload for entry in read.journal(state) if entry.type == "error"] == [error]


def test_an_advance_with_a_condition_sends_nothing_after_it_is_met(
    configuration: Configuration,
) -> None:
    state = state_with_calls(configuration, ("a",), ("b",), ("c",))
    dispatcher = RecordingDispatcher(respond)
    scheduler = manual_scheduler(state, dispatcher)
    asyncio.run(scheduler.advance(START + HOUR, lambda: has_delivered(state)))
    assert paths(dispatcher) == ["a/c1"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.test:80/hook?x=http://b/", "http://a.test:80"),
        ("http://a.test", "http://a.test"),
        ("http://[::1", "http://[::1"),
        ("", ""),
        ("hook", "hook"),
    ],
)
def test_the_receiver_of_any_text_is_what_stands_before_its_path(url: str, expected: str) -> None:
    assert receiver_of(url) == expected
