"""What the CCAI Platform answers when it says yes."""

from typing import Final

from mockserver.core.account import Keep
from mockserver.core.call import Call, Event
from mockserver.core.http import Reply, Request
from mockserver.core.provider import Effects, Outcome
from mockserver.core.rules import Case, Fault, worded
from mockserver.providers.ccai import reading, seeded
from mockserver.providers.ccai.dialect import call_object, created
from mockserver.providers.ccai.notes import staged
from mockserver.providers.ccai.people import contact_of
from mockserver.providers.ccai.react import kept, over
from mockserver.providers.ccai.records import Contact, Flags, Seeded
from mockserver.providers.ccai.seeded import seeded_object
from mockserver.providers.ccai.status import status

PER_PAGE: Final = 100  # observed default


def refused(faults: tuple[Fault, ...], case: Case) -> Reply:
    """One message at a time, with what was sent in it; 202 has no body, 200 the request itself."""
    fault = faults[0]
    if fault.status == 202:  # noqa: PLR2004 - HTTP
        return Reply(fault.status, b"")
    if fault.status == 200:  # noqa: PLR2004 - HTTP
        return Reply(fault.status, dict(case.fields))
    return Reply(fault.status, {"message": worded(fault, case)})


def agent_and_user(request: Request) -> tuple[dict[str, str], ...]:
    agent, user = (str(request.fields.get(name, "")) for name in ("agent_email", "end_user_number"))
    return ({"a": agent, "b": user, "callee": user},)


def user_and_agent(request: Request) -> tuple[dict[str, str], ...]:
    user = str(request.fields.get("end_user_number", ""))
    return ({"a": user, "b": "", "callee": user},)


def outbound(case: Case) -> Outcome:
    """The agent is busy from now on, and dialled first."""
    legs = {"a": case.text("agent_email"), "b": reading.dialled(case)}
    call = _numbered(case.call("b-after-a", legs, None), case)
    busy = kept(case.caller, case.text("agent_email"), "busy", case.now)
    return Outcome(Reply(201, created(call, case.caller)), busy._replace(place=(call,)))


def incoming(case: Case) -> Outcome:
    call = _queued(case, None)
    return Outcome(Reply(201, created(call, case.caller)), Effects(place=(call,)))


def scheduled(case: Case) -> Outcome:
    call = _queued(case, reading.scheduled_at(case.text("scheduled_at")))
    return Outcome(Reply(201, created(call, case.caller)), Effects(place=(call,)))


def _queued(case: Case, at: int | None) -> Call:
    call = _numbered(case.call("queue", {"a": reading.dialled(case)}, at), case)
    wanted = {**case.fields, "menu_id": reading.menu_id(case)}
    return call._replace(order=call.order._replace(wanted=wanted))


def _numbered(call: Call, case: Case) -> Call:
    """Ids go up from the account's first."""
    number = reading.settings(case.caller).first_call_id + int(call.order.id[1:]) - 1
    return call._replace(order=call.order._replace(vendor_id=str(number)))


def _before(case: Case) -> Seeded:
    """The seeded call of the path: the rulebook lets only calls pass that are there."""
    found: Seeded = reading.records(case.caller, "calls")[case.text("id")]
    return found


def read(case: Case) -> Outcome:
    """A read counts for who waits to be polled."""
    call = reading.own(case)
    if call is None:
        return Outcome(Reply(200, seeded_object(case.text("id"), case.caller, _before(case))))
    polled = (call.order.id, Event(case.now, "polled"))
    return Outcome(Reply(200, call_object(call, case.caller)), Effects(tell=(polled,)))


def flags(case: Case) -> Outcome:
    return Outcome(Reply(200, _told(_flags(case))))


def flagged(case: Case) -> Outcome:
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
    keep = Keep(case.caller.key, "flags", case.text("id"), new)
    return Outcome(Reply(200, _told(new)), Effects(keep=(keep,)))


def _flags(case: Case) -> Flags:
    found: Flags = reading.records(case.caller, "flags").get(case.text("id"), Flags())
    return found


def _told(flags: Flags) -> dict[str, object]:
    return {
        "verified_customer": flags.verified_customer,
        "bad_actor": flags.bad_actor,
        "repeat_customer": flags.repeat_customer,
    }


def cancelled(case: Case) -> Outcome:
    """A call that waits for its time or for an agent; one that is cancelled already gives 204."""
    call = reading.own(case)
    if call is None:
        return _cancelled_before(case, _before(case))
    if status(call) == "cancelled":
        return Outcome(Reply(204, b""))
    if status(call) not in ("scheduled", "queued"):
        return Outcome(Reply(200, call_object(call, case.caller)))
    shown = staged(call, "cancelled")._replace(phase="ended", ended_at=case.now)
    tell = ((call.order.id, Event(case.now, "cancel")), over(call, case.now))
    return Outcome(Reply(200, call_object(shown, case.caller)), Effects(tell=tell))


def _cancelled_before(case: Case, call: Seeded) -> Outcome:
    if call.status == "cancelled":
        return Outcome(Reply(204, b""))
    gone, effects = seeded.cancelled(case, case.text("id"), call)
    return Outcome(Reply(200, seeded_object(case.text("id"), case.caller, gone)), effects)


def identified(case: Case) -> Outcome:
    """The identifier is kept with the contact, if the call has one."""
    accepted, known = Reply(202, {"message": "accepted"}), _contact(case)
    if known is None:
        return Outcome(accepted)
    name, contact = known
    named = contact._replace(identifier=case.text("identifier"))
    return Outcome(accepted, Effects(keep=(Keep(case.caller.key, "contacts", name, named),)))


def _contact(case: Case) -> tuple[str, Contact] | None:
    call = reading.own(case)
    if call is not None:
        return contact_of(call, case.caller)
    name = _before(case).contact
    known: Contact | None = reading.records(case.caller, "contacts").get(name)
    return (name, known) if known else None


def listed(case: Case) -> Outcome:
    """All calls of the account, page by page; the header with the total is assumed."""
    account = case.caller
    before = reading.records(account, "calls").items()
    calls = case.view.calls.values()
    mine = [
        *(seeded_object(name, account, one) for name, one in before),
        *(one for one in calls if (one.order.provider, one.order.account) == account.key),
    ]
    page, per = (_whole(case, name, usual) for name, usual in (("page", 1), ("per", PER_PAGE)))
    shown = mine[(page - 1) * per : page * per]
    body: list[object] = [
        call_object(one, account) if isinstance(one, Call) else one for one in shown
    ]
    return Outcome(Reply(200, body, {"total": str(len(mine))}))


def _whole(case: Case, name: str, usual: int) -> int:
    told = case.text(name)
    return int(told) if told.isdecimal() and 0 < int(told) <= PER_PAGE * 100 else usual
