"""What the CCAI Platform answers when it says yes."""

from typing import Final

from mockserver.core.account import SaveRecord
from mockserver.core.call import Call, Event
from mockserver.core.http import Request, Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import Fault, RequestContext, render_message
from mockserver.providers.ccai import reading, seeded
from mockserver.providers.ccai.dialect import call_object, created
from mockserver.providers.ccai.notes import staged
from mockserver.providers.ccai.people import contact_of
from mockserver.providers.ccai.react import kept, over
from mockserver.providers.ccai.records import Contact, Flags, Seeded
from mockserver.providers.ccai.seeded import seeded_object
from mockserver.providers.ccai.status import status

PER_PAGE: Final = 100  # observed default


def refused(faults: tuple[Fault, ...], case: RequestContext) -> Response:
    """One message at a time, with what was sent in it; 202 has no body, 200 the request itself."""
    fault = faults[0]
    if fault.status == 202:  # noqa: PLR2004 - HTTP
        return Response(fault.status, b"")
    if fault.status == 200:  # noqa: PLR2004 - HTTP
        return Response(fault.status, dict(case.fields))
    return Response(fault.status, {"message": render_message(fault, case)})


def agent_and_user(request: Request) -> tuple[dict[str, str], ...]:
    agent, user = (str(request.fields.get(name, "")) for name in ("agent_email", "end_user_number"))
    return ({"a": agent, "b": user, "callee": user},)


def user_and_agent(request: Request) -> tuple[dict[str, str], ...]:
    user = str(request.fields.get("end_user_number", ""))
    return ({"a": user, "b": "", "callee": user},)


def outbound(case: RequestContext) -> EndpointResult:
    """The agent is busy from now on, and dialled first."""
    legs = {"a": case.text("agent_email"), "b": reading.dialled(case)}
    call = _numbered(case.build_call("b-after-a", legs, None), case)
    busy = kept(case.authenticated_account, case.text("agent_email"), "busy", case.now)
    return EndpointResult(
        Response(201, created(call, case.authenticated_account)), busy._replace(calls=(call,))
    )


def incoming(case: RequestContext) -> EndpointResult:
    call = _queued(case, None)
    return EndpointResult(
        Response(201, created(call, case.authenticated_account)), Effects(calls=(call,))
    )


def scheduled(case: RequestContext) -> EndpointResult:
    call = _queued(case, reading.scheduled_at(case.text("scheduled_at")))
    return EndpointResult(
        Response(201, created(call, case.authenticated_account)), Effects(calls=(call,))
    )


def _queued(case: RequestContext, at: int | None) -> Call:
    call = _numbered(case.build_call("queue", {"a": reading.dialled(case)}, at), case)
    wanted = {**case.fields, "menu_id": reading.menu_id(case)}
    return call._replace(spec=call.spec._replace(parameters=wanted))


def _numbered(call: Call, case: RequestContext) -> Call:
    """Ids go up from the account's first."""
    number = reading.settings(case.authenticated_account).first_call_id + int(call.spec.id[1:]) - 1
    return call._replace(spec=call.spec._replace(vendor_id=str(number)))


def _before(case: RequestContext) -> Seeded:
    """The seeded call of the path: the rulebook lets only calls pass that are there."""
    found: Seeded = reading.records(case.authenticated_account, "calls")[case.text("id")]
    return found


def read(case: RequestContext) -> EndpointResult:
    """A read counts for who waits to be polled."""
    call = reading.own(case)
    if call is None:
        return EndpointResult(
            Response(200, seeded_object(case.text("id"), case.authenticated_account, _before(case)))
        )
    polled = (call.spec.id, Event(case.now, "polled"))
    return EndpointResult(
        Response(200, call_object(call, case.authenticated_account)), Effects(events=(polled,))
    )


def flags(case: RequestContext) -> EndpointResult:
    return EndpointResult(Response(200, _told(_flags(case))))


