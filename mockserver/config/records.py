"""Check and parse the records and settings of an account into a provider's named tuples."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

from mockserver.config.scalar_types import SCALAR_TYPES, can_parse
from mockserver.config.schema_checks import (
    KeySegment,
    PathProblem,
    format_unexpected_value,
    format_unknown_key,
)
from mockserver.core.account_values import Identity

ANY_IDENTITY: Final = Identity(r".*", "a text")


def record_problems(
    record_type: type, raw: Any, identity: Identity = ANY_IDENTITY
) -> Iterator[PathProblem]:
    """Yield the problems in a mapping from identities to records of this type."""
    if not isinstance(raw, Mapping):
        yield (
            (),
            format_unexpected_value(raw, f"a mapping of names to {_format_fields(record_type)}"),
        )
        return
    for name, body in raw.items():
        if not re.fullmatch(identity.pattern, str(name), re.DOTALL | re.ASCII):
            yield (KeySegment(name),), format_unexpected_value(name, identity.expected)
        yield from (
            ((name, *path), message) for path, message in _value_problems(record_type, body)
        )


def parse_records(record_type: type, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Parse a mapping from identities to records that has no problems."""
    return {str(name): _parse_value(record_type, body) for name, body in raw.items()}


def settings_problems(settings_type: type | None, body: Mapping[str, Any]) -> Iterator[PathProblem]:
    """Yield the problems in the keys of an account that are its provider's settings."""
    for name, value_type in field_types(settings_type).items():
        if name in body:
            problems = _value_problems(value_type, body[name])
            yield from (((name, *path), message) for path, message in problems)


def parse_provider_settings(settings_type: type | None, body: Mapping[str, Any]) -> Any:
    """Parse the settings in an account without problems; None if the provider has no settings."""
    if settings_type is None:
        return None
    settings = {name: body[name] for name in field_types(settings_type) if name in body}
    return _parse_value(settings_type, settings)


@cache
def field_types(record_type: type | None) -> Mapping[str, Any]:
    """Return the types of the fields by name; empty for None."""
    return get_type_hints(record_type) if record_type else {}


def _value_problems(value_type: Any, value: Any) -> Iterator[PathProblem]:
    origin, inner = get_origin(value_type), get_args(value_type)
    if origin in (Union, UnionType):
        if value is not None:
            yield from _value_problems(_non_null_type(value_type), value)
    elif hasattr(value_type, "_fields"):
        yield from _field_problems(value_type, value)
    elif origin is tuple:
        yield from _item_problems(inner[0], value, list, "a list")
    elif origin is Mapping:
        yield from _item_problems(inner[1], value, Mapping, "a mapping")
    elif origin is Literal:
        if not isinstance(value, str) or value not in inner:
            yield (), format_unexpected_value(value, f"one of {', '.join(inner)}", inner)
    elif not can_parse(value_type, value):
        names = tuple(available_timezones()) if value_type is ZoneInfo else ()
        yield (), format_unexpected_value(value, SCALAR_TYPES[value_type].expected, names)


def _item_problems(
    item_type: Any, value: Any, container: Any, expected: str
) -> Iterator[PathProblem]:
    if not isinstance(value, container):
        yield (), format_unexpected_value(value, expected)
        return
    for key, item in value.items() if isinstance(value, Mapping) else enumerate(value):
        yield from (((key, *path), message) for path, message in _value_problems(item_type, item))


def _field_problems(record_type: Any, body: Any) -> Iterator[PathProblem]:
    if not isinstance(body, Mapping):
        yield (), format_unexpected_value(body, _format_fields(record_type))
        return
    known = field_types(record_type)
    for key, value in body.items():
        if key in known:
            yield from (
                ((key, *path), message) for path, message in _value_problems(known[key], value)
            )
        else:
            yield (KeySegment(key),), format_unknown_key(key, tuple(known))
    for name in record_type._fields:
        if name not in body and name not in record_type._field_defaults:
            yield (), f"{name!r} is missing"


def _parse_value(value_type: Any, value: Any) -> Any:
    origin, inner = get_origin(value_type), get_args(value_type)
    if origin in (Union, UnionType):
        return None if value is None else _parse_value(_non_null_type(value_type), value)
    if hasattr(value_type, "_fields"):
        record_type: Any = value_type
        known = field_types(record_type)
        return record_type(**{key: _parse_value(known[key], raw) for key, raw in value.items()})
    if origin is tuple:
        return tuple(_parse_value(inner[0], item) for item in value)
    if origin is Literal:
        return value
    if origin is not None:
        return {str(key): _parse_value(inner[1], item) for key, item in value.items()}
    return SCALAR_TYPES[value_type].parse(str(value).lower() if value_type is bool else str(value))


def _non_null_type(optional_type: Any) -> Any:
    """Return the type beside None of an optional type."""
    return next(member for member in get_args(optional_type) if member is not NoneType)


def _format_fields(record_type: type) -> str:
    return "{" + ", ".join(f"{name}: ..." for name in field_types(record_type)) + "}"
