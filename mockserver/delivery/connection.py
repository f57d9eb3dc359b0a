"""One connection to a receiver: it carries a webhook, hears the answer, and may be kept."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, cast

import httptools

from mockserver.core.webhook import DeliveryResult
from mockserver.delivery.address_policy import ResolvedTarget
from mockserver.delivery.http_request import HttpRequest

MAX_BYTES: Final = 65_536
"""Bytes of an answer that are read: of its head and of its body each."""

HTTP_VERSIONS: Final = ("1.1", "1.0")
RESET: Final = DeliveryResult(None, "reset")
PROTOCOL: Final = DeliveryResult(None, "protocol")
TOO_LARGE: Final = DeliveryResult(None, "too-large")

FRAMING_HEADERS: Final = (b"content-length", b"transfer-encoding")
INVALID_STATUSES: Final = (*range(100), HTTPStatus.SWITCHING_PROTOCOLS)
"""No receiver has been asked to speak another protocol."""

PARSER_LENIENCIES: Final = {"lenient_optional_cr_before_lf": True, "lenient_chunked_length": True}
"""Receivers are written by hand, too."""


class Connection(asyncio.Protocol):
    """`gone` is told when the connection has ended, by whichever side."""

    transport: asyncio.Transport
    local_address: tuple[str, int]
    """Our own end of it."""

    def __init__(
        self, address: str, sock: socket.socket, on_closed: "Callable[[Connection], None]"
    ) -> None:
        self.address = address
        self.is_reusable = False
        """Whether it may carry another webhook."""
        self._socket = sock
        self._on_closed = on_closed
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(**PARSER_LENIENCIES)
        self._is_request_sent = self._has_connection_header = self._is_bodiless = False
        self._expect_response()  # some answer before they are asked

    async def send(self, request: HttpRequest) -> DeliveryResult:
        """The answer, or the class of what came instead of one.

        Raises:
            OSError: the connection has failed.
        """
        if self._is_request_sent:
            self._expect_response()
        self._is_request_sent, self._has_connection_header, self._is_bodiless = (
            True,
            request.has_connection_header,
            request.method == "HEAD",
        )
        # not drained: the receiver may well answer before it has read all
        self.transport.write(request.wire_bytes)
        return await self._result

    def is_idle(self) -> bool:
        """Nothing has come since the answer, not even an end of which the loop is still to tell."""
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return not self.transport.is_closing()
        except OSError:
            pass
        return False

    def abort(self) -> None:
        """At once: a polite end might wait for the other side."""
        self.is_reusable = False
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by name
        self.local_address = transport.get_extra_info("sockname")[:2]

    def data_received(self, data: bytes) -> None:
        if self._result.done():
            self.abort()  # it speaks unasked
            return
        self._unparsed_size += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserUpgrade, httptools.HttpParserError):
            self.is_reusable = False
            self._set_result(PROTOCOL)
        if self._unparsed_size > MAX_BYTES:
            self._set_result(TOO_LARGE)

    def eof_received(self) -> None:
        self._finish(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(exc)
        del self._parser  # the two hold each other
        self._on_closed(self)

    def on_message_begin(self) -> None:
        self.is_reusable = False
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
        elif not self._result.done():
            sent = self._is_request_sent and self.transport.get_write_buffer_size() == 0
            self.is_reusable = (
                sent and not self._has_connection_header and self._parser.should_keep_alive()
            )
            self._set_result(self._build_result())

    def _expect_response(self) -> None:
        self._status, self._body, self._unparsed_size = 0, bytearray(), 0
        self.on_message_begin()
        self._result: asyncio.Future[DeliveryResult] = asyncio.get_running_loop().create_future()

    def _build_result(self) -> DeliveryResult:
        return DeliveryResult(self._status, None, bytes(self._body[:MAX_BYTES]))

    def _set_result(self, result: DeliveryResult) -> None:
        if not self._result.done():
            self._result.set_result(result)

    def _finish(self, exc: Exception | None) -> None:
        """An end where an answer, or more of it, should have come is a `reset`."""
        self.is_reusable = False
        if exc and not self._result.done():
            self._result.set_exception(exc)
            self._result.exception()  # told, whether or not somebody asks any more
        self._set_result(
            self._build_result() if self._ends_with_connection and not self._is_in_head else RESET
        )


async def connect(
    address: str,
    target: ResolvedTarget,
    context: ssl.SSLContext | None,
    on_closed: Callable[[Connection], None],
) -> Connection:
    """Connects to that very address, under the name that the URL has."""
    name = target.host if context else None
    try:
        return await open_connection((address, target.port), context, name, on_closed)
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
    loop, family = (
        asyncio.get_running_loop(),
        socket.AF_INET6 if ":" in address[0] else socket.AF_INET,
    )
    wire = socket.socket(family, socket.SOCK_STREAM)
    try:
        wire.settimeout(0)
        await loop.sock_connect(wire, address)
        _, line = await loop.create_connection(
            lambda: Connection(address[0], wire, on_closed),
            sock=wire,
            ssl=context,
            server_hostname=server_name,
        )
    except BaseException:
        wire.close()
        raise
    return line
