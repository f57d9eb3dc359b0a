"""Time windows of match rules: a part of each day, or of all time."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from mockserver.core.time import DAY, HOUR, MINUTE, format_iso, to_datetime, to_milliseconds
from mockserver.core.value import Value

WINDOW_KEYS: Final = ("from", "until")
EXPECTED: Final = 'a time such as "09:30", or 2026-01-31T09:30:00Z with its zone'

_TIME_OF_DAY: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_LOOKS_LIKE_TIME: Final = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?|[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?"
)
_EARLIEST: Final = -(10**15)
_LATEST: Final = 10**15


class TimeWindow(Value):
    """A time from `start` on, before `end`, both in ms.

    If `is_daily`, both count from midnight and the window comes each day, over midnight if it ends
    before it starts. Else they count from 1970 UTC. `start_text` and `end_text` are what a file
    says, each empty if it says nothing.
    """

    start: int
    end: int
    is_daily: bool
    start_text: str = ""
    end_text: str = ""

    def contains(self, now: int, zone: tzinfo) -> bool:
        """Whether the window is open at `now`; `zone` is that of its times of day."""
        at = _time_of_day(now, zone) if self.is_daily else now
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def mismatch(self, now: int, zone: tzinfo) -> str:
        """Say in words that the window is not open at `now`; empty if it is."""
        if self.contains(now, zone):
            return ""
        clock = f"{to_datetime(now).astimezone(zone):%H:%M:%S} in {zone}"
        at = clock if self.is_daily else format_iso(now)
        limits = (("from", self.start_text), ("until", self.end_text))
        return f"it is {at}, not {' '.join(f'{key} {text}' for key, text in limits if text)}"


def is_window_key(key: str, value: object) -> bool:
    """Whether a key of a match rule is a limit of its window.

    `from` is a leg of Mobtexting too: only a value that looks like a time is a limit.
    """
    return key == "until" or (key == "from" and bool(_LOOKS_LIKE_TIME.fullmatch(str(value))))


class WindowProblem(NamedTuple):
    """What is wrong with a limit of a window, and the key of this limit."""

    key: str
    message: str


def parse_time_window(
    raw: Mapping[str, object],
) -> TimeWindow | tuple[WindowProblem, ...] | None:
    """Parse the window of a match rule, or return its problems; None if it has no limit of one."""
    texts = {
        key: str(raw[key]) for key in WINDOW_KEYS if key in raw and is_window_key(key, raw[key])
    }
    limits = {key: limit for key, text in texts.items() if (limit := _parse_limit(text))}
    bad = [key for key in texts if key not in limits]
    if bad:
        return tuple(WindowProblem(key, f"{texts[key]!r} is not {EXPECTED}") for key in bad)
    return _build_window(texts, limits) if limits else None


def _build_window(
    texts: Mapping[str, str], limits: Mapping[str, "_Limit"]
) -> TimeWindow | tuple[WindowProblem, ...]:
    kinds = {is_daily for _, is_daily in limits.values()}
    if len(kinds) > 1:
        message = "from and until are both times of day, or both have a date"
        return (WindowProblem("until", message),)
    [is_daily] = kinds
    first, last = (0, DAY) if is_daily else (_EARLIEST, _LATEST)
    start, _ = limits.get("from", (first, is_daily))
    end, _ = limits.get("until", (last, is_daily))
    if start == end or (start > end and not is_daily):
        return (WindowProblem("until", f"the window is never open: it ends at {texts['until']}"),)
    return TimeWindow(start, end, is_daily, texts.get("from", ""), texts.get("until", ""))


_Limit = tuple[int, bool]


def _parse_limit(text: str) -> _Limit | None:
    """Return (ms, whether they count from midnight); None if the text is no time."""
    if match := _TIME_OF_DAY.fullmatch(text):
        return int(match[1]) * HOUR + int(match[2]) * MINUTE, True
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if instant.tzinfo is None else (to_milliseconds(instant), False)


def _time_of_day(now: int, zone: tzinfo) -> int:
    """Milliseconds since midnight by the clock on the wall."""
    local = to_datetime(now).astimezone(zone)
    return local.hour * HOUR + local.minute * MINUTE + local.second * 1_000 + now % 1_000
