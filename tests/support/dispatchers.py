"""Dispatchers that send nothing: they record deliveries and give the results that a test wants."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp

from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery, DeliveryResult
from tests.support.site import ORIGIN, build_client

Receiver = Callable[[Delivery], Awaitable[DeliveryResult]]


async def respond_with_thanks(_: Delivery) -> DeliveryResult:
    return DeliveryResult(status=200, body=b"thanks", duration_ms=7)


async def never_respond(_: Delivery) -> DeliveryResult:
    await asyncio.Event().wait()
    raise AssertionError


def receive_in_app(app: ASGIApp) -> Receiver:
    """Deliver webhooks for inboxes to this application; accept all others."""

    async def receive(delivery: Delivery) -> DeliveryResult:
        webhook = delivery.webhook
        if not webhook.url.startswith(ORIGIN_PLACEHOLDER):
            return await respond_with_thanks(delivery)
        url = webhook.url.replace(ORIGIN_PLACEHOLDER, ORIGIN, 1)
        async with build_client(app) as client:
            response = await client.request(webhook.method, url, json=webhook.body)
        return DeliveryResult(status=response.status_code, body=response.content, duration_ms=7)

    return receive


class RecordingDispatcher:
    """Records each delivery, and gets its result from `receive`."""

    def __init__(self, receive: Receiver = respond_with_thanks) -> None:
        self.deliveries: list[Delivery] = []
        self._changed = asyncio.Condition()
        self.receive = receive

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        self.deliveries.append(delivery)
        async with self._changed:
            self._changed.notify_all()
        return await self.receive(delivery)

    async def wait_for_deliveries(self, count: int) -> None:
        """Wait until `count` deliveries have begun, 10 seconds at most."""
        async with self._changed, asyncio.timeout(10):
            await self._changed.wait_for(lambda: len(self.deliveries) >= count)


class AcceptingDispatcher:
    """Gives status 200 at once, and records nothing."""

    async def deliver(self, _: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200)


class NeverDispatcher(RecordingDispatcher):
    """Records each delivery, and never gives a result."""

    def __init__(self) -> None:
        super().__init__(never_respond)


class GatedDispatcher:
    """Gives status 200 while `gate` is set; `started` is set by the first delivery."""

    def __init__(self) -> None:
        self.started, self.gate = asyncio.Event(), asyncio.Event()
        self.gate.set()

    async def deliver(self, _: Delivery) -> DeliveryResult:
        self.started.set()
        await self.gate.wait()
        return DeliveryResult(status=200)


class UnusedDispatcher:
    """Fails the test if anything is delivered."""

    async def deliver(self, _: Delivery) -> DeliveryResult:
        raise AssertionError
