"""What an OpenAPI document says of an operation: its summary, media types and examples."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.config.openapi_checks import (
    OpenAPI,
    operations,
    parameters,
    request_media_type,
    resolve_reference,
)
from mockserver.core.bound_provider import Example, OperationOutline

ONLY_EXAMPLE = "page"
"""The name of an example that has none in the document."""


def outline_operation(document: OpenAPI, operation: str) -> OperationOutline:
    """Return the outline of an operation; its examples have the parameters of the path, too."""
    entry = operations(document)[operation]
    types = tuple(entry.get("requestBody", {}).get("content", {}))
    return OperationOutline(entry.get("summary", ""), types, tuple(_examples(document, entry)))


def _examples(document: OpenAPI, entry: OpenAPI) -> Iterator[Example]:
    named: Mapping[str, Any] = {
        parameter["name"]: parameter["example"]
        for parameter in parameters(document, entry)
        if "example" in parameter
    }
    for name, reference in request_media_type(entry).get("examples", {}).items():
        example = resolve_reference(document, reference)
        yield Example(name, example.get("summary", ""), {**named, **example["value"]})
    if named and "examples" not in request_media_type(entry):
        yield Example(ONLY_EXAMPLE, "", named)
