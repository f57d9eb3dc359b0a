"""Sends one HTTP request over a connection of its own, and receives the response.

It uses sockets, and of `http.client` only the parser. Packages that intercept HTTP in tests, as do
respx, pytest-httpx, responses and vcrpy, leave these alone. Neither needs a clock that goes on.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from typing import Any, Final, NamedTuple, cast
from urllib.parse import SplitResult, urlsplit

from mock_calls.errors import BlockingCall, ConnectionFailed, hides_frames

__tracebackhide__ = hides_frames

CONNECT_TIMEOUT: Final = 10
"""Real seconds; a client's reading has no limit, because an advance or a wait may take long."""

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class HttpRequest(NamedTuple):
    """A request for a server; `target` has the path and the query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class HttpResponse(NamedTuple):
    """A response; names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _ReceivedBytes:
    """What the parser of `http.client` takes for a socket: all bytes of a response."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def makefile(self, *_: Any) -> BytesIO:
        return BytesIO(self._received)


def exchange(origin: str, request: HttpRequest) -> HttpResponse:
    """Send a request and return the response; this blocks.

    Raises:
        BlockingCall: a task of an event loop is running in this thread.
        ConnectionFailed: the server cannot be reached, or breaks the connection.
    """
    if is_task_running():
        raise BlockingCall
    try:
        with open_connection(origin) as connection:
            return exchange_over(connection, origin, request)
    except (OSError, HTTPException) as error:
        raise ConnectionFailed(f"no mock server answers at {origin}: {error}") from None


def exchange_over(connection: socket.socket, origin: str, request: HttpRequest) -> HttpResponse:
    """Send a request over a new connection, and return the response, which ends with it.

    Raises:
        OSError, HTTPException: the connection breaks, or its timeout passes; no valid response.
    """
    with suppress(BrokenPipeError, ConnectionResetError):  # it may respond before the end
        connection.sendall(_render(urlsplit(origin), request))
    with connection.makefile("rb") as stream:
        return _parse(request.method, stream.read())


async def exchange_async(origin: str, request: HttpRequest) -> HttpResponse:
    """Send a request and return the response.

    Raises:
        ConnectionFailed: the server cannot be reached, or breaks the connection.
    """
    try:
        reader, writer = await _connect_async(urlsplit(origin))
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may respond before the end
                writer.write(_render(urlsplit(origin), request))
                await writer.drain()
            return _parse(request.method, await reader.read())
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
    except (OSError, TimeoutError, HTTPException) as error:
        raise ConnectionFailed(f"no mock server answers at {origin}: {error}") from None


def is_task_running() -> bool:
    """Return True inside a task of an event loop.

    Code between two calls of Playwright's blocking API runs in a loop, but in none of its tasks.
    """
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False


def open_connection(origin: str, timeout: float | None = None) -> socket.socket:
    """Connect to a server; `timeout` is in real seconds, for each read.

    Raises:
        OSError: the server cannot be reached.
        ConnectionFailed: the origin has no host, or neither http nor https.
    """
    server = urlsplit(origin)
    connection = socket.create_connection(_address(server), timeout=CONNECT_TIMEOUT)
    if context := _tls_context(server):
        connection = context.wrap_socket(connection, server_hostname=server.hostname)
    connection.settimeout(timeout)
    return connection


async def _connect_async(
    server: SplitResult,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = _address(server)
    connecting = asyncio.open_connection(host, port, ssl=_tls_context(server))
    return await asyncio.wait_for(connecting, CONNECT_TIMEOUT)


def _address(server: SplitResult) -> tuple[str, int]:
    """Return host and port.

    Raises:
        ConnectionFailed: the URL of the server has no host, or neither http nor https.
    """
    if server.scheme not in DEFAULT_PORTS or not server.hostname:
        text = f"{server.geturl()!r} is not an origin such as http://127.0.0.1:8080"
        raise ConnectionFailed(text)
    return server.hostname, server.port or DEFAULT_PORTS[server.scheme]


def _tls_context(server: SplitResult) -> ssl.SSLContext | None:
    return ssl.create_default_context() if server.scheme == "https" else None


def _render(server: SplitResult, request: HttpRequest) -> bytes:
    fields = {
        "host": server.netloc.rpartition("@")[2],
        "connection": "close",
        "content-length": str(len(request.body)),
        **request.headers,
    }
    lines = [f"{request.method} {server.path}{request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + request.body


def _parse(method: str, received: bytes) -> HttpResponse:
    response = HTTPResponse(cast(socket.socket, _ReceivedBytes(received)), method=method)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return HttpResponse(response.status, headers, response.read())
