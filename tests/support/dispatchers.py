"""Dispatchers that send nothing: they record deliveries and give the results that a test wants."""

import asyncio
from collections.abc import Awaitable, Callable

from mockserver.core.webhook import Delivery, DeliveryResult


class RecordingDispatcher:
    """Records each delivery; `receive` gives its result, without it status 200."""

    def __init__(
        self, receive: Callable[[Delivery], Awaitable[DeliveryResult]] | None = None
    ) -> None:
        self.deliveries: list[Delivery] = []
        self._changed = asyncio.Condition()
        self.receive = receive

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        self.deliveries.append(delivery)
        async with self._changed:
            self._changed.notify_all()
        return await self.receive(delivery) if self.receive else DeliveryResult(status=200)

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


async def never_respond(_: Delivery) -> DeliveryResult:
    await asyncio.Event().wait()
    raise AssertionError


class UnusedDispatcher:
    """Fails the test if anything is delivered."""

    async def deliver(self, _: Delivery) -> DeliveryResult:
        raise AssertionError
