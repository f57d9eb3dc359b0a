"""Check how often and in which order requests and webhooks occurred."""

from collections.abc import Mapping, Sequence
from typing import Any

from mock_calls.errors import NotCalled

NO_WAIT = {"timeout": 0}
"""Options of a wait that returns at once."""


def check_count(
    matches: Sequence[Any], times: int | None, match: Mapping[str, Any], evicted: int = 0
) -> None:
    """Check that exactly `times` matched; None means that any number is right.

    `evicted` is the number of requests that left the journal: they may have matched too.

    Raises:
        NotCalled: the number differs, or is unknown because of evicted requests.
    """
    if times is not None and evicted and len(matches) <= times:
        reason = f"{evicted} requests have been evicted: reset the sandbox before you count"
        raise NotCalled(f"whether {times} requests match {dict(match)} cannot be known; {reason}")
    if times is not None and len(matches) != times:
        raise NotCalled(f"{len(matches)} requests match {dict(match)}, not {times}", [])


def check_order(
    all_ids: Sequence[str], matching_ids: Sequence[Sequence[str]], matches: Sequence[Any]
) -> None:
    """Check that each match has an item after the item of the match before.

    `all_ids` are the ids of all items in order; `matching_ids` has, for each of `matches`, the ids
    of the items that match.

    Raises:
        NotCalled: a match has no item after the item of the match before.
    """
    last = -1
    for ids, match in zip(matching_ids, matches, strict=True):
        positions = [all_ids.index(name) for name in ids if all_ids.index(name) > last]
        if not positions:
            listed = ", ".join(f"{index + 1}. {name}" for index, name in enumerate(all_ids))
            raise NotCalled(f"nothing that matches {dict(match)} comes in that place of: {listed}")
        last = min(positions)


def dotted_fields(match: Mapping[str, Any]) -> dict[str, Any]:
    """Replace `__` by `.` in names, as Python's keyword arguments cannot contain dots."""
    return {name.replace("__", "."): value for name, value in match.items()}
