"""Whether a printed call, request or webhook is the wanted one, and if not, how near it comes."""

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

MAX_NEAREST = 3  # misses worth naming


class Mismatch(NamedTuple):
    """A field that is not as wanted."""

    field: str
    expected: Any
    actual: Any


def mismatches(item: Mapping[str, Any], match: Mapping[str, Any]) -> list[Mismatch]:
    """`match` maps a dotted field to a value, or to a glob over its text."""
    told = ((field, wanted, value_at(item, field)) for field, wanted in match.items())
    return [Mismatch(*one) for one in told if not matches_value(one[2], one[1])]


def nearest_items(
    items: Iterable[Mapping[str, Any]], match: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Those with the fewest fields that differ, field by field; the newest of equals first."""
    missed = [
        (len(found), -place, item["id"], found)
        for place, item in enumerate(items)
        if (found := mismatches(item, match))
    ]
    return [
        {"id": name, "differs": [_serialize_mismatch(mismatch) for mismatch in found]}
        for _, _, name, found in sorted(missed, key=lambda one: one[:2])[:MAX_NEAREST]
    ]


def _serialize_mismatch(mismatch: Mismatch) -> dict[str, Any]:
    return {"field": mismatch.field, "wanted": mismatch.expected, "found": mismatch.actual}


def value_at(item: Any, field: str) -> Any:
    """What stands at `legs.0.cause` or `body.status`; None where nothing does."""
    for part in field.split("."):
        if isinstance(item, list):
            item = {str(place): one for place, one in enumerate(item)}
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
