"""Webhooks to receivers of every manner, on real sockets."""

import asyncio
import gzip
import socket

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery import dispatcher as module
from mockserver.delivery.connection import MAX_BYTES
from mockserver.delivery.dispatcher import WebhookDispatcher
from tests.support.receivers import (
    OK_RESPONSE,
    UNUSED_ORIGIN,
    Handler,
    build_delivery_to,
    close_connection,
    deliver_to_receiver,
    keep_silent,
    reset_connection,
    respond_with,
)

pytestmark = pytest.mark.usefixtures("either_loop")

BOMB = gzip.compress(bytes(1 << 24)) * 5


def repeat(start: bytes, part: bytes, pause: float) -> Handler:
    """Build a receiver that sends `start`, then `part` again and again after `pause` seconds."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(start)
        while not writer.is_closing():
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return handler


async def send_half_a_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-le")
    await reader.read()


HEAD = b"HTTP/1.1 200 OK\r\n"

FAULTS = {
    "reset after accept": (reset_connection, DeliveryResult(status=None, error="reset")),
    "hangs up at once": (close_connection, DeliveryResult(status=None, error="reset")),
    "empty response": (respond_with(), DeliveryResult(status=None, error="reset")),
    "cut status line": (respond_with(b"HTTP/1.1 2"), DeliveryResult(status=None, error="reset")),
    "cut head": (respond_with(HEAD + b"x: y\r\n"), DeliveryResult(status=None, error="reset")),
    "cut body": (
        respond_with(HEAD, b"content-length: 9\r\n\r\nabc"),
        DeliveryResult(status=None, error="reset"),
    ),
    "cut chunks": (
        respond_with(HEAD, b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        DeliveryResult(status=None, error="reset"),
    ),
    "only interim responses": (
        respond_with(b"HTTP/1.1 103 Hints\r\n\r\n"),
        DeliveryResult(status=None, error="reset"),
    ),
    "garbage": (respond_with(b"garbage\r\n\r\n"), DeliveryResult(status=None, error="protocol")),
    "garbage without an end": (
        respond_with(b"garbage"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "binary garbage": (
        respond_with(b"\x15\x03\x01\x00\x02\x02F"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "another protocol": (
        respond_with(b"SSH-2.0-OpenSSH_9.6\r\n"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "HTTP/2": (
        respond_with(b"HTTP/2 200 OK\r\n\r\n"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "impossible status": (
        respond_with(b"HTTP/1.1 099 Low\r\n\r\n"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "bad header": (
        respond_with(HEAD, b"no colon\r\n\r\n"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "bad length": (
        respond_with(HEAD, b"content-length: -1\r\n\r\n"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "two lengths": (
        respond_with(HEAD, b"content-length: 1\r\ncontent-length: 2\r\n\r\nab"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "bad chunk": (
        respond_with(HEAD, b"transfer-encoding: chunked\r\n\r\nzz\r\n"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "unasked upgrade": (
        respond_with(b"HTTP/1.1 101 Switch\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "huge head": (
        respond_with(HEAD, b"x: ", b"a" * 70_000, b"\r\n\r\n"),
        DeliveryResult(status=None, error="too-large"),
    ),
    "many headers": (
        respond_with(HEAD, b"x: y\r\n" * 12_000, b"\r\n"),
        DeliveryResult(status=None, error="too-large"),
    ),
    "endless head": (
        repeat(HEAD + b"x: ", b"a" * 9_999, 0),
        DeliveryResult(status=None, error="too-large"),
    ),
    "endless trailer": (
        repeat(HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\nx: ", b"a" * 9_999, 0),
        DeliveryResult(status=None, error="too-large"),
    ),
    "endless chunk extension": (
        repeat(HEAD + b"transfer-encoding: chunked\r\n\r\n1;x=", b"a" * 9_999, 0),
        DeliveryResult(status=None, error="too-large"),
    ),
    "HTTP/2 in words": (
        respond_with(b"HTTP/2.0 200 OK\r\n\r\n"),
        DeliveryResult(status=None, error="protocol"),
    ),
    "endless body": (
        repeat(HEAD + b"\r\n", b"a" * 9_999, 0),
        DeliveryResult(status=200, error=None, body=b"a" * MAX_BYTES),
    ),
    "body declared without bound": (
        respond_with(HEAD, b"content-length: 99999999999\r\n\r\n", b"a" * MAX_BYTES),
        DeliveryResult(status=200, error=None, body=b"a" * MAX_BYTES),
    ),
    "gzip bomb": (
        respond_with(HEAD, b"content-encoding: gzip\r\n\r\n", BOMB),
        DeliveryResult(status=200, error=None, body=BOMB[:MAX_BYTES]),
    ),
    "redirect": (
        respond_with(b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\n\r\n"),
        DeliveryResult(status=302),
    ),
}


@pytest.mark.parametrize(("handler", "expected"), FAULTS.values(), ids=FAULTS)
def test_each_fault_of_a_receiver_gives_its_delivery_result(
    handler: Handler, expected: DeliveryResult
) -> None:
    assert deliver_to_receiver(handler) == expected


SLOW = {
    "silent": keep_silent,
    "half a head": send_half_a_head,
    "head drip": repeat(HEAD + b"x: ", b"a", 0.01),
    "body drip": repeat(HEAD + b"content-length: 999\r\n\r\n", b"a", 0.01),
    "endless 103": repeat(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", 0.01),
    "flood of 103": repeat(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 99, 0),
}


@pytest.mark.parametrize("handler", SLOW.values(), ids=SLOW)
def test_a_response_that_is_too_slow_times_out(handler: Handler) -> None:
    assert deliver_to_receiver(handler, timeout=0.2) == DeliveryResult(status=None, error="timeout")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (OK_RESPONSE, DeliveryResult(status=200, error=None, body=b"ok")),
        (
            b"HTTP/1.0 404 Not Found\r\n\r\ngone",
            DeliveryResult(status=404, error=None, body=b"gone"),
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", DeliveryResult(status=204)),
        (
            b"HTTP/1.1 100 Continue\r\n\r\n" + OK_RESPONSE,
            DeliveryResult(status=200, error=None, body=b"ok"),
        ),
        (
            b"HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            DeliveryResult(status=500, error=None, body=b"ab"),
        ),
        (
            OK_RESPONSE + b"more than was declared",
            DeliveryResult(status=200, error=None, body=b"ok"),
        ),
        (OK_RESPONSE.replace(b"\r\n", b"\n"), DeliveryResult(status=200, error=None, body=b"ok")),
        (
            OK_RESPONSE.replace(
                b"2\r\n\r\nok", b"9\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
            ),
            DeliveryResult(status=200, error=None, body=b"ok"),
        ),
    ],
)
def test_a_valid_response_gives_its_status_and_body(
    response: bytes, expected: DeliveryResult
) -> None:
    assert deliver_to_receiver(respond_with(response)) == expected


def test_a_response_sent_before_the_request_is_read_is_accepted() -> None:
    async def respond_early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK_RESPONSE)
        await writer.drain()
        await reader.read(1)

    assert deliver_to_receiver(respond_early, body={"a": "b" * 9_999_999}) == DeliveryResult(
        status=200, error=None, body=b"ok"
    )


def test_a_refused_connection_gives_a_connect_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = asyncio.run(
        WebhookDispatcher(UNUSED_ORIGIN).deliver(build_delivery_to(f"http://127.0.0.1:{port}/"))
    )
    assert result.replace(duration_ms=0) == DeliveryResult(status=None, error="connect")


def test_a_delivery_result_has_its_real_duration_in_milliseconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks = iter((5.0, 5.1234))
    monkeypatch.setattr(module, "monotonic", lambda: next(ticks))
    delivering = WebhookDispatcher(UNUSED_ORIGIN).deliver(build_delivery_to("http://0.0.0.0/"))
    assert asyncio.run(delivering).duration_ms == 123
