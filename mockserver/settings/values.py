"""Parse the values of settings."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from math import inf
from types import MappingProxyType
from typing import Final

MAX_PORT: Final = 65_535
START_YEARS: Final = range(1970, 9000)
ORIGIN: Final = re.compile(
    r"https?://(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE
)
"""The origin of a web page, as the header `Origin` has it."""

EXAMPLE: Final = "sqlite:calls.db"
TIME_TO_LIVE: Final = re.compile(r"([0-9]{1,6})([smhd])", re.ASCII)
UNIT_SECONDS: Final = MappingProxyType({"s": 1, "m": 60, "h": 3_600, "d": 86_400})


class SettingsError(ValueError):
    """An invalid setting; the message names it and says what would be valid."""


def parse_https_port(text: str) -> int | None:
    return parse_port(text, "https-port") if text else None


def parse_port(text: str, option: str = "port") -> int:
    if not (text.isdecimal() and text.isascii() and len(text) <= 5 and int(text) <= MAX_PORT):  # noqa: PLR2004 - the digits of MAX_PORT
        raise SettingsError(f"{option} {text!r} is not a number from 0 to 65535")
    return int(text)


def parse_flag(values: list[str]) -> bool:
    return values[0].lower() in ("1", "true", "yes", "on")


def parse_log_format(text: str) -> str:
    if text not in ("text", "json"):
        raise SettingsError(f"log-format {text!r} is neither text nor json")
    return text


def parse_store(text: str) -> str:
    """Return the path of the SQLite file; empty for memory."""
    kind, _, path = text.partition(":")
    if text in ("memory", "memory:"):
        return ""
    if kind != "sqlite" or not path:
        raise SettingsError(f"store {text!r} is neither memory nor sqlite:PATH, such as {EXAMPLE}")
    return path


def parse_durable(text: str) -> str:
    if text not in ("engine", "disk"):
        raise SettingsError(f"durable {text!r} is neither engine nor disk")
    return text


def parse_time_to_live(text: str) -> float | None:
    """Return seconds, infinity for `never` and `0`, and None for the default."""
    if text in ("never", "0"):
        return inf
    match = TIME_TO_LIVE.fullmatch(text)
    seconds = int(match[1]) * UNIT_SECONDS[match[2]] if match else 0
    if text and not seconds:
        raise SettingsError(
            f"sandbox-ttl {text!r} is neither a duration such as 30m, 1h or 30d, nor never"
        )
    return seconds or None


def parse_pair(option: str, text: str) -> tuple[str, str]:
    provider, equals, value = text.partition("=")
    if not (provider and equals and value):
        raise SettingsError(f"{option} {text!r} is not NAME=VALUE")
    return provider, value


def parse_origins(texts: Iterable[str]) -> Iterator[str]:
    """Yield the origins of all lists, as a browser sends them."""
    for origin in ",".join(texts).split(","):
        if not origin:
            continue
        if not ORIGIN.fullmatch(origin):
            raise SettingsError(
                f"cors {origin!r} is not an origin such as http://localhost:3000: "
                "write scheme, host and port, without a path, and not `*`"
            )
        yield origin.lower()


def parse_webhook(text: str) -> tuple[str, str]:
    provider, url = parse_pair("webhook", text)
    if not url.startswith(("http://", "https://")):
        raise SettingsError(
            f"webhook {text!r} is not PROVIDER=URL, such as mobtexting=http://localhost"
        )
    return provider, url


def parse_start(text: str) -> int | None:
    if not text:
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"start-at {text!r} is not an ISO 8601 time, such as 2026-01-31T10:00:00Z"
        ) from None
    if start.tzinfo is None:
        raise SettingsError(f"start-at {text!r} has no time zone: end it with Z or +05:30")
    if start.year not in START_YEARS:
        raise SettingsError(
            f"start-at {text!r} is not between {START_YEARS.start} and {START_YEARS.stop}"
        )
    return round(start.timestamp() * 1000)
