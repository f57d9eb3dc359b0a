"""Lists the vendor requests and the responses to them."""

from collections.abc import Collection, Mapping
from functools import partial
from itertools import takewhile
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.engine.exchange import Exchange
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.known_values import check_filter_values
from mockserver.web.control.listing import ItemKind, ListedItem, respond_with_page
from mockserver.web.control.params import matches_filters, sandbox_of
from mockserver.web.slices import Job
from mockserver.web.views.serializers import serialize_exchange
from mockserver.web.views.weights import weigh_exchange

FIELD_FILTERS = ("provider", "operation", "status")
FILTERS = (*FIELD_FILTERS, "call")


async def list_requests(request: Request) -> Response:
    sandbox = sandbox_of(request)
    check_filter_values(request, "request")
    requests = (item for item in _list_items(sandbox) if _matches(item, request))
    return await respond_with_page(request, REQUESTS, requests)


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


def _matches(item: Mapping[str, Any], request: Request) -> bool:
    """Whether a request matches the filters; `call` is one of the calls that it placed."""
    call_id = request.query_params.get("call")
    is_call = call_id in (None, *item["value"].call_ids)
    return is_call and matches_filters(item, request, FIELD_FILTERS)


def _build_job(request: Request, exchange: Exchange) -> Job[dict[str, Any]]:
    return Job(weigh_exchange(exchange), partial(_serialize, exchange, sandbox_of(request)))


def _serialize(exchange: Exchange, sandbox: Sandbox) -> dict[str, Any]:
    """Serialize an exchange with all headers, and with its duration in real ms."""
    serialized = serialize_exchange(exchange, sandbox.state.configuration, all_headers=True)
    return {**serialized, "duration_ms": sandbox.request_durations.get(exchange.id)}


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


REQUESTS: Final = ItemKind("requests", _build_job, _version, _unread_values, _count, _ids, _evicted)

ROUTES = (Route("/requests", list_requests),)
