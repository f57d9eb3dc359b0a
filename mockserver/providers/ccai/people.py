"""Who is in a call: agent and end user as participants, their times, and why they failed."""

from collections.abc import Iterator
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.time import SECOND, format_iso
from mockserver.providers.ccai.notes import Transfer, notes
from mockserver.providers.ccai.reading import digits, menu_named, path_of, records, settings
from mockserver.providers.ccai.records import Agent, Contact, Ticket
from mockserver.providers.ccai.sides import Side, held, sides, stints, taker
from mockserver.providers.ccai.status import (
    QUEUE,
    agent_leg,
    connected_at,
    end_user_leg,
    queued_at,
    status,
)

Json = dict[str, object]
USUAL: Final = 2  # participants
FAR: Final = 1_000_000

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
    return None if at is None else format_iso(at)


def fail_reason(call: Call) -> str:
    if status(call) != "failed":
        return "nothing"
    if notes(call).expired:
        return "expired"
    user, agent = end_user_leg(call), agent_leg(call)
    if call.spec.flow == QUEUE and user.answered_at is not None:
        return "eu_abandoned"
    if user.cause and user.answered_at is None and user.ringing_at is not None:
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
    """Whoever has, or had last, the call; an offer that nobody took names nobody."""
    if call.spec.flow == QUEUE:
        return ["", *(side.name for side in stints(call))][-1]
    leg = agent_leg(call)
    return leg.number if leg else ""


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
    known, wanted = records(account, "contacts"), call.spec.parameters
    ticket: Ticket | None = records(account, "tickets").get(str(wanted.get("ticket_id", "")))
    if ticket and ticket.contact in known:
        return ticket.contact, known[ticket.contact]
    if call.spec.flow != QUEUE:
        return None
    number = digits(str(wanted.get("end_user_number", "")))
    return next(((name, one) for name, one in known.items() if digits(one.number) == number), None)


def participants(call: Call, account: Account) -> Iterator[Json]:
    """Two ids are a call's own; whoever is handed the call later has one far off."""
    first = settings(account).first_participant_id + 2 * (int(call.spec.id[1:]) - 1)
    for nth, side in enumerate(sides(call)):
        number = first + nth if nth < USUAL else first + nth * FAR
        yield _participant(call, account, side, number)


def _participant(call: Call, account: Account, side: Side, number: int) -> Json:
    agent: Agent | None = records(account, "agents").get(side.name)
    found = contact_of(call, account)
    held_for = sum(whole(since, until) for since, until in held(call, side, call.events[-1].at))
    return {
        "id": number,
        "type": side.kind,
        "status": _participant_status(side),
        "call_id": int(call.spec.vendor_id),
        "user_id": agent.id if side.kind == "agent" and agent else None,
        "end_user_id": found[1].id if side.kind == "end_user" and found else None,
        "call_duration": None
        if side.since is None or side.until is None
        else whole(side.since, side.until),
        "hold_duration": None if side.until is None else held_for,
        "connected_at": stamp(side.since),
        "ended_at": stamp(side.until),
        "fail_reason": "nothing" if side.since is not None else fail_reason(call),
    }


def _participant_status(side: Side) -> str:
    """`waiting` is documented, the words after it are assumed."""
    if side.until is not None:
        return "finished" if side.since is not None else "failed"
    return "waiting" if side.since is None else "connected"


def transfer(call: Call, account: Account, told: tuple[int, Transfer]) -> Json:
    """The first state is documented, the words after it are assumed."""
    nth, moved = told
    came = taker(call, nth)
    return {
        "id": nth + 1,
        "status": _transfer_status(call, nth, came),
        "fail_reason": _transfer_reason(call, nth, came),
        "created_at": format_iso(moved.at),
        "from_menu": path(_menu_before(call, nth), account),
        "to_menu": path(moved.menu, account) if moved.menu else None,
        "from_agent": agent_info(moved.agent, account),
        "to_agent": agent_info(came or moved.to, account),
    }


def _transfer_status(call: Call, nth: int, came: str) -> str:
    if came:
        return "transferred"
    return "failed" if _vain(call, nth) else "transferring"


def _transfer_reason(call: Call, nth: int, came: str) -> str:
    if came or not _vain(call, nth):
        return "nothing"
    return "transfer_expired" if notes(call).expired else "eu_abandoned"


def _vain(call: Call, nth: int) -> bool:
    """Nobody will come any more."""
    return call.phase == "ended" or nth + 1 < len(notes(call).transfers)


def _menu_before(call: Call, nth: int) -> str:
    """The menu from which the nth transfer took the call."""
    moved = [one.menu for one in notes(call).transfers[:nth] if one.menu]
    return moved[-1] if moved else str(call.spec.parameters.get("menu_id", ""))
