"""Lists calls, and injects events into them."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.core.call import Call, Event, IllegalTransition, public_state
from mockserver.core.causes import CAUSES
from mockserver.core.leg_names import legs_by_name
from mockserver.core.old_words import OLD_EVENTS
from mockserver.core.provider import VendorEvent
from mockserver.core.suggestions import did_you_mean
from mockserver.engine import commands
from mockserver.engine.possible_acts import LEG_EVENTS
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.known_values import check_filter_values
from mockserver.web.control.listing import ItemKind, ListedItem, respond_with_page
from mockserver.web.control.pages import matches_filters, read_filters
from mockserver.web.control.params import (
    call_of,
    check_keys,
    check_old_words,
    read_json_object,
    sandbox_of,
)
from mockserver.web.problems import ProblemError
from mockserver.web.slices import Job, weigh
from mockserver.web.views.serializers import collect_call, finish_call, serialize_call
from mockserver.web.views.summaries import summarize_call

FILTERS = ("provider", "state", "outcome", "vendor_id")


async def list_calls(request: Request) -> Response:
    sandbox = sandbox_of(request)
    check_filter_values(request, "call", FILTERS)
    filters = read_filters(request, FILTERS)
    calls = (item for item in _list_items(sandbox) if matches_filters(item, filters))
    return await respond_with_page(request, CALLS, calls)


def _list_items(sandbox: Sandbox) -> list[ListedItem]:
    return [
        {
            "id": call_id,
            "provider": call.spec.provider,
            "state": public_state(call),
            "outcome": call.outcome,
            "vendor_id": call.spec.vendor_id,
            "value": call,
        }
        for call_id, call in sandbox.state.calls.by_id.items()
    ]


def _build_job(request: Request, call: Call) -> Job[dict[str, Any]]:
    """Build the job for a call as it is now; for one that is gone, as it was."""
    state = sandbox_of(request).state
    collected = collect_call(state, state.calls.by_id.get(call.spec.id, call))
    weight = weigh(collected["parameters"])
    return Job(weight, partial(finish_call, collected, state.configuration.seed))


def _summarize(request: Request, call: Call) -> Job[dict[str, Any]]:
    state = sandbox_of(request).state
    return Job(0, partial(summarize_call, state, state.calls.by_id.get(call.spec.id, call)))


def _version(sandbox: Sandbox, call: Call) -> object:
    """What a call is shown by: itself, how far it has come, and its webhooks."""
    call_id, state = call.spec.id, sandbox.state
    webhooks = state.deliveries.ids_by_call.get(call_id, ())
    return call, state.calls.progress.get(call_id), len(webhooks)


def _unread_values(sandbox: Sandbox, _: Collection[str]) -> tuple[tuple[str, Call], ...]:
    return (*sandbox.state.calls.by_id.items(),)


def _count(sandbox: Sandbox) -> int:
    return len(sandbox.state.calls.by_id)


def _ids(sandbox: Sandbox) -> Collection[str]:
    return sandbox.state.calls.by_id.keys()


def _evicted(sandbox: Sandbox) -> int:
    return sandbox.state.calls.count - len(sandbox.state.calls.by_id)


CALLS: Final = ItemKind(
    "calls", _build_job, _version, _unread_values, _count, _ids, _evicted, _summarize
)


async def get_call(request: Request) -> JSONResponse:
    return JSONResponse(serialize_call(sandbox_of(request).state, call_of(request)))


async def inject_event(request: Request) -> JSONResponse:
    """Inject {"event": "hangup", "leg": "b", "cause": "busy"}; 409 for an illegal transition."""
    body = await read_json_object(request)
    sandbox, call = sandbox_of(request), call_of(request)
    with sandbox.scheduler.request_scope() as now:
        try:
            changed = apply_event_body(sandbox.state, call.spec.id, body, now)
        except IllegalTransition as error:
            raise ProblemError("illegal-transition", str(error)) from None
        return JSONResponse(serialize_call(sandbox.state, changed))


def apply_event_body(state: SandboxState, call_id: str, body: dict[str, Any], now: int) -> Call:
    """Inject the event that the body of a request describes.

    Raises:
        ProblemError: the body describes none.
        IllegalTransition: the lifecycle forbids the event; nothing has changed.
    """
    call = state.calls.by_id[call_id]
    vendor_events = state.configuration.providers[call.spec.provider].provider.vendor_events
    event = _parse_event(body, call, vendor_events, now)
    return commands.inject_event(state, call_id, event, body)


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
            raise ProblemError("invalid-body", f"cause must be one of {', '.join(CAUSES)}")
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
