"""Declare the vendor events of the CCAI Platform, and agents as a resource of its queues."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Event, build_dial_event
from mockserver.core.provider import EventContext, Resource, VendorEvent
from mockserver.core.suggestions import did_you_mean
from mockserver.providers.ccai import call_state
from mockserver.providers.ccai.call_state import QUEUE, status
from mockserver.providers.ccai.request import account_menu, menu_of, records

HANDOVER_EVENTS: Final = ("offer", "transfer")
TALKING_STATUSES: Final = frozenset({"connected"})


def check_offer(context: EventContext) -> str:
    """Why the call cannot be offered to this agent; empty if it can."""
    call, name = context.call, str(context.event.data.get("agent", ""))
    agents = records(context.account, "agents")
    if call.spec.flow != QUEUE:
        return "an outbound call has its agent from the start"
    if has_agent(call):
        return "somebody is being offered it already"
    if name not in agents:
        return f"no agent is named {name!r}: {did_you_mean(name, agents) or ', '.join(agents)}"
    return ""


def has_agent(call: Call) -> bool:
    agent = call.leg("b")
    return agent is not None and agent.state in ("ringing", "answered")


def is_waiting_for_agent(call: Call) -> bool:
    is_unassigned = (
        call.spec.flow == QUEUE and not has_agent(call) and not has_pending_agent_transfer(call)
    )
    return is_unassigned and status(call) == "queued"


def has_pending_agent_transfer(call: Call) -> bool:
    """Whether the call was transferred to a named agent and has not been offered since."""
    transfers = call_state.state_of(call).transfers
    types = (event.type for event in reversed(call.events) if event.type in HANDOVER_EVENTS)
    last = next(types, "")
    return bool(transfers) and bool(transfers[-1].to_agent) and last == "transfer"


def assign_agent(call: Call, account: Account, now: int) -> Event | None:
    """An offer to the available agent of the queue's group who has been idle longest, or None."""
    menu = menu_of(call, account)
    free = [
        (agent.since, name)
        for name, agent in records(account, "agents").items()
        if agent.state == "available" and (menu is None or agent.group == menu.group)
    ]
    return Event(now, "offer", data={"agent": min(free)[1]}) if free else None


def ring_agent(context: EventContext) -> Event:
    return build_dial_event(context.event.at, "b", "agent", str(context.event.data["agent"]))


def check_hold(context: EventContext) -> str:
    return "the call is on hold already" if call_state.is_on_hold(context.call) else ""


def check_resume(context: EventContext) -> str:
    return "" if call_state.is_on_hold(context.call) else "the call is not on hold"


def check_transfer(context: EventContext) -> str:
    """Why the transfer is not possible; empty if it names an existing menu or agent."""
    data, account = context.event.data, context.account
    for key, kind in (("menu", "menus"), ("agent", "agents")):
        if key in data:
            known, name = records(account, kind), str(data[key])
            exists = name in known or (key == "menu" and account_menu(account, name) is not None)
            return "" if exists else f"no {key} is named {name!r}: {did_you_mean(name, known)}"
    return "a transfer names a menu or an agent"


def check_rate(context: EventContext) -> str:
    stars = str(context.event.data.get("stars", "5"))
    return "" if stars in ("1", "2", "3", "4", "5") else "stars are 1 to 5"


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
    agent = context.call.leg("b")
    rang_at = context.event.data.get("rang_at")
    is_ringing = agent is not None and agent.state == "ringing" and agent.ringing_at == rang_at
    return "" if is_ringing else "that offer is over"


VENDOR_EVENTS: Final = {
    "offer": VendorEvent(
        frozenset({"queued"}), frozenset({"agent"}), guard=check_offer, dials="b", ring=ring_agent
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
    ),
    "deflect": VendorEvent(
        frozenset({"queued"}),
        frozenset({"to"}),
        apply=call_state.set_deflection,
        guard=check_deflect,
    ),
    "redirect": VendorEvent(frozenset({"deflected"})),
    "voicemail": VendorEvent(frozenset({"queued", "deflected"}), apply=call_state.set_voicemail),
    "read-voicemail": VendorEvent(
        frozenset({"voicemail_received"}),
        apply=lambda call, _: call_state.set_stage(call, "voicemail_read"),
    ),
    "switch": VendorEvent(
        frozenset({"connecting"}), apply=lambda call, _: call_state.set_stage(call, "switching")
    ),
    "rate": VendorEvent(
        frozenset({"finished"}), frozenset({"stars"}), apply=call_state.set_rating, guard=check_rate
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
    ),
    "lapse": VendorEvent(frozenset({"queued"}), frozenset({"rang_at"}), guard=check_lapse),
    "recover": VendorEvent(
        frozenset({"failed"}), apply=lambda call, _: call_state.set_stage(call, "recovered")
    ),
}
RESOURCES: Final = {"agent": Resource(is_waiting_for_agent, assign_agent)}
