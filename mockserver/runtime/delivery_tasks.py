"""The deliveries of a sandbox that are on their way, each a task."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from types import MappingProxyType
from typing import Final
from weakref import WeakValueDictionary

from mockserver.core.webhook import Delivery, DeliveryResult, Dispatcher
from mockserver.runtime.tasks import OnError, spawn

REPEATED: Final = MappingProxyType({"X-Mock-Repeated": "1"})
"""The header of a webhook that a server sends again, as an earlier one ended before the result."""


class DeliveryTasks:
    """Starts and owns the tasks; the deliveries of a call go one after another.

    `store` gets each delivery with its result, or with the internal error that ended it.
    `tasks` are those on their way.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        store: Callable[[Delivery, DeliveryResult | Exception], None],
        on_error: OnError,
    ) -> None:
        self.dispatcher = dispatcher
        self._store = store
        self._on_error = on_error
        self.hold: Callable[[], Awaitable[None]] | None = None
        """Waits until an attempt may begin, for a sandbox that is stored."""
        self.begun_count = 0
        """Attempts that have begun, ever."""
        self._tasks: set[asyncio.Task[None]] = set()
        self.tasks: Collection[asyncio.Task[None]] = self._tasks
        self._last_task: asyncio.Task[None] | None = None
        self._last_by_call: dict[str, asyncio.Event] = {}
        self._receivers: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def start(self, delivery: Delivery) -> None:
        """Deliver a webhook after those of its call; store its result when that is there."""
        self._start(delivery, self._attempt, None)

    def start_again(self, delivery: Delivery) -> None:
        """Deliver as `start` a webhook that may have been sent before: a header says so."""
        self._start(delivery, self._attempt_again, None)

    def start_in_turn(self, delivery: Delivery) -> None:
        """Deliver a webhook after those of its call, while its receiver has no other one.

        Results are stored in the order of the starts, whichever comes first.
        """
        self._last_task = self._start(delivery, self._attempt_alone, self._last_task)

    async def cancel(self) -> None:
        """Cancel all deliveries, and wait until they have ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Cancel all deliveries, and let go of what gets the results of later ones.

        Their owner is then free at once: garbage collections that find cycles are rare.
        """
        await self.cancel()
        self._store = self._on_error = _ignore
        self.hold = None

    async def wait(self) -> None:
        """Wait until every delivery has a result."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _start(
        self,
        delivery: Delivery,
        attempt: Callable[[Delivery], Awaitable[DeliveryResult]],
        turn: asyncio.Task[None] | None,
    ) -> asyncio.Task[None]:
        call_id, has_result = delivery.webhook.call_id, asyncio.Event()
        previous = self._last_by_call.get(call_id)
        work = self._deliver(delivery, attempt, (previous, has_result), turn)
        task = spawn(work, self._on_error)
        self._tasks.add(task)
        self._last_by_call[call_id] = has_result
        task.add_done_callback(partial(self._remove, call_id, has_result))
        return task

    def _remove(self, call_id: str, has_result: asyncio.Event, task: asyncio.Task[None]) -> None:
        self._tasks.remove(task)
        if self._last_by_call.get(call_id) is has_result:
            del self._last_by_call[call_id]
        if self._last_task is task:
            self._last_task = None

    async def _deliver(
        self,
        delivery: Delivery,
        attempt: Callable[[Delivery], Awaitable[DeliveryResult]],
        of_call: tuple[asyncio.Event | None, asyncio.Event],
        turn: asyncio.Task[None] | None,
    ) -> None:
        """Deliver a webhook after the previous one of its call; end after the task `turn`."""
        previous, has_result = of_call
        try:
            try:
                if previous:
                    await previous.wait()
                result = await attempt(delivery)
            finally:
                has_result.set()
                if turn:
                    await asyncio.wait((turn,))
            self._store(delivery, result)
        except Exception as error:  # noqa: BLE001 - it ends the delivery, which nothing else would
            self._store(delivery, error)

    async def _attempt(self, delivery: Delivery) -> DeliveryResult:
        if self.hold:
            await self.hold()
        self.begun_count += 1
        return await self.dispatcher.deliver(delivery)

    async def _attempt_again(self, delivery: Delivery) -> DeliveryResult:
        webhook = delivery.webhook
        headers = {**webhook.headers, **REPEATED}
        return await self._attempt(delivery.replace(webhook=webhook.replace(headers=headers)))

    async def _attempt_alone(self, delivery: Delivery) -> DeliveryResult:
        receiver = receiver_of(delivery.webhook.url)
        async with self._receivers.setdefault(receiver, asyncio.Lock()):
            return await self._attempt(delivery)


def _ignore(*_: object) -> None:
    """For a delivery that begins after the end of its sandbox."""


def receiver_of(url: str) -> str:
    """Return scheme, host and port of a URL as they are written; any text is allowed."""
    return "/".join(url.split("/", 3)[:3])
