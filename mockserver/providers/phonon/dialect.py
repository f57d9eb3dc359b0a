"""How Phonon says it: codes in the body, words, and the call report in two forms."""

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.core import seeded
from mockserver.core.account import Account
from mockserver.core.call import Call, DialAttempt, Leg, current_attempt
from mockserver.core.causes import CAUSES
from mockserver.core.http import Request, Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import Fault, RequestContext
from mockserver.core.time import SECOND, to_datetime
from mockserver.providers.phonon import reading, rules
from mockserver.providers.phonon.records import Flow

Json = dict[str, object]

AS_HTTP: Final = frozenset({400, 401, 402, 405, 429, 500})
"""The codes that HTTP has for the same thing."""


def new_id(seed: str, number: int, _: str) -> str:
    return seeded.uuid(seed, "phonon", number)


def parties(request: Request) -> tuple[Mapping[str, str], ...]:
    listed = (reading.numbers(item) for item in reading.items(request.fields))
    return tuple({"a": one[0], "callee": one[0]} for one in listed if one)


def said(code: int, message: str) -> Json:
    return {"api-response-code": code, "api-response-message": message}


def refused(faults: tuple[Fault, ...], case: RequestContext) -> Response:
    """Two keys; the code is HTTP's too where the quirk wants it and HTTP has such a one."""
    fault = faults[0]
    code = fault.code or fault.status
    quirks = case.account.quirks if case.account else frozenset()
    as_code = "status-as-code" in quirks and code in AS_HTTP
    return Response(code if as_code else fault.status, said(code, fault.message))


def accepted(case: RequestContext) -> EndpointResult:
    """Details for the good calls: a bad one among them makes it a partial success."""
    found = rules.objections(case)
    calls = tuple(_called(case, nth) for nth, broken in enumerate(found) if not broken)
    row = rules.SUCCESS if len(calls) == len(found) else rules.PARTIAL_SUCCESS
    details = [
        {
            "client-identifier": one.spec.parameters.get("client-identifier"),
            "phonon-uuid": one.spec.vendor_id,
        }
        for one in calls
    ]
    body = {
        **said(row.code or row.status, row.message),
        **_request(case, calls),
        "call-details": details,
    }
    return EndpointResult(
        Response(200, body), Effects(calls=calls, counts=_marks(case, rules.REAL_TIME))
    )


def queued(case: RequestContext) -> EndpointResult:
    """The bulk host only says that it has the request (observed)."""
    found = rules.objections(case)
    calls = tuple(_called(case, nth) for nth, broken in enumerate(found) if not broken)
    body = {**said(202, "Accepted"), **_request(case, calls), "call-details": None}
    return EndpointResult(
        Response(202, body), Effects(calls=calls, counts=_marks(case, rules.BULK))
    )


def _request(case: RequestContext, calls: tuple[Call, ...]) -> Json:
    return {"request-id": seeded.uuid(case.read_model.seed, "phonon-request", calls[0].spec.id)}


def _marks(case: RequestContext, host: str) -> tuple[str, ...]:
    """Only an accepted request is remembered, and only where it is asked for."""
    told = reading.settings(case.authenticated_account)
    bytes_ = (reading.checksum(case),) if told.checksum_window else ()
    return (*bytes_, reading.traffic(case, host)) if host in told.per_minute else bytes_


def _called(case: RequestContext, nth: int) -> Call:
    item = case.for_item("calls", nth).fields
    flow = reading.flow(case) or Flow()
    legs = {"a": reading.numbers(item)[0], **({"b": flow.bridge} if flow.bridge else {})}
    shape = "b-after-a" if flow.bridge else "one-leg"
    call = case.build_call(shape, legs, reading.starts_at(item, case.now))
    wanted = {**item, "flow-id": case.text("flow-id")}
    return call._replace(spec=call.spec._replace(parameters=wanted))


def flow_of(call: Call, account: Account) -> Flow:
    return reading.flow_of(account, str(call.spec.parameters["flow-id"])) or Flow()


