"""Times and durations: parsing, formatting and conversion."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.time import (
    DAY,
    HOUR,
    MAX_TIME,
    MINUTE,
    SECOND,
    format_iso,
    parse_duration,
    suggest_duration,
    to_datetime,
    to_milliseconds,
    to_reachable_time,
    to_seconds,
)

NINE_O_CLOCK = 1_767_258_000_000
CENTURY = 36_525 * DAY


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("1s", 1_000),
        ("1m", 60_000),
        ("1h", 3_600_000),
        ("1d", 86_400_000),
        ("90s", 90 * SECOND),
        ("90", 90 * SECOND),
        ("1m30s", 90 * SECOND),
        ("1m30", 90 * SECOND),
        ("2h", 2 * HOUR),
        ("1d2h3m4.5s", DAY + 2 * HOUR + 3 * MINUTE + 4_500),
        ("0.5h", 30 * MINUTE),
        ("1.5", 1_500),
        ("0.001s", 1),
        ("250ms", 250),
        ("1500ms", 1_500),
        ("1s500ms", 1_500),
        ("5m5ms", 5 * MINUTE + 5),
        ("1.5ms", 2),
        ("500ms1s", None),
        ("1500 ms", None),
        ("5ms5", None),
        (" 2s ", 2 * SECOND),
        ("0", 0),
        ("36525d", CENTURY),
        ("36525d1s", None),
        ("9" * 400, None),
        ("", None),
        ("  ", None),
        ("s", None),
        (".5s", None),
        ("1.s", None),
        ("-5s", None),
        ("1e3", None),
        ("1s1m", None),
        ("1 m", None),
        ("2 s", None),
        ("2S", None),
        ("soon", None),
        ("\u0662s", None),
        ("inf", None),
        ("nan", None),
    ],
)
def test_a_duration_is_parsed_from_units_or_seconds(text: str, duration: int | None) -> None:
    assert parse_duration(text) == duration


@given(st.integers(0, CENTURY))
@settings(max_examples=200, deadline=None)
def test_seconds_parse_back_to_the_same_duration(duration: int) -> None:
    assert parse_duration(str(to_seconds(duration))) == duration


@given(st.integers(0, 999), st.integers(0, 99), st.integers(0, 99), st.integers(0, 999_999))
@settings(max_examples=100, deadline=None)
def test_a_duration_of_several_units_is_their_sum(
    days: int, hours: int, minutes: int, rest: int
) -> None:
    text = f"{days}d{hours}h{minutes}m{to_seconds(rest)}s"
    assert parse_duration(text) == days * DAY + hours * HOUR + minutes * MINUTE + rest


@given(st.text(max_size=8))
@settings(max_examples=200, deadline=None)
def test_any_text_parses_to_a_duration_in_range_or_none(text: str) -> None:
    duration = parse_duration(text)
    assert duration is None or 0 <= duration <= CENTURY


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("3 s", "did you mean '3s'?"),
        ("3S", "did you mean '3s'?"),
        ("3 sec", "did you mean '3s'?"),
        ("90 seconds", "did you mean '90s'?"),
        ("5 min", "did you mean '5m'?"),
        ("2 hours and 30 minutes", "did you mean '2h30m'?"),
        ("1 day", "did you mean '1d'?"),
        ("250 msec", "did you mean '250ms'?"),
        ("1,5s", "did you mean '1.5s'?"),
        ("1:30", "did you mean '1m30s'?"),
        ("1:00:30", "did you mean '1h00m30s'?"),
        ("90s", ""),
        ("soon", ""),
        ("-3s", ""),
        ("", ""),
    ],
)
def test_a_duration_in_another_spelling_has_a_suggestion(text: str, hint: str) -> None:
    assert suggest_duration(text) == hint


@pytest.mark.parametrize(
    ("duration", "text"), [(0, "0"), (2_000, "2"), (1_500, "1.5"), (1, "0.001"), (-500, "-0.5")]
)
def test_whole_seconds_have_no_decimals(duration: int, text: str) -> None:
    assert str(to_seconds(duration)) == text


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (NINE_O_CLOCK, "2026-01-01T09:00:00.000Z"),
        (NINE_O_CLOCK + 7, "2026-01-01T09:00:00.007Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (MAX_TIME, "9000-01-01T00:00:00.000Z"),
    ],
)
def test_a_time_is_formatted_as_iso_8601_with_milliseconds(at: int, text: str) -> None:
    assert format_iso(at) == text


def test_a_time_converts_to_a_datetime_of_a_time_zone() -> None:
    kolkata = timezone(timedelta(hours=5, minutes=30))
    assert to_datetime(NINE_O_CLOCK, kolkata) == datetime(2026, 1, 1, 14, 30, tzinfo=kolkata)
    assert to_datetime(NINE_O_CLOCK, kolkata).hour == 14


@pytest.mark.parametrize("hours", [0, 5, -8])
def test_a_datetime_of_any_time_zone_converts_to_milliseconds(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    assert to_milliseconds(datetime(2026, 1, 1, 9, tzinfo=UTC).astimezone(zone)) == NINE_O_CLOCK


@given(st.integers(-(10**12), 10**13))
@settings(max_examples=100, deadline=None)
def test_milliseconds_convert_to_a_datetime_and_back(at: int) -> None:
    assert to_milliseconds(to_datetime(at)) == at


@pytest.mark.parametrize(
    ("instant", "at"),
    [
        ("2026-01-01T09:00:00+00:00", NINE_O_CLOCK),
        ("2026-01-01T10:00:00+01:00", NINE_O_CLOCK),
        ("9000-01-01T00:00:00+00:00", MAX_TIME),
        ("9000-01-01T00:00:00.001+00:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_a_time_that_no_clock_reaches_is_none(instant: str, at: int | None) -> None:
    assert to_reachable_time(datetime.fromisoformat(instant)) == at
