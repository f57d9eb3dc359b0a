"""A relay between the server and a receiver: it passes a webhook on in pieces, or twice at once."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from time import sleep
from typing import Final
from urllib.parse import urlsplit

from mockserver.delivery.trust import build_default_context

PIECES: Final = 10
PAUSE: Final = 0.08  # seconds between two pieces
PORTS: Final = {"http": 80, "https": 443}
HEAD_END: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length:"
TIMEOUT: Final = 15.0  # seconds, longer than the server waits


Connect = Callable[[], socket.socket]
"""Opens a connection to the receiver."""

Exchange = Callable[[Connect, bytes], bytes]
"""Sends a request to the receiver; returns the response."""


@contextmanager
def run_relay(origin: str, manner: str, authorities: str = "") -> Iterator[str]:
    """Pass requests on to the origin during a `with` block, which gets the address of the relay.

    `manner` is one of `MANNERS`. `authorities` is a PEM file with certificates to trust beside
    those of the system.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arguments = (listener, partial(_connect, origin, authorities), MANNERS[manner])
        threading.Thread(target=_serve, args=arguments, daemon=True).start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            with suppress(OSError):  # only Linux lets a listener be shut down
                listener.shutdown(socket.SHUT_RDWR)  # ends the wait in `accept`


def _serve(listener: socket.socket, connect: Connect, exchange: Exchange) -> None:
    with suppress(OSError):  # the listener is closed
        while True:
            client, _ = listener.accept()
            arguments = (client, connect, exchange)
            threading.Thread(target=_relay, args=arguments, daemon=True).start()


def _relay(client: socket.socket, connect: Connect, exchange: Exchange) -> None:
    """Pass one request on, and its response back; the connection ends with it."""
    with client, suppress(OSError):
        client.settimeout(TIMEOUT)
        client.sendall(exchange(connect, _read_request(client)))


def _send_slowly(connect: Connect, request: bytes) -> bytes:
    with connect() as receiver:
        for piece in split(request):
            receiver.sendall(piece)
            sleep(PAUSE)
        return _read_response(receiver)


def _send_twice(connect: Connect, request: bytes) -> bytes:
    """Send two copies at the same time; return the response with the higher status."""
    with ThreadPoolExecutor(2) as threads:
        return max(threads.map(_send_once, (connect, connect), (request, request)))


def _send_once(connect: Connect, request: bytes) -> bytes:
    with connect() as receiver:
        receiver.sendall(request)
        return _read_response(receiver)


def _read_response(receiver: socket.socket) -> bytes:
    """Read until the receiver ends the connection: webhooks are sent with `Connection: close`."""
    return b"".join(iter(lambda: receiver.recv(65_536), b""))


MANNERS: Final[Mapping[str, Exchange]] = {"in-pieces": _send_slowly, "twice": _send_twice}
"""How a relay passes a request on."""


def split(request: bytes) -> Iterator[bytes]:
    """Yield the bytes in about `PIECES` pieces."""
    size = -(-len(request) // PIECES)
    for start in range(0, len(request), size):
        yield request[start : start + size]


def _connect(origin: str, authorities: str) -> socket.socket:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    plain = socket.create_connection((host, parts.port or PORTS[parts.scheme]), TIMEOUT)
    if parts.scheme == "http":
        return plain
    context = build_default_context((authorities,) if authorities else ())
    return context.wrap_socket(plain, server_hostname=host)


def _read_request(client: socket.socket) -> bytes:
    """Read a request with the length that its head says."""
    request = b""
    while HEAD_END not in request:
        request += _receive(client)
    head, _, _body = request.partition(HEAD_END)
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(LENGTH)]
    length = int(lengths[0].removeprefix(LENGTH)) if lengths else 0
    while len(request) < len(head) + len(HEAD_END) + length:
        request += _receive(client)
    return request


def _receive(client: socket.socket) -> bytes:
    data = client.recv(65_536)
    if not data:
        raise ConnectionResetError
    return data
