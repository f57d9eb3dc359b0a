"""Lists the vendor requests and the responses to them."""

from collections.abc import Collection
from functools import partial
from itertools import takewhile
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.core.suggestions import did_you_mean
from mockserver.engine.exchange import Exchange
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.known_values import check_filter_values
from mockserver.web.control.listing import (
    ItemKind,
    ListedItem,
    respond_with_item,
    respond_with_page,
)
from mockserver.web.control.pages import Filters, matches_any, matches_filters, read_filters
from mockserver.web.control.params import sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.slices import Job
from mockserver.web.views.raw_messages import raw_request
from mockserver.web.views.serializers import serialize_exchange
from mockserver.web.views.summaries import summarize_exchange
from mockserver.web.views.weights import weigh_exchange

FIELD_FILTERS = ("provider", "operation", "status")
FILTERS = (*FIELD_FILTERS, "call")


async def list_requests(request: Request) -> Response:
    sandbox = sandbox_of(request)
    check_filter_values(request, "request", FILTERS)
    filters, calls = read_filters(request, FIELD_FILTERS), read_filters(request, ("call",))
    requests = (
        item
        for item in _list_items(sandbox)
        if matches_filters(item, filters) and _has_placed(item, calls)
    )
    return await respond_with_page(request, REQUESTS, requests)


async def get_request(request: Request) -> Response:
    exchange = find_exchange(request, request.path_params["id"])
    return await respond_with_item(request, _build_job(request, exchange))


async def get_raw_request(request: Request) -> Response:
    """Respond with a request as it came, secrets masked in place."""
    exchange = find_exchange(request, request.path_params["id"])
    show = partial(raw_request, exchange, sandbox_of(request).state.configuration)
    return await respond_with_item(request, Job(weigh_exchange(exchange), show))


def find_exchange(request: Request, request_id: str) -> Exchange:
    """Return the exchange of a vendor request with this id.

    Raises:
        ProblemError: There is none; the detail has the nearest id.
    """
    exchanges = sandbox_of(request).state.journal.exchanges
    exchange = next((each for each in exchanges if each.id == request_id), None)
    if exchange is None:
        hint = did_you_mean(request_id, [each.id for each in exchanges])
        hint = hint or "GET /_mock/requests lists them"
        raise ProblemError("unknown-request", f"no request is named {request_id}: {hint}")
    return exchange


def _list_items(sandbox: Sandbox) -> list[ListedItem]:
    return [
        {
            "id": exchange.id,
            "provider": exchange.provider,
            "operation": exchange.operation,
            "status": exchange.response.status or None,
            "value": exchange,
        }
        for exchange in sandbox.state.journal.exchanges
    ]


def _has_placed(item: ListedItem, calls: Filters) -> bool:
    """Whether a request has placed one of the calls that the filter `call` has, if it is there."""
    placed = item["value"].call_ids or (None,)
    return all(any(matches_any(call, words) for call in placed) for words in calls.values())


def _build_job(request: Request, exchange: Exchange) -> Job[dict[str, Any]]:
    return Job(weigh_exchange(exchange), partial(_serialize, exchange, sandbox_of(request)))


def _serialize(exchange: Exchange, sandbox: Sandbox) -> dict[str, Any]:
    """Serialize an exchange with all headers, and with its duration in real ms."""
    serialized = serialize_exchange(exchange, sandbox.state.configuration, all_headers=True)
    return {**serialized, "duration_ms": sandbox.request_durations.get(exchange.id)}


def _summarize(request: Request, exchange: Exchange) -> Job[dict[str, Any]]:
    return Job(0, partial(summarize_exchange, exchange, sandbox_of(request).state.configuration))


def _version(_: Sandbox, exchange: Exchange) -> object:
    return exchange.id


def _unread_values(sandbox: Sandbox, known: Collection[str]) -> tuple[tuple[str, Exchange], ...]:
    """Return those behind the newest one that is known: a request does not change."""
    newest_first = reversed(sandbox.state.journal.exchanges)
    unread = [*takewhile(lambda exchange: exchange.id not in known, newest_first)]
    return tuple((exchange.id, exchange) for exchange in reversed(unread))


def _count(sandbox: Sandbox) -> int:
    return len(sandbox.state.journal.exchanges)


def _ids(sandbox: Sandbox) -> Collection[str]:
    return {exchange.id for exchange in sandbox.state.journal.exchanges}


def _evicted(sandbox: Sandbox) -> int:
    return sandbox.state.journal.request_count - len(sandbox.state.journal.exchanges)


REQUESTS: Final = ItemKind(
    "requests", _build_job, _version, _unread_values, _count, _ids, _evicted, _summarize
)

ROUTES = (
    Route("/requests", list_requests),
    Route("/requests/{id}", get_request),
    Route("/requests/{id}/raw", get_raw_request),
)
