"""Calls as they stand, and a hand on their phones."""

from collections.abc import Collection, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.causes import CAUSES
from mockserver.core.journal import JournalEntry
from mockserver.core.provider import VendorEvent
from mockserver.core.suggestions import did_you_mean
from mockserver.engine.simulation import apply_event
from mockserver.web.control.reading import call_of, object_of, page, sandbox_of, suits
from mockserver.web.wire import call_json

PHONE = {
    "answer": (),
    "digits": ("digits",),
    "speech": ("words",),
    "hangup": ("cause",),
    "continue": (),
}
"""What a phone can do, and what it may say with it; `continue` only lets a story go on."""

FILTERS = ("provider", "state", "vendor_id")


async def calls(request: Request) -> JSONResponse:
    wanted = (
        call
        for call in printed(request)
        if suits(call, request, ("provider", "state", "vendor_id"))
    )
    store = sandbox_of(request).state
    dropped = store.call_count - len(store.calls)
    return JSONResponse({"calls": page(wanted, request), "dropped": dropped})


def printed(request: Request) -> list[dict[str, Any]]:
    """Every call, oldest first."""
    store = sandbox_of(request).state
    return [call_json(store, call) for call in store.calls.values()]


async def call(request: Request) -> JSONResponse:
    return JSONResponse(call_json(sandbox_of(request).state, call_of(request)))


async def events(request: Request) -> JSONResponse:
    """Play the phone: {"event": "hangup", "leg": "b", "cause": "busy"}; 409 if it cannot be."""
    body = await object_of(request)
    sandbox, known = sandbox_of(request), call_of(request)
    acts = sandbox.state.configuration.providers[known.spec.provider].provider.vendor_events
    with sandbox.scheduler.request_scope() as now:
        event = _event(body, known, acts, now)
        try:
            changed = apply_event(sandbox.state, known.spec.id, event)
        except IllegalTransition as impossible:
            raise HTTPException(409, str(impossible)) from None
        control = {"method": "POST", "path": f"/calls/{known.spec.id}/events", "body": body}
        sandbox.state.record(JournalEntry(now, "control", known.spec.id, control))
        return JSONResponse(call_json(sandbox.state, changed))


def _event(body: dict[str, Any], call: Call, acts: Mapping[str, VendorEvent], now: int) -> Event:
    verb = str(body.get("event", ""))
    if verb in acts:
        return _act(body, verb, acts[verb], now)
    leg = "" if verb == "continue" else str(body.get("leg", "a"))
    if verb not in PHONE:
        hint = did_you_mean(verb, (*PHONE, *acts)) or f"known: {', '.join((*PHONE, *acts))}"
        raise HTTPException(422, f"a phone cannot {verb or 'do nothing'}: {hint}")
    data = {name: str(body[name]) for name in PHONE[verb] if name in body}
    lacking = [name for name in PHONE[verb] if name not in data and name != "cause"]
    if lacking:
        raise HTTPException(422, f"{verb} needs {lacking[0]}")
    _refuse_others(body, verb, {"leg", *PHONE[verb]})
    if verb == "hangup":
        data.setdefault("cause", _cause(call, leg))
        if data["cause"] not in CAUSES:
            raise HTTPException(422, f"a cause is one of {', '.join(CAUSES)}")
    return Event(now, verb, leg, data, "control")


def _act(body: dict[str, Any], verb: str, act: VendorEvent, now: int) -> Event:
    """One of the provider's acts; whom it dials behaves as the story says."""
    _refuse_others(body, verb, act.arguments)
    data = {name: str(body[name]) for name in sorted(act.arguments) if name in body}
    return Event(now, verb, "", data, "control")


def _refuse_others(body: dict[str, Any], verb: str, known: Collection[str]) -> None:
    unknown = body.keys() - {"event", *known}
    if unknown:
        raise HTTPException(422, f"{verb} takes no {', '.join(sorted(unknown))}")


def _cause(call: Call, name: str) -> str:
    """Whoever hangs up a phone that rings rejects the call."""
    leg = call.leg(name)
    return "rejected" if leg and leg.state == "ringing" else "normal"


ROUTES = (
    Route("/calls", calls),
    Route("/calls/{id}", call),
    Route("/calls/{id}/events", events, methods=["POST"]),
)
