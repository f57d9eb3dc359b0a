"""What the CCAI Platform answers when it says yes."""

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
from mockserver.providers.ccai.call_object import build_call_object, build_new_call_object
from mockserver.providers.ccai.call_state import set_stage, status
from mockserver.providers.ccai.events import end_event, set_agent_state
from mockserver.providers.ccai.existing_calls import build_existing_call_object
from mockserver.providers.ccai.participants import contact_of
from mockserver.providers.ccai.records import (
    Contact,
    CustomerFlags,
    ExistingCall,
)

DEFAULT_PAGE_SIZE: Final = 100  # observed default


def refuse(faults: tuple[Fault, ...], context: RequestContext) -> Response:
    """One message at a time, with what was sent in it; 202 has no body, 200 the request itself."""
    fault = faults[0]
    if fault.status == 202:  # noqa: PLR2004 - HTTP
        return Response(fault.status, b"")
    if fault.status == 200:  # noqa: PLR2004 - HTTP
        return Response(fault.status, dict(context.fields))
    return Response(fault.status, {"message": render_message(fault, context)})


def create_outbound(context: RequestContext) -> EndpointResult:
    """The agent is busy from now on, and dialled first."""
    legs = {"a": context.text("agent_email"), "b": request.dialed_number(context)}
    call = _with_vendor_id(context.build_call("b-after-a", legs, None), context)
    busy = set_agent_state(
        context.authenticated_account, context.text("agent_email"), "busy", context.now
    )
    return EndpointResult(
        Response(201, build_new_call_object(call, context.authenticated_account)),
        busy._replace(calls=(call,)),
    )


def create_inbound(context: RequestContext) -> EndpointResult:
    call = _build_queue_call(context, None)
    return EndpointResult(
        Response(201, build_new_call_object(call, context.authenticated_account)),
        Effects(calls=(call,)),
    )


def create_scheduled(context: RequestContext) -> EndpointResult:
    call = _build_queue_call(context, request.parse_scheduled_at(context.text("scheduled_at")))
    return EndpointResult(
        Response(201, build_new_call_object(call, context.authenticated_account)),
        Effects(calls=(call,)),
    )


def _build_queue_call(context: RequestContext, starts_at: int | None) -> Call:
    call = _with_vendor_id(
        context.build_call("queue", {"a": request.dialed_number(context)}, starts_at), context
    )
    wanted = {**context.fields, "menu_id": request.find_menu_id(context)}
    return call._replace(spec=call.spec._replace(parameters=wanted))


def _with_vendor_id(call: Call, context: RequestContext) -> Call:
    """Ids go up from the account's first."""
    number = (
        request.settings(context.authenticated_account).first_call_id + int(call.spec.id[1:]) - 1
    )
    return call._replace(spec=call.spec._replace(vendor_id=str(number)))


def _find_existing_call(context: RequestContext) -> ExistingCall:
    """The seeded call of the path: the rulebook lets only calls pass that are there."""
    found: ExistingCall = request.records(context.authenticated_account, "calls")[
        context.text("id")
    ]
    return found


def read_call(context: RequestContext) -> EndpointResult:
    """A read counts for who waits to be polled."""
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
    polled = (call.spec.id, Event(context.now, "polled"))
    return EndpointResult(
        Response(200, build_call_object(call, context.authenticated_account)),
        Effects(events=(polled,)),
    )


def read_flags(context: RequestContext) -> EndpointResult:
    return EndpointResult(Response(200, _build_flags_object(_find_flags(context))))


def write_flags(context: RequestContext) -> EndpointResult:
    """A partial update; both spellings of the last one are taken (the page has both)."""
    sent = context.fields
    repeat = sent.get("repeat_customers", sent.get("repeat_customer"))
    asked = {
        "verified_customer": sent.get("verified_customer"),
        "bad_actor": sent.get("bad_actor"),
        "repeat_customer": repeat,
    }
    told = {name: bool(value) for name, value in asked.items() if value is not None}
    new = _find_flags(context)._replace(**told)
    keep = SaveRecord(context.authenticated_account.key, "flags", context.text("id"), new)
    return EndpointResult(Response(200, _build_flags_object(new)), Effects(records=(keep,)))


