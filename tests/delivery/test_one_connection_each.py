"""Each webhook has a connection of its own, which the sender does not ask the receiver to keep."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.dispatcher import WebhookDispatcher
from tests.support.receivers import (
    OK_RESPONSE,
    UNUSED_ORIGIN,
    build_delivery_to,
    serve_receiver,
)

pytestmark = pytest.mark.usefixtures("either_loop")

OK = DeliveryResult(status=200, error=None, body=b"ok")
KEEP_ALIVE = b"connection: keep-alive\r\n"
OFFERS = [b"", KEEP_ALIVE, KEEP_ALIVE + b"keep-alive: timeout=5\r\n"]


class OneAtATime(BaseHTTPRequestHandler):
    """Serves a connection until its client closes it, before the server accepts the next one."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_GET  # noqa: N815 - a name of the base class; the body is left unread, as by many a receiver

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_one_at_a_time() -> Iterator[int]:
    """Yield the port of a receiver without threads that speaks HTTP/1.1."""
    with HTTPServer(("127.0.0.1", 0), OneAtATime) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


async def send(dispatcher: WebhookDispatcher, url: str, **headers: str) -> DeliveryResult:
    delivery = build_delivery_to(url, headers=headers)
    return (await dispatcher.deliver(delivery)).replace(duration_ms=0)


@pytest.mark.parametrize("offer", OFFERS)
def test_no_connection_is_kept_whatever_the_receiver_offers(offer: bytes) -> None:
    """The receiver would respond to more requests of a connection; it sees the end after one."""

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK_RESPONSE.replace(b"\r\n", b"\r\n" + offer, 1))
        ends.append(await reader.read())

    async def run() -> list[DeliveryResult]:
        dispatcher = WebhookDispatcher(UNUSED_ORIGIN)
        async with serve_receiver(receive) as port:
            results = [await send(dispatcher, f"http://127.0.0.1:{port}/") for _ in range(3)]
            while len(ends) < 3:  # noqa: ASYNC110 - there is no event to wait for
                await asyncio.sleep(0)
        await dispatcher.close()
        return results

    ends = list[bytes]()
    assert asyncio.run(run()) == [OK] * 3
    assert ends == [b""] * 3


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({}, [b"close"]), ({"Connection": "keep-alive"}, [b"keep-alive"]), ({"X": "a"}, [b"close"])],
)
def test_a_webhook_asks_for_the_end_of_its_connection_unless_it_says_otherwise(
    headers: dict[str, str], expected: list[bytes]
) -> None:
    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = [line.partition(b": ") for line in head.split(b"\r\n")]
        seen.extend(value for name, _, value in lines if name == b"connection")
        writer.write(OK_RESPONSE)

    async def run() -> DeliveryResult:
        async with serve_receiver(receive) as port:
            return await send(
                WebhookDispatcher(UNUSED_ORIGIN), f"http://127.0.0.1:{port}/", **headers
            )

    seen = list[bytes]()
    assert asyncio.run(run()) == OK
    assert seen == expected


def test_a_receiver_that_serves_one_connection_at_a_time_gets_every_webhook_and_is_free() -> None:
    """None waits until an idle connection is closed, or the system tries to connect again."""

    async def run(port: int) -> list[DeliveryResult]:
        dispatcher, url = WebhookDispatcher(UNUSED_ORIGIN, timeout=5.0), f"http://127.0.0.1:{port}/"
        one_by_one = [await send(dispatcher, url) for _ in range(6)]
        return [*one_by_one, *await asyncio.gather(*(send(dispatcher, url) for _ in range(12)))]

    with serve_one_at_a_time() as port:
        assert asyncio.run(run(port)) == [OK] * 18
        client = HTTPConnection("127.0.0.1", port, timeout=5)
        client.request("GET", "/")
        assert client.getresponse().read() == b"ok"
        client.close()
