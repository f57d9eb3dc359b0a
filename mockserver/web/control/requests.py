"""The vendor requests that came in, and what they got."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.engine.exchange import Exchange
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.params import matches_filters, paginate, sandbox_of
from mockserver.web.views import redaction
from mockserver.web.views.serializers import serialize_exchange

FILTERS = ("provider", "operation", "status", "call")


async def list_requests(request: Request) -> JSONResponse:
    wanted = (one for one in all_requests(request) if matches_filters(one, request, FILTERS))
    store = sandbox_of(request).state
    dropped = store.request_count - len(store.exchanges)
    return JSONResponse({"requests": paginate(wanted, request), "dropped": dropped})


def all_requests(request: Request) -> list[dict[str, Any]]:
    """Every request that is remembered, oldest first."""
    sandbox = sandbox_of(request)
    return [_serialize_request(one, sandbox) for one in sandbox.state.exchanges]


def _serialize_request(exchange: Exchange, sandbox: Sandbox) -> dict[str, Any]:
    """With all its headers, and the real time that it took."""
    world = sandbox.state.configuration
    shown = redaction.redact_headers(exchange.request.headers, world.seed)
    told = {**serialize_exchange(exchange, world), "headers": shown}
    return {**told, "duration_ms": sandbox.request_durations.get(exchange.id)}


ROUTES = (Route("/requests", list_requests),)
