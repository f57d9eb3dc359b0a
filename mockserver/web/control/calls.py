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
from mockserver.web.control.params import (
    call_of,
    matches_filters,
    paginate,
    read_json_object,
    sandbox_of,
)
from mockserver.web.views.serializers import serialize_call

LEG_EVENTS = {
    "answer": (),
    "digits": ("digits",),
    "speech": ("words",),
    "hangup": ("cause",),
    "continue": (),
}
"""What a phone can do, and what it may say with it; `continue` only lets a story go on."""

FILTERS = ("provider", "state", "vendor_id")


async def list_calls(request: Request) -> JSONResponse:
    wanted = (
        call
        for call in all_calls(request)
        if matches_filters(call, request, ("provider", "state", "vendor_id"))
    )
    store = sandbox_of(request).state
    dropped = store.call_count - len(store.calls)
    return JSONResponse({"calls": paginate(wanted, request), "dropped": dropped})


def all_calls(request: Request) -> list[dict[str, Any]]:
    """Every call, oldest first."""
    store = sandbox_of(request).state
    return [serialize_call(store, call) for call in store.calls.values()]


async def get_call(request: Request) -> JSONResponse:
    return JSONResponse(serialize_call(sandbox_of(request).state, call_of(request)))


async def inject_event(request: Request) -> JSONResponse:
    """Play the phone: {"event": "hangup", "leg": "b", "cause": "busy"}; 409 if it cannot be."""
    body = await read_json_object(request)
    sandbox, known = sandbox_of(request), call_of(request)
    acts = sandbox.state.configuration.providers[known.spec.provider].provider.vendor_events
    with sandbox.scheduler.request_scope() as now:
        event = _parse_event(body, known, acts, now)
        try:
            changed = apply_event(sandbox.state, known.spec.id, event)
        except IllegalTransition as impossible:
            raise HTTPException(409, str(impossible)) from None
        control = {"method": "POST", "path": f"/calls/{known.spec.id}/events", "body": body}
        sandbox.state.record(JournalEntry(now, "control", known.spec.id, control))
        return JSONResponse(serialize_call(sandbox.state, changed))


def _parse_event(
    body: dict[str, Any], call: Call, vendor_events: Mapping[str, VendorEvent], now: int
) -> Event:
    verb = str(body.get("event", ""))
    if verb in vendor_events:
        return _parse_vendor_event(body, verb, vendor_events[verb], now)
    leg = "" if verb == "continue" else str(body.get("leg", "a"))
    if verb not in LEG_EVENTS:
        hint = (
            did_you_mean(verb, (*LEG_EVENTS, *vendor_events))
            or f"known: {', '.join((*LEG_EVENTS, *vendor_events))}"
        )
        raise HTTPException(422, f"a phone cannot {verb or 'do nothing'}: {hint}")
    data = {name: str(body[name]) for name in LEG_EVENTS[verb] if name in body}
    lacking = [name for name in LEG_EVENTS[verb] if name not in data and name != "cause"]
    if lacking:
        raise HTTPException(422, f"{verb} needs {lacking[0]}")
    _reject_unknown_keys(body, verb, {"leg", *LEG_EVENTS[verb]})
    if verb == "hangup":
        data.setdefault("cause", _default_cause(call, leg))
        if data["cause"] not in CAUSES:
            raise HTTPException(422, f"a cause is one of {', '.join(CAUSES)}")
    return Event(now, verb, leg, data, "control")


def _parse_vendor_event(
    body: dict[str, Any], event_type: str, vendor_event: VendorEvent, now: int
) -> Event:
    """One of the provider's acts; whom it dials behaves as the story says."""
    _reject_unknown_keys(body, event_type, vendor_event.arguments)
    data = {name: str(body[name]) for name in sorted(vendor_event.arguments) if name in body}
    return Event(now, event_type, "", data, "control")


def _reject_unknown_keys(
    body: dict[str, Any], event_type: str, known_keys: Collection[str]
) -> None:
    unknown = body.keys() - {"event", *known_keys}
    if unknown:
        raise HTTPException(422, f"{event_type} takes no {', '.join(sorted(unknown))}")


def _default_cause(call: Call, leg_name: str) -> str:
    """Whoever hangs up a phone that rings rejects the call."""
    leg = call.leg(leg_name)
    return "rejected" if leg and leg.state == "ringing" else "normal"


ROUTES = (
    Route("/calls", list_calls),
    Route("/calls/{id}", get_call),
    Route("/calls/{id}/events", inject_event, methods=["POST"]),
)
