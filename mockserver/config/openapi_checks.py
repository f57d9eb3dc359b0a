"""Check the fields of a request against the vendor's OpenAPI document."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from mockserver.config.json_schema import CompiledValidator
from mockserver.core.bound_provider import Accepts, Check, RequestForm
from mockserver.core.http import Upload
from mockserver.core.rulebook import Violation

if TYPE_CHECKING:
    from jsonschema import ValidationError

OpenAPI = Mapping[str, Any]

HTTP_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
"""Keys of a path item that are operations; the others describe none."""

JSON_TYPE = "application/json"

_BLANK_VALUES = ("", None)


ValidatorFactory = Callable[[str], CompiledValidator]
"""Operation -> the validator of its fields."""


def build_validator_factory(document: Callable[[], OpenAPI]) -> ValidatorFactory:
    """Return a function that loads the document once and builds each validator once."""
    return cache(lambda operation: CompiledValidator(parameter_schema(document(), operation)))


def build_check(validator: ValidatorFactory, operation: str) -> Check:
    """Build a check whose validator is built by the first request for the operation."""
    return lambda fields: violations(validator(operation), fields)


def build_acceptor(validator: ValidatorFactory) -> Callable[[str], Accepts]:
    """Return a function from an operation to what accepts its sound fields at once."""
    return cache(lambda operation: validator(operation).accepts)


def parameter_schema(document: OpenAPI, operation: str) -> dict[str, Any]:
    """Return one JSON Schema for the body, query and path parameters of an operation."""
    entry = operations(document)[operation]
    schema = resolve_reference(
        document, request_media_type(entry).get("schema", {"type": "object"})
    )
    entries = parameters(document, entry)
    required = [parameter["name"] for parameter in entries if parameter.get("required")]
    properties = {parameter["name"]: parameter.get("schema", {}) for parameter in entries}
    return {
        **schema,
        "required": [*dict.fromkeys((*schema.get("required", ()), *required))],
        "properties": {**schema.get("properties", {}), **properties},
        "components": document.get("components", {}),
    }


def request_examples(document: OpenAPI, operation: str) -> tuple[Mapping[str, Any], ...]:
    """Return the fields of each example request of an operation, in the document's order.

    Each example of the body is merged with the examples of the query and path parameters; without
    examples of a body, the result is these alone, or nothing if there are none for a body either.
    """
    entry = operations(document)[operation]
    media_type, entries = request_media_type(entry), parameters(document, entry)
    named = {
        parameter["name"]: parameter["example"] for parameter in entries if "example" in parameter
    }
    bodies = [example["value"] for example in media_type.get("examples", {}).values()]
    if not bodies and (named or not media_type):
        return (named,)
    return tuple({**named, **body} for body in bodies)


def operations(document: OpenAPI) -> dict[str, OpenAPI]:
    """Return all operations by `operationId`, including those listed in `x-operations`."""
    return {entry["operationId"]: entry for _, _, entry in iter_operations(document)}


def iter_operations(document: OpenAPI) -> Iterator[tuple[str, str, OpenAPI]]:
    """Yield (path, method, entry) of each operation, in the document's order.

    Operations that share a path and a method are listed in `x-operations`.
    """
    for path, item in document["paths"].items():
        for method in [key for key in item if key in HTTP_METHODS]:
            for entry in item[method].get("x-operations", (item[method],)):
                yield path, method.upper(), entry


def request_media_type(entry: OpenAPI) -> OpenAPI:
    """Return the media type object of the body, preferably JSON; empty if there is no body."""
    return _media_type(entry)[1]


def _media_type(entry: OpenAPI) -> tuple[str, OpenAPI]:
    """Return (name, object) of the media type of the body, preferably JSON."""
    media_types: Mapping[str, OpenAPI] = entry.get("requestBody", {}).get("content", {})
    name = JSON_TYPE if JSON_TYPE in media_types else next(iter(media_types), "")
    return name, media_types.get(name, {})


def request_form(document: OpenAPI, operation: str) -> RequestForm:
    """Return how the document has an operation requested."""
    [(method, entry)] = [
        (method, entry)
        for _, method, entry in iter_operations(document)
        if entry["operationId"] == operation
    ]
    names = parameter_schema(document, operation)["properties"]
    return RequestForm(method, _media_type(entry)[0], (*names,))


def parameters(document: OpenAPI, entry: OpenAPI) -> list[OpenAPI]:
    """Return the query and path parameters; headers are not fields of a request."""
    resolved = (resolve_reference(document, raw) for raw in entry.get("parameters", ()))
    return [parameter for parameter in resolved if parameter["in"] in {"query", "path"}]


def resolve_reference(document: OpenAPI, part: OpenAPI) -> OpenAPI:
    """Replace `$ref` by the object that it names; keys beside `$ref` override that object's."""
    while "$ref" in part:
        target: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        overrides = {name: value for name, value in part.items() if name != "$ref"}
        part = {**target, **overrides}
    return part


def violations(validator: CompiledValidator, fields: Mapping[str, object]) -> tuple[Violation, ...]:
    """Return the sorted violations; a parameter that is sent blank counts as not sent."""
    sent = {name: value for name, value in fields.items() if value not in _BLANK_VALUES}
    if Upload in map(type, sent.values()):
        sent = {
            name: _schema_value(value) for name, value in sent.items() if not _is_empty_file(value)
        }
    if validator.is_valid(sent):
        return ()
    unique = {
        violation
        for error in validator.iter_errors(sent)
        for violation in _error_violations(error, validator.schema)
    }
    return tuple(sorted(unique))


def _is_empty_file(value: object) -> bool:
    """Whether it is what a form sends for a file field without a chosen file."""
    return isinstance(value, Upload) and not (value.filename or value.data)


def _schema_value(value: object) -> object:
    """Turn a file into a string of one character per byte, so that a schema can limit its size."""
    return value.data.decode("latin-1") if isinstance(value, Upload) else value


def _error_violations(error: "ValidationError", root: Mapping[str, Any]) -> Iterator[Violation]:
    path = [str(part) for part in error.absolute_path]
    if error.validator == "required" and isinstance(error.instance, Mapping):
        required: Any = error.validator_value
        missing = (name for name in required if name not in error.instance)
        yield from (_missing_field([*path, name], error.schema, root) for name in missing)
    else:
        expected, sample = _passing_value(error.schema)
        yield Violation(".".join(path), str(error.validator), expected, sample)


def _missing_field(path: list[str], schema: Any, root: Mapping[str, Any]) -> Violation:
    """Return the violation of a required field, with what its own schema says would pass."""
    part = schema.get("properties", {}).get(path[-1])
    own = resolve_reference(root, part) if isinstance(part, Mapping) else part
    return Violation(".".join(path), "required", *_passing_value(own))


def _passing_value(schema: object) -> tuple[str, str]:
    """Return what passes a schema: its description, and its first example as JSON."""
    if not isinstance(schema, Mapping):
        return "", ""
    examples = schema.get("examples")
    sample = json.dumps(examples[0], ensure_ascii=False) if examples else ""
    return schema.get("description", ""), sample
