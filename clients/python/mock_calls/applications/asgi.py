"""Calls an ASGI application with one HTTP request, as a server on a socket does."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import unquote

from mock_calls.applications.http import HttpRequest, HttpResponse
from mock_calls.applications.origin import Origin

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApplication = Callable[[Message, Receive, Send], Awaitable[None]]

ASGI_VERSION: Final = {"version": "3.0", "spec_version": "2.3"}


class AsgiExchange:
    """One request to an application, and what it has sent of its response.

    The response is complete when the application has returned: a background task of it has ended
    then, too. `disconnected` is set when nobody reads the response any more.
    """

    def __init__(self, request: HttpRequest, disconnected: asyncio.Event) -> None:
        self._request = request
        self._is_body_read = False
        self._ended = disconnected
        self._start: Message = {}
        self._body = bytearray()
        self._is_complete = False

    @property
    def is_started(self) -> bool:
        return bool(self._start)

    @property
    def response(self) -> HttpResponse | None:
        """The response; None unless it is complete."""
        if not self._is_complete:
            return None
        status, headers = self._start["status"], self._start.get("headers", ())
        return HttpResponse(status, headers, bytes(self._body))

    async def receive(self) -> Message:
        if not self._is_body_read:
            self._is_body_read = True
            return {"type": "http.request", "body": self._request.body, "more_body": False}
        await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        expected = "http.response.body" if self._start else "http.response.start"
        if message["type"] != expected or self._is_complete:
            raise RuntimeError(f"the application sent {message['type']!r} out of turn")
        if not self._start:
            self._start = message
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            self._is_complete = True
            self._ended.set()


def build_scope(request: HttpRequest, origin: Origin, client: tuple[str, int]) -> Message:
    """Build the scope of a request."""
    return {
        "type": "http",
        "asgi": dict(ASGI_VERSION),
        "http_version": "1.1",
        "method": request.method,
        "scheme": origin.scheme,
        "path": unquote(request.raw_path.decode("ascii")),
        "raw_path": request.raw_path,
        "query_string": request.query,
        "root_path": "",
        "headers": list(request.headers),
        "server": (origin.host, origin.port),
        "client": client,
    }
