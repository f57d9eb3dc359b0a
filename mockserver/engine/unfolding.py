"""What one event of a call comes to: the call after it, what follows, what the provider says."""

from mockserver.core.account import Account, charged, kept
from mockserver.core.call import Call, Event, Impossible
from mockserver.core.happening import apply
from mockserver.core.provider import NOTHING, Effects, Moment, Provider
from mockserver.core.shapes import QUIET, follows
from mockserver.core.view import View
from mockserver.engine.store import Store

Happened = tuple[Call, Event, Effects]
"""The call after an event, the event, what the provider says to it."""


def unfolded(store: Store, account: Account, call: Call, event: Event) -> list[Happened]:
    """The event and what follows from it, one after another; computed before anything is kept."""
    provider = store.world.listings[call.order.provider].provider
    found: list[Happened] = []
    following: Event | None = event
    while following is not None:
        call = _after(provider, call, following, account, store.view)
        moment = Moment(call, following, account, store.view)
        effects = provider.react(moment)
        found.append((call, following, effects))
        if effects is not NOTHING:
            if any(placed.order.id == call.order.id for placed in effects.place):
                break
            account = _paid(account, effects)
        following = _following(provider, moment)
    return found


def _after(provider: Provider, call: Call, event: Event, account: Account, view: View) -> Call:
    """The call after an event of the lifecycle, or after one of its vendor's own acts."""
    act = provider.acts.get(event.verb)
    if act is None:
        return apply(call, event)
    status = provider.status(call)
    if status not in act.when:
        only = " or ".join(sorted(act.when))
        raise Impossible(f"{event.verb} is not possible while {status}, only while {only}")
    if why := act.hinders(Moment(call, event, account, view)):
        raise Impossible(why)
    noted = act.note(call, event)
    return noted._replace(events=(*call.events, event))


def _following(provider: Provider, moment: Moment) -> Event | None:
    """Whom an act dials, at once; else what the legs bring about."""
    call, event = moment.call, moment.event
    if event.verb in QUIET:
        return None
    act = provider.acts.get(event.verb)
    if act and act.rings:
        return act.rings(moment)._replace(how=event.how)
    return follows(call, event.at)


def _paid(account: Account, effects: Effects) -> Account:
    """The account as it will be when these effects have been carried."""
    for charge in effects.charge:
        account = charged(account, charge) if charge.account == account.key else account
    for keep in effects.keep:
        account = kept(account, keep) if keep.account == account.key else account
    return account
