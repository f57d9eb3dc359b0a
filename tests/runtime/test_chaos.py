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
from tests.conftest import START, click, with_account
from tests.delivery.test_dispatcher import FAULTS, SLOW
from tests.runtime.conftest import OK, Handler, origin, receiver, says, silent

MODES: Mapping[str, tuple[Handler, str | int]] = {
    "healthy": (says(OK), 200),
    "unhappy": (says(b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n"), 500),
    "redirect": (FAULTS["redirect"][0], 302),
    "reset after accept": (FAULTS["reset after accept"][0], "reset"),
    "hangs up at once": (FAULTS["hangs up at once"][0], "reset"),
    "cut head": (FAULTS["cut head"][0], "reset"),
    "cut body": (FAULTS["cut body"][0], "reset"),
    "garbage": (FAULTS["garbage"][0], "protocol"),
    "two lengths": (FAULTS["two lengths"][0], "protocol"),
    "endless head": (FAULTS["endless head"][0], "too-large"),
    "endless body": (FAULTS["endless body"][0], 200),
    "silent": (silent, "timeout"),
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
            WebhookDispatcher(origin),
            WebhookDispatcher(origin, timeout=0.05),
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


async def chaotic(world: Configuration) -> tuple[Sandbox, Choosing]:
    async with AsyncExitStack() as stack:
        ports = {
            mode: await stack.enter_async_context(receiver(handler))
            for mode, (handler, _) in MODES.items()
        }
        courier = Choosing(ports)
        sandbox = Sandbox("t", world, Timing("manual", START), courier)
        with_account(sandbox.state, retry=Retry((5_000, 60_000)))
        for at in range(0, HOUR, EVERY):
            click(sandbox.state, now=START + at)
            await sandbox.scheduler.advance(START + at + EVERY)
        await sandbox.scheduler.advance(None)
        return sandbox, courier


def test_an_hour_of_chaos_leaves_nothing_unknown(world: Configuration) -> None:
    sandbox, courier = asyncio.run(chaotic(world))
    deliveries = [*sandbox.state.deliveries.values()]
    assert len(deliveries) == HOUR // EVERY
    assert {one.state for one in deliveries} <= KNOWN
    answers = [attempt.result for one in deliveries for attempt in one.attempts]
    assert [one for one in answers if (one.status is None) == (one.error is None)] == []
    assert set(courier.heard) == {(mode, expected) for mode, (_, expected) in MODES.items()}
    assert sum(courier.heard.values()) == len(answers) > 2 * len(deliveries)
    assert list(sandbox.state.pending_items()) == []
