"""What one event of a call comes to: the call after it, what follows, what the provider says."""

from mockserver.core.account import Account, with_charge, with_record
from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.call_flows import EVENTS_WITHOUT_FOLLOW_UP, follow_up
from mockserver.core.lifecycle import transition
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext, Provider
from mockserver.core.read_model import ReadModel
from mockserver.engine.store import Store

Happened = tuple[Call, Event, Effects]
"""The call after an event, the event, what the provider says to it."""


def unfolded(store: Store, account: Account, call: Call, event: Event) -> list[Happened]:
    """The event and what follows from it, one after another; computed before anything is kept."""
    provider = store.world.listings[call.spec.provider].provider
    found: list[Happened] = []
    following: Event | None = event
    while following is not None:
        call = _after(provider, call, following, account, store.view)
        moment = EventContext(call, following, account, store.view)
        effects = provider.on_event(moment)
        found.append((call, following, effects))
        if effects is not NO_EFFECTS:
            if any(placed.spec.id == call.spec.id for placed in effects.calls):
                break
            account = _paid(account, effects)
        following = _following(provider, moment)
    return found


def _after(provider: Provider, call: Call, event: Event, account: Account, view: ReadModel) -> Call:
    """The call after an event of the lifecycle, or after one of its vendor's own acts."""
    act = provider.vendor_events.get(event.type)
    if act is None:
        return transition(call, event)
    status = provider.status(call)
    if status not in act.allowed_in:
        only = " or ".join(sorted(act.allowed_in))
        raise IllegalTransition(f"{event.type} is not possible while {status}, only while {only}")
    if why := act.guard(EventContext(call, event, account, view)):
        raise IllegalTransition(why)
    noted = act.apply(call, event)
    return noted._replace(events=(*call.events, event))


def _following(provider: Provider, moment: EventContext) -> Event | None:
    """Whom an act dials, at once; else what the legs bring about."""
    call, event = moment.call, moment.event
    if event.type in EVENTS_WITHOUT_FOLLOW_UP:
        return None
    act = provider.vendor_events.get(event.type)
    if act and act.ring:
        return act.ring(moment)._replace(behavior=event.behavior)
    return follow_up(call, event.at)


def _paid(account: Account, effects: Effects) -> Account:
    """The account as it will be when these effects have been carried."""
    for charge in effects.charges:
        account = with_charge(account, charge) if charge.account == account.key else account
    for keep in effects.records:
        account = with_record(account, keep) if keep.account == account.key else account
    return account
