"""Writes responses to a transport at once, and ends connections as scenarios specify."""

import socket
import struct
from asyncio import Transport
from typing import Final

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from mockserver.web.problems import problem

TRANSPORT_KEY = "mockserver.transport"
NO_LINGER = struct.pack("ii", 1, 0)
"""SO_LINGER with a timeout of 0 seconds: closing sends a TCP reset."""


def reset_connection(transport: Transport) -> None:
    """Send a TCP reset, discarding what the client has not read."""
    tcp_socket: socket.socket | None = transport.get_extra_info("socket")
    if tcp_socket is not None:
        tcp_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()


def limit_buffers(transport: Transport, size: int) -> None:
    """Keep little for a client that does not read: about `size` bytes, and twice in the kernel."""
    transport.set_write_buffer_limits(high=size)
    tcp_socket: socket.socket | None = transport.get_extra_info("socket")
    if tcp_socket is not None:
        tcp_socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)


async def disconnect(kind: str, scope: Scope, receive: Receive, send: Send) -> None:
    """End the connection without a response: `reset` sends a TCP reset, else it is closed.

    On another server, whose `scope` has no transport, the response is a 502 problem.
    """
    transport: Transport | None = scope.get(TRANSPORT_KEY)
    if transport is None:
        response = problem("connection-broken", f"a scenario orders a break here: {kind}")
        await response(scope, receive, send)
        return
    if kind == "reset" and transport.get_extra_info("socket") is not None:
        reset_connection(transport)
    else:
        transport.close()
    # uvicorn must see the disconnect before the application returns.
    while (await receive())["type"] != "http.disconnect":
        continue


HeaderField = tuple[bytes, bytes]
"""(name, value) as in ASGI."""

WRITE_RESPONSE_KEY: Final = "mockserver.whole"
"""The key of `HttpProtocol.write_response` in `scope`; missing on another server."""

HOLD_KEY: Final = "mockserver.hold"
"""The key in `scope` of what waits until a response may be sent; missing if it may at once."""


def write_response(
    cycle: RequestResponseCycle, status: int, headers: list[HeaderField], body: bytes
) -> bool:
    """Fast path: send head and body in one write, bypassing the messages of ASGI.

    Return False, with nothing sent, for a HEAD request, a request not read to its end, a response
    that has begun, and a connection that is disconnected, full or closed after the response.

    uvicorn searches each field for characters that would break the head. Here the line ends of the
    whole head are counted instead; a head that would break is left to uvicorn.
    """
    is_usual = cycle.keep_alive and cycle.scope["method"] != "HEAD" and not cycle.more_body
    if not is_usual or cycle.response_started or cycle.disconnected or cycle.flow.write_paused:
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
