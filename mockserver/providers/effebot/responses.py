"""What Effebot answers when it says yes: calls, and all that is done with them."""

from typing import Final

from mockserver.core.account import Account, SaveRecord
from mockserver.core.call import Call, Event
from mockserver.core.http import Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import Fault, RequestContext, render_message
from mockserver.core.time import SECOND
from mockserver.providers.effebot import pricing, request
from mockserver.providers.effebot.call_state import CallState
from mockserver.providers.effebot.records import BlockedPhone
from mockserver.providers.effebot.request import (
    Json,
    has_manager_branch,
    has_wrapped_quirk,
    is_enabled,
)
from mockserver.providers.effebot.webhooks import build_call_details, epoch_seconds, planned_at

BARE_RESPONSE_NOTE: Final = (
    "bare, as the page prints it; --quirk effebot=wrapped gives what public clients read"
)
CANCELED_OUTCOME: Final = {"outcome": "cancelled"}


def create(context: RequestContext) -> EndpointResult:
    """One item for each number; synthesis is paid once, at once."""
    tariff = request.settings(context.authenticated_account).tariff
    cost = pricing.synthesis_cost(context.fields, tariff)
    calls = tuple(_build_call(context, phone) for phone in request.requested_phones(context.fields))
    items = [
        build_new_call_object(call, str(cost), context.authenticated_account) for call in calls
    ]
    listed = isinstance(context.fields.get("phones"), list) or request.has_wrapped_quirk(
        context.authenticated_account
    )
    paid = (
        (pricing.build_charge(context.authenticated_account, cost, "synthesis", calls[0]),)
        if cost
        else ()
    )
    stopped = tuple(
        (call.spec.id, Event(context.now, "ended", data=CANCELED_OUTCOME))
        for call in calls
        if call.legs[0].number in request.records(context.authenticated_account, "blocked")
    )
    data: object = items if listed else items[0]
    reply = build_response(data, context.authenticated_account)
    if not request.has_wrapped_quirk(context.authenticated_account):
        reply = reply._replace(headers={"x-mock-explain": BARE_RESPONSE_NOTE})
    return EndpointResult(reply, Effects(calls=calls, events=stopped, charges=paid))


def _build_call(context: RequestContext, phone: str) -> Call:
    shape = "branch" if has_manager_branch(context.fields) else "one-leg"
    planned = context.text("plannedAt")
    at = int(planned) * SECOND if planned else None
    call = context.build_call(shape, {"a": phone}, at if at and at > context.now else None)
    wanted = {**context.fields, "phone": phone}
    order = call.spec._replace(
        parameters=wanted, vendor_id=_vendor_id(context, int(call.spec.id[1:]))
    )
    return call._replace(spec=order, state=CallState(client=context.request.client))


def _vendor_id(context: RequestContext, ordinal: int) -> str:
    """The account's own ids first, then counted on from the last of them."""
    first = request.settings(context.authenticated_account).call_ids
    if ordinal <= len(first):
        return str(first[ordinal - 1])
    return str((first[-1] if first else 0) + ordinal - len(first))


def get(context: RequestContext) -> EndpointResult:
    """One call as an object, several as an array; a read counts for who waits to be polled."""
    calls = [
        one
        for name in request.requested_ids(context, "apiCallIdList")
        if (one := request.find_call(context, name))
    ]
    items = [
        build_call_details(one, context.read_model.call_deliveries(one.spec.id)) for one in calls
    ]
    polled = tuple((one.spec.id, Event(context.now, "polled")) for one in calls)
    alone = len(items) == 1 and not request.has_wrapped_quirk(context.authenticated_account)
    data: object = items[0] if alone else items
    return EndpointResult(
        build_response(data, context.authenticated_account), Effects(events=polled)
    )


def update(context: RequestContext) -> EndpointResult:
    """Other times for calls that have not begun; one in the past starts at once."""
    listed = context.fields["callList"]
    moves = {str(one["id"]): int(str(one["replannedAt"])) for one in listed}  # type: ignore[attr-defined]
    placed = []
    for name, at in moves.items():
        call = request.find_call(context, name)
        if call is not None:
            wanted = {**call.spec.parameters, "plannedAt": at}
            order = call.spec._replace(parameters=wanted)
            placed.append(call._replace(spec=order, starts_at=max(at * SECOND, context.now)))
    ids = [int(name) for name in moves]
    return EndpointResult(build_envelope({"callIdList": ids}), Effects(calls=tuple(placed)))


