"""Check what a scenario says of one kind of webhook for words that can never take effect."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.config.behaviors import parse_duration_range
from mockserver.config.schema_checks import KeySegment, PathProblem

RawMapping = Mapping[str, Any]


def delivery_problems(body: RawMapping) -> Iterator[PathProblem]:
    """Yield the problems of all kinds of webhooks of a scenario."""
    for kind, delivery in body.get("webhooks", {}).items():
        for path, message in _problems_of_kind(delivery):
            yield ("webhooks", kind, *path), message


def _problems_of_kind(delivery: RawMapping) -> Iterator[PathProblem]:
    if str(delivery.get("drop")) == "all":
        for key in delivery:
            if key != "drop" and not _is_false(delivery[key]):
                message = f"{key!r} has no effect: `drop: all` loses every webhook of this kind"
                yield (KeySegment(key),), message
        return
    duplicate = delivery.get("duplicate")
    if isinstance(duplicate, Mapping) and "spacing" in duplicate and _is_once(duplicate):
        message = "'spacing' has no effect: with `times: 1` there is no copy"
        yield ("duplicate", KeySegment("spacing")), message
    if "before_reply" in delivery and not _is_false(delivery["before_reply"]):
        yield from _before_reply_problems(delivery)


def _before_reply_problems(delivery: RawMapping) -> Iterator[PathProblem]:
    if "after" in delivery and parse_duration_range(delivery["after"]).low:
        yield (
            (KeySegment("before_reply"),),
            "'before_reply' has no effect: with `after` it is due when the response has gone",
        )


def _is_once(duplicate: RawMapping) -> bool:
    return str(duplicate.get("times")) == "1"


def _is_false(value: object) -> bool:
    return str(value).lower() == "false"
