"""Matches serialized calls, requests and webhooks with expected values."""

import json
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

from mockserver.web.redaction import redact_value

MAX_NEAREST = 3  # items listed when nothing matches
MAX_CHARACTERS: Final = 1_000
"""How much of a value is shown; a longer one is cut."""
LEG_FIELDS = re.compile(r"(waiting|events)\.\d+\.leg", re.ASCII)
"""The fields of a call whose value is the `name` of a leg."""
LEG_PATH = re.compile(r"((?:attempts\.\d+\.)?legs)\.([^.]+)(.*)", re.ASCII | re.DOTALL)
"""The fields of a leg: its list, its index or name, the rest."""


GLOB_CHARACTERS: Final = frozenset("*?[")


class Mismatch(NamedTuple):
    """A field whose value does not match."""

    field: str
    expected: Any
    actual: Any


def mismatches(item: Mapping[str, Any], match: Mapping[str, Any]) -> list[Mismatch]:
    """Compare an item with `match`: dotted field -> value, or glob over the value's text.

    A leg that a call waits for, or that an event is of, matches all of its names.
    """
    found = ((field, expected, value_at(item, field)) for field, expected in match.items())
    return [
        Mismatch(field, expected, actual)
        for field, expected, actual in found
        if not matches_value(actual, _resolve_leg_name(item, field, expected))
    ]


def redact_match(match: Mapping[str, Any], salt: str) -> dict[str, Any]:
    """Return the match as items show its values: a secret is compared by its mask."""
    return {field: _redact_expected(field, value, salt) for field, value in match.items()}


def _redact_expected(field: str, expected: Any, salt: str) -> Any:
    if isinstance(expected, str) and GLOB_CHARACTERS & {*expected}:
        return expected
    parts = field.split(".")
    for part in reversed(parts):
        expected = {part: expected}
    shown = redact_value(expected, salt)
    for part in parts:
        shown = shown[part] if isinstance(shown, Mapping) else shown
    return shown


def _resolve_leg_name(item: Mapping[str, Any], field: str, expected: Any) -> Any:
    """Return the `name` of the leg if `expected` names one in `waiting` or `events`."""
    names, is_leg = item.get("leg_names", {}), LEG_FIELDS.fullmatch(field)
    return names.get(expected, expected) if is_leg and isinstance(expected, str) else expected


def nearest_indexes(mismatch_counts: Iterable[int]) -> list[int]:
    """Return the indexes of the nearest items, out of the numbers of their mismatches.

    These are up to `MAX_NEAREST` with the fewest mismatches; of equals, the newest comes first.
    """
    candidates = [(count, -index) for index, count in enumerate(mismatch_counts) if count]
    return [-negated for _, negated in sorted(candidates)[:MAX_NEAREST]]


def serialize_nearest(item: Mapping[str, Any], differences: Iterable[Mismatch]) -> dict[str, Any]:
    """Serialize in what an item differs from what is looked for."""
    return {"id": item["id"], "differs": [_serialize_mismatch(each) for each in differences]}


def _serialize_mismatch(mismatch: Mismatch) -> dict[str, Any]:
    expected, actual = cut_value(mismatch.expected), cut_value(mismatch.actual)
    return {"field": mismatch.field, "expected": expected, "actual": actual}


def cut_value(value: Any) -> Any:
    """Return the value, or the beginning of its text if that is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return value if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}..."


def value_at(item: Any, field: str) -> Any:
    """The value at a field such as `legs.0.cause` or `body.status`; None if there is none.

    A leg of a call has all of its names, too: `legs.callee.cause`.
    """
    for part in _with_leg_index(item, field).split("."):
        if isinstance(item, list):
            item = {str(index): element for index, element in enumerate(item)}
        item = item.get(part) if isinstance(item, Mapping) else None
    return item


def _with_leg_index(item: Mapping[str, Any], field: str) -> str:
    """Return the field with the index of the leg instead of its name."""
    path, names = LEG_PATH.fullmatch(field), item.get("leg_names", {})
    if path is None or path[2] not in names:
        return field
    legs = value_at(item, path[1]) or []
    indexes = (index for index, leg in enumerate(legs) if leg["name"] == names[path[2]])
    return f"{path[1]}.{next(indexes, path[2])}{path[3]}"


def matches_value(actual: Any, expected: Any) -> bool:
    """Whether a value equals `expected`, or its text matches it; one element of a list suffices."""
    if actual == expected:
        return isinstance(actual, bool) == isinstance(expected, bool)
    if isinstance(actual, list) and any(matches_value(element, expected) for element in actual):
        return True
    if not isinstance(expected, str) or actual is None:
        return False
    return fnmatchcase(
        actual if isinstance(actual, str) else json.dumps(actual, default=str), expected
    )
