"""Connections that receivers keep open are reused; those that they close are not."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery import connection_pool as module
from mockserver.delivery.connection_pool import BASE_LIMIT, IDLE_TIMEOUT, MIN_IDLE_BEFORE_REUSE
from mockserver.delivery.dispatcher import WebhookDispatcher
from tests.support.fake_clock import FakeClock
from tests.support.receivers import (
    OK_RESPONSE,
    UNUSED_ORIGIN,
    Handler,
    build_delivery_to,
    serve_receiver,
)

pytestmark = pytest.mark.usefixtures("either_loop")

OK = DeliveryResult(status=200, error=None, body=b"ok")


class KeepAliveReceiver:
    """Responds to up to `max_requests` requests per connection, and counts the requests of each."""

    def __init__(self, response: bytes = OK_RESPONSE, max_requests: int = 1_000) -> None:
        self.response, self.max_requests = response, max_requests
        self.request_counts: list[int] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.request_counts.append(0)
        index = len(self.request_counts) - 1
        while self.request_counts[index] < self.max_requests and (
            await reader.readuntil(b"\r\n\r\n")
        ):
            self.request_counts[index] += 1
            writer.write(self.response)


@asynccontextmanager
async def run_dispatcher(
    handler: Handler, real_clock: FakeClock
) -> AsyncIterator[tuple[WebhookDispatcher, str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "monotonic", real_clock)
        async with serve_receiver(handler) as port:
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN)
            yield dispatcher, f"http://127.0.0.1:{port}/hook"
            await dispatcher.close()


async def send(dispatcher: WebhookDispatcher, url: str, **webhook: str) -> DeliveryResult:
    return (await dispatcher.deliver(build_delivery_to(url, **webhook))).replace(duration_ms=0)


@pytest.mark.parametrize(
    ("idle_times", "request_counts"),
    [
        ((MIN_IDLE_BEFORE_REUSE, 0.0, 0.0), [4]),
        ((0.0, 0.0, 0.0), [1, 1, 1, 1]),
        ((0.0, MIN_IDLE_BEFORE_REUSE, 0.0), [2, 2]),
        ((MIN_IDLE_BEFORE_REUSE / 2, MIN_IDLE_BEFORE_REUSE / 2, 0.0), [2, 2]),
    ],
)
def test_a_connection_is_reused_once_one_was_idle_long_enough(
    idle_times: tuple[float, ...], request_counts: list[int]
) -> None:
    """After the first reuse, further connections of the pool are reused at once."""

    async def run() -> list[DeliveryResult]:
        async with run_dispatcher(handler, real_clock) as (dispatcher, url):
            results = [await send(dispatcher, url)]
            for idle_time in idle_times:
                real_clock.seconds += idle_time
                results.append(await send(dispatcher, url))
            return results

    handler, real_clock = KeepAliveReceiver(), FakeClock()
    assert asyncio.run(run()) == [OK] * 4
    assert handler.request_counts == request_counts


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        OK_RESPONSE + b"more than was declared",
        OK_RESPONSE + OK_RESPONSE,
    ],
)
def test_a_connection_is_not_reused_after_a_response_that_rules_it_out(response: bytes) -> None:
    async def run() -> list[DeliveryResult]:
        async with run_dispatcher(handler, real_clock) as (dispatcher, url):
            results = [await send(dispatcher, url)]
            real_clock.seconds += MIN_IDLE_BEFORE_REUSE
            return [*results, await send(dispatcher, url)]

    handler, real_clock = KeepAliveReceiver(response), FakeClock()
    assert asyncio.run(run()) == [OK] * 2
    assert handler.request_counts == [1, 1]


def test_a_connection_is_not_reused_after_a_webhook_with_connection_close() -> None:
    async def run() -> None:
        async with run_dispatcher(handler, real_clock) as (dispatcher, url):
            await dispatcher.deliver(build_delivery_to(url, headers={"Connection": "close"}))
            real_clock.seconds += MIN_IDLE_BEFORE_REUSE
            await dispatcher.deliver(build_delivery_to(url))

    handler, real_clock = KeepAliveReceiver(), FakeClock()
    asyncio.run(run())
    assert handler.request_counts == [1, 1]


def test_the_response_to_a_head_webhook_has_no_body() -> None:
    async def run() -> DeliveryResult:
        async with run_dispatcher(handler, FakeClock()) as (dispatcher, url):
            return await send(dispatcher, url, method="HEAD")

    handler = KeepAliveReceiver(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n")
    assert asyncio.run(run()) == DeliveryResult(status=200)


@pytest.mark.parametrize("last", [b"", b"unasked"])
def test_a_connection_closed_or_written_to_while_idle_is_not_reused(
    last: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the event loop has not noticed it yet."""

    async def run() -> list[DeliveryResult]:
        loop = asyncio.get_running_loop()

        async def exchange() -> tuple[DeliveryResult, socket.socket]:
            task = asyncio.create_task(send(dispatcher, f"http://127.0.0.1:{port}/"))
            connection, _ = await loop.sock_accept(listener)
            await loop.sock_recv(connection, 9_999)
            await loop.sock_sendall(connection, OK_RESPONSE)
            return await task, connection

        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)  # noqa: FBT003 - asyncio needs it
            port, dispatcher = listener.getsockname()[1], WebhookDispatcher(UNUSED_ORIGIN)
            first, connection = await exchange()
            real_clock.seconds += MIN_IDLE_BEFORE_REUSE
            connection.send(last)
            connection.close()
            second, connection = await exchange()
            connection.close()
            await dispatcher.close()
            return [first, second]

    real_clock = FakeClock()
    monkeypatch.setattr(module, "monotonic", real_clock)
    assert asyncio.run(run()) == [OK] * 2


