"""Check and build the raw answers in `responses`: status, headers and body in the user's words."""

import json
import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, Final

from mockserver.config.problems import DocumentPath
from mockserver.config.schema_checks import KeySegment, PathProblem
from mockserver.core.http import Response

RAW_KEYS: Final = ("status", "headers", "body")
"""Keys that make an item of `responses` a raw answer."""
BODYLESS_STATUSES: Final = ("204", "304")
CONTENT_TYPE: Final = "content-type"
JSON_TYPE: Final = "application/json"
TEXT_TYPE: Final = "text/plain; charset=utf-8"
TYPES_BY_START: Final[Mapping[str, str]] = {
    "<": "text/html; charset=utf-8",
    "{": JSON_TYPE,
    "[": JSON_TYPE,
}
"""First character of a body -> its content type, unless the headers say another."""
OWN_HEADERS: Final[Mapping[str, str]] = {
    "content-length": "it follows from the body",
    "transfer-encoding": "the body is sent whole",
    "connection": "it follows from the request",
    "date": "the server writes it",
    "x-mock-": "the mock server itself writes such headers",
}
"""Start of a header's name -> why a raw answer cannot have it."""

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE: Final = re.compile(r"[\t -~\xa0-\xff]*")
_JSON_SCALAR: Final = re.compile(
    r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false", re.ASCII
)


def is_raw_answer(raw: Any) -> bool:
    return isinstance(raw, Mapping) and any(key in raw for key in RAW_KEYS)


def raw_answer_problems(raw: Mapping[str, Any]) -> Iterator[PathProblem]:
    """Yield what the schema cannot find in a raw answer, with paths from the answer on."""
    if "body" in raw and str(raw.get("status")) in BODYLESS_STATUSES:
        yield (KeySegment("body"),), f"'body' has no effect: a {raw['status']} has none"
    spellings = [name.lower() for name in raw.get("headers", {})]
    for name, value in raw.get("headers", {}).items():
        problem = _header_problem(name, str(value))
        if spellings.count(name.lower()) > 1:
            problem = f"the header {name.lower()} is here twice: header names ignore case"
        if problem:
            yield ("headers", KeySegment(name)), problem


def build_raw_answer(
    raw: Mapping[str, Any], path: DocumentPath, quoted_paths: frozenset[DocumentPath]
) -> Response:
    """Build a raw answer at `path`; a mapping or a list as body is sent as JSON.

    In it, a plain number, `true` and `false` are what JSON has; quotes make them text.
    """
    headers = {name.lower(): str(value) for name, value in raw.get("headers", {}).items()}
    body = raw.get("body", "")
    is_json = isinstance(body, Mapping | list)
    text = _dump_json(body, (*path, "body"), quoted_paths) if is_json else str(body)
    default = JSON_TYPE if is_json else TYPES_BY_START.get(text.strip()[:1], TEXT_TYPE)
    content_type = {} if CONTENT_TYPE in headers or not text else {CONTENT_TYPE: default}
    return Response(int(raw.get("status", 200)), text.encode(), {**content_type, **headers})


def _header_problem(name: str, value: str) -> str:
    if not _HEADER_NAME.fullmatch(name):
        return f"{name!r} is not the name of a header, such as content-type"
    if not _HEADER_VALUE.fullmatch(value):
        return f"{value!r} is not the value of a header: one line of Latin characters"
    own = next((own for own in OWN_HEADERS if name.lower() == own), "")
    own = "x-mock-" if name.lower().startswith("x-mock-") else own
    reason = OWN_HEADERS.get(own, "")
    return f"a raw answer cannot have the header {name}: {reason}" if reason else ""


def _dump_json(value: Any, path: DocumentPath, quoted_paths: frozenset[DocumentPath]) -> str:
    resolved = _resolve_scalars(value, path, quoted_paths)
    return json.dumps(resolved, ensure_ascii=False, separators=(",", ":"))


def _resolve_scalars(value: Any, path: DocumentPath, quoted_paths: frozenset[DocumentPath]) -> Any:
    """Return a value whose plain scalars are numbers and booleans where JSON has such ones."""
    if isinstance(value, Mapping):
        items = value.items()
        return {key: _resolve_scalars(item, (*path, key), quoted_paths) for key, item in items}
    if isinstance(value, list):
        indexed = enumerate(value)
        return [_resolve_scalars(item, (*path, index), quoted_paths) for index, item in indexed]
    if isinstance(value, str) and path not in quoted_paths and _JSON_SCALAR.fullmatch(value):
        scalar = json.loads(value)
        return scalar if isfinite(scalar) else value
    return value
