"""Webhook receivers of every kind, and one delivery to each."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from mockserver.core.webhook import Delivery, DeliveryResult, Webhook
from mockserver.delivery.dispatcher import WebhookDispatcher
from tests.support.builders import build_delivery

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK_RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def build_delivery_to(url: str, **webhook: Any) -> Delivery:
    sent = Webhook(call_id="c1", kind="completed", url=url, **webhook)
    return build_delivery(account="any", webhook=sent)


def unused_origin() -> str:
    return "http://127.0.0.1:1"


@asynccontextmanager
async def serve_receiver(
    handler: Handler, context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Its port; whoever is still on the line at the end is cut off."""
    lines: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines[asyncio.current_task()] = writer
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in lines.values():
            writer.transport.abort()
        await asyncio.gather(*filter(None, lines))


def deliver_to_receiver(handler: Handler, deadline: float = 10.0, **webhook: Any) -> DeliveryResult:
    async def scenario() -> DeliveryResult:
        async with serve_receiver(handler) as port:
            courier = WebhookDispatcher(unused_origin, timeout=deadline)
            answer = await courier.deliver(
                build_delivery_to(f"http://127.0.0.1:{port}/hook", **webhook)
            )
            return answer._replace(duration_ms=0)

    return asyncio.run(scenario())


def respond_with(*parts: bytes) -> Handler:
    """Reads the head of the request, says these, closes."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(parts)

    return handler


async def never_respond(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def reset_connection(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def close_connection(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    pass
