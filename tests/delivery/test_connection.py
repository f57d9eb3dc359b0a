"""One connection, byte by byte: how it parses responses, and how it ends."""

import asyncio
import ssl

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.connection import Connection
from mockserver.delivery.http_request import HttpRequest
from tests.support.receivers import OK_RESPONSE

POST = HttpRequest(method="POST", path="/", headers={"host": "h"}, body=b"")
HEAD = HttpRequest(method="HEAD", path="/", headers={"host": "h"}, body=b"")


class FakeTransport(asyncio.Transport):
    """A transport on which nothing happens by itself."""

    def __init__(self) -> None:
        super().__init__({"sockname": ("127.0.0.1", 5, 0, 0)})
        self.is_closed = False

    def write(self, _: object) -> None:
        pass

    def abort(self) -> None:
        self.is_closed = True


def connect(transport: FakeTransport, lost: list[Connection]) -> Connection:
    connection = Connection("127.0.0.1", lost.append)
    connection.connection_made(transport)
    return connection


def send_request(
    before: bytes, after: tuple[bytes, ...], request: HttpRequest = POST
) -> tuple[DeliveryResult, bool]:
    """Send a request; return its result and whether the connection has been closed.

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
        return await sending, transport.is_closed

    transport = FakeTransport()
    return asyncio.run(run())


OK = DeliveryResult(status=200, error=None, body=b"ok")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (b"", (OK_RESPONSE,), (OK, False)),
        (b"", tuple(OK_RESPONSE[at : at + 1] for at in range(len(OK_RESPONSE))), (OK, False)),
        (b"", (OK_RESPONSE, OK_RESPONSE), (OK, True)),
        (b"", (OK_RESPONSE[:-1], OK_RESPONSE[-1:] + b"x"), (OK, False)),
        (OK_RESPONSE, (), (OK, False)),
        (OK_RESPONSE[:20], (OK_RESPONSE[20:],), (OK, False)),
        (b"garbage", (), (DeliveryResult(status=None, error="protocol"), False)),
    ],
)
def test_a_connection_parses_one_response_and_is_closed_at_more(
    before: bytes, after: tuple[bytes, ...], expected: tuple[DeliveryResult, bool]
) -> None:
    assert send_request(before, after) == expected


def test_the_response_to_a_head_request_is_complete_without_a_body() -> None:
    assert send_request(b"", (OK_RESPONSE.removesuffix(b"ok"),), HEAD) == (
        DeliveryResult(status=200),
        False,
    )


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
