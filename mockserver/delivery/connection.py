"""One HTTP/1.1 client connection to a receiver of webhooks, for one request."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, cast

import httptools

from mockserver.core.address_policy import ResolvedTarget
from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.http_request import HttpRequest

MAX_BYTES: Final = 65_536
"""Bytes of a response that are read, each for its head and its body."""

HTTP_VERSIONS: Final = ("1.1", "1.0")
RESET: Final = DeliveryResult(None, "reset")
PROTOCOL: Final = DeliveryResult(None, "protocol")
TOO_LARGE: Final = DeliveryResult(None, "too-large")

FRAMING_HEADERS: Final = (b"content-length", b"transfer-encoding")
INVALID_STATUSES: Final = (*range(100), HTTPStatus.SWITCHING_PROTOCOLS)
"""Status codes treated as a protocol error; 101 is among them as no request asks for an upgrade."""

PARSER_LENIENCIES: Final = {"lenient_optional_cr_before_lf": True, "lenient_chunked_length": True}
"""Tolerated because some receivers are written by hand."""


class Connection(asyncio.Protocol):
    """An asyncio protocol; `on_closed` is called when either side has ended the connection.

    A connection carries one request and is not kept: a receiver may serve one connection at a
    time, or close an idle one just as the next request is sent. The methods named `on_...` are
    callbacks of `httptools.HttpResponseParser`.
    """

    transport: asyncio.Transport
    local_address: tuple[str, int]
    """(host, port) of this end, from `getsockname()`."""

    def __init__(self, address: str, on_closed: "Callable[[Connection], None]") -> None:
        self.address = address
        self._on_closed = on_closed
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(**PARSER_LENIENCIES)
        self._is_bodiless = False
        self._status, self._body, self._unparsed_size = 0, bytearray(), 0
        self.on_message_begin()  # a receiver may respond before the request
        self._result: asyncio.Future[DeliveryResult] = asyncio.get_running_loop().create_future()

    async def send(self, request: HttpRequest) -> DeliveryResult:
        """Send a request; return its response, or the error `reset`, `protocol` or `too-large`.

        Raises:
            OSError: the connection has failed.
        """
        self._is_bodiless = request.method == "HEAD"
        # not drained: the receiver may respond before it has read the whole request
        self.transport.write(request.wire_bytes)
        return await self._result

    def abort(self) -> None:
        """Close at once: a graceful close might wait for the receiver."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # a cast, because uvloop's transport does not inherit from asyncio's
        self.transport = cast("asyncio.Transport", transport)
        self.local_address = transport.get_extra_info("sockname")[:2]

    def data_received(self, data: bytes) -> None:
        if self._result.done():
            self.abort()  # more than one response
            return
        self._unparsed_size += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserUpgrade, httptools.HttpParserError):
            self._set_result(PROTOCOL)
        if self._unparsed_size > MAX_BYTES:
            self._set_result(TOO_LARGE)

    def eof_received(self) -> None:
        self._finish(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(exc)
        del self._parser  # breaks their reference cycle
        self._on_closed(self)

    def on_message_begin(self) -> None:
        self._is_in_head, self._ends_with_connection, self._head_size = True, True, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_size += len(name) + len(value) + 4
        if name.lower() in FRAMING_HEADERS:
            self._ends_with_connection = False

    def on_headers_complete(self) -> None:
        self._is_in_head, self._unparsed_size = False, 0
        self._status = self._parser.get_status_code()
        if self._head_size > MAX_BYTES:
            self._set_result(TOO_LARGE)
        elif (
            self._status in INVALID_STATUSES or self._parser.get_http_version() not in HTTP_VERSIONS
        ):
            self._set_result(PROTOCOL)
        elif self._is_bodiless and self._status >= HTTPStatus.OK:
            self._set_result(DeliveryResult(self._status))

    def on_body(self, data: bytes) -> None:
        self._unparsed_size = 0
        self._body += data
        if len(self._body) >= MAX_BYTES:
            self._set_result(self._build_result())

    def on_message_complete(self) -> None:
        if self._status < HTTPStatus.OK:
            self.on_message_begin()
        else:
            self._set_result(self._build_result())

    def _build_result(self) -> DeliveryResult:
        return DeliveryResult(self._status, None, bytes(self._body[:MAX_BYTES]))

    def _set_result(self, result: DeliveryResult) -> None:
        if not self._result.done():
            self._result.set_result(result)

    def _finish(self, exc: Exception | None) -> None:
        """Set the result when the connection ends: `reset`, unless its end completes the body.

        If the connection has failed with `exc`, `send` raises that.
        """
        if exc and not self._result.done():
            self._result.set_exception(exc)
            self._result.exception()  # marks it as retrieved: the sender may have gone
        self._set_result(
            self._build_result() if self._ends_with_connection and not self._is_in_head else RESET
        )


async def connect(
    address: str,
    target: ResolvedTarget,
    context: ssl.SSLContext | None,
    on_closed: Callable[[Connection], None],
) -> Connection:
    """Connect to exactly this address; TLS verifies the host name of the URL.

    Raises:
        ssl.SSLError: the handshake failed, or the receiver ended it.
        OSError: no connection could be opened.
    """
    server_name = target.host if context else None
    try:
        return await open_connection((address, target.port), context, server_name, on_closed)
    except (ConnectionResetError, ConnectionAbortedError) as error:
        if context is None:
            raise
        raise ssl.SSLError("handshake cut short") from error


async def open_connection(
    address: tuple[str, int],
    context: ssl.SSLContext | None,
    server_name: str | None,
    on_closed: Callable[[Connection], None],
) -> Connection:
    """Open a connection to `address`, which is (IP address, port); TLS if there is a `context`."""
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(0)
        await loop.sock_connect(sock, address)
        _, connection = await loop.create_connection(
            lambda: Connection(address[0], on_closed),
            sock=sock,
            ssl=context,
            server_hostname=server_name,
        )
    except BaseException:
        sock.close()
        raise
    return connection
