"""How the CCAI Platform prints a call: the keys of its examples, in their order."""

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Leg
from mockserver.core.time import SECOND, iso
from mockserver.providers.ccai.notes import Transfer, notes
from mockserver.providers.ccai.reading import (
    INBOUND,
    OUTBOUND,
    SCHEDULED,
    default_number,
    digits,
    menu_name,
    menu_of,
    path_of,
    records,
    scheduled_at,
    settings,
)
from mockserver.providers.ccai.records import Agent, Contact, Menu, Ticket
from mockserver.providers.ccai.status import (
    QUEUE,
    agent_leg,
    connected_at,
    end_user_leg,
    queued_at,
    status,
)

Json = dict[str, object]

END_USER: Final = {
    "busy": "eu_busy",
    "no-answer": "eu_no_answer",
    "rejected": "eu_rejected",
    "invalid-number": "eu_wrong_number",
    "unreachable": "eu_no_answer",
    "network-failure": "voip_conn_general",
    "normal": "eu_canceled",
}
AGENT: Final = {
    "no-answer": "ag_ignored",
    "busy": "ag_ignored",
    "rejected": "ag_canceled",
    "normal": "ag_canceled",
}
"""Cause of a leg's end -> fail reason; the words are documented, the mapping is assumed."""


def created(call: Call, account: Account) -> Json:
    """The answer of a create: without `parent_id`; `voip_provider` for outbound calls alone."""
    told = call_object(call, account)
    del told["parent_id"]
    if call.order.shape == QUEUE:
        del told["voip_provider"]
    if "scheduled-as-inbound" in account.quirks and call.order.operation == "create-scheduled":
        told |= {"call_type": INBOUND[0], "status": "queued"}
    return told


def call_object(call: Call, account: Account) -> Json:
    wanted, menu = call.order.wanted, menu_of(call, account)
    return {
        "id": int(call.order.vendor_id),
        "parent_id": _number(wanted.get("call_id")),
        "lang": str(wanted.get("lang") or "en"),
        "call_type": TYPES[call.order.operation],
        "status": status(call),
        **_times(call, account),
        **_lengths(call),
        "rating": notes(call).rating,
        "has_feedback": notes(call).rating is not None,
        "voip_provider": "voip_provider_twilio",
        "out_ticket_id": str(wanted["ticket_id"]) if wanted.get("ticket_id") else None,
        "out_ticket_url": None,
        "verified": False,
        "recording_url": call.order.recording if _recorded(call, menu) else None,
        "recording_permission": _permission(call, menu),
        "voicemail_reason": _voicemail(call),
        "deflection": "no_deflection",
        "disconnected_by": _disconnected(call),
        "fail_reason": fail_reason(call),
        "fail_details": None,
        "support_number": None,
        "selected_menu": _selected(menu_name(call), menu),
        "menu_path": _path(menu_name(call), account) if menu else None,
        "agent_info": agent_info(_agent_of(call), account),
        "end_user": end_user(call, account),
        "photos": [],
        "videos": [],
        "transfers": [_transfer(call, account, one) for one in enumerate(notes(call).transfers)],
        "deflection_details": [],
        "participants": list(_participants(call, account)),
        "offer_type": "cascade" if call.order.shape == QUEUE else None,
        "offer_events": _offers(call, menu),
        "answer_type": "manual",
        "outbound_number": _outbound_number(call, account),
    }


TYPES: Final = {
    "create-outbound": OUTBOUND[0],
    "create-inbound": INBOUND[0],
    "create-scheduled": SCHEDULED[0],
}


def _times(call: Call, account: Account) -> Json:
    """Queued calls are created on the whole second, as in all examples."""
    queued, made = queued_at(call), call.order.created_at
    shown = made if call.order.shape != QUEUE else made // SECOND * SECOND
    booked = call.order.wanted.get("scheduled_at")
    return {
        "created_at": iso(shown),
        "queued_at": _iso(queued),
        "assigned_at": _iso(assigned_at(call, account)),
        "connected_at": _iso(connected_at(call)),
        "ends_at": _iso(call.ended_at),
        "scheduled_at": _iso(scheduled_at(str(booked))) if booked else None,
    }


