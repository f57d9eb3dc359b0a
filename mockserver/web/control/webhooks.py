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
from mockserver.web.control.listing import (
    ItemKind,
    ListedItem,
    respond_with_item,
    respond_with_page,
)
from mockserver.web.control.pages import matches_filters, read_filters
from mockserver.web.control.params import dependencies_of, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.slices import Job
from mockserver.web.views.raw_messages import raw_webhook
from mockserver.web.views.serializers import serialize_delivery
from mockserver.web.views.summaries import summarize_delivery
from mockserver.web.views.weights import weigh_delivery

FILTERS = ("provider", "call", "state", "kind")


async def list_webhooks(request: Request) -> Response:
    sandbox = sandbox_of(request)
    check_filter_values(request, "webhook", FILTERS)
    filters = read_filters(request, FILTERS)
    webhooks = (item for item in _list_items(sandbox) if matches_filters(item, filters))
    return await respond_with_page(request, WEBHOOKS, webhooks)


async def get_webhook(request: Request) -> Response:
    return await respond_with_item(request, _build_job(request, _find_delivery(request)))


async def get_raw_webhook(request: Request) -> Response:
    """Respond with a webhook as its latest attempt sends it, secrets masked in place."""
    delivery, origin = _find_delivery(request), dependencies_of(request).origins[0]
    salt = sandbox_of(request).state.configuration.seed
    show = partial(raw_webhook, delivery, salt, origin)
    return await respond_with_item(request, Job(weigh_delivery(delivery), show))


async def redeliver_webhook(request: Request) -> JSONResponse:
    """Send a webhook again, now; 409 while it is pending."""
    sandbox, delivery = sandbox_of(request), _find_delivery(request)
    if delivery.state == "pending":
        raise ProblemError("webhook-in-flight", f"{delivery.id} is on its way already")
    with sandbox.scheduler.request_scope() as now:
        commands.redeliver(sandbox.state, delivery.id, now)
    changed = sandbox.state.deliveries.by_id[delivery.id]
    return JSONResponse(_serialize_webhook(request, changed), 202)


def _find_delivery(request: Request) -> Delivery:
    """Return the delivery that the path names.

    Raises:
        ProblemError: There is none; the detail has the nearest id.
    """
    delivery_id, known = request.path_params["id"], sandbox_of(request).state.deliveries.by_id
    if delivery_id not in known:
        hint = did_you_mean(delivery_id, known) or "GET /_mock/webhooks lists them"
        raise ProblemError("unknown-webhook", f"no webhook is named {delivery_id}: {hint}")
    return known[delivery_id]


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


def _summarize(request: Request, delivery: Delivery) -> Job[dict[str, Any]]:
    return Job(0, partial(_summarize_webhook, request, delivery))


def _summarize_webhook(request: Request, delivery: Delivery) -> dict[str, Any]:
    salt = sandbox_of(request).state.configuration.seed
    return _with_origin(request, summarize_delivery(delivery, salt))


def _with_origin(request: Request, webhook: dict[str, Any]) -> dict[str, Any]:
    origin = dependencies_of(request).origins[0]
    return {**webhook, "url": webhook["url"].replace(ORIGIN_PLACEHOLDER, origin, 1)}


def _version(_: Sandbox, delivery: Delivery) -> object:
    return delivery


def _serialize_webhook(request: Request, delivery: Delivery) -> dict[str, Any]:
    salt = sandbox_of(request).state.configuration.seed
    return _with_origin(request, serialize_delivery(delivery, salt))


def _unread_values(sandbox: Sandbox, _: Collection[str]) -> tuple[tuple[str, Delivery], ...]:
    return (*sandbox.state.deliveries.by_id.items(),)


def _count(sandbox: Sandbox) -> int:
    return len(sandbox.state.deliveries.by_id)


def _ids(sandbox: Sandbox) -> Collection[str]:
    return sandbox.state.deliveries.by_id.keys()


def _evicted(sandbox: Sandbox) -> int:
    return sandbox.state.deliveries.count - len(sandbox.state.deliveries.by_id)


WEBHOOKS: Final = ItemKind(
    "webhooks", _build_job, _version, _unread_values, _count, _ids, _evicted, _summarize
)

ROUTES = (
    Route("/webhooks", list_webhooks),
    Route("/webhooks/{id}", get_webhook),
    Route("/webhooks/{id}/raw", get_raw_webhook),
    Route("/webhooks/{id}/redeliver", redeliver_webhook, methods=["POST"]),
)
