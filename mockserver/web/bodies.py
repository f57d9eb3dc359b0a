"""Turns body and query string of a vendor request into fields, or says why it cannot."""

import json
import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, NoReturn
from urllib.parse import parse_qsl

from mockserver.web.brackets import MAX_DEPTH, MAX_FIELDS, TOO_DEEP, TOO_MANY, Pairs, unfold

MAX_DIGITS: Final = 309

_FLAWS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (json.JSONDecodeError, "is not JSON: line {0.lineno} column {0.colno}: {0.msg}"),
    (UnicodeError, "is not UTF-8: {0.reason}"),
    (RecursionError, TOO_DEEP),
    (ValueError, "{0}"),
)
"""How a flaw goes on after `the body` or `the query`: our own errors are worded so already."""


class Decoded(NamedTuple):
    """`flaw` is empty or one sentence on what could not be read; `fields` then hold the query's."""

    fields: dict[str, object]
    flaw: str


def decode(content_type: str, body: bytes, query: str) -> Decoded:
    """Query and body as one mapping, in which the body wins.

    `query` is the raw query string read as latin-1, as every header is.
    """
    fields: dict[str, object] = {}
    subject = "query"
    try:
        asked = _form(query.encode("latin-1")) if query else ()
        if asked:
            fields = unfold(asked, MAX_FIELDS)
        subject = "body"
        sent = _read(content_type, body)
        return Decoded(fields | unfold(sent, MAX_FIELDS - len(asked)), "")
    except (ValueError, RecursionError) as error:
        return Decoded(fields, f"the {subject} {_why(error)}")


def _why(error: Exception) -> str:
    return next(words.format(error) for kind, words in _FLAWS if isinstance(error, kind))


def _read(content_type: str, body: bytes) -> Pairs:
    if not body:
        return ()
    media, _, parameters = content_type.partition(";")
    media = media.strip().lower()
    options = _options(content_type) if parameters else {}
    if options.get(b"charset", b"utf-8").lower() not in {b"utf-8", b"utf8"}:
        raise ValueError("has a charset other than UTF-8")
    if media == "multipart/form-data":
        return _multipart(body, options.get(b"boundary", b""))
    return _READERS.get(media, _json if media.endswith("+json") else _guess)(body)


def _options(content_type: str) -> Mapping[bytes, bytes]:
    from python_multipart.multipart import parse_options_header  # noqa: PLC0415 - as below

    return parse_options_header(content_type)[1]


def _guess(body: bytes) -> Pairs:
    if body.lstrip()[:1] in {b"{", b"["}:
        return _json(body)
    if b"=" not in body:
        raise ValueError("is neither JSON nor a form")
    return _form(body)


def _form(body: bytes) -> Pairs:
    # Counted first: a megabyte of ampersands would otherwise be split before it is refused.
    if body.count(b"&") > MAX_FIELDS:
        raise ValueError(TOO_MANY)
    return parse_qsl(body.decode(), keep_blank_values=True, errors="strict")


def _json(body: bytes) -> Pairs:
    if body.startswith(b"\xef\xbb\xbf"):
        raise ValueError("starts with a byte order mark")
    value = _DECODER.decode(body.decode())
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _measure(value)
    if b"\\u" in body:
        # A lone surrogate can come from an escape only, and is the one thing that this refuses.
        json.dumps(value, ensure_ascii=False).encode()
    return value.items()


def _measure(value: object) -> None:
    """Level by level rather than by recursion, so that the depth of our own stack is no limit."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        layers = (outer.values() if isinstance(outer, dict) else outer for outer in level)
        level = [inner for layer in layers for inner in layer if isinstance(inner, dict | list)]
    if level:
        raise ValueError(TOO_DEEP)


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise ValueError(f"holds an integer of more than {MAX_DIGITS} digits")
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("holds a number too large to represent")
    return number


def _nan(name: str) -> NoReturn:
    raise ValueError(f"is not JSON: {name} is no JSON number")


_DECODER: Final = json.JSONDecoder(parse_int=_integer, parse_float=_fraction, parse_constant=_nan)
_READERS: Final = {"application/json": _json, "application/x-www-form-urlencoded": _form}


def _multipart(body: bytes, boundary: bytes) -> Pairs:
    from mockserver.web.multipart import parts  # noqa: PLC0415 - 6 ms, if anybody sends one

    return parts(body, boundary)
