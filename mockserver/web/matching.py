"""Whether a printed call, request or webhook is the wanted one, and if not, how near it comes."""

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

NEAR = 3  # misses worth naming


class Miss(NamedTuple):
    """A field that is not as wanted."""

    field: str
    wanted: Any
    found: Any


def misses(item: Mapping[str, Any], match: Mapping[str, Any]) -> list[Miss]:
    """`match` maps a dotted field to a value, or to a glob over its text."""
    told = ((field, wanted, found_at(item, field)) for field, wanted in match.items())
    return [Miss(*one) for one in told if not same(one[2], one[1])]


def nearest(items: Iterable[Mapping[str, Any]], match: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those with the fewest fields that differ, field by field; the newest of equals first."""
    missed = [
        (len(found), -place, item["id"], found)
        for place, item in enumerate(items)
        if (found := misses(item, match))
    ]
    return [
        {"id": name, "differs": [miss._asdict() for miss in found]}
        for _, _, name, found in sorted(missed, key=lambda one: one[:2])[:NEAR]
    ]


def found_at(item: Any, field: str) -> Any:
    """What stands at `legs.0.cause` or `body.status`; None where nothing does."""
    for part in field.split("."):
        if isinstance(item, list):
            item = {str(place): one for place, one in enumerate(item)}
        item = item.get(part) if isinstance(item, Mapping) else None
    return item


def same(found: Any, wanted: Any) -> bool:
    if found == wanted:
        return isinstance(found, bool) == isinstance(wanted, bool)
    if not isinstance(wanted, str) or found is None:
        return False
    return fnmatchcase(found if isinstance(found, str) else json.dumps(found, default=str), wanted)
