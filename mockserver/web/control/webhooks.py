"""Lists webhooks, and sends them again."""

from collections.abc import Collection
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.suggestions import did_you_mean
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery
from mockserver.engine import commands
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.known_values import check_filter_values
from mockserver.web.control.listing import ItemKind, ListedItem, respond_with_page
from mockserver.web.control.params import dependencies_of, matches_filters, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.slices import Job
from mockserver.web.views.serializers import serialize_delivery
from mockserver.web.views.weights import weigh_delivery

FILTERS = ("provider", "call", "state", "kind")


async def list_webhooks(request: Request) -> Response:
    sandbox = sandbox_of(request)
    check_filter_values(request, "webhook")
    webhooks = (item for item in _list_items(sandbox) if matches_filters(item, request, FILTERS))
    return await respond_with_page(request, WEBHOOKS, webhooks)


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


def _list_items(sandbox: Sandbox) -> list[ListedItem]:
    return [
        {
            "id": delivery_id,
            "provider": delivery.provider,
            "call": delivery.webhook.call_id,
            "state": delivery.state,
            "kind": delivery.webhook.kind,
            "value": delivery,
        }
        for delivery_id, delivery in sandbox.state.deliveries.by_id.items()
    ]


def _build_job(request: Request, delivery: Delivery) -> Job[dict[str, Any]]:
    return Job(weigh_delivery(delivery), partial(_serialize_webhook, request, delivery))


def _version(_: Sandbox, delivery: Delivery) -> object:
    return delivery


def _serialize_webhook(request: Request, delivery: Delivery) -> dict[str, Any]:
    origin = dependencies_of(request).origins[0]
    serialized = serialize_delivery(delivery, sandbox_of(request).state.configuration.seed)
    return {**serialized, "url": serialized["url"].replace(ORIGIN_PLACEHOLDER, origin, 1)}


def _unread_values(sandbox: Sandbox, _: Collection[str]) -> tuple[tuple[str, Delivery], ...]:
    return (*sandbox.state.deliveries.by_id.items(),)


def _count(sandbox: Sandbox) -> int:
    return len(sandbox.state.deliveries.by_id)


def _ids(sandbox: Sandbox) -> Collection[str]:
    return sandbox.state.deliveries.by_id.keys()


def _evicted(sandbox: Sandbox) -> int:
    return sandbox.state.deliveries.count - len(sandbox.state.deliveries.by_id)


WEBHOOKS: Final = ItemKind("webhooks", _build_job, _version, _unread_values, _count, _ids, _evicted)

ROUTES = (
    Route("/webhooks", list_webhooks),
    Route("/webhooks/{id}/redeliver", redeliver_webhook, methods=["POST"]),
)
