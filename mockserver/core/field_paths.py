"""Paths of fields in a request: `ivrs.1.record.id`, which people read as `ivrs[1].record.id`."""

from collections.abc import Mapping, Sequence
from typing import Final

from mockserver.core.http import Upload

NOT_SENT: Final = object()
"""What `value_at` returns for a path that the request does not have."""


def path_text(path: str) -> str:
    """Return a path as people read it: with the index of a list in brackets."""
    first, *rest = path.split(".")
    return first + "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in rest)


def wildcard_path(path: str) -> str:
    """Return the path with `*` in place of each index, as rules name it: `ivrs.*.digit`."""
    return ".".join("*" if part.isdecimal() else part for part in path.split("."))


def value_at(fields: Mapping[str, object], path: str) -> object:
    value: object = fields
    for part in path.split("."):
        value = _member(value, part)
    return value


def _member(value: object, part: str) -> object:
    if isinstance(value, Mapping):
        return value.get(part, NOT_SENT)
    is_list = isinstance(value, Sequence) and not isinstance(value, str | Upload)
    if is_list and part.isdecimal() and int(part) < len(value):  # type: ignore[arg-type]
        return value[int(part)]  # type: ignore[index]
    return NOT_SENT


def with_value(fields: Mapping[str, object], path: str, value: object) -> dict[str, object]:
    """Return the fields with another value at the path; what is missing on the way is added."""
    name, _, rest = path.partition(".")
    return {**fields, name: _replace(fields.get(name), rest, value)}


def _replace(container: object, path: str, value: object) -> object:
    if not path:
        return value
    name, _, rest = path.partition(".")
    if isinstance(container, list) and name.isdecimal() and int(name) < len(container):
        index = int(name)
        return [
            *container[:index],
            _replace(container[index], rest, value),
            *container[index + 1 :],
        ]
    return with_value(container if isinstance(container, Mapping) else {}, path, value)
