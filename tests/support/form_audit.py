"""Finds the schema violations of an operation for which its rulebook has no rule."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.config.openapi_checks import (
    OpenAPI,
    operations,
    parameter_schema,
    resolve_reference,
)
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.provider import Endpoint
from mockserver.core.rulebook import Violation, ViolationTest

ANNOTATIONS: Final = {
    "title",
    "description",
    "deprecated",
    "example",
    "examples",
    "default",
    "$comment",
}
FORMAT_KEYWORDS: Final = {"format", "contentMediaType", "contentEncoding"}
NESTING_KEYWORDS: Final = {"properties", "items", "allOf", "if", "then", "else"}
SKIPPED_KEYWORDS: Final = {
    *ANNOTATIONS,
    *FORMAT_KEYWORDS,
    *NESTING_KEYWORDS,
    "required",
    "components",
    "$defs",
    "$ref",
}
"""Keywords that never fail, or that this module handles itself."""
CHECKED_FORMATS: Final = ("phone", "language")


def violations_without_rule(bound: BoundProvider, endpoint: Endpoint) -> list[Violation]:
    """Return the schema violations that no rule of the rulebook matches.

    Credentials are excepted: authentication checks them. Items of the lists in `x-items` are
    checked one by one by a rulebook of their own.
    """
    document = bound.document()
    entry = operations(document)[endpoint.operation]
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    credentials = {item["name"] for item in schemes if item["type"] == "apiKey"}
    # without its parameter a path would be another path
    path_parameters = {
        item["name"] for item in entry.get("parameters", ()) if item.get("in") == "path"
    }
    tests = [rule.test for stage in endpoint.rules for rule in stage]
    item_fields = tuple(f"{field}.0" for field in entry.get("x-items", ()))
    return [
        item
        for item in schema_violations(document, parameter_schema(document, endpoint.operation))
        if item.field not in credentials
        and (item.field not in path_parameters or item.keyword != "required")
        and not item.field.startswith(item_fields)
        and not any(isinstance(test, ViolationTest) and test.matches(item) for test in tests)
    ]


def schema_violations(
    document: OpenAPI, schema: Any, path: tuple[str, ...] = (), seen: tuple[str, ...] = ()
) -> Iterator[Violation]:
    """Yield one violation per keyword that can fail, by field; 0 stands for any list index."""
    if not isinstance(schema, Mapping) or schema.get("$ref") in seen:
        return
    reference = schema.get("$ref")
    references = (*seen, str(reference)) if reference else seen
    resolved = resolve_reference(document, schema)
    field = ".".join(path)
    for keyword, value in resolved.items():
        # a request is always a mapping
        skipped = keyword in SKIPPED_KEYWORDS and not (
            keyword == "format" and value in CHECKED_FORMATS
        )
        if not skipped and (path or keyword != "type") and value is not True:
            yield Violation(field=field, keyword=keyword)
    yield from (
        Violation(field=".".join((*path, name)), keyword="required")
        for name in resolved.get("required", ())
    )
    for name, subschema in resolved.get("properties", {}).items():
        yield from schema_violations(document, subschema, (*path, name), references)
    if "items" in resolved:
        yield from schema_violations(document, resolved["items"], (*path, "0"), references)
    for subschema in (*resolved.get("allOf", ()), resolved.get("then"), resolved.get("else")):
        yield from schema_violations(document, subschema, path, references)
