"""What a provider's accounts keep, read into the named tuples of its folder."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

from mockserver.catalog.behaviours import millis
from mockserver.catalog.grammar import Flaw, Key, unknown_key, unlike
from mockserver.core.time import Duration, parse_duration


class _Kind(NamedTuple):
    """How a field is written, and how it is read."""

    form: str
    read: Callable[[str], Any]
    wanted: str


KINDS: Final[Mapping[type, _Kind]] = {
    str: _Kind(r".*", str, "a text"),
    int: _Kind(r"-?\d{1,15}", int, "a whole number"),
    bool: _Kind("true|false", lambda text: text == "true", "true or false"),
    Decimal: _Kind(r"-?\d{1,15}(\.\d{1,9})?", Decimal, "an amount such as 12.50"),
    Duration: _Kind(
        r".*", lambda text: Duration(millis(text)), "a length of time such as 90s, 1m30s or 2h"
    ),
    ZoneInfo: _Kind(r".*", ZoneInfo, "a time zone such as Africa/Cairo"),
}
"""By the type of the field."""


def flaws(record: type, given: Any) -> Iterator[Flaw]:
    """What is wrong with a mapping of identities to such records."""
    if not isinstance(given, Mapping):
        yield (), unlike(given, f"a mapping of names to {_shape(record)}")
        return
    for name, body in given.items():
        yield from (((name, *path), message) for path, message in _flaws(record, body))


def read(record: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """The records of a mapping in which nothing is wrong."""
    return {str(name): _read(record, body) for name, body in given.items()}


def settings_flaws(settings: type | None, body: Mapping[str, Any]) -> Iterator[Flaw]:
    """What is wrong with those keys of an account that are the provider's own settings."""
    for name, hint in hints(settings).items():
        if name in body:
            found = _flaws(hint, body[name])
            yield from (((name, *path), message) for path, message in found)


def read_settings(settings: type | None, body: Mapping[str, Any]) -> Any:
    """The settings of an account in which nothing is wrong; None for a provider without any."""
    if settings is None:
        return None
    own = {name: body[name] for name in hints(settings) if name in body}
    return _read(settings, own)


@cache
def hints(record: type | None) -> Mapping[str, Any]:
    """Field -> its type."""
    return get_type_hints(record) if record else {}


def _flaws(hint: Any, value: Any) -> Iterator[Flaw]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        if value is not None:
            yield from _flaws(_present(hint), value)
    elif hasattr(hint, "_fields"):
        yield from _record(hint, value)
    elif origin is tuple:
        yield from _each(inner[0], value, list, "a list")
    elif origin is Mapping:
        yield from _each(inner[1], value, Mapping, "a mapping")
    elif origin is Literal:
        if not isinstance(value, str) or value not in inner:
            yield (), unlike(value, f"one of {', '.join(inner)}", inner)
    elif not _reads(hint, value):
        yield (), unlike(value, KINDS[hint].wanted)


def _each(inner: Any, value: Any, kind: Any, wanted: str) -> Iterator[Flaw]:
    if not isinstance(value, kind):
        yield (), unlike(value, wanted)
        return
    for place, one in value.items() if isinstance(value, Mapping) else enumerate(value):
        yield from (((place, *path), message) for path, message in _flaws(inner, one))


def _record(record: Any, body: Any) -> Iterator[Flaw]:
    if not isinstance(body, Mapping):
        yield (), unlike(body, _shape(record))
        return
    known = hints(record)
    for key, value in body.items():
        if key in known:
            yield from (((key, *path), message) for path, message in _flaws(known[key], value))
        else:
            yield (Key(key),), unknown_key(key, tuple(known))
    for name in record._fields:
        if name not in body and name not in record._field_defaults:
            yield (), f"{name!r} is missing"


def _reads(kind: type, value: object) -> bool:
    if isinstance(value, bool):
        return kind is bool
    if not isinstance(value, str | int | float):
        return False
    if kind is Duration and parse_duration(str(value)) is None:
        return False
    if kind is ZoneInfo and str(value) not in available_timezones():
        return False
    return bool(re.fullmatch(KINDS[kind].form, str(value), re.DOTALL | re.ASCII))


def _read(hint: Any, value: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return None if value is None else _read(_present(hint), value)
    if hasattr(hint, "_fields"):
        make: Any = hint
        known = hints(make)
        return make(**{key: _read(known[key], one) for key, one in value.items()})
    if origin is tuple:
        return tuple(_read(inner[0], one) for one in value)
    if origin is Literal:
        return value
    if origin is not None:
        return {str(key): _read(inner[1], one) for key, one in value.items()}
    return KINDS[hint].read(str(value).lower() if hint is bool else str(value))


def _present(hint: Any) -> Any:
    """What an optional field holds when it holds something."""
    return next(one for one in get_args(hint) if one is not NoneType)


def _shape(record: type) -> str:
    return "{" + ", ".join(f"{name}: ..." for name in hints(record)) + "}"
