"""One connection, byte by byte: how it parses responses, and when it may be reused."""

import asyncio
import ssl
from typing import Any, cast

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.connection import Connection
from mockserver.delivery.http_request import HttpRequest
from tests.support.receivers import OK_RESPONSE

POST = HttpRequest(method="POST", path="/", headers={"host": "h"}, body=b"")
HEAD = HttpRequest(method="HEAD", path="/", headers={"host": "h"}, body=b"")


class FakeTransport(asyncio.Transport):
    """A transport and its socket, on which nothing happens by itself.

    `received` is what a read of the socket gives: bytes or an error, without it BlockingIOError.
    """

    def __init__(self, received: Exception | bytes | None = None, unsent: int = 0) -> None:
        super().__init__({"sockname": ("127.0.0.1", 5, 0, 0)})
        self.received, self.unsent, self.is_closed = received, unsent, False

    def write(self, _: object) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def recv(self, *_: int) -> bytes:
        if isinstance(self.received, bytes):
            return self.received
        raise self.received or BlockingIOError

    def is_closing(self) -> bool:
        return self.is_closed

    def abort(self) -> None:
        self.is_closed = True


def connect(transport: FakeTransport, lost: list[Connection]) -> Connection:
    connection = Connection("127.0.0.1", cast("Any", transport), lost.append)
    connection.connection_made(transport)
    return connection


def send_request(
    before: bytes, after: tuple[bytes, ...], transport: FakeTransport, request: HttpRequest = POST
) -> Any:
    """Send a request; return its result and whether the connection is reusable.

    `before` and `after` are received before and after the request is sent.
    """

    async def run() -> tuple[DeliveryResult, bool]:
        connection = connect(transport, [])
        if before:
            connection.data_received(before)
        sending = asyncio.create_task(connection.send(request))
        await asyncio.sleep(0)
        for part in after:
            connection.data_received(part)
        return await sending, connection.is_reusable

    return asyncio.run(run())


OK = DeliveryResult(status=200, error=None, body=b"ok")


@pytest.mark.parametrize(
    ("before", "after", "unsent", "expected"),
    [
        (b"", (OK_RESPONSE,), 0, (OK, True)),
        (b"", tuple(OK_RESPONSE[at : at + 1] for at in range(len(OK_RESPONSE))), 0, (OK, True)),
        (b"", (OK_RESPONSE,), 1, (OK, False)),
        (b"", (OK_RESPONSE, OK_RESPONSE), 0, (OK, False)),
        (b"", (OK_RESPONSE[:-1], OK_RESPONSE[-1:] + b"x"), 0, (OK, False)),
        (OK_RESPONSE, (), 0, (OK, False)),
        (OK_RESPONSE[:20], (OK_RESPONSE[20:],), 0, (OK, True)),
        (b"garbage", (), 0, (DeliveryResult(status=None, error="protocol"), False)),
    ],
)
def test_a_connection_parses_the_response_and_knows_whether_it_is_reusable(
    before: bytes, after: tuple[bytes, ...], unsent: int, expected: tuple[DeliveryResult, bool]
) -> None:
    assert send_request(before, after, FakeTransport(unsent=unsent)) == expected


def test_the_response_to_a_head_request_is_complete_without_a_body() -> None:
    assert send_request(b"", (OK_RESPONSE.removesuffix(b"ok"),), FakeTransport(), HEAD) == (
        DeliveryResult(status=200),
        False,
    )


@pytest.mark.parametrize(
    ("received", "is_closed", "expected"),
    [
        (None, False, True),
        (None, True, False),
        (b"", False, False),
        (b"x", False, False),
        (ConnectionResetError(), False, False),
    ],
)
def test_a_connection_is_idle_only_while_it_is_open_and_silent(
    received: Exception | bytes | None, *, is_closed: bool, expected: bool
) -> None:
    async def run() -> bool:
        transport = FakeTransport(received)
        connection = connect(transport, [])
        transport.is_closed = is_closed
        return connection.is_still_open()

    assert asyncio.run(run()) == expected


def test_a_lost_connection_fails_its_request_and_notifies_its_owner() -> None:
    async def run() -> None:
        connection = connect(FakeTransport(), lost)
        sending = asyncio.create_task(connection.send(POST))
        await asyncio.sleep(0)
        connection.connection_lost(ssl.SSLError("alert"))
        assert lost == [connection]
        await sending

    lost = list[Connection]()
    with pytest.raises(ssl.SSLError, match="alert"):
        asyncio.run(run())


def test_a_connection_closed_before_the_request_gives_a_reset() -> None:
    async def run() -> DeliveryResult:
        connection = connect(FakeTransport(), [])
        connection.eof_received()
        connection.connection_lost(ConnectionResetError())
        return await connection.send(POST)

    assert asyncio.run(run()) == DeliveryResult(status=None, error="reset")


def test_a_connection_knows_its_local_address() -> None:
    async def run() -> tuple[str, int]:
        return connect(FakeTransport(), []).local_address

    assert asyncio.run(run()) == ("127.0.0.1", 5)
