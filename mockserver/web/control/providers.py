"""Lists the emulated APIs with their addresses, operations and faults."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.http import Request as VendorRequest
from mockserver.core.provider import Endpoint, Provider, all_faults, rules_of
from mockserver.core.rulebook import Fault, RequestContext, serialize_condition
from mockserver.core.webhook_kind import serialize_kind, serialize_retry
from mockserver.web.control.params import prefix_of, sandbox_of, unknown_provider


async def list_providers(request: Request) -> JSONResponse:
    providers = sandbox_of(request).state.configuration.providers.values()
    origin = str(request.base_url).rstrip("/") + prefix_of(request)
    return JSONResponse({"providers": [serialize_provider(bound, origin) for bound in providers]})


async def get_openapi(request: Request) -> JSONResponse:
    name, providers = request.path_params["name"], sandbox_of(request).state.configuration.providers
    if name not in providers:
        raise unknown_provider(name, providers)
    return JSONResponse(providers[name].document())


def serialize_provider(bound: BoundProvider, origin: str) -> dict[str, Any]:
    provider = bound.provider
    hosts = dict.fromkeys(endpoint.host for endpoint in provider.endpoints)
    return {
        "name": provider.name,
        "title": provider.title,
        "base_url": f"{origin}/{provider.name}",
        "hosts": {host: f"{origin}/{provider.name}/{host}" for host in hosts},
        "operations": [_serialize_endpoint(bound, each) for each in provider.endpoints],
        "webhooks": list(provider.webhooks),
        "webhook_kinds": [serialize_kind(*item) for item in provider.webhooks.items()],
        "retry": serialize_retry(provider.retry),
        "acts": list(provider.vendor_events),
        "quirks": dict(provider.quirks),
        "words": {
            field: {word: str(evidence) for word, evidence in words.items()}
            for field, words in provider.words.items()
        },
        "details": {
            name: {"text": text, "evidence": str(evidence)}
            for name, (text, evidence) in provider.details.items()
        },
        "faults": [_serialize_fault(provider, fault) for fault in all_faults(provider)],
    }


def _serialize_endpoint(bound: BoundProvider, endpoint: Endpoint) -> dict[str, Any]:
    """Serialize an operation at one of its addresses; a GET has no body, and so no types."""
    outline = bound.outline(endpoint.operation)
    return {
        "name": endpoint.operation,
        "method": endpoint.method,
        "host": endpoint.host,
        "path": endpoint.path,
        "evidence": str(endpoint.evidence),
        "summary": outline.summary,
        "types": [] if endpoint.method == "GET" else list(outline.types),
        "examples": [example._asdict() for example in outline.examples],
    }


def _serialize_fault(provider: Provider, fault: Fault) -> dict[str, Any]:
    shown = {name: f"{{{name}}}" for name in fault.placeholders}
    request = VendorRequest("POST", "/", headers={"accept": "application/json"}, fields=shown)
    response = provider.refuse((fault,), RequestContext(request, 0))
    body = response.body.decode() if isinstance(response.body, bytes) else response.body
    serialized = {"name": fault.name, "status": response.status, "body": body}
    conditions = [
        {"operation": operation, **serialize_condition(rule)}
        for operation, rule in rules_of(provider, fault)
    ]
    return {**serialized, "evidence": str(fault.evidence), "conditions": conditions}


ROUTES = (
    Route("/providers", list_providers),
    Route("/openapi/{name}.json", get_openapi),
)
