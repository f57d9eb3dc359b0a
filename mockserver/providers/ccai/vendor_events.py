"""What the CCAI Platform knows beyond ring, answer, bridge and hang-up."""

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
    """Why this agent cannot be offered the call, in words."""
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
    mine = call.spec.flow == QUEUE and not has_agent(call) and not has_pending_agent_transfer(call)
    return mine and status(call) == "queued"


def has_pending_agent_transfer(call: Call) -> bool:
    """It has been handed to an agent by name, to whom it is yet to be offered."""
    handed = call_state.state_of(call).transfers
    last = next((one.type for one in reversed(call.events) if one.type in HANDOVER_EVENTS), "")
    return bool(handed) and bool(handed[-1].to_agent) and last == "transfer"


def assign_agent(call: Call, account: Account, now: int) -> Event | None:
    """The agent of the queue's group who has been idle longest."""
    menu = menu_of(call, account)
    free = [
        (one.since, name)
        for name, one in records(account, "agents").items()
        if one.state == "available" and (menu is None or one.group == menu.group)
    ]
    return Event(now, "offer", data={"agent": min(free)[1]}) if free else None


def ring_agent(context: EventContext) -> Event:
    return build_dial_event(context.event.at, "b", "agent", str(context.event.data["agent"]))


def check_hold(context: EventContext) -> str:
    return "the call is on hold already" if call_state.is_on_hold(context.call) else ""


def check_resume(context: EventContext) -> str:
    return "" if call_state.is_on_hold(context.call) else "the call is not on hold"


def check_transfer(context: EventContext) -> str:
    """A transfer goes to a menu or an agent that there is."""
    data, account = context.event.data, context.account
    for key, kind in (("menu", "menus"), ("agent", "agents")):
        if key in data:
            known, name = records(account, kind), str(data[key])
            there = name in known or (key == "menu" and account_menu(account, name) is not None)
            return "" if there else f"no {key} is named {name!r}: {did_you_mean(name, known)}"
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
    """Whoever has been handed over since waits anew."""
    handed = str(len(call_state.state_of(context.call).transfers))
    told = str(context.event.data.get("transfers", handed))
    return "" if told == handed else "that wait is over"


def check_lapse(context: EventContext) -> str:
    """The offer that has rung long enough is over by now, or another one rings."""
    agent = context.call.leg("b")
    due = context.event.data.get("rang_at")
    rang = agent is not None and agent.state == "ringing" and agent.ringing_at == due
    return "" if rang else "that offer is over"


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
