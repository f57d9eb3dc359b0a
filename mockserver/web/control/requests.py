"""The vendor requests that came in, and what they got."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.engine.exchange import Exchange
from mockserver.runtime.sandbox import Sandbox
from mockserver.web import masking
from mockserver.web.control.reading import page, sandbox_of, suits
from mockserver.web.wire import request_json

FILTERS = ("provider", "operation", "status", "call")


async def requests(request: Request) -> JSONResponse:
    wanted = (one for one in printed(request) if suits(one, request, FILTERS))
    store = sandbox_of(request).state
    dropped = store.request_count - len(store.exchanges)
    return JSONResponse({"requests": page(wanted, request), "dropped": dropped})


def printed(request: Request) -> list[dict[str, Any]]:
    """Every request that is remembered, oldest first."""
    sandbox = sandbox_of(request)
    return [_printed(one, sandbox) for one in sandbox.state.exchanges]


def _printed(one: Exchange, sandbox: Sandbox) -> dict[str, Any]:
    """With all its headers, and the real time that it took."""
    world = sandbox.state.configuration
    shown = masking.headers(one.request.headers, world.seed)
    told = {**request_json(one, world), "headers": shown}
    return {**told, "duration_ms": sandbox.request_durations.get(one.id)}


ROUTES = (Route("/requests", requests),)