def _find_flags(context: RequestContext) -> CustomerFlags:
    found: CustomerFlags = request.records(context.authenticated_account, "flags").get(
        context.text("id"), CustomerFlags()
    )
    return found


def _build_flags_object(flags: CustomerFlags) -> dict[str, object]:
    return {
        "verified_customer": flags.verified_customer,
        "bad_actor": flags.bad_actor,
        "repeat_customer": flags.repeat_customer,
    }


def cancel_scheduled(context: RequestContext) -> EndpointResult:
    """A call that waits for its time or for an agent; one that is cancelled already gives 204."""
    call = request.find_call(context)
    if call is None:
        return _cancel_existing(context, _find_existing_call(context))
    if status(call) == "cancelled":
        return EndpointResult(Response(204, b""))
    if status(call) not in ("scheduled", "queued"):
        return EndpointResult(Response(200, build_call_object(call, context.authenticated_account)))
    shown = set_stage(call, "cancelled")._replace(phase="ended", ended_at=context.now)
    tell = ((call.spec.id, Event(context.now, "cancel")), end_event(call, context.now))
    return EndpointResult(
        Response(200, build_call_object(shown, context.authenticated_account)), Effects(events=tell)
    )


def _cancel_existing(context: RequestContext, call: ExistingCall) -> EndpointResult:
    if call.status == "cancelled":
        return EndpointResult(Response(204, b""))
    gone, effects = existing_calls.cancel_existing_call(context, context.text("id"), call)
    return EndpointResult(
        Response(
            200, build_existing_call_object(context.text("id"), context.authenticated_account, gone)
        ),
        effects,
    )


def identify_end_user(context: RequestContext) -> EndpointResult:
    """The identifier is kept with the contact, if the call has one."""
    accepted, known = Response(202, {"message": "accepted"}), _find_call_contact(context)
    if known is None:
        return EndpointResult(accepted)
    name, contact = known
    named = contact._replace(identifier=context.text("identifier"))
    return EndpointResult(
        accepted,
        Effects(records=(SaveRecord(context.authenticated_account.key, "contacts", name, named),)),
    )


def _find_call_contact(context: RequestContext) -> tuple[str, Contact] | None:
    call = request.find_call(context)
    if call is not None:
        return contact_of(call, context.authenticated_account)
    name = _find_existing_call(context).contact
    known: Contact | None = request.records(context.authenticated_account, "contacts").get(name)
    return (name, known) if known else None


def list_calls(context: RequestContext) -> EndpointResult:
    """All calls of the account, page by page; the header with the total is assumed."""
    account = context.authenticated_account
    before = request.records(account, "calls").items()
    calls = context.read_model.calls.values()
    mine = [
        *(build_existing_call_object(name, account, one) for name, one in before),
        *(one for one in calls if (one.spec.provider, one.spec.account) == account.key),
    ]
    page, per = (
        _positive_int(context, name, usual)
        for name, usual in (("page", 1), ("per", DEFAULT_PAGE_SIZE))
    )
    shown = mine[(page - 1) * per : page * per]
    body: list[object] = [
        build_call_object(one, account) if isinstance(one, Call) else one for one in shown
    ]
    return EndpointResult(Response(200, body, {"total": str(len(mine))}))


def _positive_int(context: RequestContext, name: str, default: int) -> int:
    told = context.text(name)
    return int(told) if told.isdecimal() and 0 < int(told) <= DEFAULT_PAGE_SIZE * 100 else default


def new_call_id(_: str, index: int, __: str) -> str:
    """In place of the account's own, which begins where its settings say."""
    return str(index)
