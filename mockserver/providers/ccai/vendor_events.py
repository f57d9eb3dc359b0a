"""Declare the vendor events of the CCAI Platform, and agents as a resource of its queues."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Event, build_dial_event
from mockserver.core.provider import EventContext, Resource, VendorEvent
from mockserver.core.read_model import ReadModel
from mockserver.core.suggestions import did_you_mean
from mockserver.providers.ccai import call_state
from mockserver.providers.ccai.agents import agent_choices, transfer_choices, why_unavailable
from mockserver.providers.ccai.call_state import status
from mockserver.providers.ccai.history import menu_data, offered_participant_id
from mockserver.providers.ccai.participants import format_time
from mockserver.providers.ccai.request import account_menu, menu_of, records
from mockserver.providers.ccai.roles import agent_leg, end_user_leg, leg_name

STARS: Final = ("1", "2", "3", "4", "5")
TALKING_STATUSES: Final = frozenset({"connected"})


def check_offer(context: EventContext) -> str:
    """Why the call cannot be offered to this agent; empty if it can."""
    call, name = context.call, str(context.event.data.get("agent", ""))
    if has_agent(call):
        return "somebody is being offered it already"
    if name == call_state.pending_agent(call):
        return ""
    return check_agent(context, name)


def check_agent(context: EventContext, name: str) -> str:
    """Why the agent cannot take a call; empty if the agent can."""
    agents = records(context.account, "agents")
    if name not in agents:
        return f"no agent is named {name!r}: {did_you_mean(name, agents) or ', '.join(agents)}"
    return why_unavailable(context.read_model, context.account, name)


def has_agent(call: Call) -> bool:
    agent = agent_leg(call)
    return agent is not None and agent.state in ("ringing", "answered")


def is_waiting_for_agent(call: Call) -> bool:
    """Whether the call is queued without an offer, and none is due."""
    return _is_queued(call) and not call_state.pending_agent(call)


def is_agent_reserved(call: Call) -> bool:
    """Whether an offer to the agent whom a transfer has named is due."""
    return bool(call_state.pending_agent(call)) and _is_queued(call)


def _is_queued(call: Call) -> bool:
    """Whether the call is queued without an offer; one whose wait has expired is about to end."""
    has_expired = call_state.state_of(call).has_expired
    return not has_agent(call) and not has_expired and status(call) == "queued"


def assign_agent(call: Call, account: Account, now: int, read_model: ReadModel) -> Event | None:
    """An offer to the available agent of the queue's group who has been idle longest, or None."""
    menu = menu_of(call, account)
    free = sorted(
        (agent.since, name)
        for name, agent in records(account, "agents").items()
        if agent.state == "available" and (menu is None or agent.group == menu.group)
    )
    names = (name for _, name in free if not why_unavailable(read_model, account, name))
    name = next(names, "")
    return Event(now, "offer", data={"agent": name}) if name else None


def ring_agent(context: EventContext) -> Event:
    """The ring of the agent's leg; it has the id of the participant that the agent becomes."""
    leg = leg_name(context.call, "agent")
    ring = build_dial_event(context.event.at, leg, "agent", str(context.event.data["agent"]))
    return ring.replace(data={**ring.data, "participant": offered_participant_id(context)})


def let_agent_leave(context: EventContext) -> Event:
    """The agent's leave of a transferred call; it has the group of the menu, if there is one."""
    data = menu_data(str(context.event.data.get("menu", "")), context.account)
    return Event(context.event.at, "leave", leg_name(context.call, "agent"), data)


def stop_ringing(context: EventContext) -> Event:
    leg = leg_name(context.call, "agent")
    return Event(context.event.at, "hangup", leg, {"cause": "no-answer"})


def join_sides(context: EventContext) -> Event:
    return Event(context.event.at, "bridge")


def check_hold(context: EventContext) -> str:
    return "the call is on hold already" if call_state.is_on_hold(context.call) else ""


def check_resume(context: EventContext) -> str:
    return "" if call_state.is_on_hold(context.call) else "the call is not on hold"


def check_transfer(context: EventContext) -> str:
    """Why the transfer is not possible; empty if it names a menu, or an agent who can take it."""
    data, account = context.event.data, context.account
    if len(data) != 1:
        return "a transfer names a menu or an agent"
    if "agent" in data:
        return check_agent(context, str(data["agent"]))
    name, known = str(data["menu"]), records(account, "menus")
    is_known = account_menu(account, name) is not None
    return "" if is_known else f"no menu is named {name!r}: {did_you_mean(name, known)}"


def check_rate(context: EventContext) -> str:
    stars = str(context.event.data.get("stars", "5"))
    return "" if stars in STARS else "stars are 1 to 5"


