"""Reads a date with a time as ISO 8601 has it, in one format throughout: basic or extended.

Some of the standard is left out: leap seconds, as none is announced; what two parties have to
agree on, such as a year of five digits or no `T`; and a date without its day.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

FORMATS: Final = (
    re.compile(  # basic
        r"(?P<year>\d{4})((?P<month>\d\d)(?P<day>\d\d)|W(?P<week>\d\d)(?P<weekday>\d)|(?P<nth>\d{3}))"
        r"T(?P<h>\d\d)((?P<m>\d\d)(?P<s>\d\d)?)?([.,](?P<fraction>\d+))?"
        r"(?P<zone>Z|(?P<sign>[+-])(?P<zone_h>\d\d)(?P<zone_m>\d\d)?)?",
        re.ASCII,
    ),
    re.compile(  # extended
        r"(?P<year>\d{4})-((?P<month>\d\d)-(?P<day>\d\d)|W(?P<week>\d\d)-(?P<weekday>\d)|(?P<nth>\d{3}))"
        r"T(?P<h>\d\d)(:(?P<m>\d\d)(:(?P<s>\d\d))?)?([.,](?P<fraction>\d+))?"
        r"(?P<zone>Z|(?P<sign>[+-])(?P<zone_h>\d\d)(:(?P<zone_m>\d\d))?)?",
        re.ASCII,
    ),
)
HOUR: Final = 3_600_000_000  # microseconds
MINUTE: Final = 60_000_000
SECOND: Final = 1_000_000
FRACTION_DIGITS: Final = 18
"""How many digits of a fraction are read: more than a microsecond has."""
ONE: Final = 1_000_000_000_000_000_000  # with that many digits

Groups = dict[str, str | None]


def parse_iso_time(text: str) -> datetime | None:
    """Return the time, without a zone if the text names none; None if it is not ISO 8601."""
    match = next(filter(None, (form.fullmatch(text) for form in FORMATS)), None)
    if match is None:
        return None
    groups = match.groupdict()
    try:
        start = datetime.combine(_parse_date(groups), datetime.min.time(), _parse_zone(groups))
        return start + timedelta(microseconds=_parse_time_of_day(groups))
    except (ValueError, OverflowError):
        return None


def _number(groups: Groups, name: str) -> int:
    """The number in a group; 0 if the text leaves it out."""
    return int(groups[name] or 0)


def _parse_date(groups: Groups) -> date:
    """The calendar, week or ordinal date.

    Raises:
        ValueError: there is no such day.
    """
    year = _number(groups, "year")
    if groups["week"]:
        return date.fromisocalendar(year, _number(groups, "week"), _number(groups, "weekday"))
    if groups["nth"]:
        day = date(year, 1, 1) + timedelta(_number(groups, "nth") - 1)
        if day.year != year:
            raise ValueError("the year has no such day")
        return day
    return date(year, _number(groups, "month"), _number(groups, "day"))


def _parse_time_of_day(groups: Groups) -> int:
    """Microseconds since midnight; 24:00 is the end of the day, a fraction is of the last part.

    Raises:
        ValueError: no clock shows this time.
    """
    hours, minutes, seconds = (_number(groups, name) for name in "hms")
    unit = SECOND if groups["s"] else MINUTE if groups["m"] else HOUR
    digits = (groups["fraction"] or "0")[:FRACTION_DIGITS].ljust(FRACTION_DIGITS, "0")
    fraction = int(digits) * unit // ONE
    past = hours * HOUR + minutes * MINUTE + seconds * SECOND + fraction
    if past > 24 * HOUR or max(minutes, seconds) >= 60:  # noqa: PLR2004 - parts of a clock
        raise ValueError("no clock shows this time")
    return past


def _parse_zone(groups: Groups) -> timezone | None:
    """The zone; None if the text names none.

    Raises:
        ValueError: no zone is that far from UTC, or it is minus zero, which the standard forbids.
    """
    if not groups["zone"]:
        return None
    offset = timedelta(hours=_number(groups, "zone_h"), minutes=_number(groups, "zone_m"))
    if groups["sign"] == "-" and not offset:
        raise ValueError("an offset of zero has a plus")
    if _number(groups, "zone_m") >= 60:  # noqa: PLR2004 - parts of a clock
        raise ValueError("an hour has 60 minutes")
    return timezone(-offset if groups["sign"] == "-" else offset) if offset else UTC
