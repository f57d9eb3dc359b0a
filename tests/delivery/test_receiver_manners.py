"""Receivers that keep, half-close or reset their connections, or serve one at a time.

They use sockets and threads of their own, as a receiver does that knows nothing of ours.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Thread
from typing import NamedTuple

import pytest

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.dispatcher import WebhookDispatcher
from tests.support.receivers import OK_RESPONSE, UNUSED_ORIGIN, build_delivery_to

pytestmark = pytest.mark.usefixtures("either_loop")

COUNT = 6
OK = DeliveryResult(status=200, body=b"ok")
RESET = DeliveryResult(status=None, error="reset")
UNTIL_END = b"HTTP/1.1 200 OK\r\n\r\nok"
"""A response whose body ends with the stream."""

Serve = Callable[[socket.socket], None]


def read_request(connection: socket.socket) -> None:
    """Read a request with a JSON body, which is in one piece."""
    data = b""
    while not data.endswith(b"}"):
        data += connection.recv(65_536)


def read_to_end(connection: socket.socket) -> None:
    """Read until the sender has ended the connection."""
    with suppress(ConnectionError):
        while connection.recv(65_536):
            pass


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def keep(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(OK_RESPONSE)
    read_to_end(connection)


def half_close(connection: socket.socket, response: bytes = OK_RESPONSE) -> None:
    read_request(connection)
    connection.sendall(response)
    connection.shutdown(socket.SHUT_WR)
    read_to_end(connection)


def close(connection: socket.socket, response: bytes = OK_RESPONSE) -> None:
    read_request(connection)
    connection.sendall(response)


def close_unread(connection: socket.socket) -> None:
    """Respond, and close with the request unread, which makes the system send a reset."""
    connection.recv(1)
    connection.sendall(OK_RESPONSE)


def reset_at_rest(connection: socket.socket) -> None:
    """Reset after the response, once the connection rests: the sender has it, or has gone."""
    read_request(connection)
    connection.sendall(OK_RESPONSE)
    with suppress(ConnectionError):
        connection.recv(1)
    reset(connection)


def reset_at_once(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(OK_RESPONSE)
    reset(connection)


def reset_before_response(connection: socket.socket) -> None:
    read_request(connection)
    reset(connection)


def reset_within_response(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(OK_RESPONSE[:-1])
    reset(connection)


class Manner(NamedTuple):
    """How a receiver serves a connection, and the result of each webhook that it gets."""

    serve: Serve
    expected: DeliveryResult = OK


MANNERS = {
    "keeps": Manner(keep),
    "closes": Manner(close),
    "closes with the request unread": Manner(close_unread),
    "half-closes": Manner(half_close),
    "half-closes at the end of the body": Manner(partial(half_close, response=UNTIL_END)),
    "closes at the end of the body": Manner(partial(close, response=UNTIL_END)),
    "resets at rest": Manner(reset_at_rest),
    "resets at once": Manner(reset_at_once),
    "half-closes before a response": Manner(partial(half_close, response=b""), RESET),
    "half-closes within a response": Manner(partial(half_close, response=OK_RESPONSE[:-1]), RESET),
    "resets before a request": Manner(reset, RESET),
    "resets before a response": Manner(reset_before_response, RESET),
    "resets within a response": Manner(reset_within_response, RESET),
}


@contextmanager
def serve(handle: Serve, *, one_at_a_time: bool) -> Iterator[int]:
    """Yield the port of a receiver; it ends with the connection after the last webhook."""

    def accept() -> None:
        for _ in range(2 * COUNT):
            connection, _ = listener.accept()
            thread = Thread(target=handle_and_close, args=(connection,))
            thread.start()
            threads.append(thread)
            if one_at_a_time:
                thread.join()

    def handle_and_close(connection: socket.socket) -> None:
        with connection, suppress(ConnectionError):
            connection.settimeout(10)
            handle(connection)

    threads: list[Thread] = []
    with socket.create_server(("127.0.0.1", 0), backlog=5) as listener:
        listener.settimeout(10)
        accepting = Thread(target=accept)
        accepting.start()
        yield listener.getsockname()[1]
        for thread in (accepting, *threads):
            thread.join()


@pytest.mark.parametrize("one_at_a_time", [False, True], ids=["at once", "one at a time"])
@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
def test_what_a_receiver_does_with_connections_costs_no_webhook_that_it_answers(
    manner: Manner, *, one_at_a_time: bool
) -> None:
    """Six webhooks one by one and six at once: each is sent once, on a connection of its own."""

    async def run(port: int) -> list[DeliveryResult]:
        dispatcher = WebhookDispatcher(UNUSED_ORIGIN, timeout=5.0)
        delivery = build_delivery_to(f"http://127.0.0.1:{port}/", body={"a": 1})
        results = [await dispatcher.deliver(delivery) for _ in range(COUNT)]
        results += await asyncio.gather(*(dispatcher.deliver(delivery) for _ in range(COUNT)))
        return [result.replace(duration_ms=0) for result in results]

    with serve(manner.serve, one_at_a_time=one_at_a_time) as port:
        assert asyncio.run(run(port)) == [manner.expected] * (2 * COUNT)
