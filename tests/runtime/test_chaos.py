"""Webhooks to receivers that fail in every manner, during an hour of virtual time."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack

from mockserver.core.account import Retry
from mockserver.core.configuration import Configuration
from mockserver.core.time import MINUTE
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.runtime.sandbox import Sandbox, Timing
from tests.delivery.test_dispatcher import FAULTS, SLOW
from tests.support import read
from tests.support.receivers import (
    OK_RESPONSE,
    UNUSED_ORIGIN,
    Handler,
    keep_silent,
    respond_with,
    serve_receiver,
)
from tests.support.simulation import START, change_account, click_to_call

RECEIVERS: Mapping[str, tuple[Handler, str | int]] = {
    "healthy": (respond_with(OK_RESPONSE), 200),
    "unhappy": (respond_with(b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n"), 500),
    "redirect": (FAULTS["redirect"][0], 302),
    "reset after accept": (FAULTS["reset after accept"][0], "reset"),
    "hangs up at once": (FAULTS["hangs up at once"][0], "reset"),
    "cut head": (FAULTS["cut head"][0], "reset"),
    "cut body": (FAULTS["cut body"][0], "reset"),
    "garbage": (FAULTS["garbage"][0], "protocol"),
    "two lengths": (FAULTS["two lengths"][0], "protocol"),
    "endless head": (FAULTS["endless head"][0], "too-large"),
    "endless body": (FAULTS["endless body"][0], 200),
    "silent": (keep_silent, "timeout"),
    "half a head": (SLOW["half a head"], "timeout"),
}
END_STATES = {"delivered", "failed", "refused"}
INTERVAL = 20_000
"""Milliseconds between two calls."""

HOUR = 60 * MINUTE


class RotatingDispatcher:
    """Sends each delivery attempt to the next receiver, over a real socket."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self.ports = [*ports.items()]
        self.patient = WebhookDispatcher(UNUSED_ORIGIN)
        self.impatient = WebhookDispatcher(UNUSED_ORIGIN, timeout=0.05)
        self.results: Counter[tuple[str, str | int | None]] = Counter()

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        turn = int(delivery.id.removeprefix("w")) + len(delivery.attempts)
        name, port = self.ports[turn % len(self.ports)]
        webhook = delivery.webhook.replace(url=f"http://127.0.0.1:{port}/hook")
        dispatcher = self.impatient if RECEIVERS[name][1] == "timeout" else self.patient
        result = await dispatcher.deliver(delivery.replace(webhook=webhook))
        self.results[name, result.status or result.error] += 1
        return result


async def run_an_hour(configuration: Configuration) -> tuple[Sandbox, RotatingDispatcher]:
    async with AsyncExitStack() as stack:
        ports = {
            name: await stack.enter_async_context(serve_receiver(handler))
            for name, (handler, _) in RECEIVERS.items()
        }
        dispatcher = RotatingDispatcher(ports)
        sandbox = Sandbox("t", configuration, Timing(mode="manual", start=START), dispatcher)
        change_account(sandbox.state, retry=Retry(waits=(5_000, 60_000)))
        for at in range(0, HOUR, INTERVAL):
            click_to_call(sandbox.state, now=START + at)
            await sandbox.scheduler.advance(START + at + INTERVAL)
        await sandbox.scheduler.advance(None)
        return sandbox, dispatcher


def test_every_webhook_of_an_hour_of_receiver_faults_is_delivered_failed_or_refused(
    configuration: Configuration,
) -> None:
    sandbox, dispatcher = asyncio.run(run_an_hour(configuration))
    deliveries = [*read.deliveries(sandbox.state).values()]
    assert len(deliveries) == HOUR // INTERVAL
    assert {delivery.state for delivery in deliveries} <= END_STATES
    results = [attempt.result for delivery in deliveries for attempt in delivery.attempts]
    assert [result for result in results if (result.status is None) == (result.error is None)] == []
    assert set(dispatcher.results) == {
        (name, expected) for name, (_, expected) in RECEIVERS.items()
    }
    assert sum(dispatcher.results.values()) == len(results) > 2 * len(deliveries)
    assert list(read.pending_items(sandbox.state)) == []
