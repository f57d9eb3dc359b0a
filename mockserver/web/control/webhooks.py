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
from mockserver.web.control.params import dependencies_of, matches_filters, paginate, sandbox_of
from mockserver.web.views.serializers import serialize_delivery


async def list_webhooks(request: Request) -> JSONResponse:
    wanted = (
        one
        for one in all_webhooks(request)
        if matches_filters(one, request, ("provider", "call", "state", "kind"))
    )
    store = sandbox_of(request).state
    dropped = store.delivery_count - len(store.deliveries)
    return JSONResponse({"webhooks": paginate(wanted, request), "dropped": dropped})


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
    return JSONResponse(_serialize_webhook(request, store.deliveries[name]), 202)


def all_webhooks(request: Request) -> list[dict[str, Any]]:
    """Every webhook, oldest first."""
    return [
        _serialize_webhook(request, one) for one in sandbox_of(request).state.deliveries.values()
    ]


def _serialize_webhook(request: Request, delivery: Delivery) -> dict[str, Any]:
    origin = dependencies_of(request).origins()[0]
    told = serialize_delivery(delivery, sandbox_of(request).state.configuration.seed)
    return {**told, "url": told["url"].replace(ORIGIN_PLACEHOLDER, origin, 1)}


ROUTES = (
    Route("/webhooks", list_webhooks),
    Route("/webhooks/{id}/redeliver", redeliver_webhook, methods=["POST"]),
)
