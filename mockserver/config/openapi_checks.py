"""A vendor's OpenAPI document as a check: fields in, violations out."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from mockserver.config.json_schema import CompiledValidator
from mockserver.core.http import Upload
from mockserver.core.provider import Check
from mockserver.core.rulebook import Violation

if TYPE_CHECKING:
    from jsonschema import ValidationError

OpenAPI = Mapping[str, Any]

HTTP_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
"""What stands beside them at a path describes no operation."""

_BLANK_VALUES = ("", None)


def build_check_factory(document: Callable[[], OpenAPI]) -> Callable[[str], Check]:
    """A check for each operation; document and validator are made when the first request comes."""

    @cache
    def bound(operation: str) -> Any:
        return CompiledValidator(parameter_schema(document(), operation))

    def check(operation: str) -> Check:
        return lambda fields: violations(bound(operation), fields)

    return check


def parameter_schema(document: OpenAPI, operation: str) -> dict[str, Any]:
    """The JSON Schema of an operation's parameters, wherever they are sent."""
    entry = operations(document)[operation]
    schema = resolve_reference(
        document, request_media_type(entry).get("schema", {"type": "object"})
    )
    listed = parameters(document, entry)
    needed = [one["name"] for one in listed if one.get("required")]
    named = {one["name"]: one.get("schema", {}) for one in listed}
    return {
        **schema,
        "required": [*dict.fromkeys((*schema.get("required", ()), *needed))],
        "properties": {**schema.get("properties", {}), **named},
        "components": document.get("components", {}),
    }


def request_examples(document: OpenAPI, operation: str) -> tuple[Mapping[str, Any], ...]:
    """The parameters of each request that the document shows for an operation, in its order.

    Each body comes with the examples of the parameters beside it; an operation without a body
    shows these alone.
    """
    entry = operations(document)[operation]
    body, listed = request_media_type(entry), parameters(document, entry)
    beside = {one["name"]: one["example"] for one in listed if "example" in one}
    shown = [one["value"] for one in body.get("examples", {}).values()]
    if not shown and (beside or not body):
        return (beside,)
    return tuple({**beside, **value} for value in shown)


def operations(document: OpenAPI) -> dict[str, OpenAPI]:
    """Operation by name; those that share path and method stand in a list, `x-operations`."""
    return {entry["operationId"]: entry for _, _, entry in iter_operations(document)}


def iter_operations(document: OpenAPI) -> Iterator[tuple[str, str, OpenAPI]]:
    """Path, method and entry of each operation, in the order of the document."""
    for path, methods in document["paths"].items():
        for method in [one for one in methods if one in HTTP_METHODS]:
            for entry in methods[method].get("x-operations", (methods[method],)):
                yield path, method.upper(), entry


def request_media_type(entry: OpenAPI) -> OpenAPI:
    """What is said of the body, as JSON if it may be sent so; empty if there is none."""
    media: Mapping[str, OpenAPI] = entry.get("requestBody", {}).get("content", {})
    return media.get("application/json") or next(iter(media.values()), {})


def parameters(document: OpenAPI, entry: OpenAPI) -> list[OpenAPI]:
    """Those of query and path; headers are no fields."""
    listed = (resolve_reference(document, one) for one in entry.get("parameters", ()))
    return [one for one in listed if one["in"] in {"query", "path"}]


def resolve_reference(document: OpenAPI, part: OpenAPI) -> OpenAPI:
    """What a reference means, and what stands beside it."""
    while "$ref" in part:
        found: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        beside = {name: told for name, told in part.items() if name != "$ref"}
        part = {**found, **beside}
    return part


def violations(validator: Any, fields: Mapping[str, object]) -> tuple[Violation, ...]:
    """What is wrong; a parameter that was sent blank counts as one that was not sent."""
    sent = {name: value for name, value in fields.items() if value not in _BLANK_VALUES}
    if Upload in map(type, sent.values()):
        sent = {
            name: _schema_value(value) for name, value in sent.items() if not _is_empty_file(value)
        }
    if validator.is_valid(sent):
        return ()
    found = {found for error in validator.iter_errors(sent) for found in _error_violations(error)}
    return tuple(sorted(found))


def _is_empty_file(value: object) -> bool:
    """What a form sends in place of a file that nobody has chosen."""
    return isinstance(value, Upload) and not (value.filename or value.data)


def _schema_value(value: object) -> object:
    """A file is a text to a schema, with a letter for each byte, so that it can say how long."""
    return value.data.decode("latin-1") if isinstance(value, Upload) else value


def _error_violations(error: "ValidationError") -> Iterator[Violation]:
    path = [str(part) for part in error.absolute_path]
    if error.validator == "required" and isinstance(error.instance, Mapping):
        needed: Any = error.validator_value
        missing = (name for name in needed if name not in error.instance)
        yield from (Violation(".".join([*path, name]), "required") for name in missing)
    else:
        wanted = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
        yield Violation(".".join(path), str(error.validator), wanted)
