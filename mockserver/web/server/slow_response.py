"""Sends a response in small pieces over a given time, head and body alike."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from starlette.types import Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from mockserver.core.time import SECOND
from mockserver.web.server.transport import TRANSPORT_KEY, WRITE_RESPONSE_KEY, HeaderField

PIECE_INTERVAL: Final = 50
"""Real ms between two pieces; more where the response has not so many bytes."""

LINE_BREAKS: Final = frozenset(b"\r\n\0")

WholeResponse = tuple[int, list[HeaderField], bytes]
"""(status, headers, body)."""


async def send_slowly(scope: Scope, send: Send, response: WholeResponse, duration: int) -> None:
    """Send the first piece at once, the last one after `duration` real ms.

    On another server, behind other requests of the connection, or to a page of `--cors`, only the
    body comes in pieces; so it does if a header would break the head, which `send` then refuses.
    """
    cycle = _find_cycle(scope)
    if cycle is None or not all(map(_is_one_line, response[1])):
        await _send_body_slowly(send, response, duration)
    elif not cycle.disconnected:
        await _write_slowly(cycle, response, duration)


def _find_cycle(scope: Scope) -> RequestResponseCycle | None:
    """The cycle of the request, if its connection is there to be written to.

    A response to a page of `--cors`, for which `scope` has no `WRITE_RESPONSE_KEY`, is not written:
    `send` adds headers to it.
    """
    transport = scope.get(TRANSPORT_KEY) if WRITE_RESPONSE_KEY in scope else None
    cycle: RequestResponseCycle | None = transport.get_protocol().cycle if transport else None
    is_current = cycle is not None and cycle.scope is scope and not cycle.response_started
    return cycle if is_current else None


def _is_one_line(field: HeaderField) -> bool:
    return LINE_BREAKS.isdisjoint(field[0] + field[1])


async def _write_slowly(
    cycle: RequestResponseCycle, response: WholeResponse, duration: int
) -> None:
    cycle.response_started = True
    status, headers, body = response
    data = _render_head(cycle, status, headers) + (b"" if cycle.scope["method"] == "HEAD" else body)
    pieces = tuple(split_evenly(data, duration))
    for index, piece in enumerate(pieces):
        if index:
            await asyncio.sleep(duration / SECOND / (len(pieces) - 1))
        if cycle.disconnected:
            return
        cycle.transport.write(piece)
    cycle.response_complete = True
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


def _render_head(cycle: RequestResponseCycle, status: int, headers: list[HeaderField]) -> bytes:
    close = () if cycle.keep_alive else ((b"connection", b"close"),)
    lines = [b"%b: %b\r\n" % field for field in (*cycle.default_headers, *headers, *close)]
    return b"".join((STATUS_LINE[status], *lines, b"\r\n"))


async def _send_body_slowly(send: Send, response: WholeResponse, duration: int) -> None:
    status, headers, body = response
    await send({"type": "http.response.start", "status": status, "headers": headers})
    pieces = tuple(split_evenly(body, duration))
    for piece in pieces:
        await asyncio.sleep(duration / SECOND / len(pieces))
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def split_evenly(data: bytes, duration: int) -> Iterator[bytes]:
    """Split into pieces of about one size: one for each interval of the duration, or fewer."""
    count = max(1, min(len(data), duration // PIECE_INTERVAL + 2))
    limits = [len(data) * index // count for index in range(count + 1)]
    return (data[start:end] for start, end in pairwise(limits))