def status(call: Call) -> str:
    """Of the words for records; when each is reached is assumed."""
    if call.phase == "ended":
        answered = call.legs[0].answered_at is not None
        whole = all(leg.answered_at is not None for leg in call.legs)
        return "COMPLETED" if whole else "PARTIAL_COMPLETE" if answered else "FAILURE"
    if call.phase == "placed" and call.redial_index:
        return "REATTEMPT_SCHEDULED"
    booked = call.starts_at > call.spec.created_at
    return "SCHEDULED" if call.phase == "placed" and booked else "IN_PROGRESS"


def report(call: Call, account: Account, seed: str) -> Json:
    """The newer form (observed): keys are there only when there is something to say."""
    tries = (*call.attempts, current_attempt(call))
    details = [
        _detail(call, account, one, seeded.uuid(seed, call.spec.id, nth))
        for nth, one in enumerate(tries)
    ]
    return {"body": {"phonon-uuid": call.spec.vendor_id, "callDetails": details}}


def _detail(call: Call, account: Account, one: DialAttempt, cdr: str) -> Json:
    leg = one.legs[0]
    pressed = list(_pressed(call, leg))
    told: Json = {"cdrId": f"{cdr}##pbx-9", "startTime": _stamp(one.started_at)}
    if leg.answered_at is not None:
        told["connectTime"] = _stamp(leg.answered_at)
    told |= {
        "endTime": _stamp(leg.ended_at),
        "calleeNumber": leg.number,
        "didNumber": flow_of(call, account).did,
        "hangupCause": _cause(leg),
        "duration": str(_lasted(leg)),
    }
    if pressed:
        told["dtmfPressesd"] = pressed
    told |= {"incoming": False, "calleeType": "VISITOR", "remoteHangup": _remote(call, leg)}
    if leg.ringing_at is not None:
        told |= {"is_ringing": "true", "ringingStartTime": _stamp(leg.ringing_at)}
    return {**told, "foreignCallIds": []}


def old_report(call: Call, account: Account) -> Json:
    """The older form (observed), its durations in seconds."""
    details = [
        {
            "calleeNumber": one.legs[0].number,
            "connectTime": _stamp(one.legs[0].answered_at),
            "didNumber": flow_of(call, account).did,
            "duration": _lasted(one.legs[0]) // SECOND,
            "endTime": _stamp(one.legs[0].ended_at),
            "hangupCause": _cause(one.legs[0]),
            "incoming": False,
            "startTime": _stamp(one.started_at),
        }
        for one in (*call.attempts, current_attempt(call))
    ]
    heard = call.legs[0].answered_at is not None
    file = {
        "recordedFileName": call.spec.recording_url.rpartition("/")[2],
        "recordedFilePublicPath": call.spec.recording_url,
    }
    return {
        "callDetails": details,
        "keys": call.spec.parameters.get("keys") or [],
        "phonon-uuid": call.spec.vendor_id,
        "recordingUrls": [file] if heard else [],
    }


def _pressed(call: Call, leg: Leg) -> Iterator[Json]:
    """The keys of one attempt, each with its time."""
    since, until = leg.answered_at, leg.ended_at
    for event in call.events:
        within = since is not None and until is not None and since <= event.at <= until
        if event.type == "digits" and event.leg == "a" and within:
            for key in str(event.data["digits"]):
                yield {"key": key, "eventTime": _stamp(event.at), "label": ""}


def _cause(leg: Leg) -> str:
    return str(CAUSES[leg.cause].q850) if leg.cause else ""


def _lasted(leg: Leg) -> int:
    return 0 if leg.answered_at is None or leg.ended_at is None else leg.ended_at - leg.answered_at


def _remote(call: Call, leg: Leg) -> bool:
    """Whether the callee has hung up."""
    ends = (event for event in call.events if event.type == "hangup" and event.at == leg.ended_at)
    first = next(ends, None)
    return first is not None and first.leg == "a" and leg.answered_at is not None


def _stamp(at: int | None) -> str | None:
    return (
        None if at is None else to_datetime(at, reading.KOLKATA).isoformat(timespec="milliseconds")
    )
