"""Compute an event of a call and all that it causes at the same instant; nothing is stored."""

from mockserver.core.account import Account, with_charge, with_record
from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.call_flows import EVENTS_WITHOUT_FOLLOW_UP, follow_up
from mockserver.core.lifecycle import transition
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, Provider
from mockserver.core.read_model import ReadModel
from mockserver.engine.sandbox_state import SandboxState

AppliedEvent = tuple[Call, Event, Effects]
"""(call after the event, event, the provider's effects for it)"""


def cascade(state: SandboxState, account: Account, call: Call, event: Event) -> list[AppliedEvent]:
    """Compute an event and the events it causes, without storing anything.

    Stops at effects that place this call again: what follows belongs to its next attempt.

    Raises:
        IllegalTransition: the lifecycle forbids one of the events.
    """
    provider = state.configuration.providers[call.spec.provider].provider
    transitions: list[AppliedEvent] = []
    following: Event | None = event
    while following is not None:
        call = _call_after(provider, call, following, account, state.read_model)
        context = EventContext(call, following, account, state.read_model)
        effects = provider.on_event(context)
        transitions.append((call, following, effects))
        if effects is not NO_EFFECTS:
            if any(placed.spec.id == call.spec.id for placed in effects.calls):
                break
            account = _account_after(account, effects)
            for each in effects.at_once:
                call = _call_after(provider, call, each, account, state.read_model)
                transitions.append((call, each, NO_EFFECTS))
                context = context.replace(call=call)
        following = _next_event(provider, context)
    return transitions


def _call_after(
    provider: Provider, call: Call, event: Event, account: Account, read_model: ReadModel
) -> Call:
    """Return the call after an event of the lifecycle, or after a vendor event."""
    vendor_event = provider.vendor_events.get(event.type)
    if vendor_event is None:
        return transition(call, event)
    status = provider.status(call)
    if status not in vendor_event.allowed_in:
        only = " or ".join(sorted(vendor_event.allowed_in))
        raise IllegalTransition(f"{event.type} is not possible while {status}, only while {only}")
    if reason := vendor_event.guard(EventContext(call, event, account, read_model)):
        raise IllegalTransition(reason)
    changed = vendor_event.apply(call, event)
    return changed.replace(events=(*call.events, event))


def _next_event(provider: Provider, context: EventContext) -> Event | None:
    """Return the dialing that comes with a vendor event, else what the legs cause; None if none."""
    call, event = context.call, context.event
    if event.type in EVENTS_WITHOUT_FOLLOW_UP:
        return None
    vendor_event = provider.vendor_events.get(event.type)
    if vendor_event and vendor_event.next_event:
        return vendor_event.next_event(context).replace(behavior=event.behavior)
    return follow_up(call, event.at)


def _account_after(account: Account, effects: Effects) -> Account:
    """Return the account with the charges and records of these effects, without storing it."""
    for charge in effects.charges:
        account = with_charge(account, charge) if charge.account == account.key else account
    for save in effects.records:
        account = with_record(account, save) if save.account == account.key else account
    return account
