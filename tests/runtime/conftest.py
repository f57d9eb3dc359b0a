"""Clocks that stand where they are put, couriers that remember, receivers of every manner."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from mockserver.core.call import Call
from mockserver.core.configuration import Configuration
from mockserver.core.provider import Effects, OnEvent
from mockserver.core.webhook import Delivery, DeliveryResult, Webhook
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.engine.effects import apply
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.clock import Clock
from mockserver.runtime.scheduler import Scheduler
from mockserver.web.views.serializers import serialize_entry
from tests.conftest import START, click

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def delivery(url: str, **webhook: Any) -> Delivery:
    sent = Webhook("c1", "completed", url, **webhook)
    return Delivery("w1", "mobtexting", "any", sent, epoch=0, state="pending", next_attempt_at=0)


def origin() -> str:
    return "http://127.0.0.1:1"


@asynccontextmanager
async def receiver(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Its port; whoever is still on the line at the end is cut off."""
    lines: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines[asyncio.current_task()] = writer
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in lines.values():
            writer.transport.abort()
        await asyncio.gather(*filter(None, lines))


def carried(handler: Handler, deadline: float = 10.0, **webhook: Any) -> DeliveryResult:
    async def scenario() -> DeliveryResult:
        async with receiver(handler) as port:
            courier = WebhookDispatcher(origin, timeout=deadline)
            answer = await courier.deliver(delivery(f"http://127.0.0.1:{port}/hook", **webhook))
            return answer._replace(duration_ms=0)

    return asyncio.run(scenario())


def says(*parts: bytes) -> Handler:
    """Reads the head of the request, says these, closes."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(parts)

    return handler


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def resets(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def hangs_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    pass


class Wall:
    """A real clock in seconds that stands where it is put."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Postman:
    """Remembers what it carried, and says so; `receive` gives the answer."""

    def __init__(
        self, receive: Callable[[Delivery], Awaitable[DeliveryResult]] | None = None
    ) -> None:
        self.carried: list[Delivery] = []
        self.news = asyncio.Condition()
        self.receive = receive

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        self.carried.append(delivery)
        async with self.news:
            self.news.notify_all()
        return await self.receive(delivery) if self.receive else DeliveryResult(200)

    async def until(self, count: int) -> None:
        async with self.news, asyncio.timeout(10):
            await self.news.wait_for(lambda: len(self.carried) >= count)


def manual(store: SandboxState, postman: Postman | None = None) -> Scheduler:
    return Scheduler(store, Clock("manual", START), postman or Postman())


def instant(store: SandboxState, postman: Postman, wall: Wall | None = None) -> Scheduler:
    return Scheduler(store, Clock("instant", START, wall or Wall()), postman)


@asynccontextmanager
async def running(driver: Scheduler) -> AsyncIterator[None]:
    task = asyncio.create_task(driver.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await driver.cancel_deliveries()


async def turns(count: int = 50) -> None:
    """Give whoever is ready so many chances to go on."""
    for _ in range(count):
        await asyncio.sleep(0)


def rendered(store: SandboxState) -> list[dict[str, Any]]:
    return [serialize_entry(fact, store.configuration) for fact in store.journal]


def verbs(store: SandboxState, name: str = "c1") -> list[str]:
    return [event.type for event in store.calls[name].events]


def reacting(world: Configuration, react: OnEvent) -> Configuration:
    listing = world.providers["mobtexting"]
    changed = listing._replace(provider=listing.provider._replace(on_event=react))
    return world._replace(providers={"mobtexting": changed})


def later(call: Call, name: str, at: int) -> Call:
    """The same order under another name, booked for a time of the client's own choice."""
    return call._replace(spec=call.spec._replace(id=name), starts_at=at)


def book(store: SandboxState, at: int, *stories: str) -> None:
    """A call c1 for now, and a call c2 that is booked for later."""
    click(store, *stories)
    apply(store, Effects(calls=(later(store.calls["c1"], "c2", at),)), START)
