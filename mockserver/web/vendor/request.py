"""Parses vendor requests: reads the body, and turns body and query into fields."""

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
JOINED_HEADERS: Final = ("x-mock-scenario", "traceparent", "tracestate")
"""Fields that may be repeated; the last one counts of any other."""

_ERROR_MESSAGES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (json.JSONDecodeError, "is not JSON: line {0.lineno} column {0.colno}: {0.msg}"),
    (UnicodeError, "is not UTF-8: {0.reason}"),
    (RecursionError, TOO_DEEP),
    (ValueError, "{0}"),
)
"""Error type -> how the message continues `the body` or `the query`.

A plain `ValueError` is raised by this package, already worded so.
"""


class ParsedFields(NamedTuple):
    """The fields of body and query.

    `body_error` is one sentence on what could not be parsed, or empty. After an error in the body,
    `fields` has those of the query; after one in the query, none.
    """

    fields: dict[str, object]
    body_error: str


def parse_fields(content_type: str, body: bytes, query: str) -> ParsedFields:
    """Merge the fields of query and body; the body takes precedence.

    `query` is the raw query string decoded as Latin-1, as all headers are.
    """
    fields: dict[str, object] = {}
    subject = "query"
    try:
        query_pairs = _parse_form(query.encode("latin-1")) if query else ()
        if query_pairs:
            fields = _build_fields(query_pairs, MAX_FIELDS)
        subject = "body"
        body_pairs = _parse_body(content_type, body)
        return ParsedFields(fields | _build_fields(body_pairs, MAX_FIELDS - len(query_pairs)), "")
    except (ValueError, RecursionError) as error:
        return ParsedFields(fields, f"the {subject} {_describe_error(error)}")


def _build_fields(pairs: Pairs, max_fields: int) -> dict[str, object]:
    """Build the fields; only names with brackets have to be nested."""
    flat = dict(pairs)
    is_flat = len(pairs) <= max_fields and "[" not in "".join(flat)
    return flat if is_flat else nest_fields(pairs, max_fields)


def _describe_error(error: Exception) -> str:
    return next(
        template.format(error)
        for error_type, template in _ERROR_MESSAGES
        if isinstance(error, error_type)
    )


def _parse_body(content_type: str, body: bytes) -> Pairs:
    if not body:
        return ()
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    options = _parse_options(content_type) if parameters else {}
    if options.get(b"charset", b"utf-8").lower() not in {b"utf-8", b"utf8"}:
        raise ValueError("has a charset other than UTF-8")
    if media_type == "multipart/form-data":
        return _parse_multipart(body, options.get(b"boundary", b""))
    return _BODY_PARSERS.get(
        media_type, _parse_json if media_type.endswith("+json") else _parse_untyped
    )(body)


def _parse_options(content_type: str) -> Mapping[bytes, bytes]:
    from python_multipart.multipart import parse_options_header  # noqa: PLC0415 - as in _parse_multipart

    return parse_options_header(content_type)[1]


def _parse_untyped(body: bytes) -> Pairs:
    if body.lstrip()[:1] in {b"{", b"["}:
        return _parse_json(body)
    if b"=" not in body:
        raise ValueError("is neither JSON nor a form")
    return _parse_form(body)


def _parse_form(body: bytes) -> Pairs:
    # Counted first: otherwise a megabyte of ampersands is split before it is rejected.
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
        # Only an escape can produce a lone surrogate, the only value that does not encode.
        json.dumps(value, ensure_ascii=False).encode()
    return value.items()


def _check_depth(value: object) -> None:
    """Check level by level rather than by recursion, independent of Python's stack depth."""
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
    from mockserver.web.vendor.multipart import parse_multipart  # noqa: PLC0415 - takes 6 ms, rarely needed

    return parse_multipart(body, boundary)


DEFAULT_BODY_LIMIT = 1_000_000  # bytes


class BodyTooLarge(Exception):
    """The body exceeds the limit; the rest of it is not read."""


class ClientDisconnected(Exception):
    """The client disconnected before it had sent the whole body."""


async def read_body(receive: Receive, limit: int = DEFAULT_BODY_LIMIT) -> bytes:
    """Read the whole body, of at most `limit` bytes.

    Raises:
        BodyTooLarge: The body exceeds the limit; raised as soon as it does.
        ClientDisconnected: The client has disconnected.
    """
    chunks: list[bytes] = []
    size, more_body = 0, True
    while more_body:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        chunk = message.get("body", b"")
        size, more_body = size + len(chunk), message.get("more_body", False)
        if size > limit:
            raise BodyTooLarge
        chunks.append(chunk)
    return b"".join(chunks)


@lru_cache(maxsize=256)
def _decode_header_name(name: bytes) -> str:
    """Cached, so that all recorded requests share the names of their headers."""
    return name.decode("latin-1")


def _join_fields(scope: Scope, name: bytes) -> str:
    """Return the values of all fields of that name, as one list."""
    values = (value for field, value in scope["headers"] if field == name)
    return b", ".join(values).decode("latin-1")


def parse_request(
    scope: Scope, body: bytes, public_url: str = "", vendor_host: str = ""
) -> Request:
    """Build the vendor request, without HTTP framing; `public_url`, if set, is its origin."""
    headers = {
        _decode_header_name(name): value.decode("latin-1") for name, value in scope["headers"]
    }
    for name in JOINED_HEADERS:
        if name in headers:
            headers[name] = _join_fields(scope, name.encode())
    query = scope["query_string"].decode("latin-1")
    fields, body_error = parse_fields(headers.get("content-type", ""), body, query)
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
        body_error=body_error,
        vendor_host=vendor_host,
    )
