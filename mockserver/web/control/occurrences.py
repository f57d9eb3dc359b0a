"""How often, and in which order, items must have occurred; what of that does not hold."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from mockserver.web.control.params import check_keys
from mockserver.web.problems import ProblemError

TIMES_USAGE: Final = (
    'times is {"exactly": 1}, {"at_least": 1}, {"at_most": 3} or {"at_least": 1, "at_most": 3}'
)


class Times(NamedTuple):
    """How many items must match; `at_most` is None if any larger number is right."""

    at_least: int = 1
    at_most: int | None = None

    def __str__(self) -> str:
        if self.at_most is None:
            return f"at least {self.at_least}"
        if self.at_least == self.at_most:
            return str(self.at_least)
        return f"{self.at_least} to {self.at_most}" if self.at_least else f"at most {self.at_most}"


class Comparison(NamedTuple):
    """An item, and in how many fields it differs from each match."""

    id: str
    value: Any
    mismatch_counts: Sequence[int]


def parse_times(times: Any) -> Times:
    """Parse `times` of a body.

    Raises:
        ProblemError: It is not valid; the detail says what is.
    """
    if not isinstance(times, Mapping) or not times:
        raise ProblemError("invalid-body", TIMES_USAGE)
    check_keys(times, ("exactly", "at_least", "at_most"), "times")
    if any(type(count) is not int or count < 0 for count in times.values()):
        raise ProblemError(
            "invalid-body", f"a number of times must be a whole number: {TIMES_USAGE}"
        )
    if "exactly" in times:
        if len(times) > 1:
            raise ProblemError(
                "invalid-body",
                f"exactly cannot be combined with at_least or at_most: {TIMES_USAGE}",
            )
        return Times(times["exactly"], times["exactly"])
    parsed = Times(times.get("at_least", 0), times.get("at_most"))
    if parsed.at_most is not None and parsed.at_most < parsed.at_least:
        raise ProblemError("invalid-body", f"at_most is less than at_least: {TIMES_USAGE}")
    return parsed


def is_too_many(found: int, times: Times) -> bool:
    return times.at_most is not None and found > times.at_most


def is_unknown(found: int, times: Times, evicted: int) -> bool:
    """Whether evicted items may decide: they may have matched, too."""
    is_enough = times.at_most is None and found >= times.at_least
    return evicted > 0 and not is_enough and not is_too_many(found, times)


def find_gap(comparisons: Iterable[Comparison], order: Iterable[int]) -> tuple[int, str] | None:
    """Return the first match of the order that no item takes, and the id of the item before it.

    `order` has the indexes of the matches. Each is taken by the first item that matches it after
    the item of the match before; the id is empty for the first match.
    """
    left, before = iter(comparisons), ""
    for index in order:
        taken = next((item for item in left if not item.mismatch_counts[index]), None)
        if taken is None:
            return index, before
        before = taken.id
    return None
