"""Turns body and query string of a vendor request into fields, or says why it cannot."""

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, NoReturn
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from mockserver.core.http import Request
from mockserver.web.vendor.form_nesting import (
    MAX_DEPTH,
    MAX_FIELDS,
    TOO_DEEP,
    TOO_MANY_FIELDS,
    Pairs,
    nest_fields,
)

MAX_INTEGER_DIGITS: Final = 309

_ERROR_MESSAGES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (json.JSONDecodeError, "is not JSON: line {0.lineno} column {0.colno}: {0.msg}"),
    (UnicodeError, "is not UTF-8: {0.reason}"),
    (RecursionError, TOO_DEEP),
    (ValueError, "{0}"),
)
"""How a flaw goes on after `the body` or `the query`: our own errors are worded so already."""


class ParsedFields(NamedTuple):
    """`flaw` is empty or one sentence on what could not be read; `fields` then hold the query's."""

    fields: dict[str, object]
    body_error: str


def parse_fields(content_type: str, body: bytes, query: str) -> ParsedFields:
    """Query and body as one mapping, in which the body wins.

    `query` is the raw query string read as latin-1, as every header is.
    """
    fields: dict[str, object] = {}
    subject = "query"
    try:
        asked = _parse_form(query.encode("latin-1")) if query else ()
        if asked:
            fields = nest_fields(asked, MAX_FIELDS)
        subject = "body"
        sent = _parse_body(content_type, body)
        return ParsedFields(fields | nest_fields(sent, MAX_FIELDS - len(asked)), "")
    except (ValueError, RecursionError) as error:
        return ParsedFields(fields, f"the {subject} {_describe_error(error)}")


def _describe_error(error: Exception) -> str:
    return next(words.format(error) for kind, words in _ERROR_MESSAGES if isinstance(error, kind))


def _parse_body(content_type: str, body: bytes) -> Pairs:
    if not body:
        return ()
    media, _, parameters = content_type.partition(";")
    media = media.strip().lower()
    options = _parse_options(content_type) if parameters else {}
    if options.get(b"charset", b"utf-8").lower() not in {b"utf-8", b"utf8"}:
        raise ValueError("has a charset other than UTF-8")
    if media == "multipart/form-data":
        return _parse_multipart(body, options.get(b"boundary", b""))
    return _BODY_PARSERS.get(media, _parse_json if media.endswith("+json") else _parse_untyped)(
        body
    )


def _parse_options(content_type: str) -> Mapping[bytes, bytes]:
    from python_multipart.multipart import parse_options_header  # noqa: PLC0415 - as below

    return parse_options_header(content_type)[1]


def _parse_untyped(body: bytes) -> Pairs:
    if body.lstrip()[:1] in {b"{", b"["}:
        return _parse_json(body)
    if b"=" not in body:
        raise ValueError("is neither JSON nor a form")
    return _parse_form(body)


def _parse_form(body: bytes) -> Pairs:
    # Counted first: a megabyte of ampersands would otherwise be split before it is refused.
    if body.count(b"&") > MAX_FIELDS:
        raise ValueError(TOO_MANY_FIELDS)
    return parse_qsl(body.decode(), keep_blank_values=True, errors="strict")


def _parse_json(body: bytes) -> Pairs:
    if body.startswith(b"\xef\xbb\xbf"):
        raise ValueError("starts with a byte order mark")
    value = _JSON_DECODER.decode(body.decode())
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _check_depth(value)
    if b"\\u" in body:
        # A lone surrogate can come from an escape only, and is the one thing that this refuses.
        json.dumps(value, ensure_ascii=False).encode()
    return value.items()


def _check_depth(value: object) -> None:
    """Level by level rather than by recursion, so that the depth of our own stack is no limit."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        layers = (outer.values() if isinstance(outer, dict) else outer for outer in level)
        level = [inner for layer in layers for inner in layer if isinstance(inner, dict | list)]
    if level:
        raise ValueError(TOO_DEEP)


def _parse_integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise ValueError(f"holds an integer of more than {MAX_INTEGER_DIGITS} digits")
    return int(digits)


def _parse_fraction(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("holds a number too large to represent")
    return number


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"is not JSON: {name} is no JSON number")


_JSON_DECODER: Final = json.JSONDecoder(
    parse_int=_parse_integer, parse_float=_parse_fraction, parse_constant=_reject_constant
)
_BODY_PARSERS: Final = {
    "application/json": _parse_json,
    "application/x-www-form-urlencoded": _parse_form,
}


def _parse_multipart(body: bytes, boundary: bytes) -> Pairs:
    from mockserver.web.vendor.multipart import parse_multipart  # noqa: PLC0415 - 6 ms, if anybody sends one

    return parse_multipart(body, boundary)


DEFAULT_BODY_LIMIT = 1_000_000  # bytes of a body


class BodyTooLarge(Exception):
    """The body goes on beyond the limit; the rest of it is not read."""


class ClientDisconnected(Exception):
    """The client has left before it had sent its body."""


async def read_body(receive: Receive, limit: int = DEFAULT_BODY_LIMIT) -> bytes:
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
            raise ClientDisconnected
        part = message.get("body", b"")
        size, more = size + len(part), message.get("more_body", False)
        if size > limit:
            raise BodyTooLarge
        parts.append(part)
    return b"".join(parts)


@lru_cache(maxsize=256)
def _decode_header_name(name: bytes) -> str:
    """Shared by all requests that are on record."""
    return name.decode("latin-1")


def parse_request(scope: Scope, body: bytes, public_url: str = "") -> Request:
    """The vendor request, free of HTTP's framing; `public_url` goes before its own origin."""
    headers = {
        _decode_header_name(name): value.decode("latin-1") for name, value in scope["headers"]
    }
    query = scope["query_string"].decode("latin-1")
    fields, flaw = parse_fields(headers.get("content-type", ""), body, query)
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
