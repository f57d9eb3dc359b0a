"""Reads a request off the wire, within the limits that hold for every route."""

from functools import lru_cache

from starlette.types import Receive, Scope

from mockserver.core.http import Request
from mockserver.web.bodies import decode

LIMIT = 1_000_000  # bytes of a body


class TooLarge(Exception):
    """The body goes on beyond the limit; the rest of it is not read."""


class Gone(Exception):
    """The client has left before it had sent its body."""


async def body_of(receive: Receive, limit: int = LIMIT) -> bytes:
    """The whole body, counted as it comes in.

    Raises:
        TooLarge: as soon as it is over the limit.
        Gone: nobody waits for an answer any more.
    """
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size, more = size + len(part), message.get("more_body", False)
        if size > limit:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


@lru_cache(maxsize=256)
def _name(name: bytes) -> str:
    """Shared by all requests that are on record."""
    return name.decode("latin-1")


def decoded(scope: Scope, body: bytes, public_url: str = "") -> Request:
    """The vendor request, free of HTTP's framing; `public_url` goes before its own origin."""
    headers = {_name(name): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope["query_string"].decode("latin-1")
    fields, flaw = decode(headers.get("content-type", ""), body, query)
    client = scope.get("client") or ("", 0)
    return Request(
        method=scope["method"],
        path=scope["path"],
        host=headers.get("host", ""),
        origin=public_url or f"{scope['scheme']}://{headers.get('host', '')}",
        headers=headers,
        query=query,
        fields=fields,
        client=client[0],
        body=body,
        body_error=flaw,
    )
