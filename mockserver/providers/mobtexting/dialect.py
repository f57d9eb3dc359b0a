"""How Mobtexting says it: envelopes, words, time stamps and the report."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from mockserver.core import seeded
from mockserver.core.account import Account
from mockserver.core.call import Call, Leg
from mockserver.core.http import Request, Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import Fault, RequestContext
from mockserver.core.time import SECOND
from mockserver.providers.mobtexting.records import Flow

FLOW: Final = "flow:"
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")

KOLKATA: Final = timezone(timedelta(hours=5, minutes=30))  # the page names no zone: assumed

WORDS: Final = {  # the meanings are documented, the mapping is assumed
    "normal": "CANCEL",  # "caller hung up before pick-up"
    "busy": "BUSY",
    "no-answer": "NOANSWER",
    "rejected": "BUSY",
    "unreachable": "CHANUNAVAIL",
    "invalid-number": "CONGESTION",
    "network-failure": "CHANUNAVAIL",
}

SIDES: Final = {"a": "agent", "b": "caller"}  # `hangup_by`: `from` is the agent, assumed


def credential(request: Request) -> str | None:
    """The bearer token of the header, else `access_token`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    given = request.fields.get("access_token")
    return given if isinstance(given, str) else None


def new_id(seed: str, number: int, _: str) -> str:
    return seeded.uuid(seed, "mobtexting", number)


def hook(account: Account, webhook_id: str) -> str | None:
    """Where reports go: empty for wherever the portal says, None for an id nobody knows."""
    usual = account.webhooks.get("any")
    if not account.webhooks or not webhook_id:
        return usual or ""
    return account.webhooks.get(webhook_id, usual)


def given(call: Call, name: str) -> int | None:
    """A whole number of the request; a blank one counts as not sent."""
    sent = call.spec.parameters.get(name)
    return None if sent in ("", None) else int(str(sent))


def parties(request: Request) -> tuple[Mapping[str, str], ...]:
    first, second = (str(request.fields.get(name, "")) for name in ("from", "to"))
    if second.startswith(FLOW):
        return ({"a": first, "callee": first},)
    return ({"a": first, "b": second, "callee": second},)


def placed(case: RequestContext) -> EndpointResult:
    """The page prints two success bodies: the one with `callId` for a flow."""
    to = case.text("to")
    if to.startswith(FLOW):
        call = case.build_call("one-leg", {"a": case.text("from")}, None)
        body: dict[str, object] = {
            "callId": call.spec.vendor_id,
            "message": "call initiated successfully",
            "status": 200,
        }
    else:
        call = case.build_call("b-after-a", {"a": case.text("from"), "b": to}, None)
        body = {"status": 200, "message": "Call initiated successfully"}
    return EndpointResult(Response(200, body), Effects(calls=(call,)))


def spoken(call: Call, account: Account) -> str:
    """What the flow reads out, its variables filled in; empty if the account has no such flow."""
    flow = account.records.get("flows", {}).get(str(call.spec.parameters["to"]).removeprefix(FLOW))
    values = variables(call)
    text = flow.say if isinstance(flow, Flow) else ""
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text)


def variables(call: Call) -> Mapping[str, object]:
    """By name; the names of a list are 0, 1, ..., as PHP has it."""
    sent = call.spec.parameters.get("variables")
    if isinstance(sent, Mapping):
        return sent
    return {str(index): one for index, one in enumerate(sent)} if isinstance(sent, list) else {}


def refused(faults: tuple[Fault, ...], case: RequestContext) -> Response:
    """One fault at a time; a stranger without `Accept: application/json` is sent to the login."""
    fault = faults[0]
    if fault.status == 401 and not case.request.accepts("application/json"):  # noqa: PLR2004 - HTTP
        return Response(302, b"", {"location": "/login"})  # observed
    body = {"status": "ERROR", "code": fault.status, "message": fault.message}
    return Response(fault.status, body)


def status(call: Call) -> str:
    """COMPLETED once the second leg has answered; RECEIVED is an answered flow."""
    first, *rest = call.legs
    if first.answered_at is None:
        return word(first) or "queued"
    if not rest:
        return "RECEIVED"
    if rest[-1].answered_at is not None:
        return "COMPLETED"
    return "MISSED" if first.ended_at is not None else "RECEIVED"


def word(leg: Leg) -> str:
    if leg.answered_at is not None:
        return "ANSWER"
    return WORDS[leg.cause] if leg.cause else ""


def report(call: Call, now: int, quirks: frozenset[str]) -> dict[str, object]:
    """The fifteen keys of the page's sample, in its order and with its types.

    The page's table has a sixteenth before them, `webhook_id`, which the sample lacks: a quirk.
    """
    first, *rest = call.legs
    wanted, end = call.spec.parameters, _stamp(now)
    asked = {"webhook_id": str(wanted.get("webhook_id", ""))} if "webhook-id" in quirks else {}
    return {
        **asked,
        "bridge": _number(str(wanted["bridge"])),
        "from": _number(first.number),
        "to": _number(str(wanted["to"])),
        "source": "C2C",
        "start_at": _stamp(call.attempt_started_at),
        "end_at": end,
        "date": end,
        "unixtime": str(now // SECOND),
        "duration": str(_lasted(call.attempt_started_at, first.ended_at)),
        "billing": str(sum(_lasted(leg.answered_at, leg.ended_at) for leg in rest)),
        "status": status(call),
        "status1": "RECEIVED" if first.answered_at is not None else word(first),
        "status2": "".join(word(leg) for leg in rest),
        "recording_url": call.spec.recording_url if _recorded(call) else "",
        "hangup_by": _hung_up(call),
    }


def _recorded(call: Call) -> bool:
    """Asked for, and somebody was there to be recorded."""
    return given(call, "record") == 1 and call.legs[0].answered_at is not None


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _stamp(at: int | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at // SECOND, KOLKATA).isoformat(" ")[:19]


def _lasted(since: int | None, until: int | None) -> int:
    """Whole seconds between two time stamps as they are printed, so that they always agree."""
    return 0 if since is None or until is None else until // SECOND - since // SECOND


def _hung_up(call: Call) -> str:
    """Whose side ended the last attempt: the first hang-up since it began."""
    first = "a"  # a call that never began has no hang-up
    for event in reversed(call.events):
        if event.type == "hangup":
            first = event.leg
        if event.type == "begin":
            break
    return SIDES[first]
