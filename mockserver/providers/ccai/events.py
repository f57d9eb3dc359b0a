"""Handle events of CCAI calls: agent states, timeouts of waits and offers, transfers, recovery."""

from typing import Final

from mockserver.core.call import Call, Event
from mockserver.core.call_flows import OFFER_RING
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, by_event_type
from mockserver.core.time import MINUTE, SECOND, format_iso
from mockserver.providers.ccai.agents import release_agent, set_agent_state
from mockserver.providers.ccai.call_state import QUEUE, pending_agent, state_of, status
from mockserver.providers.ccai.existing_calls import recover_existing_call
from mockserver.providers.ccai.history import participants_key, unused_participant_id
from mockserver.providers.ccai.request import account_call, parameter_text
from mockserver.providers.ccai.roles import agent_leg, leg_name

ASSIGNED_DURATION: Final = SECOND  # ms from the answer of an offer to `connecting`: assumed
CONNECTING_DURATION: Final = SECOND  # ms from `connecting` to `connected`: assumed
OFFER_TIMEOUT: Final = OFFER_RING.low  # ms that an offer rings: assumed
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
    lapse = Event(at + OFFER_TIMEOUT, "lapse", data={"rang_at": format_iso(at)})
    busy = set_agent_state(context.account, str(context.event.data["agent"]), "busy", at)
    is_known = unused_participant_id(context.call) is not None
    sequences = () if is_known else (participants_key(context.account),)
    return busy.replace(events=((context.call.spec.id, lapse),), sequences=sequences)


def on_answer(context: EventContext) -> Effects:
    """Begin to connect an agent who has answered an offer; go on when the end user answers."""
    call, event = context.call, context.event
    agent = agent_leg(call)
    if agent is None or not agent.added_later:
        return NO_EFFECTS
    if event.leg != agent.name:
        return on_connecting(context) if agent.state == "answered" else NO_EFFECTS
    answered = {"answered_at": format_iso(event.at)}
    connect = Event(event.at + ASSIGNED_DURATION, "connect", data=answered)
    return Effects(events=((call.spec.id, connect),))


def on_connecting(context: EventContext) -> Effects:
    """Bridge both sides a moment later, if both have answered by then."""
    at = context.event.at
    join = Event(at + CONNECTING_DURATION, "join", data={"since": format_iso(at)})
    return Effects(events=((context.call.spec.id, join),))


def end_waiting_call(context: EventContext) -> Effects:
    """End a call without an agent: its wait expired, or it was redirected or canceled."""
    return Effects(events=(end_event(context.call, context.event.at),))


def end_event(call: Call, at: int) -> tuple[str, Event]:
    """(call id, event): the end of a call without an agent, which may not have begun yet."""
    if call.phase == "placed":
        return call.spec.id, Event(at, "ended", data={"outcome": "cancelled"})
    return call.spec.id, Event(at, "hangup", leg_name(call, "end_user"), {"cause": "normal"})


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
    end = _hangup_event(context, leg_name(context.call, "end_user"), VOICEMAIL_DURATION)
    return Effects(events=(*_stop_offer(context), end))


def _stop_offer(context: EventContext) -> tuple[tuple[str, Event], ...]:
    """The hangup that stops ringing an agent; empty if no offer is ringing."""
    agent = agent_leg(context.call)
    return (_hangup_event(context, agent.name),) if agent and agent.state == "ringing" else ()


def on_hangup(context: EventContext) -> Effects:
    """Release an agent who leaves the call."""
    leg = agent_leg(context.call)
    if leg is None or leg.name != context.event.leg:
        return NO_EFFECTS
    return release_agent(context.account, leg.number, context.event.at)


def on_transfer(context: EventContext) -> Effects:
    """Let the end user wait; reserve the agent who is named, and offer the call to that one."""
    expire, at = _expire_event(context), context.event.at
    agent = pending_agent(context.call)
    if not agent:
        return Effects(events=(expire,))
    offer = (context.call.spec.id, Event(at, "offer", data={"agent": agent}))
    busy = set_agent_state(context.account, agent, "busy", at)
    return busy.replace(events=(offer, expire))


def on_ended(context: EventContext) -> Effects:
    """Release an agent who was not dialed anymore; recover the parent of a finished call."""
    agent = agent_leg(context.call)
    undialed = agent.number if agent and agent.state == "idle" else ""
    name = undialed or pending_agent(context.call)
    released = release_agent(context.account, name, context.event.at)
    is_callback = context.call.spec.operation == "create-scheduled"
    if not is_callback or status(context.call) != "finished":
        return released
    return _recover_parent(context, released)


def _recover_parent(context: EventContext, released: Effects) -> Effects:
    """Mark the parent call as recovered if it had failed: this call has called it back."""
    parent_id = parameter_text(context.call, "call_id")
    parent = account_call(context.read_model, context.account, parent_id)
    if parent is None:
        saved = recover_existing_call(context.account, parent_id)
        return released.replace(records=(*released.records, *saved.records))
    if status(parent) != "failed":
        return released
    return released.replace(events=((parent.spec.id, Event(context.event.at, "recover")),))


on_event = by_event_type(
    {
        "begin": on_begin,
        "offer": on_offer,
        "expire": end_waiting_call,
        "deflect": on_deflect,
        "redirect": end_waiting_call,
        "voicemail": on_voicemail,
        "cancel": end_waiting_call,
        "hangup": on_hangup,
        "leave": on_hangup,
        "transfer": on_transfer,
        "answer": on_answer,
        "connect": on_connecting,
        "switch": on_connecting,
        "ended": on_ended,
    }
)
