"""One request and its response, over a connection of their own."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from mock_calls import BlockingCall, ConnectionFailed
from mock_calls.http_exchange import (
    HttpRequest,
    HttpResponse,
    exchange,
    exchange_async,
    exchange_over,
    open_connection,
)

ASK = HttpRequest(method="POST", target="/_mock/reset?a=b", headers={"x-c": "d"}, body=b"{}")

Exchange = Callable[[str, HttpRequest], HttpResponse]


def exchange_in_a_loop(origin: str, request: HttpRequest) -> HttpResponse:
    return asyncio.run(exchange_async(origin, request))


both = pytest.mark.parametrize("send", [exchange, exchange_in_a_loop], ids=["blocking", "async"])


@contextmanager
def listening(response: bytes, limit: int = -1) -> Iterator[tuple[str, list[bytes]]]:
    """Respond so to one connection, after `limit` bytes of the request or all of them.

    Yields the origin, and what was received.
    """
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                received.append(connection.recv(limit if limit > 0 else 65_536))
                connection.sendall(response)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", received
        thread.join(5)


@both
def test_a_request_names_host_and_length_and_asks_for_the_end_of_the_connection(
    send: Exchange,
) -> None:
    with listening(b"HTTP/1.1 204 No Content\r\n\r\n") as (origin, received):
        assert send(f"{origin}/below", ASK) == HttpResponse(status=204, headers={}, body=b"")
    host = origin.removeprefix("http://")
    assert b"".join(received).decode() == (
        f"POST /below/_mock/reset?a=b HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n"
        "content-length: 2\r\nx-c: d\r\n\r\n{}"
    )


@both
@pytest.mark.parametrize(
    ("fields", "sent", "body"),
    [
        ("content-length: 2", "ok", b"ok"),
        ("transfer-encoding: chunked", "2\r\nok\r\n4\r\n and\r\n0\r\n\r\n", b"ok and"),
        ("connection: close", "until the end", b"until the end"),
    ],
)
def test_a_body_ends_as_its_fields_say(send: Exchange, fields: str, sent: str, body: bytes) -> None:
    response = f"HTTP/1.1 200 OK\r\nX-Kind: a\r\n{fields}\r\n\r\n{sent}".encode()
    with listening(response) as (origin, _):
        answered = send(origin, ASK)
    assert (answered.status, answered.headers["x-kind"], answered.body) == (200, "a", body)


@both
@pytest.mark.parametrize(
    "response",
    [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort", b"SMTP ready\r\n\r\n"],
    ids=["nothing", "too short", "not HTTP"],
)
def test_a_response_that_breaks_off_is_a_failed_connection(send: Exchange, response: bytes) -> None:
    with (
        listening(response) as (origin, _),
        pytest.raises(ConnectionFailed, match=f"no mock server answers at {origin}: "),
    ):
        send(origin, ASK)


@both
def test_a_server_that_is_not_there_is_a_failed_connection(send: Exchange) -> None:
    with pytest.raises(ConnectionFailed, match="no mock server answers at http"):
        send("http://127.0.0.1:9", ASK)


def test_a_blocking_request_inside_an_event_loop_is_refused() -> None:
    async def send_in_a_loop() -> None:
        exchange("http://127.0.0.1:9", ASK)

    with pytest.raises(BlockingCall, match="use AsyncMockServer"):
        asyncio.run(send_in_a_loop())


@both
@pytest.mark.parametrize("origin", ["localhost:8080", "ftp://localhost", "http://", "nothing"])
def test_what_is_no_origin_is_said_with_one_that_is(send: Exchange, origin: str) -> None:
    with pytest.raises(
        ConnectionFailed, match=r"is not an origin such as http://127\.0\.0\.1:8080"
    ):
        send(origin, ASK)


def test_a_connection_can_limit_how_long_a_read_takes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with open_connection(origin, 0.01) as connection, pytest.raises(TimeoutError):
            exchange_over(connection, origin, ASK)
