"""Dispatchers that send nothing and record each delivery."""

import asyncio
from collections.abc import Awaitable, Callable

from mockserver.core.webhook import Delivery, DeliveryResult


class RecordingDispatcher:
    """Remembers what it carried, and says so; `receive` gives the answer."""

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
        async with self._changed, asyncio.timeout(10):
            await self._changed.wait_for(lambda: len(self.deliveries) >= count)
