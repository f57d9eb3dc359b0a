"""Lists the vendor requests and the responses to them."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.engine.exchange import Exchange
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.params import matches_filters, paginate, sandbox_of
from mockserver.web.views import redaction
from mockserver.web.views.serializers import serialize_exchange

FIELD_FILTERS = ("provider", "operation", "status")
FILTERS = (*FIELD_FILTERS, "call")


async def list_requests(request: Request) -> JSONResponse:
    requests = (item for item in all_requests(request) if _matches(item, request))
    state = sandbox_of(request).state
    evicted = state.journal.request_count - len(state.journal.exchanges)
    return JSONResponse({"requests": paginate(requests, request), "evicted": evicted})


def all_requests(request: Request) -> list[dict[str, Any]]:
    """Serialize all requests that are still kept, oldest first."""
    sandbox = sandbox_of(request)
    return [_serialize_request(exchange, sandbox) for exchange in sandbox.state.journal.exchanges]


def _matches(item: Mapping[str, Any], request: Request) -> bool:
    """Whether a request matches the filters; `call` is one of the calls that it placed."""
    call_id = request.query_params.get("call")
    return matches_filters(item, request, FIELD_FILTERS) and call_id in (None, *item["calls"])


def _serialize_request(exchange: Exchange, sandbox: Sandbox) -> dict[str, Any]:
    """Serialize an exchange with all headers, and with its duration in real ms."""
    configuration = sandbox.state.configuration
    headers = redaction.redact_headers(exchange.request.headers, configuration.seed)
    serialized = {**serialize_exchange(exchange, configuration), "headers": headers}
    return {**serialized, "duration_ms": sandbox.request_durations.get(exchange.id)}


ROUTES = (Route("/requests", list_requests),)
