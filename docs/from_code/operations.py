"""Describe the operations of a vendor: addresses, parameters, an example, and statuses."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from from_code.markdown import block, code, codes, table
from mockserver.config.openapi_checks import (
    OpenAPI,
    operations,
    parameters,
    request_media_type,
    resolve_reference,
)
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.provider import Endpoint

HEADS: Final = ("parameter", "type", "required", "where", "what")
SCHEMES: Final = {
    ("http", "bearer"): "a bearer token in the header `Authorization`",
    ("http", "basic"): "HTTP Basic in the header `Authorization`",
}
"""(type, scheme) of a security scheme -> where the credential stands."""
ITEM_BOUNDS: Final = {"minItems": "at least {} items", "maxItems": "at most {} items"}


def operation_sections(bound: BoundProvider) -> Iterator[str]:
    """Yield a section for each operation of the vendor."""
    yield _credential(bound.document())
    by_name: dict[str, list[Endpoint]] = {}
    for endpoint in bound.provider.endpoints:
        by_name.setdefault(endpoint.operation, []).append(endpoint)
    for name, endpoints in by_name.items():
        yield from _operation(bound.document(), name, endpoints)


def _credential(document: OpenAPI) -> str:
    schemes = document["components"].get("securitySchemes", {}).values()
    places = " or ".join(map(_place, schemes)) or "a parameter"
    return f"Credential: {places}.\n"


def _place(scheme: Mapping[str, str]) -> str:
    """Return where a credential stands; a description says so for one that stands in a body."""
    key = (scheme["type"], scheme.get("scheme", ""))
    description = scheme.get("description", "")
    if key in SCHEMES:
        return f"{SCHEMES[key]}: {description}" if description else SCHEMES[key]
    return f"{code(scheme['name'])} {description or 'in the ' + scheme['in']}"


def _operation(document: OpenAPI, name: str, endpoints: list[Endpoint]) -> Iterator[str]:
    entry = operations(document)[name]
    yield f"### {name}\n"
    yield f"{entry['summary']}.\n"
    addresses = (
        (each.method, code(each.host), code(each.path), f"{each.body_limit:,} bytes", each.evidence)
        for each in endpoints
    )
    yield table(("method", "host", "path", "body at most", "evidence"), addresses)
    if types := entry.get("requestBody", {}).get("content", {}):
        yield f"Types of the body: {codes(types)}.\n"
    rows = [*_named_rows(document, entry), *_body_rows(document, entry)]
    yield table(HEADS, rows) if rows else "No parameters.\n"
    yield from _example(document, entry)
    yield "Responses:\n"
    yield table(("status", "when"), _responses(document, entry))


def _named_rows(document: OpenAPI, entry: OpenAPI) -> Iterator[tuple[str, ...]]:
    for each in parameters(document, entry):
        schema = resolve_reference(document, each.get("schema", {}))
        required = "yes" if each.get("required") else "no"
        yield code(each["name"]), _type(schema), required, each["in"], _what(schema)


def _body_rows(document: OpenAPI, entry: OpenAPI) -> Iterator[tuple[str, ...]]:
    yield from _fields(document, request_media_type(entry).get("schema", {}), "")


def _fields(document: OpenAPI, part: OpenAPI, prefix: str) -> Iterator[tuple[str, ...]]:
    """Yield a row for each field of an object, and for the fields of each field."""
    schema = resolve_reference(document, part)
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        own = resolve_reference(document, field)
        path = f"{prefix}{name}"
        needed = "yes" if name in required else "no"
        yield code(path), _type(own), needed, "body", _what(own)
        yield from _fields(document, own, f"{path}.")
        yield from _fields(document, own.get("items", {}), f"{path}[].")


def _type(schema: OpenAPI) -> str:
    """Return the types of a schema in words."""
    if "enum" in schema or "const" in schema:
        return "one of " + codes(schema.get("enum", (schema.get("const"),)))
    types = schema.get("type", "any")
    return types if isinstance(types, str) else " or ".join(types)


def _what(schema: OpenAPI) -> str:
    """Return the description of a schema, and how many items a list may have."""
    bounds = (text.format(schema[key]) for key, text in ITEM_BOUNDS.items() if key in schema)
    return ", ".join(filter(None, (schema.get("description"), *bounds)))


def _example(document: OpenAPI, entry: OpenAPI) -> Iterator[str]:
    for each in request_media_type(entry).get("examples", {}).values():
        example = resolve_reference(document, each)
        yield f"Example: {example['summary']}.\n" if "summary" in example else "Example:\n"
        yield block(json.dumps(example["value"], indent=2, ensure_ascii=False, default=str), "json")
        return


def _responses(document: OpenAPI, entry: OpenAPI) -> Iterator[tuple[Any, ...]]:
    for status, response in entry["responses"].items():
        description = resolve_reference(document, response)["description"]
        yield "any other" if status == "default" else status, description
