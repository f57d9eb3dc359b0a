"""A vendor's OpenAPI document as a check: fields in, violations out."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from mockserver.catalog.validating import validator
from mockserver.core.provider import Check
from mockserver.core.rules import Violation

if TYPE_CHECKING:
    from jsonschema import ValidationError

OpenAPI = Mapping[str, Any]

_BLANK = ("", None)


def checks(document: Callable[[], OpenAPI]) -> Callable[[str], Check]:
    """A check for each operation; document and validator are made when the first request comes."""

    @cache
    def bound(operation: str) -> Any:
        return validator(form(document(), operation))

    def check(operation: str) -> Check:
        return lambda fields: violations(bound(operation), fields)

    return check


def form(document: OpenAPI, operation: str) -> dict[str, Any]:
    """The JSON Schema of an operation's parameters, wherever they are sent."""
    entry = operations(document)[operation]
    media = next(iter(entry["requestBody"]["content"].values()))
    return {**media["schema"], "components": document["components"]}


def examples(document: OpenAPI, operation: str) -> tuple[Mapping[str, Any], ...]:
    """The bodies that the document shows for an operation, in its order."""
    media = next(iter(operations(document)[operation]["requestBody"]["content"].values()))
    return tuple(shown["value"] for shown in media.get("examples", {}).values())


def operations(document: OpenAPI) -> dict[str, OpenAPI]:
    """Operation by name."""
    entries = (entry for path in document["paths"].values() for entry in path.values())
    return {entry["operationId"]: entry for entry in entries}


def violations(checker: Any, fields: Mapping[str, object]) -> tuple[Violation, ...]:
    """What is wrong; a parameter that was sent blank counts as one that was not sent."""
    sent = {name: value for name, value in fields.items() if value not in _BLANK}
    if checker.is_valid(sent):
        return ()
    found = {found for error in checker.iter_errors(sent) for found in _violation(error)}
    return tuple(sorted(found))


def _violation(error: "ValidationError") -> Iterator[Violation]:
    path = [str(part) for part in error.absolute_path]
    if error.validator == "required" and isinstance(error.instance, Mapping):
        needed: Any = error.validator_value
        missing = (name for name in needed if name not in error.instance)
        yield from (Violation(".".join([*path, name]), "required") for name in missing)
    else:
        wanted = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
        yield Violation(".".join(path), str(error.validator), wanted)
