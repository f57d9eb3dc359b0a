"""All that the form of an operation can complain about, so that its rulebook can be audited."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.config.openapi_checks import (
    OpenAPI,
    operations,
    parameter_schema,
    resolve_reference,
)
from mockserver.core.provider import BoundProvider, Endpoint
from mockserver.core.rulebook import Violation, ViolationTest

SAID: Final = {"title", "description", "deprecated", "example", "examples", "default", "$comment"}
KINDS: Final = {"format", "contentMediaType", "contentEncoding"}
INNER: Final = {"properties", "items", "allOf", "if", "then", "else"}
SILENT: Final = {*SAID, *KINDS, *INNER, "required", "components", "$defs", "$ref"}
ASSERTED: Final = ("phone", "language")
"""The formats that are checked."""
"""What a validator says nothing about, or what is looked into here."""


def violations_without_rule(listing: BoundProvider, endpoint: Endpoint) -> list[Violation]:
    """The complaints of the form to which the rulebook has no words.

    Credentials are no parameters: whoever sends a wrong one is a stranger. The lists in
    `x-items` have their items examined one by one, by a rulebook of their own.
    """
    document = listing.document()
    entry = operations(document)[endpoint.operation]
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    credentials = {one["name"] for one in schemes if one["type"] == "apiKey"}
    # without it the path would be another one
    there = {one["name"] for one in entry.get("parameters", ()) if one.get("in") == "path"}
    breaches = [rule.test for stage in endpoint.rules for rule in stage]
    elsewhere = tuple(f"{field}.0" for field in entry.get("x-items", ()))
    return [
        one
        for one in complaints(document, parameter_schema(document, endpoint.operation))
        if one.field not in credentials
        and (one.field not in there or one.keyword != "required")
        and not one.field.startswith(elsewhere)
        and not any(
            isinstance(breach, ViolationTest) and breach.matches(one) for breach in breaches
        )
    ]


def complaints(
    document: OpenAPI, schema: Any, path: tuple[str, ...] = (), seen: tuple[str, ...] = ()
) -> Iterator[Violation]:
    """One for each keyword that can object, at each place; 0 stands for any place in a list."""
    if not isinstance(schema, Mapping) or schema.get("$ref") in seen:
        return
    reference = schema.get("$ref")
    around = (*seen, str(reference)) if reference else seen
    whole = resolve_reference(document, schema)
    here = ".".join(path)
    for keyword, told in whole.items():
        # whatever is sent is a mapping
        said = keyword in SILENT and not (keyword == "format" and told in ASSERTED)
        if not said and (path or keyword != "type") and told is not True:
            yield Violation(field=here, keyword=keyword)
    yield from (
        Violation(field=".".join((*path, name)), keyword="required")
        for name in whole.get("required", ())
    )
    for name, inner in whole.get("properties", {}).items():
        yield from complaints(document, inner, (*path, name), around)
    if "items" in whole:
        yield from complaints(document, whole["items"], (*path, "0"), around)
    for inner in (*whole.get("allOf", ()), whole.get("then"), whole.get("else")):
        yield from complaints(document, inner, path, around)
