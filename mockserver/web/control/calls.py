"""Lists calls, and injects events into them."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.causes import CAUSES
from mockserver.core.leg_names import legs_by_name
from mockserver.core.old_words import OLD_EVENTS
from mockserver.core.provider import VendorEvent
from mockserver.core.suggestions import did_you_mean
from mockserver.engine import commands
from mockserver.web.control.params import (
    call_of,
    check_keys,
    check_old_words,
    matches_filters,
    paginate,
    read_json_object,
    sandbox_of,
)
from mockserver.web.problems import ProblemError
from mockserver.web.views.serializers import serialize_call

LEG_EVENTS = {
    "answer": (),
    "press": ("digits",),
    "say": ("words",),
    "hangup": ("cause",),
    "continue": (),
}
"""Event -> its arguments; `continue` belongs to no leg and only lets the script go on."""

FILTERS = ("provider", "state", "vendor_id")


async def list_calls(request: Request) -> JSONResponse:
    calls = (call for call in all_calls(request) if matches_filters(call, request, FILTERS))
    state = sandbox_of(request).state
    evicted = state.calls.count - len(state.calls.by_id)
    return JSONResponse({"calls": paginate(calls, request), "evicted": evicted})


def all_calls(request: Request) -> list[dict[str, Any]]:
    """Serialize all calls, oldest first."""
    state = sandbox_of(request).state
    return [serialize_call(state, call) for call in state.calls.by_id.values()]


async def get_call(request: Request) -> JSONResponse:
    return JSONResponse(serialize_call(sandbox_of(request).state, call_of(request)))


async def inject_event(request: Request) -> JSONResponse:
    """Inject {"event": "hangup", "leg": "b", "cause": "busy"}; 409 for an illegal transition."""
    body = await read_json_object(request)
    sandbox, call = sandbox_of(request), call_of(request)
    vendor_events = sandbox.state.configuration.providers[call.spec.provider].provider.vendor_events
    with sandbox.scheduler.request_scope() as now:
        event = _parse_event(body, call, vendor_events, now)
        try:
            changed = commands.inject_event(sandbox.state, call.spec.id, event, body)
        except IllegalTransition as error:
            raise ProblemError("illegal-transition", str(error)) from None
        return JSONResponse(serialize_call(sandbox.state, changed))


def _parse_event(
    body: dict[str, Any], call: Call, vendor_events: Mapping[str, VendorEvent], now: int
) -> Event:
    event_type = str(body.get("event", ""))
    if event_type in vendor_events:
        return _parse_vendor_event(body, event_type, vendor_events[event_type], now)
    check_old_words((event_type,), OLD_EVENTS)
    if event_type not in LEG_EVENTS:
        hint = (
            did_you_mean(event_type, (*LEG_EVENTS, *vendor_events))
            or f"known: {', '.join((*LEG_EVENTS, *vendor_events))}"
        )
        raise ProblemError("invalid-body", f"a phone cannot {event_type or 'do nothing'}: {hint}")
    data = {name: str(body[name]) for name in LEG_EVENTS[event_type] if name in body}
    missing = [name for name in LEG_EVENTS[event_type] if name not in data and name != "cause"]
    if missing:
        raise ProblemError("invalid-body", f"{event_type} needs {missing[0]}")
    leg_keys = () if event_type == "continue" else ("leg",)
    check_keys(body, ("event", *leg_keys, *LEG_EVENTS[event_type]), event_type)
    leg = _parse_leg(body, call) if leg_keys else ""
    if event_type == "hangup":
        data.setdefault("cause", _default_cause(call, leg))
        if data["cause"] not in CAUSES:
            raise ProblemError("invalid-body", f"a cause is one of {', '.join(CAUSES)}")
    return Event(now, event_type, leg, data, "control")


def _parse_leg(body: dict[str, Any], call: Call) -> str:
    """Return `Leg.name` of the leg that the body names; `a` if it names none.

    Raises:
        ProblemError: The call has no such leg; the detail has the nearest name, or all names.
    """
    if "leg" not in body:
        return "a"
    name, legs = str(body["leg"]), legs_by_name(call)
    if name and name not in legs:
        hint = did_you_mean(name, legs) or f"known: {', '.join(legs)}"
        raise ProblemError("invalid-body", f"this call has no leg {name!r}: {hint}")
    return legs.get(name, "")


def _parse_vendor_event(
    body: dict[str, Any], event_type: str, vendor_event: VendorEvent, now: int
) -> Event:
    """Parse one of the provider's vendor events; a leg that it dials follows the scenario."""
    check_keys(body, ("event", *sorted(vendor_event.arguments)), event_type)
    data = {name: str(body[name]) for name in sorted(vendor_event.arguments) if name in body}
    return Event(now, event_type, "", data, "control")


def _default_cause(call: Call, leg_name: str) -> str:
    """The cause of a hangup: `rejected` for a leg that is ringing, else `normal`."""
    leg = call.leg(leg_name)
    return "rejected" if leg and leg.state == "ringing" else "normal"


ROUTES = (
    Route("/calls", list_calls),
    Route("/calls/{id}", get_call),
    Route("/calls/{id}/events", inject_event, methods=["POST"]),
)
