"""The first example request of each operation of a vendor, with a receiver for its webhooks."""

from collections.abc import Mapping
from typing import Any, Final

from mockserver.config.openapi_checks import (
    OpenAPI,
    operations,
    request_media_type,
    resolve_reference,
)
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.provider import Endpoint

RECEIVER: Final = "http://app.test/calls"
URL_FORMAT: Final = "webhook-url"


def placing_endpoints(bound: BoundProvider) -> tuple[Endpoint, ...]:
    """Return one endpoint of each operation that may place calls."""
    by_operation: dict[str, Endpoint] = {}
    for endpoint in bound.provider.endpoints:
        by_operation.setdefault(endpoint.operation, endpoint)
    return tuple(by_operation.values())


def fields_with_receiver(bound: BoundProvider, endpoint: Endpoint) -> Mapping[str, Any]:
    """Return the fields of the first example, with the receiver in each field for a webhook."""
    document, fields = bound.document(), _first_example(bound, endpoint)
    entry = operations(document)[endpoint.operation]
    filled: Mapping[str, Any] = _fill(document, request_media_type(entry).get("schema", {}), fields)
    return filled


def _fill(document: OpenAPI, part: OpenAPI, value: Any) -> Any:
    schema = resolve_reference(document, part)
    if schema.get("format") == URL_FORMAT:
        return RECEIVER
    if isinstance(value, list):
        return [_fill(document, schema.get("items", {}), item) for item in value]
    if not isinstance(value, Mapping):
        return value
    parts = schema.get("properties", {})
    urls = {
        name: RECEIVER
        for name, each in parts.items()
        if resolve_reference(document, each).get("format") == URL_FORMAT
    }
    known = {name: _fill(document, parts.get(name, {}), item) for name, item in value.items()}
    return known | urls


def _first_example(bound: BoundProvider, endpoint: Endpoint) -> Mapping[str, Any]:
    """Return the fields of the first example of an operation."""
    return next(iter(bound.examples(endpoint.operation)), {})
