"""The scalar types of records and settings: what their text looks like, and how it is parsed."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from mockserver.config.behaviors import parse_milliseconds
from mockserver.config.formats import is_language_tag
from mockserver.core.account_values import (
    Addresses,
    Amount,
    Count,
    Digits,
    LanguageTag,
    Network,
    OptionalDigits,
    PositiveDuration,
    Timestamp,
)
from mockserver.core.time import Duration, parse_duration


class ScalarType(NamedTuple):
    """A scalar type: the `pattern` of its text, how to `parse` it, what a message says of it.

    `accepts` checks what the pattern cannot; it may raise a `ValueError` instead.
    """

    pattern: str
    parse: Callable[[str], Any]
    expected: str
    accepts: Callable[[str], bool] = bool


def can_parse(scalar_type: Any, value: object) -> bool:
    if isinstance(value, bool):
        return scalar_type is bool
    if not isinstance(value, str | int | float):
        return False
    entry, text = SCALAR_TYPES[scalar_type], str(value)
    if not re.fullmatch(entry.pattern, text, re.DOTALL | re.ASCII):
        return False
    try:
        return not text or entry.accepts(text)
    except ValueError:
        return False


def _parse_duration(text: str) -> Duration:
    return Duration(parse_milliseconds(text))


def _is_duration(text: str) -> bool:
    return parse_duration(text) is not None


def _are_addresses(text: str) -> bool:
    return all(map(ip_address, map(str.strip, text.split(","))))


SCALAR_TYPES: Final[Mapping[Any, ScalarType]] = {
    str: ScalarType(r".*", str, "a text"),
    int: ScalarType(r"-?\d{1,15}", int, "a whole number"),
    bool: ScalarType("true|false", lambda text: text == "true", "true or false"),
    Decimal: ScalarType(r"-?\d{1,15}(\.\d{1,9})?", Decimal, "an amount such as 12.50"),
    Duration: ScalarType(
        r".+", _parse_duration, "a duration such as 90s, 1m30s, 2h or 1500ms", _is_duration
    ),
    ZoneInfo: ScalarType(
        r".+",
        ZoneInfo,
        "a time zone such as Africa/Cairo",
        lambda text: text in available_timezones(),
    ),
    Count: ScalarType(r"\d{1,15}", int, "a whole number, 0 or more"),
    Amount: ScalarType(r"\d{1,15}(\.\d{1,9})?", Decimal, "an amount such as 12.50, 0 or more"),
    PositiveDuration: ScalarType(
        r".+",
        _parse_duration,
        "a duration such as 90s, above 0s",
        lambda text: bool(parse_duration(text)),
    ),
    Digits: ScalarType(r"\+?\d{4,15}", str, "a telephone number in digits, such as 918068281234"),
    OptionalDigits: ScalarType(
        r"(\+?\d{4,15})?", str, "a telephone number in digits, such as 918068281234"
    ),
    Network: ScalarType(
        r".+",
        str,
        "an IP address or a network such as 10.0.0.0/8",
        lambda text: bool(ip_network(text, strict=False)),
    ),
    Addresses: ScalarType(r".*", str, "an IP address such as 203.0.113.7", _are_addresses),
    LanguageTag: ScalarType(r".+", str, "a language such as en or fr-CA", is_language_tag),
    Timestamp: ScalarType(
        r".+",
        str,
        "a time such as 2019-01-01T00:00:00.000Z",
        lambda text: bool(datetime.fromisoformat(text)),
    ),
}
"""Type of a field -> how to check and parse it."""
