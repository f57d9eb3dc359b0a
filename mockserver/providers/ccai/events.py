"""What follows an event in a contact center: who is busy, how long somebody waits, who recovers."""

from typing import Final

from mockserver.core.account import Account, SaveRecord
from mockserver.core.call import Call, Event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.core.time import MINUTE, SECOND
from mockserver.providers.ccai.call_state import QUEUE, agent_leg, state_of
from mockserver.providers.ccai.existing_calls import recover_existing_call
from mockserver.providers.ccai.request import account_call, records

OFFER_TIMEOUT: Final = 30 * SECOND  # how long an agent is rung: assumed
QUEUE_TIMEOUT: Final = 10 * MINUTE  # how long a call waits for an agent: assumed
DEFLECTION_DURATION: Final = (
    MINUTE  # how long a deflected call stays, unless for a voicemail: assumed
)
VOICEMAIL_DURATION: Final = 2 * MINUTE  # how long a voicemail may be: assumed


def on_begin(context: EventContext) -> Effects:
    call = context.call
    if call.spec.flow != QUEUE:
        return NO_EFFECTS
    return Effects(events=(_expire_event(context),))


def _expire_event(context: EventContext) -> tuple[str, Event]:
    """Each wait has an end of its own; a transfer begins another."""
    handed = len(state_of(context.call).transfers)
    end = Event(context.event.at + QUEUE_TIMEOUT, "expire", data={"transfers": handed})
    return context.call.spec.id, end


def on_offer(context: EventContext) -> Effects:
    """Whoever is offered a call is busy; the offer lapses after a while."""
    at = context.event.at
    lapse = Event(at + OFFER_TIMEOUT, "lapse", data={"rang_at": at})
    busy = set_agent_state(context.account, str(context.event.data["agent"]), "busy", at)
    return busy._replace(events=((context.call.spec.id, lapse),))


def on_lapse(context: EventContext) -> Effects:
    gone = Event(context.event.at, "hangup", "b", {"cause": "no-answer"})
    return Effects(events=((context.call.spec.id, gone),))


def end_waiting_call(context: EventContext) -> Effects:
    """Nobody has taken it in time, or it is sent elsewhere, or not wanted: the call is over."""
    return Effects(events=(end_event(context.call, context.event.at),))


def end_event(call: Call, at: int) -> tuple[str, Event]:
    """How a call ends that nobody has taken: a booked one without having begun."""
    if call.phase == "placed":
        return call.spec.id, Event(at, "ended", data={"outcome": "cancelled"})
    return call.spec.id, Event(at, "hangup", "a", {"cause": "normal"})


def _hangup_event(context: EventContext, leg: str, delay: int = 0) -> tuple[str, Event]:
    gone = Event(context.event.at + delay, "hangup", leg, {"cause": "normal"})
    return context.call.spec.id, gone


def on_deflect(context: EventContext) -> Effects:
    redirected = Event(context.event.at + DEFLECTION_DURATION, "redirect")
    return Effects(events=(*_stop_offer(context), (context.call.spec.id, redirected)))


def on_voicemail(context: EventContext) -> Effects:
    return Effects(events=(*_stop_offer(context), _hangup_event(context, "a", VOICEMAIL_DURATION)))


def _stop_offer(context: EventContext) -> tuple[tuple[str, Event], ...]:
    """Whoever is being offered the call is rung no longer."""
    agent = context.call.leg("b")
    return (_hangup_event(context, "b"),) if agent and agent.state == "ringing" else ()


def on_hangup(context: EventContext) -> Effects:
    """The agent is free again, unless somebody has made something else of the state meanwhile."""
    leg = agent_leg(context.call)
    if leg is None or leg.name != context.event.leg:
        return NO_EFFECTS
    agent = records(context.account, "agents").get(leg.number)
    if agent is None or agent.state != "busy":
        return NO_EFFECTS
    return set_agent_state(context.account, leg.number, "available", context.event.at)


def on_transfer(context: EventContext) -> Effects:
    """The agent leaves; whoever comes next is found in the queue, or named."""
    left = (context.call.spec.id, Event(context.event.at, "leave", "b"))
    waits = _expire_event(context)
    to = str(context.event.data.get("agent", ""))
    if not to:
        return Effects(events=(left, waits))
    offer = (context.call.spec.id, Event(context.event.at, "offer", data={"agent": to}))
    return Effects(events=(left, offer, waits))


def on_bridge(context: EventContext) -> Effects:
    """A failed call that is called back has recovered."""
    parent = account_call(
        context.read_model, context.account, str(context.call.spec.parameters.get("call_id", ""))
    )
    if parent is None:
        return recover_existing_call(
            context.account, str(context.call.spec.parameters.get("call_id", ""))
        )
    return Effects(events=((parent.spec.id, Event(context.event.at, "recover")),))


def set_agent_state(account: Account, name: str, state: str, at: int) -> Effects:
    agent = records(account, "agents").get(name)
    if agent is None:
        return NO_EFFECTS
    changed = agent._replace(state=state, since=at)
    return Effects(records=(SaveRecord(account.key, "agents", name, changed),))


on_event = by_event_type(
    {
        "begin": on_begin,
        "offer": on_offer,
        "lapse": on_lapse,
        "expire": end_waiting_call,
        "deflect": on_deflect,
        "redirect": end_waiting_call,
        "voicemail": on_voicemail,
        "cancel": end_waiting_call,
        "hangup": on_hangup,
        "leave": on_hangup,
        "transfer": on_transfer,
        "bridge": on_bridge,
    }
)
