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

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
"""What stands beside them at a path describes no operation."""

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
    body, listed = _body(entry), _parameters(document, entry)
    schema = dict(_resolved(document, body["schema"]) if body else {"type": "object"})
    required = [one["name"] for one in listed if one.get("required")]
    named = {one["name"]: one["schema"] for one in listed}
    return {
        **schema,
        "required": [*schema.get("required", ()), *required],
        "properties": {**schema.get("properties", {}), **named},
        "components": document["components"],
    }


def examples(document: OpenAPI, operation: str) -> tuple[Mapping[str, Any], ...]:
    """The parameters that the document shows for an operation: its bodies, in its order."""
    entry = operations(document)[operation]
    body, listed = _body(entry), _parameters(document, entry)
    beside = {one["name"]: one["example"] for one in listed if "example" in one}
    shown = [one["value"] for one in (body or {}).get("examples", {}).values()]
    if not shown and (beside or not body):
        shown = [{}]
    return tuple({**beside, **value} for value in shown)


def operations(document: OpenAPI) -> dict[str, OpenAPI]:
    """Operation by name; those that share path and method stand in a list, `x-operations`."""
    paths = document["paths"].values()
    entries = (entry for path in paths for method, entry in path.items() if method in METHODS)
    told = (one for entry in entries for one in entry.get("x-operations", (entry,)))
    return {entry["operationId"]: entry for entry in told}


def _body(entry: OpenAPI) -> OpenAPI | None:
    """The form of the body, as JSON if it may be sent so."""
    content: Mapping[str, OpenAPI] = entry.get("requestBody", {}).get("content", {})
    return content.get("application/json") or next(iter(content.values()), None)


def _parameters(document: OpenAPI, entry: OpenAPI) -> list[OpenAPI]:
    """Those of query and path; headers are no fields."""
    listed = (_resolved(document, one) for one in entry.get("parameters", ()))
    return [one for one in listed if one["in"] != "header"]


def _resolved(document: OpenAPI, schema: OpenAPI) -> OpenAPI:
    """The schema itself, in place of a reference to it."""
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


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
