"""Time windows: when they are open, in which zone, and what they say when they are not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mockserver.core.time import to_milliseconds
from mockserver.core.time_window import TimeWindow, WindowProblem, parse_time_window

KOLKATA, CAIRO = ZoneInfo("Asia/Kolkata"), ZoneInfo("Africa/Cairo")
NO_TIME = 'is not a time such as "09:30", or 2026-01-31T09:30:00Z with its zone'


def milliseconds(text: str) -> int:
    return to_milliseconds(datetime.fromisoformat(text))


def parse(since: str, until: str) -> TimeWindow:
    limits = {"from": since, "until": until}
    window = parse_time_window({key: text for key, text in limits.items() if text})
    assert isinstance(window, TimeWindow)
    return window


@pytest.mark.parametrize(
    ("since", "until", "now", "is_open"),
    [
        ("10:00", "10:05", "2026-01-01T09:59:59.999Z", False),
        ("10:00", "10:05", "2026-01-01T10:00:00Z", True),
        ("10:00", "10:05", "2026-01-01T10:04:59.999Z", True),
        ("10:00", "10:05", "2026-01-01T10:05:00Z", False),
        ("10:00", "10:05", "2027-12-31T10:04:00Z", True),
        ("10:00", "", "2026-01-01T09:59:59Z", False),
        ("10:00", "", "2026-01-01T23:59:59.999Z", True),
        ("", "10:05", "2026-01-01T00:00:00Z", True),
        ("", "10:05", "2026-01-01T10:05:00Z", False),
        ("22:00", "06:00", "2026-01-01T21:59:59Z", False),
        ("22:00", "06:00", "2026-01-01T22:00:00Z", True),
        ("22:00", "06:00", "2026-01-02T05:59:59.999Z", True),
        ("22:00", "06:00", "2026-01-02T06:00:00Z", False),
        ("22:00", "00:00", "2026-01-01T23:59:59Z", True),
        ("22:00", "00:00", "2026-01-02T00:00:00Z", False),
        ("2026-01-01T10:00Z", "2026-01-01T11:00Z", "2026-01-01T10:30:00Z", True),
        ("2026-01-01T10:00Z", "2026-01-01T11:00Z", "2026-01-02T10:30:00Z", False),
        ("2026-01-01T10:00+05:30", "", "2026-01-01T04:30:00Z", True),
        ("2026-01-01T10:00+05:30", "", "2026-01-01T04:29:59Z", False),
        ("", "2026-01-01T10:00+05:30", "0001-01-01T00:00:00Z", True),
        ("", "2026-01-01T10:00+05:30", "2026-01-01T04:30:00Z", False),
    ],
)
def test_a_window_is_open_from_its_start_until_just_before_its_end(
    since: str, until: str, now: str, *, is_open: bool
) -> None:
    assert parse(since, until).contains(milliseconds(now), UTC) == is_open


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-01-01T04:30:00Z", True),  # 10:00 in India
        ("2026-01-01T10:00:00Z", False),
    ],
)
def test_a_time_of_day_is_that_of_the_zone(now: str, *, is_open: bool) -> None:
    assert parse("10:00", "10:05").contains(milliseconds(now), KOLKATA) == is_open


@pytest.mark.parametrize(
    ("since", "until", "open_hours"),
    [
        ("00:00", "01:00", 0),  # the clocks jump over this hour
        ("00:30", "03:00", 2),
        ("23:00", "01:00", 1),
    ],
)
def test_a_window_follows_the_clock_on_the_wall_when_summer_time_begins(
    since: str, until: str, open_hours: int
) -> None:
    """In Cairo, 24 April 2026 begins at 01:00."""
    window, start = parse(since, until), milliseconds("2026-04-23T20:00:00Z")
    hours = [start + hour * 3_600_000 for hour in range(5)]
    assert sum(window.contains(hour, CAIRO) for hour in hours) == open_hours


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("10:00", "10:05", "it is 14:30:00 in Asia/Kolkata, not from 10:00 until 10:05"),
        ("", "10:05", "it is 14:30:00 in Asia/Kolkata, not until 10:05"),
        ("15:00", "", "it is 14:30:00 in Asia/Kolkata, not from 15:00"),
        (
            "2026-01-02T00:00Z",
            "",
            "it is 2026-01-01T09:00:00.000Z, not from 2026-01-02T00:00Z",
        ),
        ("14:30", "", ""),
    ],
)
def test_a_closed_window_says_what_time_it_is(since: str, until: str, words: str) -> None:
    now = milliseconds("2026-01-01T09:00:00Z")
    assert parse(since, until).mismatch(now, KOLKATA) == words


@pytest.mark.parametrize(
    ("raw", "key", "message"),
    [
        ({"from": "9:00"}, "from", f"'9:00' {NO_TIME}"),
        ({"from": "24:00"}, "from", f"'24:00' {NO_TIME}"),
        ({"from": "10:00:30"}, "from", f"'10:00:30' {NO_TIME}"),
        ({"from": "2026-01-01T10:00"}, "from", f"'2026-01-01T10:00' {NO_TIME}"),
        ({"from": "2026-01-01"}, "from", f"'2026-01-01' {NO_TIME}"),
        ({"until": "9188*"}, "until", f"'9188*' {NO_TIME}"),
        ({"until": 605}, "until", f"'605' {NO_TIME}"),
        (
            {"from": "10:00", "until": "2026-01-01T10:00Z"},
            "until",
            "from and until are both times of day, or both have a date",
        ),
        (
            {"from": "10:00", "until": "10:00"},
            "until",
            "the window is never open: it ends at 10:00",
        ),
        ({"until": "00:00"}, "until", "the window is never open: it ends at 00:00"),
        (
            {"from": "2026-01-02T10:00Z", "until": "2026-01-01T10:00Z"},
            "until",
            "the window is never open: it ends at 2026-01-01T10:00Z",
        ),
    ],
)
def test_a_limit_that_is_no_time_or_leaves_no_time_is_a_problem(
    raw: dict[str, object], key: str, message: str
) -> None:
    assert parse_time_window(raw) == (WindowProblem(key=key, message=message),)


@pytest.mark.parametrize("glob", ["9188*", "*", "918867135000", 91, "a:b", "10:0?"])
def test_any_other_value_of_from_is_no_limit_but_the_glob_of_a_leg(glob: object) -> None:
    assert parse_time_window({"from": glob, "provider": "mobtexting"}) is None
