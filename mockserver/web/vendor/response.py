"""Renders exchanges as HTTP responses, and adds the mock server's own headers."""

import json
import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final, NamedTuple

from starlette.types import Message, Receive, Scope, Send

from mockserver.core.journal import Ignored
from mockserver.core.scenario import readable_name
from mockserver.core.time import format_iso
from mockserver.engine.exchange import Exchange
from mockserver.web.dependencies import sandbox_in
from mockserver.web.problems import SALT
from mockserver.web.redaction import redact_text
from mockserver.web.server.transport import HOLD_KEY, WRITE_RESPONSE_KEY, HeaderField

BODYLESS_STATUSES: Final = (204, 304)
JSON_HEADER: Final = (b"content-type", b"application/json")

CONTROL_CHARACTERS: Final = (*range(0x20), *range(0x7F, 0xA0))
ESCAPES: Final = MappingProxyType({code: f"\\x{code:02x}" for code in CONTROL_CHARACTERS})
"""Control character -> how it is written in headers and log lines."""

MAX_LINE_BYTES: Final = 4_000
"""Bytes of a header of the mock server; some clients refuse a head of more than 8,000."""

UNSENDABLE_NAME: Final = re.compile(rb"[^!#$%&'*+.^_`|~0-9A-Za-z-]|^$")
UNSENDABLE_VALUE: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

_encode_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class AsgiResponse(NamedTuple):
    """An ASGI application that sends one complete response, in one write where possible."""

    status: int
    headers: list[HeaderField]
    body: bytes

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        if hold := scope.get(HOLD_KEY):
            await hold(scope)
        write = scope.get(WRITE_RESPONSE_KEY)
        if write and write(scope, *self):
            return
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


def build_response(exchange: Exchange, allowed_methods: tuple[str, ...] = ()) -> AsgiResponse:
    """Render the vendor's response; `allowed_methods` are the Allow header of a 405."""
    response = exchange.response
    vendor_headers = {
        _encode_header(name).lower(): _encode_header(value)
        for name, value in response.headers.items()
    }
    fields = [*vendor_headers.items(), *_mock_headers(exchange)]
    body = (
        response.body if isinstance(response.body, bytes) else _encode_json(response.body).encode()
    )
    if response.status not in BODYLESS_STATUSES:
        fields.append((b"content-length", b"%d" % len(body)))
    if body is not response.body and JSON_HEADER[0] not in vendor_headers:
        fields.append(JSON_HEADER)
    if allowed_methods and response.status == 405:  # noqa: PLR2004 - HTTP
        fields.append((b"allow", _encode_header(", ".join(allowed_methods))))
    return AsgiResponse(response.status, fields, body)


def _mock_headers(exchange: Exchange) -> list[HeaderField]:
    """The `X-Mock-*` headers, which the mock server adds to the vendor's."""
    headers = [
        (b"x-mock-request", exchange.id.encode()),
        (TIME_HEADER, format_iso(exchange.at).encode()),
    ]
    if exchange.call_ids:
        headers.append((b"x-mock-call", exchange.call_ids[0].encode()))
    if exchange.fault:
        headers.append((b"x-mock-fault", exchange.fault.encode()))
    if exchange.explanation:
        explanation = redact_text(exchange.explanation, SALT)
        headers.append((b"x-mock-explain", _encode_line(explanation, exchange.id)))
    if ignored := exchange.ignored and _describe_ignored(exchange.ignored):
        headers.append((b"x-mock-ignored", _encode_line(ignored, exchange.id)))
    return headers


def _describe_ignored(ignored: Iterable[Ignored]) -> str:
    """Describe in one line what makes a strict test fail; empty if nothing does."""
    strict = (each for each in ignored if each.strict)
    return "; ".join(
        f"scenario {readable_name(each.scenario)}: {each.what}: {each.reason}" for each in strict
    )


def _encode_line(text: str, request_id: str) -> bytes:
    """Encode a header of the mock server, which may repeat what a client has sent: as ASCII.

    A long one is cut, and says where the whole text is.
    """
    line = _encode_printable(text[: MAX_LINE_BYTES + 1], "ascii")
    if len(line) <= MAX_LINE_BYTES:
        return line
    note = f"... (cut; the whole text: GET /_mock/explain/{request_id})".encode()
    return line[: MAX_LINE_BYTES - len(note)] + note


def _encode_header(text: str) -> bytes:
    """Encode a header of the vendor."""
    return _encode_printable(text, "latin-1")


def _encode_printable(text: str, charset: str) -> bytes:
    """Escape control characters, which no header may have, and what the charset lacks."""
    if not text.isprintable():
        text = text.translate(ESCAPES)
    return text.encode(charset, "backslashreplace")


TIME_HEADER = b"x-mock-now"


class UnsendableHeader(Exception):
    """A response has a header that would break its head."""


def _check_fields(fields: Iterable[HeaderField]) -> None:
    for name, value in fields:
        if UNSENDABLE_NAME.search(name) or UNSENDABLE_VALUE.search(value):
            raise UnsendableHeader(f"the response header {name!r} cannot have the value {value!r}")


def add_time_header(send: Send, scope: Scope) -> Send:
    """Wrap `send` to add `X-Mock-Now`, the virtual time of the request's sandbox.

    The sandbox is the one in `scope` when the response starts, else the default one. A response
    that the server could not send is stopped before it starts, by an `UnsendableHeader`.
    """

    async def send_with_time(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message["headers"]
            _check_fields(headers)
            if all(name != TIME_HEADER for name, _ in headers):
                now = format_iso(sandbox_in(scope).clock.now())
                message["headers"] = [*headers, (TIME_HEADER, now.encode())]
        await send(message)

    return send_with_time