def remove(context: RequestContext) -> EndpointResult:
    """Many are answered by their ids, a single one by an empty list."""
    names = request.requested_ids(context, "idList", "id")
    calls = [one for name in names if (one := request.find_call(context, name))]
    told = tuple((one.spec.id, Event(context.now, "ended", data=CANCELED_OUTCOME)) for one in calls)
    many = isinstance(context.fields.get("idList"), list)
    data: object = {"callIdList": [int(name) for name in names]} if many else []
    return EndpointResult(build_envelope(data), Effects(events=told))


def block_phones(context: RequestContext) -> EndpointResult:
    """Numbers that are not called any more (observed)."""
    listed = context.fields.get("phones")
    entries = listed if isinstance(listed, list) else []
    kept = tuple(
        SaveRecord(
            context.authenticated_account.key,
            "blocked",
            str(one["phone"]),
            BlockedPhone(str(one.get("comment", ""))),
        )
        for one in entries
    )
    return EndpointResult(build_envelope([]), Effects(records=kept))


def get_user_info(context: RequestContext) -> EndpointResult:
    balance = context.authenticated_account.balance
    told = {
        "id": request.settings(context.authenticated_account).user_id,
        "balance": str(balance or 0),
    }
    return EndpointResult(build_response(told, context.authenticated_account))


def get_phones(context: RequestContext) -> EndpointResult:
    """Confirmed numbers; with `all` those of the system too."""
    known = request.records(context.authenticated_account, "phones").items()
    every = request.is_enabled(context.fields, "all")
    data = [
        {"id": one.id, "phone": phone, "isSystem": one.system, "overall": int(one.system)}
        for phone, one in known
        if one.confirmed and (every or not one.system)
    ]
    return EndpointResult(build_envelope(data))


def get_languages(_: RequestContext) -> EndpointResult:
    keys = ("id", "name", "defaultLangCode")
    return EndpointResult(
        build_envelope([dict(zip(keys, one, strict=True)) for one in request.LANGUAGES])
    )


def confirm_phone(context: RequestContext) -> EndpointResult:
    """Once more is done as well."""
    phone = context.text("phone")
    known = request.records(context.authenticated_account, "phones")[phone]
    keep = SaveRecord(
        context.authenticated_account.key, "phones", phone, known._replace(confirmed=True)
    )
    return EndpointResult(build_envelope("done"), Effects(records=(keep,)))


def get_templates(context: RequestContext) -> EndpointResult:
    """The page shows no answer: id and name, as for audio records (assumed)."""
    only = request.is_enabled(context.fields, "onlyModerated")
    known = request.records(context.authenticated_account, "templates").items()
    data: object = [
        {"id": int(name), "name": one.name} for name, one in known if one.moderated or not only
    ]
    return EndpointResult(build_response(data, context.authenticated_account))


def refuse(faults: tuple[Fault, ...], context: RequestContext) -> Response:
    """Wrapped in either manner: observed, the page shows no error."""
    told = {"status": "error", "data": {"message": render_message(faults[0], context)}}
    return Response(faults[0].status, told)


def build_response(data: object, account: Account | None) -> Response:
    """As the page prints it, or in the envelope that public clients read."""
    return build_envelope(data) if has_wrapped_quirk(account) else Response(200, data)  # type: ignore[arg-type]


def build_envelope(data: object) -> Response:
    return Response(200, {"status": "success", "data": data})


def new_call_id(_: str, index: int, __: str) -> str:
    """In place of the account's own."""
    return str(index)


def build_new_call_object(call: Call, cost: str, account: Account) -> Json:
    """The page spells `needrecording` here, public clients read `needRecording`."""
    recording = "needRecording" if has_wrapped_quirk(account) else "needrecording"
    return {
        "id": int(call.spec.vendor_id),
        "createdAt": epoch_seconds(call.spec.created_at),
        "plannedAt": planned_at(call),
        recording: int(is_enabled(call.spec.parameters, "needRecording")),
        "phone": call.legs[0].number,
        "recordCost": cost,
    }