def assigned_at(call: Call, account: Account) -> int | None:
    """An outbound call has its agent at once; a queued one when an agent has answered."""
    if call.order.shape != QUEUE:
        return call.order.created_at + settings(account).assignment
    answers = (event.at for event in call.events if (event.verb, event.leg) == ("answer", "b"))
    return next(answers, None)


def _lengths(call: Call) -> Json:
    """Whole seconds, so that they agree with the time stamps."""
    queued, connected, ended = queued_at(call), connected_at(call), call.ended_at
    now = call.events[-1].at
    waited = _whole(queued, connected or ended or now) if queued is not None else 0
    return {
        "wait_duration": waited,
        "call_duration": _whole(connected, ended or now) if connected is not None else 0,
        "hold_duration": sum(
            _whole(since, until or ended or now) for since, until in notes(call).holds
        ),
    }


def _whole(since: int | None, until: int) -> int:
    return 0 if since is None else until // SECOND - since // SECOND


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)


def _number(value: object) -> int | None:
    return int(str(value)) if value else None


def _recorded(call: Call, menu: Menu | None) -> bool:
    """After a conversation in a queue that records, or that asks and was granted it."""
    if menu is None or call.phase != "ended" or connected_at(call) is None:
        return False
    return menu.recording == "always" or _permission(call, menu) == "granted"


def _permission(call: Call, menu: Menu | None) -> str:
    """What was sent counts only where the queue asks for it (documented)."""
    asked = str(call.order.wanted.get("recording_permission") or "recording_permission_not_asked")
    asks = menu is not None and menu.recording == "ask"
    return asked.removeprefix("recording_permission_") if asks else "not_asked"


def _voicemail(call: Call) -> str:
    left = status(call).startswith("voicemail")
    return "voicemail" if left else "not_voicemail"  # the other literals are unknown: assumed


def _disconnected(call: Call) -> str:
    """By whoever hung up first; who that was is unknown until then."""
    ends = (event.leg for event in call.events if event.verb == "hangup")
    leg = next(ends, None) if call.phase == "ended" else None
    if leg is None or connected_at(call) is None:
        return "disconnected_by_unknown"
    word = "end_user" if end_user_leg(call).name == leg else "agent"
    return f"disconnected_by_{word}"


def fail_reason(call: Call) -> str:
    if status(call) != "failed":
        return "nothing"
    if notes(call).expired:
        return "expired"
    user, agent = end_user_leg(call), agent_leg(call)
    if call.order.shape == QUEUE and user.answered_at is not None:
        return "eu_abandoned"
    if user.cause and user.answered_at is None and user.rang_at is not None:
        return END_USER[user.cause]
    return AGENT.get(agent.cause or "normal", "voip_conn_general") if agent else "unknown"


def _selected(name: str, menu: Menu | None) -> Json | None:
    if menu is None:
        return None
    return {
        "id": int(name),
        "name": menu.name,
        "parent_id": _number(menu.parent),
        "position": menu.position,
        "deleted": False,
        "menu_type": menu.type,
        "output_msg": f"You selected {menu.name}.",
        "hidden": menu.hidden,
    }


def _path(name: str, account: Account) -> Json | None:
    if name not in records(account, "menus"):
        return None
    way = list(path_of(account, name))
    names = [records(account, "menus")[one].name for one in way]
    return {
        "items_count": len(way),
        "name": " / ".join(names),
        "materialized_path": "/".join(way),
    }


def _agent_of(call: Call) -> str:
    """Whoever has, or had, the call; an offer that nobody took names nobody."""
    leg = agent_leg(call)
    if leg is None or (call.order.shape == QUEUE and leg.answered_at is None):
        return ""
    return leg.number


def agent_info(name: str, account: Account) -> Json | None:
    agent: Agent | None = records(account, "agents").get(name)
    if agent is None:
        return None
    return {
        "id": agent.id,
        "agent_number": agent.agent_number,
        "name": f"{agent.first_name} {agent.last_name}".strip(),
        "last_name": agent.last_name,
        "first_name": agent.first_name,
        "avatar_url": agent.avatar_url or None,
    }


