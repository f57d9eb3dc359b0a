"""The form of scenario files: JSON Schema finds what is wrong, this file words it and places it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from mockserver.catalog.document import Document, Path, Problem
from mockserver.catalog.registry import bundled
from mockserver.catalog.validating import validator
from mockserver.core.nearest import nearest

if TYPE_CHECKING:
    from jsonschema import ValidationError

Flaw = tuple[Path, str]
"""Where in the document, and what is wrong there."""


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


def problems(document: Document) -> list[Problem]:
    return [placed(document, flaw) for flaw in flaws(document.content)]


def placed(document: Document, flaw: Flaw) -> Problem:
    """At the key where the key is wrong, else at the value."""
    path, message = flaw
    place = document.keys.get(path) if message.startswith("unknown key") else None
    return Problem(place or document.place(path), message)


def flaws(content: object, part: str = "") -> tuple[Flaw, ...]:
    """All that is wrong with the form, in no order."""
    found = {flaw: None for error in form(part).iter_errors(content) for flaw in _flaws(error)}
    return tuple(found)


def _flaws(error: "ValidationError") -> Iterator[Flaw]:
    path = tuple(error.absolute_path)
    rule: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    wanted = rule.get("description", "")
    match error.validator:
        case "additionalProperties":
            known = list(rule.get("properties", {}))
            for key in _extra(error.instance, known):
                yield (*path, key), f"unknown key {key!r}: {nearest(key, known) or _list(known)}"
        case "required":
            missing = error.message.split("'")[1]
            yield path, f"{missing!r} is missing in {wanted}"
        case "not":
            yield path, f"write {wanted}" if wanted else "these do not go together"
        case "pattern" if rule.get("x-words"):
            words, given = rule["x-words"], str(error.instance)
            yield path, f"{given!r} is not {wanted}: {nearest(given, words) or _list(words)}"
        case "minItems" | "minProperties":
            yield path, f"there is nothing here: write {wanted}"
        case _:
            yield path, f"{_shown(error.instance)} is not {wanted}"


def _extra(instance: Any, known: Sequence[str]) -> list[str]:
    return [str(key) for key in instance if key not in known]


def _list(words: Sequence[str]) -> str:
    return f"one of {', '.join(words)}"


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f"{value!r:.60}"
