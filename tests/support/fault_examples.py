"""The example of each fault in the OpenAPI documents, as the request that provokes it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mockserver.config.openapi_checks import iter_operations, parameters, request_examples
from mockserver.core.account import merge_patch
from mockserver.core.provider import Endpoint
from tests.support.conformance import (
    PROVIDERS,
    ConformancePage,
    ConformanceSite,
    Part,
    advance,
    build_conformance_site,
    send,
)

ENCODED: Final = {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"}


class FaultExample(NamedTuple):
    """A fault of an operation, and what provokes it; `entry` is the operation in the document."""

    name: str
    endpoint: Endpoint
    fault: str
    cause: Any
    entry: Mapping[str, Any]

    @property
    def label(self) -> str:
        return f"{self.name}-{self.endpoint.operation}-{self.fault}"

    @property
    def changes(self) -> Part:
        """What of the request, the account or the scenario the example changes."""
        return {"scenario": {"refuse": self.fault}} if self.cause == "scenario" else self.cause


def documented_operations() -> Iterator[tuple[str, Endpoint, dict[str, Any]]]:
    """Yield provider, endpoint and document entry of every documented operation."""
    for name, bound in PROVIDERS.items():
        for path, method, entry in iter_operations(bound.document()):
            key = (path, method, entry["operationId"])
            yield name, find_endpoint(name, key), dict(entry)


def find_endpoint(name: str, key: tuple[str, str, str]) -> Endpoint:
    endpoints = PROVIDERS[name].provider.endpoints
    return next(
        endpoint
        for endpoint in endpoints
        if (endpoint.path, endpoint.method, endpoint.operation) == key
    )


OPERATIONS: Final = list(documented_operations())
FAULT_EXAMPLES: Final = [
    FaultExample(name, endpoint, fault, how, entry)
    for name, endpoint, entry in OPERATIONS
    for fault, how in entry.get("x-faults", {}).items()
]


def example_fields(example: FaultExample) -> dict[str, Any]:
    """Return the fields of the document's first example request, changed by the fault's example."""
    document = PROVIDERS[example.name].document()
    first = request_examples(document, example.endpoint.operation)[0]
    changed: dict[str, Any] = merge_patch(first, example.changes.get("body", {}))
    return changed


def build_request(example: FaultExample, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request with these fields in its path, query and body."""
    document, left, path = PROVIDERS[example.name].document(), dict(fields), example.endpoint.path
    for part in re.findall(r"\{(\w+)\}", path):
        path = path.replace(f"{{{part}}}", str(left.pop(part, "")))
    content = example.entry.get("requestBody", {}).get("content", {})
    query_names = (
        {parameter["name"] for parameter in parameters(document, example.entry)}
        if content
        else left.keys()
    )
    query = {key: value for key, value in left.items() if key in query_names}
    body = {key: value for key, value in left.items() if key not in query_names}
    encoded = "body" if "application/json" in content else ENCODED.get(next(iter(content), ""), "")
    request: dict[str, Any] = {"method": example.endpoint.method, "path": path}
    request["host"], cause = example.endpoint.host, example.changes
    request |= {key: cause[key] for key in ("method", "path", "headers", "raw") if key in cause}
    request["query"] = merge_patch(query, cause.get("query", {})) or None
    return request if "raw" in cause or not encoded else {**request, encoded: body}


def build_site(page: ConformancePage, example: FaultExample) -> ConformanceSite:
    """Build a site with the account and the scenario of the example."""
    cause = example.changes
    given = {"given": cause.get("account", {})}
    return build_conformance_site(
        page, given | {key: cause[key] for key in ("scenario", "clock") if key in cause}
    )


async def prepare(site: ConformanceSite, example: FaultExample, request: Part) -> None:
    """Send what the example has before its request, and the request as often as it is repeated."""
    cause = example.changes
    for preparation in (*cause.get("before", ()), *[request] * (cause.get("repeat", 1) - 1)):
        if "advance" in preparation:
            await advance(site.sandbox, str(preparation["advance"]))
        else:
            response = await send(site, preparation)
            assert response.headers.get("x-mock-fault") != example.fault