def check_deflect(context: EventContext) -> str:
    to = str(context.event.data.get("to", call_state.DEFLECTIONS[0]))
    known = ", ".join(call_state.DEFLECTIONS)
    hint = did_you_mean(to, call_state.DEFLECTIONS) or known
    return "" if to in call_state.DEFLECTIONS else f"no deflection is named {to!r}: {hint}"


def check_expire(context: EventContext) -> str:
    """Why the wait cannot expire; empty unless the call was transferred after it started."""
    transfers = str(len(call_state.state_of(context.call).transfers))
    at_start = str(context.event.data.get("transfers", transfers))
    return "" if at_start == transfers else "that wait is over"


def check_lapse(context: EventContext) -> str:
    """Why the offer cannot lapse; empty if the offer of `rang_at` is still ringing."""
    agent = agent_leg(context.call)
    rang_at = context.event.data.get("rang_at")
    is_ringing = agent is not None and agent.state == "ringing"
    is_meant = agent is not None and rang_at == format_time(agent.ringing_at)
    return "" if is_ringing and is_meant else "that offer is over"


def check_connect(context: EventContext) -> str:
    """Why no connection can be established; empty if the agent of `answered_at` is still there."""
    agent, answered_at = agent_leg(context.call), context.event.data.get("answered_at")
    is_answered = agent is not None and agent.state == "answered"
    is_meant = agent is not None and answered_at in (None, format_time(agent.answered_at))
    return "" if is_answered and is_meant else "that answer is over"


def check_join(context: EventContext) -> str:
    """Why the sides cannot be joined; empty if both answered, and nothing happened `since`."""
    if end_user_leg(context.call).state != "answered":
        return "the end user has not answered"
    times = (each.at for each in reversed(context.call.events) if each.type in CONNECTING_EVENTS)
    latest = format_time(next(times))
    return "" if context.event.data.get("since", latest) == latest else "that connection is over"


CONNECTING_EVENTS: Final = ("answer", "connect", "switch")


VENDOR_EVENTS: Final = {
    "offer": VendorEvent(
        frozenset({"queued"}),
        frozenset({"agent"}),
        guard=check_offer,
        choices=agent_choices,
        dials="agent",
        next_event=ring_agent,
    ),
    "hold": VendorEvent(
        TALKING_STATUSES, apply=call_state.start_hold, guard=check_hold, undo="resume"
    ),
    "resume": VendorEvent(TALKING_STATUSES, apply=call_state.end_hold, guard=check_resume),
    "transfer": VendorEvent(
        TALKING_STATUSES,
        frozenset({"menu", "agent"}),
        apply=call_state.add_transfer,
        guard=check_transfer,
        choices=transfer_choices,
        next_event=let_agent_leave,
    ),
    "connect": VendorEvent(
        frozenset({"assigned"}),
        frozenset({"answered_at"}),
        apply=lambda call, _: call_state.set_stage(call, "connecting"),
        guard=check_connect,
        is_timer=True,
    ),
    "join": VendorEvent(
        frozenset(call_state.CONNECTING_STAGES),
        frozenset({"since"}),
        guard=check_join,
        next_event=join_sides,
        is_timer=True,
    ),
    "deflect": VendorEvent(
        frozenset({"queued"}),
        frozenset({"to"}),
        apply=call_state.set_deflection,
        guard=check_deflect,
        choices=lambda _: [("to", word) for word in call_state.DEFLECTIONS],
    ),
    "redirect": VendorEvent(frozenset({"deflected"}), is_timer=True),
    "voicemail": VendorEvent(frozenset({"queued", "deflected"}), apply=call_state.set_voicemail),
    "read-voicemail": VendorEvent(
        frozenset({"voicemail_received"}),
        apply=lambda call, _: call_state.set_stage(call, "voicemail_read"),
    ),
    "switch": VendorEvent(frozenset({"connecting"}), apply=call_state.switch_provider),
    "rate": VendorEvent(
        frozenset({"finished"}),
        frozenset({"stars"}),
        apply=call_state.set_rating,
        guard=check_rate,
        choices=lambda _: [("stars", stars) for stars in STARS],
    ),
    "cancel": VendorEvent(
        frozenset({"scheduled", "queued"}),
        apply=lambda call, _: call_state.set_stage(call, "cancelled"),
    ),
    "expire": VendorEvent(
        frozenset({"queued"}),
        frozenset({"transfers"}),
        apply=call_state.set_expired,
        guard=check_expire,
        is_timer=True,
        is_timeout=True,
    ),
    "lapse": VendorEvent(
        frozenset({"queued"}),
        frozenset({"rang_at"}),
        guard=check_lapse,
        next_event=stop_ringing,
        is_timer=True,
        is_timeout=True,
    ),
    "recover": VendorEvent(
        frozenset({"failed"}), apply=lambda call, _: call_state.set_stage(call, "recovered")
    ),
}
RESOURCES: Final = {"agent": Resource(is_waiting_for_agent, assign_agent, is_agent_reserved)}
