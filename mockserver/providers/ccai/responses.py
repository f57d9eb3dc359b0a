"""Respond to requests as the CCAI Platform does: create, read and cancel calls, or refuse."""

from typing import Final

from mockserver.core.account import SaveRecord
from mockserver.core.call import Call, Event
from mockserver.core.http import Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import Fault, RequestContext, render_message
from mockserver.providers.ccai import (
    existing_calls,
    request,
)
from mockserver.providers.ccai.agents import set_agent_state
from mockserver.providers.ccai.call_object import build_call_object, build_new_call_object
from mockserver.providers.ccai.call_state import set_stage, status
from mockserver.providers.ccai.events import end_event
from mockserver.providers.ccai.existing_calls import build_existing_call_object
from mockserver.providers.ccai.history import keep_creation, participants_key
from mockserver.providers.ccai.participants import contact_of
from mockserver.providers.ccai.records import (
    Contact,
    CustomerFlags,
    ExistingCall,
)

CHOICE_KEYS: Final = ("call_type", "agent_email", "end_user_number", "lang")
"""The keys of the two documented responses with status 200."""


def refuse(faults: tuple[Fault, ...], context: RequestContext) -> Response:
    """Report the first fault; a 202 has no body, a 200 has fields of the request as its body."""
    fault = faults[0]
    if fault.status == 202:  # noqa: PLR2004 - HTTP
        return Response(fault.status, b"")
    if fault.status == 200:  # noqa: PLR2004 - HTTP
        sent = {name: context.fields.get(name) for name in CHOICE_KEYS}
        return Response(
            fault.status, {name: value for name, value in sent.items() if value is not None}
        )
    return Response(fault.status, {"message": render_message(fault, context)})


def create_outbound(context: RequestContext) -> EndpointResult:
    """Place a call that dials the agent first; the agent is busy from now on."""
    call = keep_creation(context.place(0), context)
    key = participants_key(context.authenticated_account)
    busy = set_agent_state(
        context.authenticated_account, context.text("agent_email"), "busy", context.now
    )
    return EndpointResult(
        Response(201, build_new_call_object(call, context.authenticated_account)),
        busy.replace(calls=(call,), sequences=(key, key)),
    )


def create_queued(context: RequestContext) -> EndpointResult:
    """Place an incoming or scheduled call, which waits for an agent."""
    call = keep_creation(context.place(0), context)
    return EndpointResult(
        Response(201, build_new_call_object(call, context.authenticated_account)),
        Effects(calls=(call,), sequences=(participants_key(context.authenticated_account),)),
    )


def _find_existing_call(context: RequestContext) -> ExistingCall:
    """The existing call whose id is in the path; the rulebook guarantees that there is one."""
    call: ExistingCall = request.records(context.authenticated_account, "calls")[context.text("id")]
    return call


def read_call(context: RequestContext) -> EndpointResult:
    """Show a call; a `poll` event releases scenarios that wait for a read."""
    call = request.find_call(context)
    if call is None:
        return EndpointResult(
            Response(
                200,
                build_existing_call_object(
                    context.text("id"), context.authenticated_account, _find_existing_call(context)
                ),
            )
        )
    poll = (call.spec.id, Event(context.now, "poll"))
    return EndpointResult(
        Response(200, _show(call, context)),
        Effects(events=(poll,)),
    )


def _show(call: Call, context: RequestContext) -> dict[str, object]:
    return build_call_object(call, context.authenticated_account, context.now)


def read_flags(context: RequestContext) -> EndpointResult:
    return EndpointResult(Response(200, _build_flags_object(_find_flags(context))))


def write_flags(context: RequestContext) -> EndpointResult:
    """Update the flags that the request contains; `repeat_customer` may be in the plural.

    The page has both spellings.
    """
    fields = context.fields
    plural = fields.get("repeat_customers")
    repeat = fields.get("repeat_customer") if plural is None else plural
    values = {
        "verified_customer": fields.get("verified_customer"),
        "bad_actor": fields.get("bad_actor"),
        "repeat_customer": repeat,
    }
    changes = {name: bool(value) for name, value in values.items() if value is not None}
    flags = _find_flags(context)._replace(**changes)
    saved = SaveRecord(context.authenticated_account.key, "flags", context.text("id"), flags)
    return EndpointResult(Response(200, _build_flags_object(flags)), Effects(records=(saved,)))


def _find_flags(context: RequestContext) -> CustomerFlags:
    flags: CustomerFlags = request.records(context.authenticated_account, "flags").get(
        context.text("id"), CustomerFlags()
    )
    return flags


def _build_flags_object(flags: CustomerFlags) -> dict[str, object]:
    return {
        "verified_customer": flags.verified_customer,
        "bad_actor": flags.bad_actor,
        "repeat_customer": flags.repeat_customer,
    }


def cancel_scheduled(context: RequestContext) -> EndpointResult:
    """Cancel a `scheduled` or `queued` call and show it.

    A canceled call gives 204 without a body; any other call is shown unchanged.
    """
    call = request.find_call(context)
    if call is None:
        return _cancel_existing(context, _find_existing_call(context))
    if status(call) == "cancelled":
        return EndpointResult(Response(204, b""))
    if status(call) not in ("scheduled", "queued"):
        return EndpointResult(
            Response(200, build_call_object(call, context.authenticated_account, context.now))
        )
    canceled = set_stage(call, "cancelled").replace(phase="ended", ended_at=context.now)
    events = ((call.spec.id, Event(context.now, "cancel")), end_event(call, context.now))
    return EndpointResult(
        Response(200, _show(canceled, context)),
        Effects(events=events),
    )


def _cancel_existing(context: RequestContext, call: ExistingCall) -> EndpointResult:
    if call.status == "cancelled":
        return EndpointResult(Response(204, b""))
    canceled, effects = existing_calls.cancel_existing_call(context, context.text("id"), call)
    return EndpointResult(
        Response(
            200,
            build_existing_call_object(context.text("id"), context.authenticated_account, canceled),
        ),
        effects,
    )


def identify_end_user(context: RequestContext) -> EndpointResult:
    """Save the identifier with the contact of the call, if it has one."""
    accepted, match = Response(202, {"message": "accepted"}), _find_call_contact(context)
    if match is None:
        return EndpointResult(accepted)
    name, contact = match
    changed = contact._replace(identifier=context.text("identifier"))
    saved = SaveRecord(context.authenticated_account.key, "contacts", name, changed)
    return EndpointResult(accepted, Effects(records=(saved,)))


def _find_call_contact(context: RequestContext) -> tuple[str, Contact] | None:
    call = request.find_call(context)
    if call is not None:
        return contact_of(call, context.authenticated_account)
    name = _find_existing_call(context).contact
    contact: Contact | None = request.records(context.authenticated_account, "contacts").get(name)
    return (name, contact) if contact else None


def new_call_id(context: RequestContext, index: int) -> str:
    """An id that counts up from the account's `first_call_id`, past those of other calls."""
    account = context.authenticated_account
    existing = request.records(account, "calls")
    number = request.settings(account).first_call_id + index - 1
    while str(number) in existing or context.read_model.find_call("ccai", str(number)):
        number += 1
    return str(number)
