"""What a provider's accounts keep, read into the frozen records of its folder."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from typing import Any, Final, NamedTuple, get_type_hints

from mockserver.catalog.grammar import Flaw, Key, unknown_key, unlike


class _Kind(NamedTuple):
    """How a field is written, and how it is read."""

    form: str
    read: Callable[[str], Any]
    wanted: str


KINDS: Final[Mapping[type, _Kind]] = {
    str: _Kind(r".*", str, "a text"),
    int: _Kind(r"-?\d{1,9}", int, "a whole number"),
    Decimal: _Kind(r"-?\d{1,15}(\.\d{1,9})?", Decimal, "an amount such as 12.50"),
}
"""By the type of the field."""


def flaws(record: type, given: Any) -> Iterator[Flaw]:
    """What is wrong with a mapping of identities to such records."""
    wanted = "{" + ", ".join(f"{name}: ..." for name in get_type_hints(record)) + "}"
    if not isinstance(given, Mapping):
        yield (), unlike(given, f"a mapping of names to {wanted}")
        return
    for name, body in given.items():
        if isinstance(body, Mapping):
            yield from (((name, *path), message) for path, message in _one(record, body))
        else:
            yield (name,), unlike(body, wanted)


def read(record: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """The records of a mapping in which nothing is wrong."""
    kinds = {name: KINDS[hint] for name, hint in get_type_hints(record).items()}
    return {
        name: record(**{key: kinds[key].read(str(value)) for key, value in body.items()})
        for name, body in given.items()
    }


def _one(record: type, body: Mapping[str, Any]) -> Iterator[Flaw]:
    hints = get_type_hints(record)
    for key, value in body.items():
        if key not in hints:
            yield (Key(key),), unknown_key(key, tuple(hints))
        elif not _reads(KINDS[hints[key]], value):
            yield (key,), unlike(value, KINDS[hints[key]].wanted)
    for one in fields(record):
        optional = one.default is not MISSING or one.default_factory is not MISSING
        if one.name not in body and not optional:
            yield (), f"{one.name!r} is missing"


def _reads(kind: _Kind, value: object) -> bool:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return False
    return bool(re.fullmatch(kind.form, str(value), re.DOTALL | re.ASCII))
