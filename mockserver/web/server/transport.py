"""Ends of a connection below HTTP: reset, or closed without a word, as a scenario may order."""

import socket
import struct
from asyncio import Transport
from typing import Final

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from mockserver.web.problems import problem

TRANSPORT_KEY = "mockserver.transport"
NO_LINGER = struct.pack("ii", 1, 0)


def reset_connection(transport: Transport) -> None:
    """Drop it with all that the other side has not read."""
    wire: socket.socket | None = transport.get_extra_info("socket")
    if wire is not None:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()


async def disconnect(kind: str, scope: Scope, receive: Receive, send: Send) -> None:
    """End the connection: `reset` drops it, anything else closes it politely but empty."""
    transport: Transport | None = scope.get(TRANSPORT_KEY)
    if transport is None:
        answer = problem(502, "connection broken", f"a scenario orders a break here: {kind}")
        await answer(scope, receive, send)
        return
    if kind == "reset" and transport.get_extra_info("socket") is not None:
        reset_connection(transport)
    else:
        transport.close()
    # uvicorn wants to have seen the end before the application returns
    while (await receive())["type"] != "http.disconnect":
        continue


HeaderField = tuple[bytes, bytes]


WRITE_RESPONSE_KEY: Final = "mockserver.whole"
"""Where a request's scope has the function, if its connection has one."""


def write_response(
    cycle: RequestResponseCycle, status: int, headers: list[HeaderField], body: bytes
) -> bool:
    """Answer a request that has been read to its end; False, and nothing sent, in all other cases.

    uvicorn would search each field for what breaks a head: here the lines are counted.
    """
    usual = cycle.keep_alive and cycle.scope["method"] != "HEAD" and not cycle.more_body
    if not usual or cycle.response_started or cycle.disconnected or cycle.flow.write_paused:
        return False
    lines = [b"%b: %b\r\n" % field for field in (*cycle.default_headers, *headers)]
    head = b"".join(lines)
    if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines) or b"\0" in head:
        return False
    cycle.transport.write(b"".join((STATUS_LINE[status], head, b"\r\n", body)))
    cycle.response_started = cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()
    return True
