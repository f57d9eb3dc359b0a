"""Receivers of webhooks that respond in every manner, and one delivery to each."""

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


def build_delivery_to(url: str, **fields: Any) -> Delivery:
    """Build the delivery of a webhook `completed` with these fields to the URL."""
    webhook = Webhook(call_id="c1", kind="completed", url=url, **fields)
    return build_delivery(account="any", webhook=webhook)


UNUSED_ORIGIN = "http://127.0.0.1:1"
"""An origin at which no server listens."""


@asynccontextmanager
async def serve_receiver(
    handler: Handler, context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Yield the port of the receiver; at the end, abort the connections still open."""
    connections: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections[asyncio.current_task()] = writer
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in connections.values():
            writer.transport.abort()
        await asyncio.gather(*filter(None, connections))


def deliver_to_receiver(handler: Handler, timeout: float = 10.0, **webhook: Any) -> DeliveryResult:
    """Deliver one webhook to a receiver; return the result without its duration."""

    async def run() -> DeliveryResult:
        async with serve_receiver(handler) as port:
            dispatcher = WebhookDispatcher(UNUSED_ORIGIN, timeout=timeout)
            result = await dispatcher.deliver(
                build_delivery_to(f"http://127.0.0.1:{port}/hook", **webhook)
            )
            return result.replace(duration_ms=0)

    return asyncio.run(run())


def respond_with(*parts: bytes) -> Handler:
    """Build a receiver that reads the head of the request, sends these bytes and closes."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(parts)

    return handler


async def keep_silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def reset_connection(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def close_connection(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    pass
