"""How Innocalls says it: envelopes, words, time stamps and what is read out."""

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
    call_time,
    field_text,
    find_bridge,
    format_time,
    request_text,
    settings,
)

ID_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ID_LENGTH: Final = 15


def new_call_id(seed: str, index: int, operation: str) -> str:
    """A bridge's is a UUID and two letters more, any other 15 letters, as in the samples."""
    if operation == "bridge":
        return seeded.uuid(seed, "innocalls", index) + "as"
    value = int.from_bytes(seeded.digest(seed, "innocalls", index))
    return "".join(
        ID_LETTERS[value // len(ID_LETTERS) ** place % len(ID_LETTERS)] for place in range(15)
    )


def success_response(data: Mapping[str, object]) -> Response:
    return Response(200, {"status": 200, "success": True, "data": data})


def refuse(faults: tuple[Fault, ...], _: RequestContext) -> Response:
    """One at a time, in the envelope of the success bodies (assumed: the page shows none)."""
    status = faults[0].status
    told = {"status": status, "success": False, "data": {"message": faults[0].message}}
    return Response(status, told)


def authorize(_: RequestContext) -> EndpointResult:
    """The page shows no answer: assumed."""
    return EndpointResult(success_response({"message": "Authorized"}))


def confirm_order(context: RequestContext) -> EndpointResult:
    call = context.build_call("one-leg", {"a": request_text(context, "phone")}, None)
    return EndpointResult(success_response({"message": "Call in queue"}), Effects(calls=(call,)))


def place_bridge(context: RequestContext) -> EndpointResult:
    """`call_time` books it for later."""
    legs = {
        "a": request_text(context, "first_callee_number"),
        "b": request_text(context, "second_callee_number"),
    }
    call = context.build_call("b-after-a", legs, call_time(context))
    return EndpointResult(
        success_response({"call_id": call.spec.vendor_id}), Effects(calls=(call,))
    )


def dispatch_call(context: RequestContext) -> EndpointResult:
    call = context.build_call("one-leg", {"a": request_text(context, "phone")}, None)
    told = {"message": "Call Sent", "callId": call.spec.vendor_id}
    return EndpointResult(success_response(told), Effects(calls=(call,)))


def get_call_status(context: RequestContext) -> EndpointResult:
    """Twelve fields as text, in the page's order; a read counts for who waits to be polled."""
    call = find_bridge(context)
    if call is None:
        raise LookupError("the rulebook lets only calls pass that are there")
    polled = (call.spec.id, Event(context.now, "polled"))
    return EndpointResult(
        success_response({"callStatus": build_call_status(call, context.authenticated_account)}),
        Effects(events=(polled,)),
    )


def build_call_status(call: Call, account: Account) -> dict[str, str]:
    own, wanted = settings(account), call.spec.parameters
    first, second = call.legs
    asked = min((one.started_at for one in call.attempts), default=call.starts_at)
    began = call.attempt_started_at
    return {
        "scheduledDateTime": format_time(asked, own.time_zone),
        "actualDateTime": "" if began is None else format_time(began, own.time_zone),
        # what was asked for: the sample shows five minutes of a call that nobody answered
        "callDuration": f"{int(field_text(wanted, 'duration'))} Minutes",
        "callerId": own.caller_id,
        "firstRecipientName": field_text(wanted, "first_callee_name"),
        "firstRecipientNumber": first.number,
        "firstRecipientStatus": recipient_status(first),
        "secondRecipientName": field_text(wanted, "second_callee_name"),
        "secondRecipientNumber": second.number,
        "secondRecipientStatus": recipient_status(second),
        "callStatus": status(call),
        "callId": call.spec.vendor_id,
    }
