"""The journal live, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import islice
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.reading import sandbox_of
from mockserver.web.wire import fact_json

QUEUE: Final = 1_000  # facts that a viewer may be behind; more are a gap


async def events(request: Request) -> Response:
    """From now on, or from after `Last-Event-ID` on; a viewer that is too slow is told of a gap."""
    last = request.headers.get("last-event-id", "")
    if last and not (last.isdecimal() and last.isascii()):
        raise HTTPException(422, "Last-Event-ID is the id of a fact")
    store = sandbox_of(request).state
    since = int(last[:15]) if last else store.entry_count
    headers = {"cache-control": "no-store"}
    if request.method == "HEAD":
        return Response(None, 200, headers, "text/event-stream")
    return StreamingResponse(_stream(store, since), 200, headers, "text/event-stream")


async def _stream(store: SandboxState, since: int) -> AsyncIterator[str]:
    news = asyncio.Event()

    def watch(_: JournalEntry) -> None:
        news.set()

    store.subscribers.append(watch)
    epoch = store.epoch
    try:
        yield ": listening\n\n"
        while True:
            if store.epoch != epoch or since > store.entry_count:
                epoch, since = store.epoch, 0
                yield "event: reset\ndata: {}\n\n"
            news.clear()
            for number, text in _news(store, since):
                since = number
                yield text
            await news.wait()
    finally:
        if watch in store.subscribers:
            store.subscribers.remove(watch)


def _news(store: SandboxState, since: int) -> list[tuple[int, str]]:
    """What has been recorded since; the journal itself is the queue, and it is bounded."""
    first = store.entry_count - len(store.journal) + 1
    begin = max(since + 1, first, store.entry_count - QUEUE + 1)
    told = []
    if begin > since + 1:
        told.append((begin - 1, f'event: gap\ndata: {{"missed": {begin - since - 1}}}\n\n'))
    for number, fact in enumerate(islice(store.journal, begin - first, None), begin):
        line = json.dumps(
            {"id": number, **fact_json(fact, store.configuration)}, ensure_ascii=False
        )
        told.append((number, f"id: {number}\nevent: {fact.type}\ndata: {line}\n\n"))
    return told


ROUTES = (Route("/events", events),)
