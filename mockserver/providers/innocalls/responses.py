"""Respond to requests as Innocalls does: place calls, report their status, refuse requests."""

from collections.abc import Mapping
from typing import Final

from mockserver.core import seeded
from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.http import Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import Fault, RequestContext
from mockserver.providers.innocalls.call_state import recipient_status, status
from mockserver.providers.innocalls.request import (
    field_text,
    find_bridge,
    format_time,
    settings,
    time_zone,
)

ID_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ID_LENGTH: Final = 15


def new_call_id(context: RequestContext, index: int) -> str:
    """A UUID plus `as` for a bridge, 15 letters for any other call, as in the page's samples."""
    seed = context.read_model.seed
    if context.operation == "bridge":
        return seeded.uuid(seed, "innocalls", index) + "as"
    value = int.from_bytes(seeded.digest(seed, "innocalls", index))
    return "".join(
        ID_LETTERS[value // len(ID_LETTERS) ** position % len(ID_LETTERS)]
        for position in range(ID_LENGTH)
    )


def success_response(data: Mapping[str, object]) -> Response:
    return Response(200, {"status": 200, "success": True, "data": data})


def refuse(faults: tuple[Fault, ...], _: RequestContext) -> Response:
    """Report the first fault, in the envelope of success bodies (assumed: the page shows none)."""
    status = faults[0].status
    body = {"status": status, "success": False, "data": {"message": faults[0].message}}
    return Response(status, body)


def authorize(_: RequestContext) -> EndpointResult:
    """Confirm the credential; the body is assumed, as the page shows none."""
    return EndpointResult(success_response({"message": "Authorized"}))


def confirm_order(context: RequestContext) -> EndpointResult:
    call = context.place(0)
    return EndpointResult(success_response({"message": "Call in queue"}), Effects(calls=(call,)))


def place_bridge(context: RequestContext) -> EndpointResult:
    """Place a bridge, at `call_time` if that is given."""
    call = context.place(0)
    return EndpointResult(
        success_response({"call_id": call.spec.vendor_id}), Effects(calls=(call,))
    )


def dispatch_call(context: RequestContext) -> EndpointResult:
    call = context.place(0)
    data = {"message": "Call Sent", "callId": call.spec.vendor_id}
    return EndpointResult(success_response(data), Effects(calls=(call,)))


def get_call_status(context: RequestContext) -> EndpointResult:
    """Show the status of a bridge; a `poll` event releases scenarios that wait for a read."""
    call = find_bridge(context)
    if call is None:
        raise LookupError("the rulebook lets only calls pass that are there")
    poll = (call.spec.id, Event(context.now, "poll"))
    return EndpointResult(
        success_response({"callStatus": build_call_status(call, context.authenticated_account)}),
        Effects(events=(poll,)),
    )


def build_call_status(call: Call, account: Account) -> dict[str, str]:
    """The twelve fields of a call status, all strings, in the page's order."""
    zone, parameters = time_zone(account), call.spec.parameters
    first, second = call.legs
    scheduled_at = min((attempt.started_at for attempt in call.attempts), default=call.starts_at)
    started_at = call.attempt_started_at
    return {
        "scheduledDateTime": format_time(scheduled_at, zone),
        "actualDateTime": "" if started_at is None else format_time(started_at, zone),
        # the requested duration: the sample shows five minutes for a call that failed
        "callDuration": f"{int(field_text(parameters, 'duration'))} Minutes",
        "callerId": settings(account).caller_id,
        "firstRecipientName": field_text(parameters, "first_callee_name"),
        "firstRecipientNumber": first.number,
        "firstRecipientStatus": recipient_status(first),
        "secondRecipientName": field_text(parameters, "second_callee_name"),
        "secondRecipientNumber": second.number,
        "secondRecipientStatus": recipient_status(second),
        "callStatus": status(call),
        "callId": call.spec.vendor_id,
    }
