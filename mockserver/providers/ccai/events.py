"""Handle events of CCAI calls: agent states, timeouts of waits and offers, transfers, recovery."""

from typing import Final

from mockserver.core.account import Account, SaveRecord
from mockserver.core.call import Call, Event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.core.time import MINUTE, SECOND
from mockserver.providers.ccai.call_state import QUEUE, agent_leg, state_of
from mockserver.providers.ccai.existing_calls import recover_existing_call
from mockserver.providers.ccai.request import account_call, parameter_text, records

OFFER_TIMEOUT: Final = 30 * SECOND  # ms that an offer rings: assumed
QUEUE_TIMEOUT: Final = 10 * MINUTE  # ms that a call waits for an agent: assumed
DEFLECTION_DURATION: Final = MINUTE  # ms until a deflected call without voicemail ends: assumed
VOICEMAIL_DURATION: Final = 2 * MINUTE  # ms, maximum of a voicemail: assumed


def on_begin(context: EventContext) -> Effects:
    call = context.call
    if call.spec.flow != QUEUE:
        return NO_EFFECTS
    return Effects(events=(_expire_event(context),))


def _expire_event(context: EventContext) -> tuple[str, Event]:
    """(call id, event): the end of the current wait; each transfer starts another wait."""
    transfers = len(state_of(context.call).transfers)
    expire = Event(context.event.at + QUEUE_TIMEOUT, "expire", data={"transfers": transfers})
    return context.call.spec.id, expire


def on_offer(context: EventContext) -> Effects:
    """Make the agent busy, and let the offer lapse after `OFFER_TIMEOUT`."""
    at = context.event.at
    lapse = Event(at + OFFER_TIMEOUT, "lapse", data={"rang_at": at})
    busy = set_agent_state(context.account, str(context.event.data["agent"]), "busy", at)
    return busy.replace(events=((context.call.spec.id, lapse),))


def on_lapse(context: EventContext) -> Effects:
    """Stop ringing the agent."""
    hangup = Event(context.event.at, "hangup", "b", {"cause": "no-answer"})
    return Effects(events=((context.call.spec.id, hangup),))


def end_waiting_call(context: EventContext) -> Effects:
    """End a call without an agent: its wait expired, or it was redirected or canceled."""
    return Effects(events=(end_event(context.call, context.event.at),))


def end_event(call: Call, at: int) -> tuple[str, Event]:
    """(call id, event): the end of a call without an agent, which may not have begun yet."""
    if call.phase == "placed":
        return call.spec.id, Event(at, "ended", data={"outcome": "cancelled"})
    return call.spec.id, Event(at, "hangup", "a", {"cause": "normal"})


def _hangup_event(context: EventContext, leg: str, delay: int = 0) -> tuple[str, Event]:
    """(call id, event): the hangup of a leg, `delay` ms from now."""
    hangup = Event(context.event.at + delay, "hangup", leg, {"cause": "normal"})
    return context.call.spec.id, hangup


def on_deflect(context: EventContext) -> Effects:
    """Stop the current offer and end the call after `DEFLECTION_DURATION`."""
    redirect = Event(context.event.at + DEFLECTION_DURATION, "redirect")
    return Effects(events=(*_stop_offer(context), (context.call.spec.id, redirect)))


def on_voicemail(context: EventContext) -> Effects:
    """Stop the current offer and end the voicemail after `VOICEMAIL_DURATION`."""
    return Effects(events=(*_stop_offer(context), _hangup_event(context, "a", VOICEMAIL_DURATION)))


def _stop_offer(context: EventContext) -> tuple[tuple[str, Event], ...]:
    """The hangup that stops ringing an agent; empty if no offer is ringing."""
    agent = context.call.leg("b")
    return (_hangup_event(context, "b"),) if agent and agent.state == "ringing" else ()


def on_hangup(context: EventContext) -> Effects:
    """Make the agent available again, unless the state was changed from `busy` in the meantime."""
    leg = agent_leg(context.call)
    if leg is None or leg.name != context.event.leg:
        return NO_EFFECTS
    agent = records(context.account, "agents").get(leg.number)
    if agent is None or agent.state != "busy":
        return NO_EFFECTS
    return set_agent_state(context.account, leg.number, "available", context.event.at)


def on_transfer(context: EventContext) -> Effects:
    """Let the agent leave and the end user wait; offer the call to an agent if one is named."""
    leave = (context.call.spec.id, Event(context.event.at, "leave", "b"))
    expire = _expire_event(context)
    agent = str(context.event.data.get("agent", ""))
    if not agent:
        return Effects(events=(leave, expire))
    offer = (context.call.spec.id, Event(context.event.at, "offer", data={"agent": agent}))
    return Effects(events=(leave, offer, expire))


def on_bridge(context: EventContext) -> Effects:
    """Mark the parent call as recovered if it had failed: this call has called it back."""
    parent_id = parameter_text(context.call, "call_id")
    parent = account_call(context.read_model, context.account, parent_id)
    if parent is None:
        return recover_existing_call(context.account, parent_id)
    return Effects(events=((parent.spec.id, Event(context.event.at, "recover")),))


def set_agent_state(account: Account, name: str, state: str, at: int) -> Effects:
    """Save the agent with `state` since `at` (ms); an unknown agent is ignored."""
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
