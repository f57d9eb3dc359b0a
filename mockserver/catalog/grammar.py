"""The form of scenario files: JSON Schema finds what is wrong, this file words it and places it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mockserver.catalog.document import Document, Path, Problem
from mockserver.catalog.registry import bundled
from mockserver.catalog.validating import validator
from mockserver.catalog.yaml_errors import short
from mockserver.core.suggestions import did_you_mean

if TYPE_CHECKING:
    from jsonschema import ValidationError

Flaw = tuple[Path, str]
"""Where in the document, and what is wrong there."""


LONGEST: Final = 60  # characters of a value that a message repeats
NOTHING: Final[tuple[object, ...]] = (None, "", [], {})


class Key(str):
    """The last part of a path that leads to a key itself, not to its value."""

    __slots__ = ()


def schema() -> dict[str, Any]:
    """The JSON Schema, as editors use it."""
    text = (bundled("schemas") / "scenario.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def form(part: str = "") -> Any:
    """Of a whole file, or of a named part of it such as `scenario`."""
    whole = schema()
    return validator({"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]} if part else whole)


def placed(document: Document, flaw: Flaw) -> Problem:
    """At the key where the key is wrong, else at the value."""
    path, message = flaw
    key = document.keys.get(path) if path and isinstance(path[-1], Key) else None
    return Problem(key or document.place(path), message)


def flaws(content: object, part: str = "") -> tuple[Flaw, ...]:
    """All that is wrong with the form, in no order."""
    found = {flaw: None for error in form(part).iter_errors(content) for flaw in _flaws(error)}
    return tuple(found)


def pruned(content: Mapping[str, Any], paths: Iterable[Path]) -> dict[str, Any]:
    """A mapping without what is wrong in it; in the lists None stands in its place."""
    wrong: dict[Any, list[Path]] = {}
    for path in filter(None, paths):
        wrong.setdefault(path[0], []).append(path[1:])
    left = {key: value for key, value in content.items() if () not in wrong.get(key, ())}
    return {key: _less(value, wrong.get(key, [])) for key, value in left.items()}


def items(body: Mapping[str, Any], key: str) -> Iterator[tuple[int, Any]]:
    """Of a list that may be absent, all in which nothing is wrong, and where they stand."""
    listed = enumerate(body.get(key, ()))
    return ((index, item) for index, item in listed if item is not None)


def unknown_key(key: str, known: Sequence[str], what: str = "", otherwise: str = "") -> str:
    hint = did_you_mean(key, known) or f"one of {', '.join(known)}{otherwise and f'; {otherwise}'}"
    return f"unknown key {shown(key)}{what}: {hint}"


def shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else short(str(value), LONGEST)


def unlike(value: object, wanted: str, words: Sequence[str] = ()) -> str:
    """That a value is not what is wanted; beside a hint `what: form` is cut down to what."""
    if value in NOTHING:
        comment = " (a # begins a comment)" if value is None else ""
        return f"there is nothing here{comment}: write {wanted}"
    hint = did_you_mean(value, words) if isinstance(value, str) else ""
    return f"{shown(value)} is not " + (f"{wanted.partition(': ')[0]}: {hint}" if hint else wanted)


def _less(value: Any, wrong: list[Path]) -> Any:
    if isinstance(value, list):
        indices = {path[0] for path in wrong}
        return [None if index in indices else item for index, item in enumerate(value)]
    return pruned(value, wrong) if wrong else value


def _flaws(error: "ValidationError") -> Iterator[Flaw]:
    path: Path = tuple(error.absolute_path)
    rule: Any = error.schema
    value: Any = error.instance
    wanted = rule.get("description", "")
    match error.validator:
        case "additionalProperties":
            known = list(rule.get("properties", {}))
            for key in value:
                if key not in known:
                    yield (*path, Key(key)), unknown_key(key, known, "", rule.get("x-else", ""))
        case "required":
            missing = error.message.split("'")[1]
            yield path, f"{missing!r} is missing: write {wanted}"
        case "not":
            yield _excluded(path, rule["not"]), f"write {wanted}"
        case _ if "propertyNames" in error.absolute_schema_path:
            yield (*path, Key(value)), unlike(value, wanted) + _as_name(value)
        case _:
            yield path, unlike(value, wanted, rule.get("enum") or rule.get("examples", ()))


def _excluded(path: Path, rule: Mapping[str, Any]) -> Path:
    """The key that must not be there, if there is one."""
    if not rule:
        return (*path[:-1], Key(path[-1]))
    return (*path, *map(Key, rule.get("required", ())))


def _as_name(text: str) -> str:
    """What a name would look like that somebody meant so."""
    name = "-".join(re.findall("[a-z0-9]+", text.lower()))
    return f": did you mean {name!r}?" if name else ""
