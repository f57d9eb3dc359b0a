"""The webhooks that were sent or are on their way."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.journal import JournalEntry
from mockserver.core.suggestions import did_you_mean
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery
from mockserver.engine.webhooks import redeliver
from mockserver.web.control.reading import page, sandbox_of, suits
from mockserver.web.wire import webhook_json


async def webhooks(request: Request) -> JSONResponse:
    wanted = (
        one
        for one in printed(request)
        if suits(one, request, ("provider", "call", "state", "kind"))
    )
    store = sandbox_of(request).state
    dropped = store.delivery_count - len(store.deliveries)
    return JSONResponse({"webhooks": page(wanted, request), "dropped": dropped})


async def redeliver_webhook(request: Request) -> JSONResponse:
    """Send it once more, now; 409 while it is still on its way."""
    sandbox, name = sandbox_of(request), request.path_params["id"]
    store = sandbox.state
    known = store.deliveries.get(name)
    if known is None:
        hint = did_you_mean(name, store.deliveries) or "GET /_mock/webhooks lists them"
        raise HTTPException(404, f"no webhook is named {name}: {hint}")
    if known.state == "pending":
        raise HTTPException(409, f"{name} is on its way already")
    with sandbox.scheduler.request_scope() as now:
        redeliver(store, name, now)
        told = {"method": "POST", "path": f"/webhooks/{name}/redeliver"}
        store.record(JournalEntry(now, "control", known.webhook.call_id, told))
    return JSONResponse(_printed(request, store.deliveries[name]), 202)


def printed(request: Request) -> list[dict[str, Any]]:
    """Every webhook, oldest first."""
    return [_printed(request, one) for one in sandbox_of(request).state.deliveries.values()]


def _printed(request: Request, one: Delivery) -> dict[str, Any]:
    origin = request.app.state.origins()[0]
    told = webhook_json(one, sandbox_of(request).state.configuration.seed)
    return {**told, "url": told["url"].replace(ORIGIN_PLACEHOLDER, origin, 1)}


ROUTES = (
    Route("/webhooks", webhooks),
    Route("/webhooks/{id}/redeliver", redeliver_webhook, methods=["POST"]),
)
