"""One connection to a receiver: it carries a webhook, hears the answer, and may be kept."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, cast

import httptools

from mockserver.core.webhook import DeliveryResult
from mockserver.runtime.letter import Letter
from mockserver.runtime.targets import Target

LIMIT: Final = 65_536
"""Bytes of an answer that are read: of its head and of its body each."""

VERSIONS: Final = ("1.1", "1.0")
RESET: Final = DeliveryResult(None, "reset")
PROTOCOL: Final = DeliveryResult(None, "protocol")
TOO_LARGE: Final = DeliveryResult(None, "too-large")

FRAMING: Final = (b"content-length", b"transfer-encoding")
IMPOSSIBLE: Final = (*range(100), HTTPStatus.SWITCHING_PROTOCOLS)
"""No receiver has been asked to speak another protocol."""

LENIENT: Final = {"lenient_optional_cr_before_lf": True, "lenient_chunked_length": True}
"""Receivers are written by hand, too."""


class Line(asyncio.Protocol):
    """`gone` is told when the connection has ended, by whichever side."""

    transport: asyncio.Transport
    end: tuple[str, int]
    """Our own end of it."""

    def __init__(self, address: str, wire: socket.socket, gone: "Callable[[Line], None]") -> None:
        self.address = address
        self.kept = False
        """Whether it may carry another webhook."""
        self._wire = wire
        self._gone = gone
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(**LENIENT)
        self._asked = self._last = self._bodiless = False
        self._listen()  # some answer before they are asked

    async def ask(self, letter: Letter) -> DeliveryResult:
        """The answer, or the class of what came instead of one.

        Raises:
            OSError: the connection has failed.
        """
        if self._asked:
            self._listen()
        self._asked, self._last, self._bodiless = True, letter.last, letter.method == "HEAD"
        # not drained: the receiver may well answer before it has read all
        self.transport.write(letter.wire)
        return await self._answer

    def quiet(self) -> bool:
        """Nothing has come since the answer, not even an end of which the loop is still to tell."""
        try:
            self._wire.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return not self.transport.is_closing()
        except OSError:
            pass
        return False

    def cut(self) -> None:
        """At once: a polite end might wait for the other side."""
        self.kept = False
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by name
        self.end = transport.get_extra_info("sockname")[:2]

    def data_received(self, data: bytes) -> None:
        if self._answer.done():
            self.cut()  # it speaks unasked
            return
        self._unread += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserUpgrade, httptools.HttpParserError):
            self.kept = False
            self._say(PROTOCOL)
        if self._unread > LIMIT:
            self._say(TOO_LARGE)

    def eof_received(self) -> None:
        self._ended(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended(exc)
        del self._parser  # the two hold each other
        self._gone(self)

    def on_message_begin(self) -> None:
        self.kept = False
        self._heading, self._endless, self._head = True, True, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value) + 4
        if name.lower() in FRAMING:
            self._endless = False

    def on_headers_complete(self) -> None:
        self._heading, self._unread = False, 0
        self._status = self._parser.get_status_code()
        if self._head > LIMIT:
            self._say(TOO_LARGE)
        elif self._status in IMPOSSIBLE or self._parser.get_http_version() not in VERSIONS:
            self._say(PROTOCOL)
        elif self._bodiless and self._status >= HTTPStatus.OK:
            self._say(DeliveryResult(self._status))

    def on_body(self, data: bytes) -> None:
        self._unread = 0
        self._body += data
        if len(self._body) >= LIMIT:
            self._say(self._read())

    def on_message_complete(self) -> None:
        if self._status < HTTPStatus.OK:
            self.on_message_begin()
        elif not self._answer.done():
            sent = self._asked and self.transport.get_write_buffer_size() == 0
            self.kept = sent and not self._last and self._parser.should_keep_alive()
            self._say(self._read())

    def _listen(self) -> None:
        self._status, self._body, self._unread = 0, bytearray(), 0
        self.on_message_begin()
        self._answer: asyncio.Future[DeliveryResult] = asyncio.get_running_loop().create_future()

    def _read(self) -> DeliveryResult:
        return DeliveryResult(self._status, None, bytes(self._body[:LIMIT]))

    def _say(self, answer: DeliveryResult) -> None:
        if not self._answer.done():
            self._answer.set_result(answer)

    def _ended(self, exc: Exception | None) -> None:
        """An end where an answer, or more of it, should have come is a `reset`."""
        self.kept = False
        if exc and not self._answer.done():
            self._answer.set_exception(exc)
            self._answer.exception()  # told, whether or not somebody asks any more
        self._say(self._read() if self._endless and not self._heading else RESET)


async def dial(
    address: str, target: Target, context: ssl.SSLContext | None, gone: Callable[[Line], None]
) -> Line:
    """Connects to that very address, under the name that the URL has."""
    name = target.host if context else None
    try:
        return await connected((address, target.port), context, name, gone)
    except (ConnectionResetError, ConnectionAbortedError) as error:
        if context is None:
            raise
        raise ssl.SSLError("handshake cut short") from error


async def connected(
    there: tuple[str, int],
    context: ssl.SSLContext | None,
    name: str | None,
    gone: Callable[[Line], None],
) -> Line:
    loop, family = (
        asyncio.get_running_loop(),
        socket.AF_INET6 if ":" in there[0] else socket.AF_INET,
    )
    wire = socket.socket(family, socket.SOCK_STREAM)
    try:
        wire.settimeout(0)
        await loop.sock_connect(wire, there)
        _, line = await loop.create_connection(
            lambda: Line(there[0], wire, gone), sock=wire, ssl=context, server_hostname=name
        )
    except BaseException:
        wire.close()
        raise
    return line
