"""What the CCAI Platform knows beyond ring, answer, bridge and hang-up."""

from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Event, dial
from mockserver.core.nearest import nearest
from mockserver.core.provider import Act, Moment, Resource
from mockserver.providers.ccai import notes
from mockserver.providers.ccai.reading import menu_named, menu_of, records
from mockserver.providers.ccai.status import QUEUE, status

HANDING: Final = ("offer", "transfer")
TALKING: Final = frozenset({"connected"})


def offerable(moment: Moment) -> str:
    """Why this agent cannot be offered the call, in words."""
    call, name = moment.call, str(moment.event.data.get("agent", ""))
    agents = records(moment.account, "agents")
    if call.order.shape != QUEUE:
        return "an outbound call has its agent from the start"
    if offered(call):
        return "somebody is being offered it already"
    if name not in agents:
        return f"no agent is named {name!r}: {nearest(name, agents) or ', '.join(agents)}"
    return ""


def offered(call: Call) -> bool:
    agent = call.leg("b")
    return agent is not None and agent.state in ("ringing", "answered")


def waits(call: Call) -> bool:
    mine = call.order.shape == QUEUE and not offered(call) and not promised(call)
    return mine and status(call) == "queued"


def promised(call: Call) -> bool:
    """It has been handed to an agent by name, to whom it is yet to be offered."""
    handed = notes.notes(call).transfers
    last = next((one.verb for one in reversed(call.events) if one.verb in HANDING), "")
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


def rings(moment: Moment) -> Event:
    return dial(moment.event.at, "b", "agent", str(moment.event.data["agent"]))


def held_already(moment: Moment) -> str:
    return "the call is on hold already" if notes.open_hold(moment.call) else ""


def not_held(moment: Moment) -> str:
    return "" if notes.open_hold(moment.call) else "the call is not on hold"


def untransferable(moment: Moment) -> str:
    """A transfer goes to a menu or an agent that there is."""
    data, account = moment.event.data, moment.account
    for key, kind in (("menu", "menus"), ("agent", "agents")):
        if key in data:
            known, name = records(account, kind), str(data[key])
            there = name in known or (key == "menu" and menu_named(account, name) is not None)
            return "" if there else f"no {key} is named {name!r}: {nearest(name, known)}"
    return "a transfer names a menu or an agent"


def unrated(moment: Moment) -> str:
    stars = str(moment.event.data.get("stars", "5"))
    return "" if stars in ("1", "2", "3", "4", "5") else "stars are 1 to 5"


def undeflected(moment: Moment) -> str:
    to = str(moment.event.data.get("to", notes.DEFLECTIONS[0]))
    known = ", ".join(notes.DEFLECTIONS)
    hint = nearest(to, notes.DEFLECTIONS) or known
    return "" if to in notes.DEFLECTIONS else f"no deflection is named {to!r}: {hint}"


def unexpired(moment: Moment) -> str:
    """Whoever has been handed over since waits anew."""
    handed = str(len(notes.notes(moment.call).transfers))
    told = str(moment.event.data.get("transfers", handed))
    return "" if told == handed else "that wait is over"


def unlapsed(moment: Moment) -> str:
    """The offer that has rung long enough is over by now, or another one rings."""
    agent = moment.call.leg("b")
    due = moment.event.data.get("rang_at")
    rang = agent is not None and agent.state == "ringing" and agent.rang_at == due
    return "" if rang else "that offer is over"


ACTS: Final = {
    "offer": Act(
        frozenset({"queued"}), frozenset({"agent"}), hinders=offerable, dials="b", rings=rings
    ),
    "hold": Act(TALKING, note=notes.held, hinders=held_already, undo="resume"),
    "resume": Act(TALKING, note=notes.resumed, hinders=not_held),
    "transfer": Act(
        TALKING, frozenset({"menu", "agent"}), note=notes.transferred, hinders=untransferable
    ),
    "deflect": Act(
        frozenset({"queued"}), frozenset({"to"}), note=notes.deflected, hinders=undeflected
    ),
    "redirect": Act(frozenset({"deflected"})),
    "voicemail": Act(frozenset({"queued", "deflected"}), note=notes.voiced),
    "read-voicemail": Act(
        frozenset({"voicemail_received"}),
        note=lambda call, _: notes.staged(call, "voicemail_read"),
    ),
    "switch": Act(frozenset({"connecting"}), note=lambda call, _: notes.staged(call, "switching")),
    "rate": Act(frozenset({"finished"}), frozenset({"stars"}), note=notes.rated, hinders=unrated),
    "cancel": Act(
        frozenset({"scheduled", "queued"}), note=lambda call, _: notes.staged(call, "cancelled")
    ),
    "expire": Act(
        frozenset({"queued"}), frozenset({"transfers"}), note=notes.expired, hinders=unexpired
    ),
    "lapse": Act(frozenset({"queued"}), frozenset({"rang_at"}), hinders=unlapsed),
    "recover": Act(frozenset({"failed"}), note=lambda call, _: notes.staged(call, "recovered")),
}
RESOURCES: Final = {"agent": Resource(waits, given)}
