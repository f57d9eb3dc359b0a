"""Who is in a call: agent and end user as participants, their times, and why they failed."""

from collections.abc import Iterator
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.time import SECOND, format_iso
from mockserver.providers.ccai.call_state import (
    QUEUE,
    Transfer,
    agent_leg,
    connected_at,
    end_user_leg,
    queued_at,
    state_of,
    status,
)
from mockserver.providers.ccai.intervals import (
    Interval,
    agent_intervals,
    answering_agent,
    hold_intervals,
    participant_intervals,
)
from mockserver.providers.ccai.records import Agent, Contact, Ticket
from mockserver.providers.ccai.request import (
    Json,
    account_menu,
    digits,
    menu_path_ids,
    records,
    settings,
)

PARTICIPANTS_PER_CALL: Final = 2  # participants
LATE_PARTICIPANT_STRIDE: Final = 1_000_000

END_USER_FAIL_REASONS: Final = {
    "busy": "eu_busy",
    "no-answer": "eu_no_answer",
    "rejected": "eu_rejected",
    "invalid-number": "eu_wrong_number",
    "unreachable": "eu_no_answer",
    "network-failure": "voip_conn_general",
    "normal": "eu_canceled",
}
AGENT_FAIL_REASONS: Final = {
    "no-answer": "ag_ignored",
    "busy": "ag_ignored",
    "rejected": "ag_canceled",
    "normal": "ag_canceled",
}
"""Cause of a leg's end -> fail reason; the words are documented, the mapping is assumed."""


def durations(call: Call) -> Json:
    """Whole seconds, so that they agree with the time stamps."""
    queued, connected, ended = queued_at(call), connected_at(call), call.ended_at
    now = call.events[-1].at
    waited = whole_seconds(queued, connected or ended or now) if queued is not None else 0
    return {
        "wait_duration": waited,
        "call_duration": whole_seconds(connected, ended or now) if connected is not None else 0,
        "hold_duration": sum(
            whole_seconds(since, until or ended or now) for since, until in state_of(call).holds
        ),
    }


def whole_seconds(since: int | None, until: int) -> int:
    return 0 if since is None else until // SECOND - since // SECOND


def format_time(at: int | None) -> str | None:
    return None if at is None else format_iso(at)


def fail_reason(call: Call) -> str:
    if status(call) != "failed":
        return "nothing"
    if state_of(call).has_expired:
        return "expired"
    user, agent = end_user_leg(call), agent_leg(call)
    if call.spec.flow == QUEUE and user.answered_at is not None:
        return "eu_abandoned"
    if user.cause and user.answered_at is None and user.ringing_at is not None:
        return END_USER_FAIL_REASONS[user.cause]
    return (
        AGENT_FAIL_REASONS.get(agent.cause or "normal", "voip_conn_general") if agent else "unknown"
    )


def menu_path(menu_id: str, account: Account) -> Json | None:
    way = menu_path_ids(account, menu_id)
    names = [menu.name for one in way if (menu := account_menu(account, one))]
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
        return ["", *(side.name for side in agent_intervals(call))][-1]
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


def build_participant_objects(call: Call, account: Account) -> Iterator[Json]:
    """Two ids are a call's own; whoever is handed the call later has one far off."""
    first = settings(account).first_participant_id + 2 * (int(call.spec.id[1:]) - 1)
    for nth, side in enumerate(participant_intervals(call)):
        number = (
            first + nth if nth < PARTICIPANTS_PER_CALL else first + nth * LATE_PARTICIPANT_STRIDE
        )
        yield _build_participant_object(call, account, side, number)


def _build_participant_object(
    call: Call, account: Account, interval: Interval, participant_id: int
) -> Json:
    agent: Agent | None = records(account, "agents").get(interval.name)
    found = contact_of(call, account)
    held_for = sum(
        whole_seconds(since, until)
        for since, until in hold_intervals(call, interval, call.events[-1].at)
    )
    return {
        "id": participant_id,
        "type": interval.role,
        "status": _participant_status(interval),
        "call_id": int(call.spec.vendor_id),
        "user_id": agent.id if interval.role == "agent" and agent else None,
        "end_user_id": found[1].id if interval.role == "end_user" and found else None,
        "call_duration": None
        if interval.since is None or interval.until is None
        else whole_seconds(interval.since, interval.until),
        "hold_duration": None if interval.until is None else held_for,
        "connected_at": format_time(interval.since),
        "ended_at": format_time(interval.until),
        "fail_reason": "nothing" if interval.since is not None else fail_reason(call),
    }


def _participant_status(interval: Interval) -> str:
    """`waiting` is documented, the words after it are assumed."""
    if interval.until is not None:
        return "finished" if interval.since is not None else "failed"
    return "waiting" if interval.since is None else "connected"


def build_transfer_object(
    call: Call, account: Account, indexed_transfer: tuple[int, Transfer]
) -> Json:
    """The first state is documented, the words after it are assumed."""
    nth, moved = indexed_transfer
    came = answering_agent(call, nth)
    return {
        "id": nth + 1,
        "status": _transfer_status(call, nth, came),
        "fail_reason": _transfer_reason(call, nth, came),
        "created_at": format_iso(moved.at),
        "from_menu": menu_path(_menu_before(call, nth), account),
        "to_menu": menu_path(moved.menu, account) if moved.menu else None,
        "from_agent": agent_info(moved.from_agent, account),
        "to_agent": agent_info(came or moved.to_agent, account),
    }


def _transfer_status(call: Call, index: int, answering: str) -> str:
    if answering:
        return "transferred"
    return "failed" if _is_transfer_lost(call, index) else "transferring"


def _transfer_reason(call: Call, index: int, answering: str) -> str:
    if answering or not _is_transfer_lost(call, index):
        return "nothing"
    return "transfer_expired" if state_of(call).has_expired else "eu_abandoned"


def _is_transfer_lost(call: Call, index: int) -> bool:
    """Nobody will come any more."""
    return call.phase == "ended" or index + 1 < len(state_of(call).transfers)


def _menu_before(call: Call, index: int) -> str:
    """The menu from which the nth transfer took the call."""
    moved = [one.menu for one in state_of(call).transfers[:index] if one.menu]
    return moved[-1] if moved else str(call.spec.parameters.get("menu_id", ""))
