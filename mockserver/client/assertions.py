"""What tests assert of requests and webhooks: how often, and in which order."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.client.errors import NotCalled

NO_WAIT = {"timeout": 0}
"""A wait that only looks."""


def check_count(
    matches: Sequence[Any], times: int | None, match: Mapping[str, Any], dropped: int = 0
) -> None:
    """Judge how many matched; `times` None means at least one.

    Of `dropped` requests, which have left the journal, nobody knows any more how they were.
    """
    if times is not None and dropped and len(matches) <= times:
        left = f"{dropped} requests have left the journal: reset the sandbox before you count"
        raise NotCalled(f"whether {times} requests match {dict(match)} cannot be known; {left}")
    if times is not None and len(matches) != times:
        raise NotCalled(f"{len(matches)} requests match {dict(match)}, not {times}", [])


def check_order(
    all_ids: Sequence[str], matching_ids: Sequence[Sequence[str]], matches: Sequence[Any]
) -> None:
    """Judge whether one of each can be found, each behind the one before."""
    last = -1
    for ids, match in zip(matching_ids, matches, strict=True):
        places = [all_ids.index(one) for one in ids if all_ids.index(one) > last]
        if not places:
            shown = ", ".join(f"{place + 1}. {one}" for place, one in enumerate(all_ids))
            raise NotCalled(f"nothing that matches {dict(match)} comes in that place of: {shown}")
        last = min(places)


def dotted_fields(match: Mapping[str, Any]) -> dict[str, Any]:
    """Python cannot have dots in the names of arguments: `body__status` means `body.status`."""
    return {name.replace("__", "."): value for name, value in match.items()}
