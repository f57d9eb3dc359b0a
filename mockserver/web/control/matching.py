"""Matches serialized calls, requests and webhooks with expected values."""

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

MAX_NEAREST = 3  # items listed when nothing matches


class Mismatch(NamedTuple):
    """A field whose value does not match."""

    field: str
    expected: Any
    actual: Any


def mismatches(item: Mapping[str, Any], match: Mapping[str, Any]) -> list[Mismatch]:
    """Compare an item with `match`: dotted field -> value, or glob over the value's text."""
    compared = ((field, expected, value_at(item, field)) for field, expected in match.items())
    return [Mismatch(*values) for values in compared if not matches_value(values[2], values[1])]


def nearest_items(
    items: Iterable[Mapping[str, Any]], match: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return up to `MAX_NEAREST` items with the fewest mismatches; of equals, the newest first."""
    candidates = [
        (len(differences), -index, item["id"], differences)
        for index, item in enumerate(items)
        if (differences := mismatches(item, match))
    ]
    return [
        {"id": name, "differs": [_serialize_mismatch(mismatch) for mismatch in differences]}
        for _, _, name, differences in sorted(candidates, key=lambda candidate: candidate[:2])[
            :MAX_NEAREST
        ]
    ]


def _serialize_mismatch(mismatch: Mismatch) -> dict[str, Any]:
    return {"field": mismatch.field, "wanted": mismatch.expected, "found": mismatch.actual}


def value_at(item: Any, field: str) -> Any:
    """The value at a field such as `legs.0.cause` or `body.status`; None if there is none."""
    for part in field.split("."):
        if isinstance(item, list):
            item = {str(index): element for index, element in enumerate(item)}
        item = item.get(part) if isinstance(item, Mapping) else None
    return item


def matches_value(actual: Any, expected: Any) -> bool:
    if actual == expected:
        return isinstance(actual, bool) == isinstance(expected, bool)
    if not isinstance(expected, str) or actual is None:
        return False
    return fnmatchcase(
        actual if isinstance(actual, str) else json.dumps(actual, default=str), expected
    )
