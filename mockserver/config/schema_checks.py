"""Check configuration files against the JSON Schema, and word and locate what it finds."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from mockserver.config.durations import DURATION, suggest_span
from mockserver.config.json_schema import build_validator
from mockserver.config.problems import DocumentPath, Problem
from mockserver.config.registry import bundled_folder
from mockserver.config.yaml_errors import short_repr
from mockserver.config.yaml_values import YamlDocument
from mockserver.core.secret_names import is_secret_name
from mockserver.core.suggestions import did_you_mean

if TYPE_CHECKING:
    from jsonschema import ValidationError

PathProblem = tuple[DocumentPath, str]
"""(path in the document, message)."""


MAX_VALUE_LENGTH: Final = 60  # characters of a value in a message
MAX_LISTED_CHARACTERS: Final = 3  # of those that a name may not have
USER_AND_PASSWORD: Final = re.compile(r"(?<=://)[^\s/?#]+(?=@)")
SECRET_OF_URL: Final = re.compile("[@?]")
"""Where a text that should be a URL may have a password or a token, before or after it."""
NOTHING_HERE: Final = "there is nothing here (a # begins a comment):"
EMPTY_VALUES: Final[tuple[object, ...]] = (None, "", [], {})


class KeySegment(str):
    """The last part of a path to a key itself, not to its value."""

    __slots__ = ()


def load_scenario_schema() -> dict[str, Any]:
    """Load the JSON Schema of configuration files, which editors use too."""
    text = (bundled_folder("schemas") / "scenario.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def schema_validator(part: str = "") -> Any:
    """Return a validator for a whole file, or for a part of it such as `scenario`."""
    schema = load_scenario_schema()
    return build_validator(
        {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]} if part else schema
    )


def locate_problem(document: YamlDocument, problem: PathProblem) -> Problem:
    """Locate a problem at the key if its path ends with a `KeySegment`, else at the value."""
    path, message = problem
    if path in document.null_paths:
        message = message.replace(NOTHING_HERE, "null means nothing in YAML: quote it, or")
    key = document.key_locations.get(path) if path and isinstance(path[-1], KeySegment) else None
    return Problem(key or document.locate(path), message)


def schema_problems(
    content: object, part: str = "", limit: int | None = None
) -> tuple[PathProblem, ...]:
    """Return all violations of the schema, or the first `limit`, each once, in no order."""
    problems = (
        problem
        for error in schema_validator(part).iter_errors(content)
        for problem in _error_problems(error)
    )
    return tuple(dict.fromkeys(islice(problems, limit)))


def without_problems(content: Mapping[str, Any], paths: Iterable[DocumentPath]) -> dict[str, Any]:
    """Return a copy without the values at `paths`; invalid list items become None."""
    invalid: dict[Any, list[DocumentPath]] = {}
    for path in filter(None, paths):
        invalid.setdefault(path[0], []).append(path[1:])
    kept = {key: value for key, value in content.items() if () not in invalid.get(key, ())}
    return {key: _without_problems(value, invalid.get(key, [])) for key, value in kept.items()}


def valid_items(body: Mapping[str, Any], key: str) -> Iterator[tuple[int, Any]]:
    """Yield (index, item) for the items of a list that are not None; the list may be absent."""
    items = enumerate(body.get(key, ()))
    return ((index, item) for index, item in items if item is not None)


def format_unknown_key(
    key: str, known: Sequence[str], context: str = "", alternative: str = ""
) -> str:
    hint = (
        did_you_mean(key, known) or f"one of {', '.join(known)}{alternative and f'; {alternative}'}"
    )
    return f"unknown key {format_value(key)}{context}: {hint}"


def format_value(value: object) -> str:
    """Return a value as text, without the user name and password of a URL."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return short_repr(USER_AND_PASSWORD.sub("***", str(value)), MAX_VALUE_LENGTH)


def is_secret_path(path: DocumentPath) -> bool:
    """Whether a document has a secret there, which no message may repeat."""
    return any(part == "credentials" or is_secret_name(str(part)) for part in path)


def format_unexpected_value(value: object, expected: str, suggestions: Sequence[str] = ()) -> str:
    """Say that a value is not the `expected` one.

    If one of the `suggestions` is near, it replaces what follows the first `: ` of `expected`. A
    duration that is written in another way is followed by how to write it.
    """
    if value in EMPTY_VALUES:
        comment = " (a # begins a comment)" if value is None else ""
        return f"there is nothing here{comment}: write {expected}"
    if expected.startswith(DURATION) and (hint := suggest_span(str(value), expected)):
        return f"{format_value(value)} is not {expected}: {hint}"
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
    expected = rule.get("description", "")
    match error.validator:
        case "additionalProperties":
            known = list(rule.get("properties", {}))
            for key in value:
                if key not in known:
                    yield (*path, KeySegment(key)), format_unknown_key(key, known)
        case "required":
            missing = error.message.split("'")[1]
            yield path, f"{missing!r} is missing: write {expected}"
        case "not":
            yield _excluded_path(path, rule["not"]), f"write {expected}"
        case _ if "propertyNames" in error.absolute_schema_path:
            yield (
                (*path, KeySegment(value)),
                format_unexpected_value(value, expected) + _suggest_name(value),
            )
        case _:
            if isinstance(value, str) and value and _may_have_secret(path, rule, value):
                yield path, f"this is not {expected}"
                return
            suggestions = rule.get("enum") or rule.get("examples", ())
            yield path, format_unexpected_value(value, expected, suggestions)


def _may_have_secret(path: DocumentPath, rule: Mapping[str, Any], value: str) -> bool:
    is_url = rule.get("pattern", "").startswith("^http")
    return is_secret_path(path) or (is_url and SECRET_OF_URL.search(value) is not None)


def _excluded_path(path: DocumentPath, rule: Mapping[str, Any]) -> DocumentPath:
    """Return the path of the key that must be absent; of the value itself if `rule` is empty."""
    if not rule:
        return (*path[:-1], KeySegment(path[-1]))
    return (*path, *map(KeySegment, rule.get("required", ())))


def _suggest_name(text: str) -> str:
    """Suggest the name with other letters or separators; else say which characters to replace."""
    wrong = dict.fromkeys(each for each in text if each.isprintable() and not each.isascii())
    if wrong:
        return f": replace {' and '.join(map(repr, [*wrong][:MAX_LISTED_CHARACTERS]))}"
    name = "-".join(re.findall("[a-z0-9]+", text.lower()))
    return f": did you mean {name!r}?" if name else ""