def test_a_connection_that_closes_on_reuse_gives_a_reset_and_the_idle_rule_applies_again() -> None:
    """The receiver may have got the webhook, so it is not sent again."""

    async def run() -> list[DeliveryResult]:
        async with run_dispatcher(handler, real_clock) as (dispatcher, url):
            results = []
            for idle_time in (0.0, MIN_IDLE_BEFORE_REUSE, 0.0, 0.0):
                real_clock.seconds += idle_time
                results.append(await send(dispatcher, url))
            return results

    class ClosingReceiver(KeepAliveReceiver):
        async def __call__(
            self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            await super().__call__(reader, writer)
            await reader.readuntil(b"\r\n\r\n")

    handler, real_clock = ClosingReceiver(max_requests=2), FakeClock()
    assert asyncio.run(run()) == [
        OK,
        OK,
        DeliveryResult(status=None, error="reset"),
        OK,
    ]
    assert handler.request_counts == [2, 1]


def test_idle_connections_are_closed_after_the_idle_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> tuple[int, list[float]]:
        loop = asyncio.get_running_loop()
        call = loop.call_later
        timers = []

        def call_later(delay: float, *arguments: object, **options: object) -> asyncio.TimerHandle:
            if delay == IDLE_TIMEOUT:
                timers.append(delay)
                delay = 0.0
            return call(delay, *arguments, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(loop, "call_later", call_later)
        async with run_dispatcher(handler, FakeClock()) as (dispatcher, url):
            await asyncio.gather(*(send(dispatcher, url) for _ in range(BASE_LIMIT * 3)))
            while dispatcher._connections:  # noqa: ASYNC110, SLF001 - there is no event to wait for
                await asyncio.sleep(0)
            return len(dispatcher._pools), timers  # noqa: SLF001

    handler = KeepAliveReceiver()
    pool_count, timers = asyncio.run(run())
    assert (pool_count, set(timers)) == (0, {IDLE_TIMEOUT})
    assert sum(handler.request_counts) == BASE_LIMIT * 3
