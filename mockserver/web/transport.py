"""Faults below HTTP, when a scenario orders them: a connection reset, or closed without a word."""

import socket
import struct
from asyncio import Transport
from typing import Any, cast

import httptools
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.web.problems import problem

KEY = "mockserver.transport"
NO_LINGER = struct.pack("ii", 1, 0)


class Breakable(HttpToolsProtocol):
    """uvicorn's protocol, which lets a request know the connection that it came by.

    An offer to upgrade is passed over, as RFC 9110 section 7.8 allows. Java's HttpClient offers
    `h2c` with its first request; the parser takes its body for the other protocol's first bytes.
    """

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            again = self._declined() if self._should_upgrade() else b""
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self.data_received(again + data[offer.args[0] :])
        except httptools.HttpParserError:
            said = "Invalid HTTP request received."
            self.logger.warning(said)
            self.send_400_response(said)

    def _should_upgrade(self) -> bool:
        # uvicorn asks it to hold a request back, which we then read again
        return any(name == b"upgrade" for name, _ in self.headers)

    def _declined(self) -> bytes:
        """The head of the request at hand without the offer, to be read as any other."""
        method = self.parser.get_method()
        head = [b"%b %b HTTP/1.1\r\n" % (method, self.url)]
        kept = (field for field in self.headers if field[0] != b"upgrade")
        return b"".join([*head, *(b"%b: %b\r\n" % field for field in kept), b"\r\n"])

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope = cast("dict[str, Any]", self.scope)
        scope[KEY] = self.transport


async def broken(how: str, scope: Scope, receive: Receive, send: Send) -> None:
    """End the connection: `reset` drops it, anything else closes it politely but empty."""
    transport: Transport | None = scope.get(KEY)
    if transport is None:
        answer = problem(502, "connection broken", f"a scenario orders a break here: {how}")
        await answer(scope, receive, send)
        return
    wire: socket.socket | None = transport.get_extra_info("socket")
    if how == "reset" and wire is not None:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        transport.abort()
    else:
        transport.close()
    # uvicorn wants to have seen the end before the application returns
    while (await receive())["type"] != "http.disconnect":
        continue
