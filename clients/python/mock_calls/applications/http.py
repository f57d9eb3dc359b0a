"""Reads the HTTP request of a webhook from a connection, and writes the response to it."""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from http.client import responses
from typing import Final, NamedTuple

Headers = list[tuple[bytes, bytes]]
"""(lower-case name, value) pairs."""

MAX_HEAD: Final = 1_048_576  # bytes
MAX_BODY: Final = 64 * 1_048_576  # bytes; webhooks have a few hundred
BODILESS: Final = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
FRAMING: Final = (b"connection", b"transfer-encoding")
"""Fields of a response that belong to the connection and not to the application."""


class NotHttp(Exception):
    """What came over the connection is no HTTP/1.1 request that a mock server sends."""


class HttpRequest(NamedTuple):
    """A request; `raw_path` is percent-encoded, as it came."""

    method: str
    raw_path: bytes
    query: bytes
    headers: Headers
    body: bytes


class HttpResponse(NamedTuple):
    status: int
    headers: Iterable[tuple[bytes, bytes]]
    body: bytes


async def read_request(reader: asyncio.StreamReader) -> HttpRequest:
    """Read one request with its body.

    Raises:
        NotHttp: it is none, or the connection ends before it does.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        request_line, *lines = head[:-4].split(b"\r\n")
        method, target, _ = request_line.split(b" ")
        fields = [line.partition(b":")[::2] for line in lines]
        headers = [(name.lower(), value.strip()) for name, value in fields]
        length = int(dict(headers).get(b"content-length", b"0"))
        if length > MAX_BODY:
            raise NotHttp(f"a body of {length} bytes is too large")
        body = await reader.readexactly(length)
        raw_path, _, query = target.partition(b"?")
        request = HttpRequest(method.decode("ascii"), raw_path, query, headers, body)
        raw_path.decode("ascii")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
        raise NotHttp(str(error)) from error
    return request


def render_response(response: HttpResponse, method: str) -> bytes:
    """Render a response; the connection ends after it."""
    status, body = response.status, response.body
    phrase = responses.get(status, "")
    headers = [field for field in response.headers if field[0].lower() not in FRAMING]
    has_length = any(name.lower() == b"content-length" for name, _ in headers)
    if not has_length and status not in BODILESS:
        headers.append((b"content-length", str(len(body)).encode()))
    headers.append((b"connection", b"close"))
    lines = b"".join(b"%s: %s\r\n" % field for field in headers)
    is_bodiless = method == "HEAD" or status in BODILESS
    head = f"HTTP/1.1 {status:d} {phrase}\r\n".encode() + lines + b"\r\n"
    return head if is_bodiless else head + body
