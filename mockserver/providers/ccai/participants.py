"""Build the participants of a call object: people, times and fail reasons."""

from collections.abc import Iterator
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.time import SECOND, format_iso
from mockserver.providers.ccai.call_state import (
    QUEUE,
    connections,
    state_of,
    status,
)
from mockserver.providers.ccai.history import participant_ids
from mockserver.providers.ccai.intervals import (
    Interval,
    agent_intervals,
    hold_intervals,
    participant_intervals,
    wait_intervals,
)
from mockserver.providers.ccai.records import Agent, Contact
from mockserver.providers.ccai.request import (
    Json,
    account_menu,
    menu_path_ids,
    records,
)
from mockserver.providers.ccai.roles import ending_hangup, has_answered, leg_name

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
"""Cause of a leg's end -> fail reason. The words are documented, the mappings are assumed."""


def durations(call: Call, now: int) -> Json:
    """The durations of a call at `now` (ms) in whole seconds, before and after each transfer.

    The call lasts from its first connection to its end; all its waits in queues count (assumed).
    """
    until = now if call.ended_at is None else call.ended_at
    connected = next(iter(connections(call)), None)
    holds = ((since, until if end is None else end) for since, end in state_of(call).holds)
    return {
        "wait_duration": sum(whole_seconds(*wait) for wait in wait_intervals(call, until)),
        "call_duration": whole_seconds(connected, until),
        "hold_duration": sum(whole_seconds(since, end) for since, end in holds),
    }


def whole_seconds(since: int | None, until: int) -> int:
    """Seconds between two times in ms, each rounded down; 0 if `since` is None."""
    return 0 if since is None else until // SECOND - since // SECOND


def format_time(at: int | None) -> str | None:
    return None if at is None else format_iso(at)


def fail_reason(call: Call) -> str:
    """Why a call failed: who hung up first, and how; `nothing` unless it failed."""
    if status(call) not in ("failed", "recovered"):
        return "nothing"
    if state_of(call).has_expired:
        return "expired"
    hangup = ending_hangup(call)
    if hangup is None:
        return "unknown"
    if hangup.leg == leg_name(call, "agent"):
        return agent_fail_reason(hangup)
    is_abandoned = call.spec.flow == QUEUE and has_answered(call, hangup)
    return "eu_abandoned" if is_abandoned else END_USER_FAIL_REASONS[_cause(hangup)]


def agent_fail_reason(hangup: Event) -> str:
    """The fail reason of a hangup by an agent who has not taken the call."""
    return AGENT_FAIL_REASONS.get(_cause(hangup), "voip_conn_general")


def _cause(hangup: Event) -> str:
    return str(hangup.data.get("cause", "normal"))


def menu_path(menu_id: str, account: Account) -> Json | None:
    """The path to a menu; None if one of its menus is unknown."""
    ids = menu_path_ids(account, menu_id)
    names = [menu.name for id_ in ids if (menu := account_menu(account, id_))]
    if len(names) < len(ids):
        return None
    return {
        "items_count": len(ids),
        "name": " / ".join(names),
        "materialized_path": "/".join(ids),
    }


def agent_of(call: Call) -> str:
    """The e-mail of the current or last agent; empty if no agent has answered a queued call."""
    return ["", *(interval.name for interval in agent_intervals(call))][-1]


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
    """The end user in a call object; None without a contact, see `contact_of`."""
    match = contact_of(call, account)
    if match is None:
        return None
    name, contact = match
    return {"id": contact.id, "identifier": contact.identifier, "out_contact_id": name}


def contact_of(call: Call, account: Account) -> tuple[str, Contact] | None:
    """(id, contact) of the end user as found when the call was created; None without one."""
    name = state_of(call).creation.contact
    contact: Contact | None = records(account, "contacts").get(name)
    return (name, contact) if contact else None


def build_participant_objects(call: Call, account: Account, now: int) -> Iterator[Json]:
    for id_, interval in zip(participant_ids(call), participant_intervals(call), strict=True):
        ids = {"id": id_, **_participant_ids(call, account, interval)}
        yield _build_participant_object(call, interval, ids, now)


def _participant_ids(call: Call, account: Account, interval: Interval) -> Json:
    agent: Agent | None = records(account, "agents").get(interval.name)
    match = contact_of(call, account)
    return {
        "user_id": agent.id if interval.role == "agent" and agent else None,
        "end_user_id": match[1].id if interval.role == "end_user" and match else None,
    }


def _build_participant_object(call: Call, interval: Interval, ids: Json, now: int) -> Json:
    """A participant; one who never was in the call has no durations."""
    until = now if interval.until is None else interval.until
    holds = hold_intervals(call, interval, now)
    has_joined = interval.since is not None
    return {
        "id": ids["id"],
        "type": interval.role,
        "status": _participant_status(interval),
        "call_id": int(call.spec.vendor_id),
        "user_id": ids["user_id"],
        "end_user_id": ids["end_user_id"],
        "call_duration": whole_seconds(interval.since, until) if has_joined else None,
        "hold_duration": sum(whole_seconds(*hold) for hold in holds) if has_joined else None,
        "connected_at": format_time(interval.since),
        "ended_at": format_time(interval.until),
        "fail_reason": "nothing" if has_joined else fail_reason(call),
    }


def _participant_status(interval: Interval) -> str:
    """`waiting` is documented, the other words are assumed."""
    if interval.until is not None:
        return "finished" if interval.since is not None else "failed"
    return "waiting" if interval.since is None else "connected"
