"""One request and its answer on a connection of their own, spoken with h11."""

import asyncio
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Final

import h11

from mockserver import __version__
from mockserver.core.webhook import Answer, Webhook, content
from mockserver.runtime.targets import Target

LIMIT: Final = 65_536
"""Bytes of an answer that are read: of its head and of its body each."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Heard = h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]


async def exchanged(
    target: Target, webhook: Webhook, connection: AbstractAsyncContextManager[Streams]
) -> Answer:
    """What the target answers; it is connected to once the request can be spelled."""
    wire = h11.Connection(h11.CLIENT, max_incomplete_event_size=LIMIT)
    try:
        request = spell(wire, target, webhook)
        async with connection as (reader, writer):
            # not drained: the receiver may well answer before it has read all
            writer.write(request)
            return await hear(wire, reader)
    except h11.ProtocolError as error:
        return Answer(None, breach(wire, error))


def spell(wire: h11.Connection, target: Target, webhook: Webhook) -> bytes:
    """The whole request."""
    body = content(webhook)
    headers = {
        "host": target.place.authority,
        "user-agent": f"call-mockserver/{__version__}",
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "close",
    }
    if webhook.body is not None:
        headers["content-type"] = "application/json"
    if body or webhook.method not in {"GET", "HEAD"}:
        headers["content-length"] = str(len(body))
    headers |= {name.lower(): value for name, value in webhook.headers.items()}
    head = h11.Request(method=webhook.method, target=target.place.path, headers=[*headers.items()])
    events = (head, h11.Data(data=body), h11.EndOfMessage())
    return b"".join(wire.send(event) or b"" for event in events)


async def hear(wire: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    status, body = 0, bytearray()
    while len(body) < LIMIT:
        match await listen(wire, reader):
            case h11.Response() | h11.InformationalResponse() as head:
                if sum(len(name) + len(value) + 4 for name, value in head.headers) > LIMIT:
                    return Answer(None, "too-large")
                status = head.status_code
                await asyncio.sleep(0)  # a flood of interim answers leaves others their turn
            case h11.Data(data=data):
                body += data
            case h11.EndOfMessage():
                break
            case _:  # the receiver wants to speak another protocol
                return Answer(None, "protocol")
    return Answer(status, None, bytes(body[:LIMIT]))


async def listen(wire: h11.Connection, reader: asyncio.StreamReader) -> Heard:
    while (event := wire.next_event()) is h11.NEED_DATA:
        wire.receive_data(await reader.read(LIMIT))
    return event


def breach(wire: h11.Connection, error: h11.ProtocolError) -> str:
    """An end where an answer, or more of it, should have begun is a `reset`."""
    if error.error_status_hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
        return "too-large"
    rest, ended = wire.trailing_data
    return "reset" if ended and b"HTTP/".startswith(rest[:5]) else "protocol"
