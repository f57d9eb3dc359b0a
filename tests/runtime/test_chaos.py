"""An hour of virtual chaos: receivers that fail in every manner, and how each attempt has fared."""

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
    Handler,
    never_respond,
    respond_with,
    serve_receiver,
    unused_origin,
)
from tests.support.simulation import START, change_account, click_to_call

MODES: Mapping[str, tuple[Handler, str | int]] = {
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
    "silent": (never_respond, "timeout"),
    "half a head": (SLOW["half a head"], "timeout"),
}
KNOWN = {"delivered", "failed", "refused"}
EVERY = 20_000  # ms between two calls
HOUR = 60 * MINUTE


class Choosing:
    """Carries each webhook to the receiver whose turn it is, on a real socket."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self.ports = [*ports.items()]
        self.courier, self.impatient = (
            WebhookDispatcher(unused_origin),
            WebhookDispatcher(unused_origin, timeout=0.05),
        )
        self.heard: Counter[tuple[str, str | int | None]] = Counter()

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        turn = int(delivery.id.removeprefix("w")) + len(delivery.attempts)
        mode, port = self.ports[turn % len(self.ports)]
        webhook = delivery.webhook._replace(url=f"http://127.0.0.1:{port}/hook")
        courier = self.impatient if MODES[mode][1] == "timeout" else self.courier
        answer = await courier.deliver(delivery._replace(webhook=webhook))
        self.heard[mode, answer.status or answer.error] += 1
        return answer


async def chaotic(configuration: Configuration) -> tuple[Sandbox, Choosing]:
    async with AsyncExitStack() as stack:
        ports = {
            mode: await stack.enter_async_context(serve_receiver(handler))
            for mode, (handler, _) in MODES.items()
        }
        courier = Choosing(ports)
        sandbox = Sandbox("t", configuration, Timing(mode="manual", start=START), courier)
        change_account(sandbox.state, retry=Retry(waits=(5_000, 60_000)))
        for at in range(0, HOUR, EVERY):
            click_to_call(sandbox.state, now=START + at)
            await sandbox.scheduler.advance(START + at + EVERY)
        await sandbox.scheduler.advance(None)
        return sandbox, courier


def test_an_hour_of_chaos_leaves_nothing_unknown(configuration: Configuration) -> None:
    sandbox, courier = asyncio.run(chaotic(configuration))
    deliveries = [*read.deliveries(sandbox.state).values()]
    assert len(deliveries) == HOUR // EVERY
    assert {one.state for one in deliveries} <= KNOWN
    answers = [attempt.result for one in deliveries for attempt in one.attempts]
    assert [one for one in answers if (one.status is None) == (one.error is None)] == []
    assert set(courier.heard) == {(mode, expected) for mode, (_, expected) in MODES.items()}
    assert sum(courier.heard.values()) == len(answers) > 2 * len(deliveries)
    assert list(read.pending_items(sandbox.state)) == []
