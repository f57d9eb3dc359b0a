"""The list of an account's calls in the Manager API: filtered, sorted, and page by page."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple

from mockserver.core.http import Response
from mockserver.core.provider import EndpointResult
from mockserver.core.rulebook import RequestContext
from mockserver.providers.ccai import request
from mockserver.providers.ccai.call_object import build_call_object
from mockserver.providers.ccai.existing_calls import TIMESTAMP_KEYS, build_existing_call_object

DEFAULT_PAGE_SIZE: Final = 100  # observed


class ListedCall(NamedTuple):
    """A call with what it can be sorted by; times are in ms, 0 if they are unknown.

    `show` builds its call object.
    """

    id: int
    created_at: int
    updated_at: int
    show: Callable[[], object]


COLUMNS: Final[Mapping[str, Callable[[ListedCall], int]]] = {
    "id": lambda listed: listed.id,
    "created_at": lambda listed: listed.created_at,
    "updated_at": lambda listed: listed.updated_at,
}
"""Value of `sort_column` -> what it sorts by (assumed); any other one leaves the order."""


def list_calls(context: RequestContext) -> EndpointResult:
    """List one page of the account's calls; the name of the header `total` is assumed."""
    since = _updated_since(context)
    listed = [each for each in _all_calls(context) if each.updated_at >= since]
    column = COLUMNS.get(context.text("sort_column"))
    if column:
        listed.sort(key=column, reverse=context.text("sort_direction").lower() == "desc")
    page, page_size = (
        _positive_int(context, name, default)
        for name, default in (("page", 1), ("per", DEFAULT_PAGE_SIZE))
    )
    shown = listed[(page - 1) * page_size : page * page_size]
    body: list[object] = [each.show() for each in shown]
    return EndpointResult(Response(200, body, {"total": str(len(listed))}))


def _all_calls(context: RequestContext) -> Iterator[ListedCall]:
    account = context.authenticated_account
    for name, existing in request.records(account, "calls").items():
        times = [_parse(getattr(existing, key)) for key in TIMESTAMP_KEYS]
        show = partial(build_existing_call_object, name, account, existing)
        number = int(name) if name.isdecimal() else 0
        yield ListedCall(number, times[0], max(times), show)
    for call in context.read_model.calls.values():
        if (call.spec.provider, call.spec.account) == account.key:
            number, created_at = int(call.spec.vendor_id), call.spec.created_at
            show = partial(build_call_object, call, account, context.now)
            yield ListedCall(number, created_at, call.events[-1].at, show)


def _updated_since(context: RequestContext) -> int:
    """The time of `updated_at[from]` in ms; 0 if there is none that can be read."""
    updated_at = context.fields.get("updated_at")
    return _parse(updated_at.get("from")) if isinstance(updated_at, Mapping) else 0


def _parse(time: object) -> int:
    return request.parse_scheduled_at(str(time)) or 0 if time else 0


def _positive_int(context: RequestContext, name: str, default: int) -> int:
    """The field as an integer from 1 to 10,000, else `default`."""
    text = context.text(name)
    return int(text) if text.isdecimal() and 0 < int(text) <= DEFAULT_PAGE_SIZE * 100 else default