def flagged(case: RequestContext) -> EndpointResult:
    """A partial update; both spellings of the last one are taken (the page has both)."""
    sent = case.fields
    repeat = sent.get("repeat_customers", sent.get("repeat_customer"))
    asked = {
        "verified_customer": sent.get("verified_customer"),
        "bad_actor": sent.get("bad_actor"),
        "repeat_customer": repeat,
    }
    told = {name: bool(value) for name, value in asked.items() if value is not None}
    new = _flags(case)._replace(**told)
    keep = SaveRecord(case.authenticated_account.key, "flags", case.text("id"), new)
    return EndpointResult(Response(200, _told(new)), Effects(records=(keep,)))


def _flags(case: RequestContext) -> Flags:
    found: Flags = reading.records(case.authenticated_account, "flags").get(
        case.text("id"), Flags()
    )
    return found


def _told(flags: Flags) -> dict[str, object]:
    return {
        "verified_customer": flags.verified_customer,
        "bad_actor": flags.bad_actor,
        "repeat_customer": flags.repeat_customer,
    }


def cancelled(case: RequestContext) -> EndpointResult:
    """A call that waits for its time or for an agent; one that is cancelled already gives 204."""
    call = reading.own(case)
    if call is None:
        return _cancelled_before(case, _before(case))
    if status(call) == "cancelled":
        return EndpointResult(Response(204, b""))
    if status(call) not in ("scheduled", "queued"):
        return EndpointResult(Response(200, call_object(call, case.authenticated_account)))
    shown = staged(call, "cancelled")._replace(phase="ended", ended_at=case.now)
    tell = ((call.spec.id, Event(case.now, "cancel")), over(call, case.now))
    return EndpointResult(
        Response(200, call_object(shown, case.authenticated_account)), Effects(events=tell)
    )


def _cancelled_before(case: RequestContext, call: Seeded) -> EndpointResult:
    if call.status == "cancelled":
        return EndpointResult(Response(204, b""))
    gone, effects = seeded.cancelled(case, case.text("id"), call)
    return EndpointResult(
        Response(200, seeded_object(case.text("id"), case.authenticated_account, gone)), effects
    )


def identified(case: RequestContext) -> EndpointResult:
    """The identifier is kept with the contact, if the call has one."""
    accepted, known = Response(202, {"message": "accepted"}), _contact(case)
    if known is None:
        return EndpointResult(accepted)
    name, contact = known
    named = contact._replace(identifier=case.text("identifier"))
    return EndpointResult(
        accepted,
        Effects(records=(SaveRecord(case.authenticated_account.key, "contacts", name, named),)),
    )


def _contact(case: RequestContext) -> tuple[str, Contact] | None:
    call = reading.own(case)
    if call is not None:
        return contact_of(call, case.authenticated_account)
    name = _before(case).contact
    known: Contact | None = reading.records(case.authenticated_account, "contacts").get(name)
    return (name, known) if known else None


def listed(case: RequestContext) -> EndpointResult:
    """All calls of the account, page by page; the header with the total is assumed."""
    account = case.authenticated_account
    before = reading.records(account, "calls").items()
    calls = case.read_model.calls.values()
    mine = [
        *(seeded_object(name, account, one) for name, one in before),
        *(one for one in calls if (one.spec.provider, one.spec.account) == account.key),
    ]
    page, per = (_whole(case, name, usual) for name, usual in (("page", 1), ("per", PER_PAGE)))
    shown = mine[(page - 1) * per : page * per]
    body: list[object] = [
        call_object(one, account) if isinstance(one, Call) else one for one in shown
    ]
    return EndpointResult(Response(200, body, {"total": str(len(mine))}))


def _whole(case: RequestContext, name: str, usual: int) -> int:
    told = case.text(name)
    return int(told) if told.isdecimal() and 0 < int(told) <= PER_PAGE * 100 else usual
