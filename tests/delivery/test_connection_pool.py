"""Connections that receivers leave open are used again; those that they end are not."""

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
    Handler,
    build_delivery_to,
    serve_receiver,
    unused_origin,
)

pytestmark = pytest.mark.usefixtures("either_loop")

PLAIN = DeliveryResult(status=200, error=None, body=b"ok")


class Keeping:
    """A receiver that answers on and on, by one connection as long as it likes; it counts them."""

    def __init__(self, answer: bytes = OK_RESPONSE, most: int = 1_000) -> None:
        self.answer, self.most = answer, most
        self.lines: list[int] = []
        self.ended = asyncio.Condition()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.append(0)
        mine = len(self.lines) - 1
        while self.lines[mine] < self.most and (await reader.readuntil(b"\r\n\r\n")):
            self.lines[mine] += 1
            writer.write(self.answer)


@asynccontextmanager
async def sending(
    handler: Handler, wall: FakeClock
) -> AsyncIterator[tuple[WebhookDispatcher, str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "monotonic", wall)
        async with serve_receiver(handler) as port:
            courier = WebhookDispatcher(unused_origin)
            yield courier, f"http://127.0.0.1:{port}/hook"
            await courier.close()


async def sent(courier: WebhookDispatcher, url: str, **webhook: str) -> DeliveryResult:
    return (await courier.deliver(build_delivery_to(url, **webhook)))._replace(duration_ms=0)


@pytest.mark.parametrize(
    ("rests", "lines"),
    [
        ((MIN_IDLE_BEFORE_REUSE, 0.0, 0.0), [4]),
        ((0.0, 0.0, 0.0), [1, 1, 1, 1]),
        ((0.0, MIN_IDLE_BEFORE_REUSE, 0.0), [2, 2]),
        ((MIN_IDLE_BEFORE_REUSE / 2, MIN_IDLE_BEFORE_REUSE / 2, 0.0), [2, 2]),
    ],
)
def test_a_connection_that_has_rested_is_used_again(
    rests: tuple[float, ...], lines: list[int]
) -> None:
    """Once one has, all that come to this door after it may be used at once."""

    async def scenario() -> list[DeliveryResult]:
        async with sending(handler, wall) as (courier, url):
            answers = [await sent(courier, url)]
            for rest in rests:
                wall.seconds += rest
                answers.append(await sent(courier, url))
            return answers

    handler, wall = Keeping(), FakeClock()
    assert asyncio.run(scenario()) == [PLAIN] * 4
    assert handler.lines == lines


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        OK_RESPONSE + b"more than was declared",
        OK_RESPONSE + OK_RESPONSE,
    ],
)
def test_not_after_an_answer_that_says_otherwise(answer: bytes) -> None:
    async def scenario() -> list[DeliveryResult]:
        async with sending(handler, wall) as (courier, url):
            answers = [await sent(courier, url)]
            wall.seconds += MIN_IDLE_BEFORE_REUSE
            return [*answers, await sent(courier, url)]

    handler, wall = Keeping(answer), FakeClock()
    assert asyncio.run(scenario()) == [PLAIN] * 2
    assert handler.lines == [1, 1]


def test_not_after_a_webhook_that_says_otherwise() -> None:
    async def scenario() -> None:
        async with sending(handler, wall) as (courier, url):
            await courier.deliver(build_delivery_to(url, headers={"Connection": "close"}))
            wall.seconds += MIN_IDLE_BEFORE_REUSE
            await courier.deliver(build_delivery_to(url))

    handler, wall = Keeping(), FakeClock()
    asyncio.run(scenario())
    assert handler.lines == [1, 1]


def test_a_head_is_answered_without_a_body() -> None:
    async def scenario() -> DeliveryResult:
        async with sending(handler, FakeClock()) as (courier, url):
            return await sent(courier, url, method="HEAD")

    handler = Keeping(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n")
    assert asyncio.run(scenario()) == DeliveryResult(status=200)


@pytest.mark.parametrize("last", [b"", b"unasked"])
def test_not_one_that_has_ended_or_spoken_unasked_meanwhile(
    last: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the event loop has not told so yet."""

    async def scenario() -> list[DeliveryResult]:
        loop = asyncio.get_running_loop()

        async def answered() -> tuple[DeliveryResult, socket.socket]:
            task = asyncio.create_task(sent(courier, f"http://127.0.0.1:{port}/"))
            line, _ = await loop.sock_accept(listening)
            await loop.sock_recv(line, 9_999)
            await loop.sock_sendall(line, OK_RESPONSE)
            return await task, line

        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.setblocking(False)  # noqa: FBT003 - as asyncio wants it
            port, courier = listening.getsockname()[1], WebhookDispatcher(unused_origin)
            first, line = await answered()
            wall.seconds += MIN_IDLE_BEFORE_REUSE
            line.send(last)
            line.close()
            second, line = await answered()
            line.close()
            await courier.close()
            return [first, second]

    wall = FakeClock()
    monkeypatch.setattr(module, "monotonic", wall)
    assert asyncio.run(scenario()) == [PLAIN] * 2


def test_one_that_ends_at_the_last_moment_is_a_reset_and_all_must_rest_anew() -> None:
    """Whether the webhook has been received nobody knows: it is not sent twice."""

    async def scenario() -> list[DeliveryResult]:
        async with sending(handler, wall) as (courier, url):
            answers = []
            for rest in (0.0, MIN_IDLE_BEFORE_REUSE, 0.0, 0.0):
                wall.seconds += rest
                answers.append(await sent(courier, url))
            return answers

    class Rude(Keeping):
        async def __call__(
            self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            await super().__call__(reader, writer)
            await reader.readuntil(b"\r\n\r\n")

    handler, wall = Rude(most=2), FakeClock()
    assert asyncio.run(scenario()) == [
        PLAIN,
        PLAIN,
        DeliveryResult(status=None, error="reset"),
        PLAIN,
    ]
    assert handler.lines == [2, 1]


def test_idle_connections_are_ended_and_few(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> tuple[int, list[float]]:
        loop = asyncio.get_running_loop()
        late = loop.call_later
        timers = []

        def call_later(delay: float, *what: object, **how: object) -> asyncio.TimerHandle:
            if delay == IDLE_TIMEOUT:
                timers.append(delay)
                delay = 0.0
            return late(delay, *what, **how)  # type: ignore[arg-type]

        monkeypatch.setattr(loop, "call_later", call_later)
        async with sending(handler, FakeClock()) as (courier, url):
            await asyncio.gather(*(sent(courier, url) for _ in range(BASE_LIMIT * 3)))
            while courier._connections:  # noqa: ASYNC110, SLF001 - nobody else can tell
                await asyncio.sleep(0)
            return len(courier._pools), timers  # noqa: SLF001

    handler = Keeping()
    doors, timers = asyncio.run(scenario())
    assert (doors, set(timers)) == (0, {IDLE_TIMEOUT})
    assert sum(handler.lines) == BASE_LIMIT * 3
