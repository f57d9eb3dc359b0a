"""A vendor's answer as the wire wants it, with what we have to say beside it."""

import json
from typing import Final, NamedTuple

from starlette.types import Message, Receive, Scope, Send

from mockserver.core.time import format_iso
from mockserver.engine.exchange import Exchange
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX
from mockserver.web.dependencies import Dependencies
from mockserver.web.server.transport import WRITE_RESPONSE_KEY, HeaderField

BODYLESS_STATUSES: Final = (204, 304)
JSON_HEADER: Final = (b"content-type", b"application/json")

_encode_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class AsgiResponse(NamedTuple):
    """Status, header fields and body of a response, which sends itself."""

    status: int
    headers: list[HeaderField]
    body: bytes

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        whole = scope.get(WRITE_RESPONSE_KEY)
        if whole and whole(scope, *self):
            return
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


def build_response(exchange: Exchange, allowed_methods: tuple[str, ...] = ()) -> AsgiResponse:
    """What a vendor has replied; `allowed` are the methods to be told with a wrong one."""
    reply = exchange.response
    own = {
        _encode_header(name).lower(): _encode_header(value) for name, value in reply.headers.items()
    }
    fields = [*own.items(), *_mock_headers(exchange)]
    body = reply.body if isinstance(reply.body, bytes) else _encode_json(reply.body).encode()
    if reply.status not in BODYLESS_STATUSES:
        fields.append((b"content-length", b"%d" % len(body)))
    if body is not reply.body and JSON_HEADER[0] not in own:
        fields.append(JSON_HEADER)
    if allowed_methods and reply.status == 405:  # noqa: PLR2004 - HTTP
        fields.append((b"allow", _encode_header(", ".join(allowed_methods))))
    return AsgiResponse(reply.status, fields, body)


def _mock_headers(exchange: Exchange) -> list[HeaderField]:
    """What we say beside the vendor's answer."""
    told = [
        (b"x-mock-request", exchange.id.encode()),
        (TIME_HEADER, format_iso(exchange.at).encode()),
    ]
    if exchange.call_ids:
        told.append((b"x-mock-call", exchange.call_ids[0].encode()))
    if exchange.fault:
        why = exchange.explanation.encode("ascii", "backslashreplace")
        told += [(b"x-mock-fault", exchange.fault.encode()), (b"x-mock-explain", why)]
    return told


def _encode_header(text: str) -> bytes:
    return text.encode("latin-1")


TIME_HEADER = b"x-mock-now"


def add_time_header(send: Send, scope: Scope) -> Send:
    """`send`, with the time of the sandbox that the request has come to by then."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            parts: Dependencies = scope["dependencies"]
            sandbox: Sandbox = scope["sandbox"] or parts.sandboxes.get(DEFAULT_SANDBOX)
            headers = message["headers"]
            if all(name != TIME_HEADER for name, _ in headers):
                message["headers"] = [
                    *headers,
                    (TIME_HEADER, format_iso(sandbox.clock.now()).encode()),
                ]
        await send(message)

    return tell
