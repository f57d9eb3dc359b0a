"""How Innocalls says it: envelopes, words, time stamps and what is read out."""

import re
from collections.abc import Mapping
from typing import Final

from mockserver.core import seeded
from mockserver.core.account import Account
from mockserver.core.call import Call, Event, Leg
from mockserver.core.http import Request, Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import Fault, RequestContext
from mockserver.providers.innocalls.reading import (
    LABELS,
    bridge_of,
    call_time,
    international,
    said,
    settings,
    spoken,
    stamp,
    text,
)

LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ID_LENGTH: Final = 15

Parties = tuple[Mapping[str, str], ...]


def new_id(seed: str, number: int, operation: str) -> str:
    """A bridge's is a UUID and two letters more, any other 15 letters, as in the samples."""
    if operation == "bridge":
        return seeded.uuid(seed, "innocalls", number) + "as"
    value = int.from_bytes(seeded.digest(seed, "innocalls", number))
    return "".join(LETTERS[value // len(LETTERS) ** place % len(LETTERS)] for place in range(15))


def succeeded(data: Mapping[str, object]) -> Response:
    return Response(200, {"status": 200, "success": True, "data": data})


def refused(faults: tuple[Fault, ...], _: RequestContext) -> Response:
    """One at a time, in the envelope of the success bodies (assumed: the page shows none)."""
    status = faults[0].status
    told = {"status": status, "success": False, "data": {"message": faults[0].message}}
    return Response(status, told)


def authorized(_: RequestContext) -> EndpointResult:
    """The page shows no answer: assumed."""
    return EndpointResult(succeeded({"message": "Authorized"}))


def one_party(request: Request) -> Parties:
    phone = said(request.fields, "phone")
    return ({"a": phone, "callee": phone},)


def two_parties(request: Request) -> Parties:
    first, second = (said(request.fields, f"{nth}_callee_number") for nth in ("first", "second"))
    return ({"a": first, "b": second, "callee": second},)


def confirmed(case: RequestContext) -> EndpointResult:
    call = case.build_call("one-leg", {"a": text(case, "phone")}, None)
    return EndpointResult(succeeded({"message": "Call in queue"}), Effects(calls=(call,)))


def bridged(case: RequestContext) -> EndpointResult:
    """`call_time` books it for later."""
    legs = {
        "a": text(case, "first_callee_number"),
        "b": text(case, "second_callee_number"),
    }
    call = case.build_call("b-after-a", legs, call_time(case))
    return EndpointResult(succeeded({"call_id": call.spec.vendor_id}), Effects(calls=(call,)))


def dispatched(case: RequestContext) -> EndpointResult:
    call = case.build_call("one-leg", {"a": text(case, "phone")}, None)
    told = {"message": "Call Sent", "callId": call.spec.vendor_id}
    return EndpointResult(succeeded(told), Effects(calls=(call,)))


def reported(case: RequestContext) -> EndpointResult:
    """Twelve fields as text, in the page's order; a read counts for who waits to be polled."""
    call = bridge_of(case)
    if call is None:
        raise LookupError("the rulebook lets only calls pass that are there")
    polled = (call.spec.id, Event(case.now, "polled"))
    return EndpointResult(
        succeeded({"callStatus": call_status(call, case.authenticated_account)}),
        Effects(events=(polled,)),
    )


def call_status(call: Call, account: Account) -> dict[str, str]:
    own, wanted = settings(account), call.spec.parameters
    first, second = call.legs
    asked = min((one.started_at for one in call.attempts), default=call.starts_at)
    began = call.attempt_started_at
    return {
        "scheduledDateTime": stamp(asked, own.time_zone),
        "actualDateTime": "" if began is None else stamp(began, own.time_zone),
        # what was asked for: the sample shows five minutes of a call that nobody answered
        "callDuration": f"{int(said(wanted, 'duration'))} Minutes",
        "callerId": own.caller_id,
        "firstRecipientName": said(wanted, "first_callee_name"),
        "firstRecipientNumber": first.number,
        "firstRecipientStatus": recipient(first),
        "secondRecipientName": said(wanted, "second_callee_name"),
        "secondRecipientNumber": second.number,
        "secondRecipientStatus": recipient(second),
        "callStatus": status(call),
        "callId": call.spec.vendor_id,
    }


def recipient(leg: Leg) -> str:
    """`answered` and `not_answered` are documented, the words before them assumed."""
    if leg.answered_at is not None:
        return "answered"
    if leg.ended_at is not None:
        return "not_answered"
    return "ringing" if leg.ringing_at is not None else "pending"


def status(call: Call) -> str:
    """Of the words for a whole call only `failed` is documented; the others are observed."""
    if call.phase == "ended":
        return "completed" if call.outcome == "completed" else "failed"
    if call.phase == "bridged":
        return "in_progress"
    return "pending" if call.phase == "placed" and not call.attempts else "processing"


def read_out(call: Call) -> str:
    """What the callee hears of an order: what `type` names, one after the other (assumed)."""
    wanted = call.spec.parameters
    return ", ".join(f"{LABELS[name]} {said(wanted, name)}" for name in spoken(wanted))


def phone_of(request: Request) -> str:
    return international(re.sub(r"\s", "", said(request.fields, "phone_number")))
