"""What follows an event in a contact center: who is busy, how long somebody waits, who recovers."""

from typing import Final

from mockserver.core.account import Account, SaveRecord
from mockserver.core.call import Call, Event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.core.time import MINUTE, SECOND
from mockserver.providers.ccai.notes import notes
from mockserver.providers.ccai.reading import mine, records
from mockserver.providers.ccai.seeded import recovered
from mockserver.providers.ccai.status import QUEUE, agent_leg

OFFER: Final = 30 * SECOND  # how long an agent is rung: assumed
PATIENCE: Final = 10 * MINUTE  # how long a call waits for an agent: assumed
MESSAGE: Final = MINUTE  # how long a deflected call stays, unless for a voicemail: assumed
VOICEMAIL: Final = 2 * MINUTE  # how long a voicemail may be: assumed


def begun(moment: EventContext) -> Effects:
    call = moment.call
    if call.spec.flow != QUEUE:
        return NO_EFFECTS
    return Effects(events=(_patience(moment),))


def _patience(moment: EventContext) -> tuple[str, Event]:
    """Each wait has an end of its own; a transfer begins another."""
    handed = len(notes(moment.call).transfers)
    end = Event(moment.event.at + PATIENCE, "expire", data={"transfers": handed})
    return moment.call.spec.id, end


def offered(moment: EventContext) -> Effects:
    """Whoever is offered a call is busy; the offer lapses after a while."""
    at = moment.event.at
    lapse = Event(at + OFFER, "lapse", data={"rang_at": at})
    busy = kept(moment.account, str(moment.event.data["agent"]), "busy", at)
    return busy._replace(events=((moment.call.spec.id, lapse),))


def lapsed(moment: EventContext) -> Effects:
    gone = Event(moment.event.at, "hangup", "b", {"cause": "no-answer"})
    return Effects(events=((moment.call.spec.id, gone),))


def given_up(moment: EventContext) -> Effects:
    """Nobody has taken it in time, or it is sent elsewhere, or not wanted: the call is over."""
    return Effects(events=(over(moment.call, moment.event.at),))


def over(call: Call, at: int) -> tuple[str, Event]:
    """How a call ends that nobody has taken: a booked one without having begun."""
    if call.phase == "placed":
        return call.spec.id, Event(at, "ended", data={"outcome": "cancelled"})
    return call.spec.id, Event(at, "hangup", "a", {"cause": "normal"})


def _gone(moment: EventContext, leg: str, after: int = 0) -> tuple[str, Event]:
    gone = Event(moment.event.at + after, "hangup", leg, {"cause": "normal"})
    return moment.call.spec.id, gone


def deflected(moment: EventContext) -> Effects:
    redirected = Event(moment.event.at + MESSAGE, "redirect")
    return Effects(events=(*_released(moment), (moment.call.spec.id, redirected)))


def voiced(moment: EventContext) -> Effects:
    return Effects(events=(*_released(moment), _gone(moment, "a", VOICEMAIL)))


def _released(moment: EventContext) -> tuple[tuple[str, Event], ...]:
    """Whoever is being offered the call is rung no longer."""
    agent = moment.call.leg("b")
    return (_gone(moment, "b"),) if agent and agent.state == "ringing" else ()


def hung_up(moment: EventContext) -> Effects:
    """The agent is free again, unless somebody has made something else of the state meanwhile."""
    leg = agent_leg(moment.call)
    if leg is None or leg.name != moment.event.leg:
        return NO_EFFECTS
    agent = records(moment.account, "agents").get(leg.number)
    if agent is None or agent.state != "busy":
        return NO_EFFECTS
    return kept(moment.account, leg.number, "available", moment.event.at)


def transferred(moment: EventContext) -> Effects:
    """The agent leaves; whoever comes next is found in the queue, or named."""
    left = (moment.call.spec.id, Event(moment.event.at, "leave", "b"))
    waits = _patience(moment)
    to = str(moment.event.data.get("agent", ""))
    if not to:
        return Effects(events=(left, waits))
    offer = (moment.call.spec.id, Event(moment.event.at, "offer", data={"agent": to}))
    return Effects(events=(left, offer, waits))


def bridged(moment: EventContext) -> Effects:
    """A failed call that is called back has recovered."""
    parent = mine(
        moment.read_model, moment.account, str(moment.call.spec.parameters.get("call_id", ""))
    )
    if parent is None:
        return recovered(moment.account, str(moment.call.spec.parameters.get("call_id", "")))
    return Effects(events=((parent.spec.id, Event(moment.event.at, "recover")),))


def kept(account: Account, name: str, state: str, at: int) -> Effects:
    agent = records(account, "agents").get(name)
    if agent is None:
        return NO_EFFECTS
    changed = agent._replace(state=state, since=at)
    return Effects(records=(SaveRecord(account.key, "agents", name, changed),))


react = by_event_type(
    {
        "begin": begun,
        "offer": offered,
        "lapse": lapsed,
        "expire": given_up,
        "deflect": deflected,
        "redirect": given_up,
        "voicemail": voiced,
        "cancel": given_up,
        "hangup": hung_up,
        "leave": hung_up,
        "transfer": transferred,
        "bridge": bridged,
    }
)
