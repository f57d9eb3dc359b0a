"""Ends of a connection below HTTP: reset, or closed without a word, as a scenario may order."""

import socket
import struct
from asyncio import Transport

from starlette.types import Receive, Scope, Send

from mockserver.web.problems import problem

KEY = "mockserver.transport"
NO_LINGER = struct.pack("ii", 1, 0)


def reset(transport: Transport) -> None:
    """Drop it with all that the other side has not read."""
    wire: socket.socket | None = transport.get_extra_info("socket")
    if wire is not None:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()


async def broken(how: str, scope: Scope, receive: Receive, send: Send) -> None:
    """End the connection: `reset` drops it, anything else closes it politely but empty."""
    transport: Transport | None = scope.get(KEY)
    if transport is None:
        answer = problem(502, "connection broken", f"a scenario orders a break here: {how}")
        await answer(scope, receive, send)
        return
    if how == "reset" and transport.get_extra_info("socket") is not None:
        reset(transport)
    else:
        transport.close()
    # uvicorn wants to have seen the end before the application returns
    while (await receive())["type"] != "http.disconnect":
        continue
