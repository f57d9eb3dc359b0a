"""Lists webhooks, and sends them again."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.suggestions import did_you_mean
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery
from mockserver.engine import commands
from mockserver.web.control.params import dependencies_of, matches_filters, paginate, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.views.serializers import serialize_delivery

FILTERS = ("provider", "call", "state", "kind")


async def list_webhooks(request: Request) -> JSONResponse:
    webhooks = (item for item in all_webhooks(request) if matches_filters(item, request, FILTERS))
    state = sandbox_of(request).state
    evicted = state.deliveries.count - len(state.deliveries.by_id)
    return JSONResponse({"webhooks": paginate(webhooks, request), "evicted": evicted})


async def redeliver_webhook(request: Request) -> JSONResponse:
    """Send a webhook again, now; 409 while it is pending."""
    sandbox, delivery_id = sandbox_of(request), request.path_params["id"]
    state = sandbox.state
    delivery = state.deliveries.by_id.get(delivery_id)
    if delivery is None:
        hint = did_you_mean(delivery_id, state.deliveries.by_id) or "GET /_mock/webhooks lists them"
        raise ProblemError("unknown-webhook", f"no webhook is named {delivery_id}: {hint}")
    if delivery.state == "pending":
        raise ProblemError("webhook-in-flight", f"{delivery_id} is on its way already")
    with sandbox.scheduler.request_scope() as now:
        commands.redeliver(state, delivery_id, now)
    return JSONResponse(_serialize_webhook(request, state.deliveries.by_id[delivery_id]), 202)


def all_webhooks(request: Request) -> list[dict[str, Any]]:
    """Serialize all webhooks, oldest first."""
    return [
        _serialize_webhook(request, delivery)
        for delivery in sandbox_of(request).state.deliveries.by_id.values()
    ]


def _serialize_webhook(request: Request, delivery: Delivery) -> dict[str, Any]:
    origin = dependencies_of(request).origins[0]
    serialized = serialize_delivery(delivery, sandbox_of(request).state.configuration.seed)
    return {**serialized, "url": serialized["url"].replace(ORIGIN_PLACEHOLDER, origin, 1)}


ROUTES = (
    Route("/webhooks", list_webhooks),
    Route("/webhooks/{id}/redeliver", redeliver_webhook, methods=["POST"]),
)
