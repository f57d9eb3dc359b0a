"""The form of scenario files: JSON Schema finds what is wrong, this file words it and places it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mockserver.config.json_schema import build_validator
from mockserver.config.registry import bundled_folder
from mockserver.config.yaml_document import DocumentPath, Problem, YamlDocument
from mockserver.config.yaml_errors import short_repr
from mockserver.core.suggestions import did_you_mean

if TYPE_CHECKING:
    from jsonschema import ValidationError

PathProblem = tuple[DocumentPath, str]
"""Where in the document, and what is wrong there."""


MAX_VALUE_LENGTH: Final = 60  # characters of a value that a message repeats
EMPTY_VALUES: Final[tuple[object, ...]] = (None, "", [], {})


class KeySegment(str):
    """The last part of a path that leads to a key itself, not to its value."""

    __slots__ = ()


def load_scenario_schema() -> dict[str, Any]:
    """The JSON Schema, as editors use it."""
    text = (bundled_folder("schemas") / "scenario.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def schema_validator(part: str = "") -> Any:
    """Of a whole file, or of a named part of it such as `scenario`."""
    whole = load_scenario_schema()
    return build_validator({"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]} if part else whole)


def locate_problem(document: YamlDocument, problem: PathProblem) -> Problem:
    """At the key where the key is wrong, else at the value."""
    path, message = problem
    key = document.key_locations.get(path) if path and isinstance(path[-1], KeySegment) else None
    return Problem(key or document.locate(path), message)


def schema_problems(content: object, part: str = "") -> tuple[PathProblem, ...]:
    """All that is wrong with the form, in no order."""
    found = {
        flaw: None
        for error in schema_validator(part).iter_errors(content)
        for flaw in _error_problems(error)
    }
    return tuple(found)


def without_problems(content: Mapping[str, Any], paths: Iterable[DocumentPath]) -> dict[str, Any]:
    """A mapping without what is wrong in it; in the lists None stands in its place."""
    wrong: dict[Any, list[DocumentPath]] = {}
    for path in filter(None, paths):
        wrong.setdefault(path[0], []).append(path[1:])
    left = {key: value for key, value in content.items() if () not in wrong.get(key, ())}
    return {key: _without_problems(value, wrong.get(key, [])) for key, value in left.items()}


def valid_items(body: Mapping[str, Any], key: str) -> Iterator[tuple[int, Any]]:
    """Of a list that may be absent, all in which nothing is wrong, and where they stand."""
    listed = enumerate(body.get(key, ()))
    return ((index, item) for index, item in listed if item is not None)


def format_unknown_key(
    key: str, known: Sequence[str], context: str = "", alternative: str = ""
) -> str:
    hint = (
        did_you_mean(key, known) or f"one of {', '.join(known)}{alternative and f'; {alternative}'}"
    )
    return f"unknown key {format_value(key)}{context}: {hint}"


def format_value(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else short_repr(str(value), MAX_VALUE_LENGTH)


def format_unexpected_value(value: object, expected: str, suggestions: Sequence[str] = ()) -> str:
    """That a value is not what is wanted; beside a hint `what: form` is cut down to what."""
    if value in EMPTY_VALUES:
        comment = " (a # begins a comment)" if value is None else ""
        return f"there is nothing here{comment}: write {expected}"
    hint = did_you_mean(value, suggestions) if isinstance(value, str) else ""
    return f"{format_value(value)} is not " + (
        f"{expected.partition(': ')[0]}: {hint}" if hint else expected
    )


def _without_problems(value: Any, paths: list[DocumentPath]) -> Any:
    if isinstance(value, list):
        indices = {path[0] for path in paths}
        return [None if index in indices else item for index, item in enumerate(value)]
    return without_problems(value, paths) if paths else value


def _error_problems(error: "ValidationError") -> Iterator[PathProblem]:
    path: DocumentPath = tuple(error.absolute_path)
    rule: Any = error.schema
    value: Any = error.instance
    wanted = rule.get("description", "")
    match error.validator:
        case "additionalProperties":
            known = list(rule.get("properties", {}))
            for key in value:
                if key not in known:
                    yield (
                        (*path, KeySegment(key)),
                        format_unknown_key(key, known, "", rule.get("x-else", "")),
                    )
        case "required":
            missing = error.message.split("'")[1]
            yield path, f"{missing!r} is missing: write {wanted}"
        case "not":
            yield _excluded_path(path, rule["not"]), f"write {wanted}"
        case _ if "propertyNames" in error.absolute_schema_path:
            yield (
                (*path, KeySegment(value)),
                format_unexpected_value(value, wanted) + _suggest_name(value),
            )
        case _:
            yield (
                path,
                format_unexpected_value(
                    value, wanted, rule.get("enum") or rule.get("examples", ())
                ),
            )


def _excluded_path(path: DocumentPath, rule: Mapping[str, Any]) -> DocumentPath:
    """The key that must not be there, if there is one."""
    if not rule:
        return (*path[:-1], KeySegment(path[-1]))
    return (*path, *map(KeySegment, rule.get("required", ())))


def _suggest_name(text: str) -> str:
    """What a name would look like that somebody meant so."""
    name = "-".join(re.findall("[a-z0-9]+", text.lower()))
    return f": did you mean {name!r}?" if name else ""
