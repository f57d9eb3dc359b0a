"""Times as integer milliseconds since 1970 UTC, so that sums are exact; ISO 8601, durations."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


class Duration(int):
    """A duration in ms that a file writes as `90s` or `24h`."""

    __slots__ = ()


_DURATION: Final = re.compile(
    r"(?:(?P<d>\d+(?:\.\d+)?)d)?(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?"
    r"(?:(?P<s>\d+(?:\.\d+)?)(?:s|$))?(?:(?P<ms>\d+(?:\.\d+)?)ms)?"
)
_UNITS: Final = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
MAX_TIME: Final = 221_845_392_000_000
"""The latest time of any clock, 9000-01-01; times after it can still be formatted."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(at: int, zone: timezone = UTC) -> datetime:
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone)


def to_milliseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def to_reachable_time(instant: datetime) -> int | None:
    """Return the time in ms; None if no clock reaches it, as it is after `MAX_TIME`."""
    try:
        at = to_milliseconds(instant.astimezone(UTC))
    except OverflowError:
        return None
    return at if at <= MAX_TIME else None


@lru_cache(maxsize=64)
def format_iso(at: int) -> str:
    """Format a time in ms as `2026-11-21T12:00:00.000Z`."""
    return f"{_format_second(at // SECOND)}.{at % SECOND:03}Z"


@lru_cache(maxsize=64)
def _format_second(at: int) -> str:
    return to_datetime(at * SECOND).strftime("%Y-%m-%dT%H:%M:%S")


def to_seconds(duration: int) -> float | int:
    """Convert ms to seconds for output: an int if whole, else a float."""
    return duration // SECOND if duration % SECOND == 0 else duration / SECOND


def parse_duration(text: str) -> int | None:
    """Parse `90s`, `1m30s`, `2h`, `250ms` or a plain number of seconds to ms; None for all else.

    Durations over a hundred years are rejected, too: no clock runs that far.
    """
    match = _DURATION.fullmatch(text.strip()) if text.strip().isascii() else None
    if not match or not text.strip():
        return None
    total = sum(float(match[unit] or 0) * size for unit, size in _UNITS.items())
    return round(total) if total <= 36_525 * DAY else None


_UNIT_SPELLINGS: Final = (
    (re.compile(r"(?<=\d),(?=\d)"), "."),
    (re.compile(r"\s+|\band\b"), ""),
    (re.compile(r"(?<=\d)(?:milliseconds?|millis|msecs?)"), "ms"),
    (re.compile(r"(?<=\d)(?:seconds?|secs?|sek)"), "s"),
    (re.compile(r"(?<=\d)(?:minutes?|mins?)"), "m"),
    (re.compile(r"(?<=\d)(?:hours?|hrs?)"), "h"),
    (re.compile(r"(?<=\d)days?"), "d"),
    (re.compile(r"^(\d+):(\d\d)$"), r"\1m\2s"),
    (re.compile(r"^(\d+):(\d\d):(\d\d)$"), r"\1h\2m\3s"),
)
"""How people write durations -> how this package does."""


def suggest_duration(text: str) -> str:
    """Suggest how to write what is not a duration, such as `3 sec`; empty if nothing is near."""
    written = text.strip().lower()
    for spelling, replacement in _UNIT_SPELLINGS:
        written = spelling.sub(replacement, written)
    is_better = written != text and parse_duration(written) is not None
    return f"did you mean {written!r}?" if is_better else ""
