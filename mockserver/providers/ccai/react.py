"""What follows an event in a contact center: who is busy, how long somebody waits, who recovers."""

from dataclasses import replace
from typing import Final

from mockserver.core.account import Account, Keep
from mockserver.core.call import Event
from mockserver.core.provider import NOTHING, Effects, Moment, following
from mockserver.core.time import MINUTE, SECOND
from mockserver.providers.ccai.reading import records
from mockserver.providers.ccai.status import QUEUE, agent_leg

OFFER: Final = 30 * SECOND  # how long an agent is rung: assumed
PATIENCE: Final = 10 * MINUTE  # how long a call waits for an agent: assumed


def begun(moment: Moment) -> Effects:
    call = moment.call
    if call.order.shape != QUEUE:
        return NOTHING
    return Effects(tell=((call.order.id, Event(moment.event.at + PATIENCE, "expire")),))


def offered(moment: Moment) -> Effects:
    """Whoever is offered a call is busy; the offer lapses after a while."""
    at = moment.event.at
    lapse = Event(at + OFFER, "lapse", data={"rang_at": at})
    busy = kept(moment.account, str(moment.event.data["agent"]), "busy", at)
    return replace(busy, tell=((moment.call.order.id, lapse),))


def lapsed(moment: Moment) -> Effects:
    gone = Event(moment.event.at, "hangup", "b", {"cause": "no-answer"})
    return Effects(tell=((moment.call.order.id, gone),))


def given_up(moment: Moment) -> Effects:
    """Nobody has taken it in time, and the call is over; so it is once its voicemail is left."""
    gone = Event(moment.event.at, "hangup", "a", {"cause": "normal"})
    return Effects(tell=((moment.call.order.id, gone),))


def deflected(moment: Moment) -> Effects:
    """Whoever is being offered the call is rung no longer."""
    agent = moment.call.leg("b")
    if agent is None or agent.state != "ringing":
        return NOTHING
    gone = Event(moment.event.at, "hangup", "b", {"cause": "normal"})
    return Effects(tell=((moment.call.order.id, gone),))


def hung_up(moment: Moment) -> Effects:
    """The agent is free again, unless somebody has made something else of the state meanwhile."""
    leg = agent_leg(moment.call)
    if leg is None or leg.name != moment.event.leg:
        return NOTHING
    agent = records(moment.account, "agents").get(leg.number)
    if agent is None or agent.state != "busy":
        return NOTHING
    return kept(moment.account, leg.number, "available", moment.event.at)


def transferred(moment: Moment) -> Effects:
    """The agent leaves; whoever comes next is found in the queue, or named."""
    left = (moment.call.order.id, Event(moment.event.at, "leave", "b"))
    to = str(moment.event.data.get("agent", ""))
    if not to:
        return Effects(tell=(left,))
    offer = (moment.call.order.id, Event(moment.event.at, "offer", data={"agent": to}))
    return Effects(tell=(left, offer))


def bridged(moment: Moment) -> Effects:
    """A failed call that is called back has recovered."""
    parent = moment.view.call("ccai", str(moment.call.order.wanted.get("call_id", "")))
    if parent is None:
        return NOTHING
    return Effects(tell=((parent.order.id, Event(moment.event.at, "recover")),))


def kept(account: Account, name: str, state: str, at: int) -> Effects:
    agent = records(account, "agents").get(name)
    if agent is None:
        return NOTHING
    changed = replace(agent, state=state, since=at)
    return Effects(keep=(Keep(account.key, "agents", name, changed),))


react = following(
    {
        "begin": begun,
        "offer": offered,
        "lapse": lapsed,
        "expire": given_up,
        "deflect": deflected,
        "hangup": hung_up,
        "leave": hung_up,
        "transfer": transferred,
        "bridge": bridged,
    }
)