def end_user(call: Call, account: Account) -> Json | None:
    """By ticket, or by number in a queue; an outbound call to a bare number has none."""
    found = contact_of(call, account)
    if found is None:
        return None
    name, contact = found
    return {"id": contact.id, "identifier": contact.identifier, "out_contact_id": name}


def contact_of(call: Call, account: Account) -> tuple[str, Contact] | None:
    known, wanted = records(account, "contacts"), call.order.wanted
    ticket: Ticket | None = records(account, "tickets").get(str(wanted.get("ticket_id", "")))
    if ticket:
        return ticket.contact, known[ticket.contact]
    if call.order.shape != QUEUE:
        return None
    number = digits(str(wanted.get("end_user_number", "")))
    return next(((name, one) for name, one in known.items() if digits(one.number) == number), None)


def _participants(call: Call, account: Account) -> Iterator[Json]:
    """The agent comes first in an outbound call, and second, once there, in a queued one."""
    first = settings(account).first_participant_id + 2 * (int(call.order.id[1:]) - 1)
    ids = iter(range(first, first + 2))
    agent, user = _agent_of(call), end_user_leg(call)
    sides: list[tuple[str, Leg | None]] = [("end_user", user)]
    if agent:
        at = 0 if call.order.shape != QUEUE else 1
        sides.insert(at, ("agent", agent_leg(call)))
    for kind, leg in sides:
        yield _participant(kind, leg, next(ids), (call, account))


def _participant(kind: str, leg: Leg | None, number: int, of: tuple[Call, Account]) -> Json:
    call, account = of
    agent: Agent | None = records(account, "agents").get(_agent_of(call))
    found = contact_of(call, account)
    ended = leg.ended_at if leg else None
    answered = leg.answered_at if leg else None
    return {
        "id": number,
        "type": kind,
        "status": _participant_status(leg),
        "call_id": int(call.order.vendor_id),
        "user_id": agent.id if kind == "agent" and agent else None,
        "end_user_id": found[1].id if kind == "end_user" and found else None,
        "call_duration": None if answered is None or ended is None else _whole(answered, ended),
        "hold_duration": None if ended is None else _lengths(call)["hold_duration"],
        "connected_at": _iso(answered),
        "ended_at": _iso(ended),
        "fail_reason": "nothing" if answered is not None else fail_reason(call),
    }


def _participant_status(leg: Leg | None) -> str:
    """`waiting` is documented, the words after it are assumed."""
    if leg is None or (leg.answered_at is None and leg.ended_at is None):
        return "waiting"
    if leg.ended_at is not None:
        return "finished" if leg.answered_at is not None else "failed"
    return "connected"


def _transfer(call: Call, account: Account, told: tuple[int, Transfer]) -> Json:
    nth, moved = told
    came = next((leg for leg in call.legs if leg.name == "b" and leg.answered_at), None)
    there = came is not None and (came.answered_at or 0) >= moved.at
    return {
        "id": nth + 1,
        "status": "transferred" if there else "transferring",
        "fail_reason": "nothing",
        "created_at": iso(moved.at),
        "from_menu": _path(str(call.order.wanted.get("menu_id", "")), account),
        "to_menu": _path(moved.menu, account) if moved.menu else None,
        "from_agent": agent_info(moved.agent, account),
        "to_agent": agent_info(came.number if there and came else moved.to, account),
    }


def _offers(call: Call, menu: Menu | None) -> list[object]:
    """The queue is cast to its group as soon as the call is there."""
    if call.order.shape != QUEUE or menu is None:
        return []
    at = call.order.created_at // SECOND * SECOND
    return [{"casting_time": iso(at), "group": menu.group}]


def _outbound_number(call: Call, account: Account) -> str | None:
    """As sent; incoming calls fall back to the default where it is absent or not known."""
    sent = call.order.wanted.get("outbound_number")
    known: Mapping[str, object] = records(account, "outbound_numbers")
    if sent and (call.order.shape != QUEUE or sent in known):
        return str(sent)
    return default_number(account)
