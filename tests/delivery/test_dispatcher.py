"""A webhook on its way to receivers of every manner, on real sockets."""

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
    Handler,
    build_delivery_to,
    close_connection,
    deliver_to_receiver,
    never_respond,
    reset_connection,
    respond_with,
    unused_origin,
)

pytestmark = pytest.mark.usefixtures("either_loop")

BOMB = gzip.compress(bytes(1 << 24)) * 5


def repeats(start: bytes, part: bytes, pace: float) -> Handler:
    """Says something, then something else again and again: a drip, or at pace 0 a flood."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(start)
        while not writer.is_closing():
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pace)

    return handler


async def half_then_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-le")
    await reader.read()


HEAD = b"HTTP/1.1 200 OK\r\n"

FAULTS = {
    "reset after accept": (reset_connection, DeliveryResult(None, "reset")),
    "hangs up at once": (close_connection, DeliveryResult(None, "reset")),
    "empty answer": (respond_with(), DeliveryResult(None, "reset")),
    "cut status line": (respond_with(b"HTTP/1.1 2"), DeliveryResult(None, "reset")),
    "cut head": (respond_with(HEAD + b"x: y\r\n"), DeliveryResult(None, "reset")),
    "cut body": (
        respond_with(HEAD, b"content-length: 9\r\n\r\nabc"),
        DeliveryResult(None, "reset"),
    ),
    "cut chunks": (
        respond_with(HEAD, b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        DeliveryResult(None, "reset"),
    ),
    "only interim answers": (
        respond_with(b"HTTP/1.1 103 Hints\r\n\r\n"),
        DeliveryResult(None, "reset"),
    ),
    "garbage": (respond_with(b"garbage\r\n\r\n"), DeliveryResult(None, "protocol")),
    "garbage without an end": (respond_with(b"garbage"), DeliveryResult(None, "protocol")),
    "binary garbage": (
        respond_with(b"\x15\x03\x01\x00\x02\x02F"),
        DeliveryResult(None, "protocol"),
    ),
    "another protocol": (
        respond_with(b"SSH-2.0-OpenSSH_9.6\r\n"),
        DeliveryResult(None, "protocol"),
    ),
    "HTTP/2": (respond_with(b"HTTP/2 200 OK\r\n\r\n"), DeliveryResult(None, "protocol")),
    "impossible status": (
        respond_with(b"HTTP/1.1 099 Low\r\n\r\n"),
        DeliveryResult(None, "protocol"),
    ),
    "bad header": (respond_with(HEAD, b"no colon\r\n\r\n"), DeliveryResult(None, "protocol")),
    "bad length": (
        respond_with(HEAD, b"content-length: -1\r\n\r\n"),
        DeliveryResult(None, "protocol"),
    ),
    "two lengths": (
        respond_with(HEAD, b"content-length: 1\r\ncontent-length: 2\r\n\r\nab"),
        DeliveryResult(None, "protocol"),
    ),
    "bad chunk": (
        respond_with(HEAD, b"transfer-encoding: chunked\r\n\r\nzz\r\n"),
        DeliveryResult(None, "protocol"),
    ),
    "unasked upgrade": (
        respond_with(b"HTTP/1.1 101 Switch\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
        DeliveryResult(None, "protocol"),
    ),
    "huge head": (
        respond_with(HEAD, b"x: ", b"a" * 70_000, b"\r\n\r\n"),
        DeliveryResult(None, "too-large"),
    ),
    "many headers": (
        respond_with(HEAD, b"x: y\r\n" * 12_000, b"\r\n"),
        DeliveryResult(None, "too-large"),
    ),
    "endless head": (repeats(HEAD + b"x: ", b"a" * 9_999, 0), DeliveryResult(None, "too-large")),
    "endless trailer": (
        repeats(HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\nx: ", b"a" * 9_999, 0),
        DeliveryResult(None, "too-large"),
    ),
    "endless chunk extension": (
        repeats(HEAD + b"transfer-encoding: chunked\r\n\r\n1;x=", b"a" * 9_999, 0),
        DeliveryResult(None, "too-large"),
    ),
    "HTTP/2 in words": (respond_with(b"HTTP/2.0 200 OK\r\n\r\n"), DeliveryResult(None, "protocol")),
    "endless body": (
        repeats(HEAD + b"\r\n", b"a" * 9_999, 0),
        DeliveryResult(200, None, b"a" * MAX_BYTES),
    ),
    "body declared without bound": (
        respond_with(HEAD, b"content-length: 99999999999\r\n\r\n", b"a" * MAX_BYTES),
        DeliveryResult(200, None, b"a" * MAX_BYTES),
    ),
    "gzip bomb": (
        respond_with(HEAD, b"content-encoding: gzip\r\n\r\n", BOMB),
        DeliveryResult(200, None, BOMB[:MAX_BYTES]),
    ),
    "redirect": (
        respond_with(b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\n\r\n"),
        DeliveryResult(302),
    ),
}


@pytest.mark.parametrize(("handler", "answer"), FAULTS.values(), ids=FAULTS)
def test_fault(handler: Handler, answer: DeliveryResult) -> None:
    assert deliver_to_receiver(handler) == answer


SLOW = {
    "silent": never_respond,
    "half a head": half_then_silent,
    "head drip": repeats(HEAD + b"x: ", b"a", 0.01),
    "body drip": repeats(HEAD + b"content-length: 999\r\n\r\n", b"a", 0.01),
    "endless 103": repeats(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", 0.01),
    "flood of 103": repeats(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 99, 0),
}


@pytest.mark.parametrize("handler", SLOW.values(), ids=SLOW)
def test_deadline(handler: Handler) -> None:
    assert deliver_to_receiver(handler, deadline=0.2) == DeliveryResult(None, "timeout")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (OK_RESPONSE, DeliveryResult(200, None, b"ok")),
        (b"HTTP/1.0 404 Not Found\r\n\r\ngone", DeliveryResult(404, None, b"gone")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", DeliveryResult(204)),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK_RESPONSE, DeliveryResult(200, None, b"ok")),
        (
            b"HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            DeliveryResult(500, None, b"ab"),
        ),
        (OK_RESPONSE + b"more than was declared", DeliveryResult(200, None, b"ok")),
        (OK_RESPONSE.replace(b"\r\n", b"\n"), DeliveryResult(200, None, b"ok")),
        (
            OK_RESPONSE.replace(
                b"2\r\n\r\nok", b"9\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
            ),
            DeliveryResult(200, None, b"ok"),
        ),
    ],
)
def test_answer(answer: bytes, expected: DeliveryResult) -> None:
    assert deliver_to_receiver(respond_with(answer)) == expected


def test_answer_to_a_request_that_is_not_read() -> None:
    async def early(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK_RESPONSE)
        await writer.drain()
        await _reader.read(1)

    assert deliver_to_receiver(early, body={"a": "b" * 9_999_999}) == DeliveryResult(
        200, None, b"ok"
    )


def test_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = asyncio.run(
        WebhookDispatcher(unused_origin).deliver(build_delivery_to(f"http://127.0.0.1:{port}/"))
    )
    assert answer._replace(duration_ms=0) == DeliveryResult(None, "connect")


def test_real_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter((5.0, 5.1234))
    monkeypatch.setattr(module, "monotonic", lambda: next(ticks))
    refused = WebhookDispatcher(unused_origin).deliver(build_delivery_to("http://0.0.0.0/"))
    assert asyncio.run(refused).duration_ms == 123
