"""Who is in a call: agent and end user as participants, their times, and why they failed."""

from collections.abc import Iterator
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Leg
from mockserver.core.time import SECOND, iso
from mockserver.providers.ccai.notes import Transfer, notes
from mockserver.providers.ccai.reading import digits, menu_named, path_of, records, settings
from mockserver.providers.ccai.records import Agent, Contact, Ticket
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


def lengths(call: Call) -> Json:
    """Whole seconds, so that they agree with the time stamps."""
    queued, connected, ended = queued_at(call), connected_at(call), call.ended_at
    now = call.events[-1].at
    waited = whole(queued, connected or ended or now) if queued is not None else 0
    return {
        "wait_duration": waited,
        "call_duration": whole(connected, ended or now) if connected is not None else 0,
        "hold_duration": sum(
            whole(since, until or ended or now) for since, until in notes(call).holds
        ),
    }


def whole(since: int | None, until: int) -> int:
    return 0 if since is None else until // SECOND - since // SECOND


def stamp(at: int | None) -> str | None:
    return None if at is None else iso(at)


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


def path(name: str, account: Account) -> Json | None:
    way = path_of(account, name)
    names = [menu.name for one in way if (menu := menu_named(account, one))]
    if len(names) < len(way):
        return None
    return {
        "items_count": len(way),
        "name": " / ".join(names),
        "materialized_path": "/".join(way),
    }


def agent_of(call: Call) -> str:
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
    if ticket and ticket.contact in known:
        return ticket.contact, known[ticket.contact]
    if call.order.shape != QUEUE:
        return None
    number = digits(str(wanted.get("end_user_number", "")))
    return next(((name, one) for name, one in known.items() if digits(one.number) == number), None)


def participants(call: Call, account: Account) -> Iterator[Json]:
    """The agent comes first in an outbound call, and second, once there, in a queued one."""
    first = settings(account).first_participant_id + 2 * (int(call.order.id[1:]) - 1)
    ids = iter(range(first, first + 2))
    agent, user = agent_of(call), end_user_leg(call)
    sides: list[tuple[str, Leg | None]] = [("end_user", user)]
    if agent:
        at = 0 if call.order.shape != QUEUE else 1
        sides.insert(at, ("agent", agent_leg(call)))
    for kind, leg in sides:
        yield _participant(kind, leg, next(ids), (call, account))


def _participant(kind: str, leg: Leg | None, number: int, of: tuple[Call, Account]) -> Json:
    call, account = of
    agent: Agent | None = records(account, "agents").get(agent_of(call))
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
        "call_duration": None if answered is None or ended is None else whole(answered, ended),
        "hold_duration": None if ended is None else lengths(call)["hold_duration"],
        "connected_at": stamp(answered),
        "ended_at": stamp(ended),
        "fail_reason": "nothing" if answered is not None else fail_reason(call),
    }


def _participant_status(leg: Leg | None) -> str:
    """`waiting` is documented, the words after it are assumed."""
    if leg is None or (leg.answered_at is None and leg.ended_at is None):
        return "waiting"
    if leg.ended_at is not None:
        return "finished" if leg.answered_at is not None else "failed"
    return "connected"


def transfer(call: Call, account: Account, told: tuple[int, Transfer]) -> Json:
    nth, moved = told
    came = next((leg for leg in call.legs if leg.name == "b" and leg.answered_at), None)
    there = came is not None and (came.answered_at or 0) >= moved.at
    return {
        "id": nth + 1,
        "status": "transferred" if there else "transferring",
        "fail_reason": "nothing",
        "created_at": iso(moved.at),
        "from_menu": path(str(call.order.wanted.get("menu_id", "")), account),
        "to_menu": path(moved.menu, account) if moved.menu else None,
        "from_agent": agent_info(moved.agent, account),
        "to_agent": agent_info(came.number if there and came else moved.to, account),
    }
