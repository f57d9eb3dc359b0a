"""Applications under test, and requests to them as a mock server sends them."""

import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mock_calls.applications.attachments import Attachments, end

ORIGIN = "http://app.test"
REQUEST = (
    b"POST /re%20port/J%C3%B6rg?a=%20b HTTP/1.1\r\nhost: app.test\r\nuser-agent: mock\r\n"
    b"accept: */*\r\nconnection: close\r\ncontent-type: application/json\r\n"
    b"content-length: 7\r\n\r\n"
    b'{"a":1}'
)


def build_responder(
    status: int = 200, body: bytes = b"ok", headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Callable[..., Awaitable[None]]:
    """Build an ASGI application that knows no lifespan."""

    async def app(scope: Any, _: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


@contextmanager
def attached(application: Any, origin: str = ORIGIN) -> Iterator[tuple[Attachments, int]]:
    """Attach an application during a `with` block, which gets its port."""
    attachments = Attachments()
    receiver = attachments.start(origin, application)
    attachments.adopt(receiver)
    try:
        assert receiver.port
        yield attachments, receiver.port
    finally:
        end(attachments.release())


def exchange(port: int, request: bytes = REQUEST) -> bytes:
    """Send bytes to a receiver, and return what it sends until it ends the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        with connection.makefile("rb") as stream:
            return stream.read()


def respond_to(application: Any, request: bytes = REQUEST) -> tuple[int, Mapping[str, str], bytes]:
    """Attach an application, send it a request, and return status, headers, and body."""
    with attached(application) as (_, port):
        head, _, body = exchange(port, request).partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(status_line.split()[1]), headers, body
