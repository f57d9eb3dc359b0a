"""Reads the event stream: all entries that there are, or as a browser does."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final, NamedTuple

from mockserver.runtime.background import Background
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.journal_stream import _stream_events
from mockserver.web.control.positions import position_of
from mockserver.web.control.stream_views import build_view
from tests.support.edge_site import EdgeSite

EVENTS: Final = "/_mock/events"
MIN_POSITION: Final = 12  # characters of an instance, an epoch and a number


async def read_events(sandbox: Sandbox) -> str:
    """Read all entries that a viewer gets who has read none yet."""
    start = position_of(sandbox)._replace(sequence=0)
    text, end = "", f"id: {position_of(sandbox)}\n"
    view = build_view("entries", "", sandbox, Background())
    async with aclosing(_stream_events(sandbox, start, view)) as chunks:
        async for chunk in chunks:
            text += chunk
            if end in text:
                break
    return text


class StreamEvent(NamedTuple):
    """One event of the stream; a comment has neither event nor data.

    `id` is short: without the instance of the sandbox, and without the epoch before any reset.
    """

    id: str | None
    event: str | None
    data: Any


class StreamReader:
    """Reads the stream as a browser does, and can pause and disconnect."""

    def __init__(self, edge: EdgeSite, last: str | None, path: str) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self._disconnected = asyncio.Event()
        self._chunks = asyncio.Queue[bytes]()
        self._text = ""
        self._reading = asyncio.Event()
        self._reading.set()
        if last and "-" in last and len(last) < MIN_POSITION:
            last = f"{edge.default.instance}.{last}"
        extra_headers = [] if last is None else [(b"last-event-id", last.encode())]
        scope = {
            "type": "http",
            "method": "GET",
            "path": path.partition("?")[0],
            "query_string": path.partition("?")[2].encode(),
            "headers": [(b"host", b"localhost"), *extra_headers],
        }
        running: Any = edge.app(scope, self._receive, self._send)
        self.task: asyncio.Task[None] = asyncio.create_task(running)

    async def _receive(self) -> dict[str, str]:
        await self._disconnected.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self._reading.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif message.get("body"):
            self._chunks.put_nowait(message["body"])

    async def raw(self) -> str:
        """The next message; a chunk may have several."""
        while "\n\n" not in self._text:
            self._text += (await self._chunks.get()).decode()
        message, end, self._text = self._text.partition("\n\n")
        return message + end

    async def next(self) -> StreamEvent:
        return parse_event(await self.raw())

    async def expect_listening(self) -> None:
        assert (await self.raw()).startswith(": listening\nid: ")

    async def take(self, count: int) -> list[StreamEvent]:
        return [await self.next() for _ in range(count)]

    def pause(self) -> None:
        """Accept no more data until `resume`."""
        self._reading.clear()

    def resume(self) -> None:
        self._reading.set()

    async def disconnect(self) -> None:
        self._disconnected.set()
        await self.task

    @property
    def pending_chunks(self) -> int:
        return self._chunks.qsize()


def parse_event(text: str) -> StreamEvent:
    assert text.endswith("\n\n")
    fields = dict(line.split(": ", 1) for line in text.splitlines() if line[:1] not in ("", ":"))
    position = fields.get("id", "")
    return StreamEvent(
        re.sub("^[0-9a-f]{8}[.](0-)?", "", position) or None,
        fields.get("event"),
        json.loads(fields["data"]) if "data" in fields else None,
    )


@asynccontextmanager
async def open_stream(
    edge: EdgeSite, last: str | None = None, path: str = EVENTS
) -> AsyncIterator[StreamReader]:
    reader = StreamReader(edge, last, path)
    try:
        await reader.expect_listening()
        yield reader
    finally:
        reader.resume()
        await reader.disconnect()


def run(check: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(check(), 20))
