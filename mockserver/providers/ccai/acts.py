"""What the CCAI Platform knows beyond ring, answer, bridge and hang-up."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Event, build_dial_event
from mockserver.core.provider import EventContext, Resource, VendorEvent
from mockserver.core.suggestions import did_you_mean
from mockserver.providers.ccai import notes
from mockserver.providers.ccai.reading import menu_named, menu_of, records
from mockserver.providers.ccai.status import QUEUE, status

HANDING: Final = ("offer", "transfer")
TALKING: Final = frozenset({"connected"})


def offerable(moment: EventContext) -> str:
    """Why this agent cannot be offered the call, in words."""
    call, name = moment.call, str(moment.event.data.get("agent", ""))
    agents = records(moment.account, "agents")
    if call.spec.flow != QUEUE:
        return "an outbound call has its agent from the start"
    if offered(call):
        return "somebody is being offered it already"
    if name not in agents:
        return f"no agent is named {name!r}: {did_you_mean(name, agents) or ', '.join(agents)}"
    return ""


def offered(call: Call) -> bool:
    agent = call.leg("b")
    return agent is not None and agent.state in ("ringing", "answered")


def waits(call: Call) -> bool:
    mine = call.spec.flow == QUEUE and not offered(call) and not promised(call)
    return mine and status(call) == "queued"


def promised(call: Call) -> bool:
    """It has been handed to an agent by name, to whom it is yet to be offered."""
    handed = notes.notes(call).transfers
    last = next((one.type for one in reversed(call.events) if one.type in HANDING), "")
    return bool(handed) and bool(handed[-1].to) and last == "transfer"


def given(call: Call, account: Account, now: int) -> Event | None:
    """The agent of the queue's group who has been idle longest."""
    menu = menu_of(call, account)
    free = [
        (one.since, name)
        for name, one in records(account, "agents").items()
        if one.state == "available" and (menu is None or one.group == menu.group)
    ]
    return Event(now, "offer", data={"agent": min(free)[1]}) if free else None


def rings(moment: EventContext) -> Event:
    return build_dial_event(moment.event.at, "b", "agent", str(moment.event.data["agent"]))


def held_already(moment: EventContext) -> str:
    return "the call is on hold already" if notes.open_hold(moment.call) else ""


def not_held(moment: EventContext) -> str:
    return "" if notes.open_hold(moment.call) else "the call is not on hold"


def untransferable(moment: EventContext) -> str:
    """A transfer goes to a menu or an agent that there is."""
    data, account = moment.event.data, moment.account
    for key, kind in (("menu", "menus"), ("agent", "agents")):
        if key in data:
            known, name = records(account, kind), str(data[key])
            there = name in known or (key == "menu" and menu_named(account, name) is not None)
            return "" if there else f"no {key} is named {name!r}: {did_you_mean(name, known)}"
    return "a transfer names a menu or an agent"


def unrated(moment: EventContext) -> str:
    stars = str(moment.event.data.get("stars", "5"))
    return "" if stars in ("1", "2", "3", "4", "5") else "stars are 1 to 5"


def undeflected(moment: EventContext) -> str:
    to = str(moment.event.data.get("to", notes.DEFLECTIONS[0]))
    known = ", ".join(notes.DEFLECTIONS)
    hint = did_you_mean(to, notes.DEFLECTIONS) or known
    return "" if to in notes.DEFLECTIONS else f"no deflection is named {to!r}: {hint}"


def unexpired(moment: EventContext) -> str:
    """Whoever has been handed over since waits anew."""
    handed = str(len(notes.notes(moment.call).transfers))
    told = str(moment.event.data.get("transfers", handed))
    return "" if told == handed else "that wait is over"


def unlapsed(moment: EventContext) -> str:
    """The offer that has rung long enough is over by now, or another one rings."""
    agent = moment.call.leg("b")
    due = moment.event.data.get("rang_at")
    rang = agent is not None and agent.state == "ringing" and agent.ringing_at == due
    return "" if rang else "that offer is over"


ACTS: Final = {
    "offer": VendorEvent(
        frozenset({"queued"}), frozenset({"agent"}), guard=offerable, dials="b", ring=rings
    ),
    "hold": VendorEvent(TALKING, apply=notes.held, guard=held_already, undo="resume"),
    "resume": VendorEvent(TALKING, apply=notes.resumed, guard=not_held),
    "transfer": VendorEvent(
        TALKING, frozenset({"menu", "agent"}), apply=notes.transferred, guard=untransferable
    ),
    "deflect": VendorEvent(
        frozenset({"queued"}), frozenset({"to"}), apply=notes.deflected, guard=undeflected
    ),
    "redirect": VendorEvent(frozenset({"deflected"})),
    "voicemail": VendorEvent(frozenset({"queued", "deflected"}), apply=notes.voiced),
    "read-voicemail": VendorEvent(
        frozenset({"voicemail_received"}),
        apply=lambda call, _: notes.staged(call, "voicemail_read"),
    ),
    "switch": VendorEvent(
        frozenset({"connecting"}), apply=lambda call, _: notes.staged(call, "switching")
    ),
    "rate": VendorEvent(
        frozenset({"finished"}), frozenset({"stars"}), apply=notes.rated, guard=unrated
    ),
    "cancel": VendorEvent(
        frozenset({"scheduled", "queued"}), apply=lambda call, _: notes.staged(call, "cancelled")
    ),
    "expire": VendorEvent(
        frozenset({"queued"}), frozenset({"transfers"}), apply=notes.expired, guard=unexpired
    ),
    "lapse": VendorEvent(frozenset({"queued"}), frozenset({"rang_at"}), guard=unlapsed),
    "recover": VendorEvent(
        frozenset({"failed"}), apply=lambda call, _: notes.staged(call, "recovered")
    ),
}
RESOURCES: Final = {"agent": Resource(waits, given)}
