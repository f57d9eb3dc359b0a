"""The simulation: a few verbs, synchronous, told the time, each a step that nothing interrupts."""

from mockserver.core.account import Account, merge_patch
from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.journal import JournalEntry, RejectedEvent
from mockserver.core.provider import NO_EFFECTS, Effects
from mockserver.core.script import advance
from mockserver.core.webhook import Delivery, DeliveryAttempt, DeliveryResult
from mockserver.engine.carrying import carry, join, owner, plan
from mockserver.engine.casework import Asked, answered, opened, recorded, taken
from mockserver.engine.forgetting import retire
from mockserver.engine.store import Change, Due, Exchange, Store, Told
from mockserver.engine.travelling import release
from mockserver.engine.unfolding import unfolded


def request(store: Store, asked: Asked, now: int) -> Exchange:
    """Answer on the vendor's behalf, and bring about what the answer promises.

    What it tells of now happens at once: a call that has been cancelled is, for the next who asks.
    """
    asked = taken(store, asked)
    case = opened(store, asked, now)
    outcome, broken = answered(asked, case)
    exchange = recorded(store, asked, case, outcome, broken)
    remember(store, exchange)
    if asked.depth:
        names = (*exchange.calls, *(name for name, _ in outcome.effects.events))
        store.depths.update(dict.fromkeys(names, asked.depth))
    effects, at_once = _parted(outcome.effects, now)
    carry(store, effects, now, asked.choice)
    for name, event in at_once:
        _attempted(store, name, event, "")
    grant(store, now)
    return exchange


def _parted(effects: Effects, now: int) -> tuple[Effects, list[tuple[str, Event]]]:
    """The effects without what they tell of now, and that."""
    if not effects.events:
        return effects, []
    later = tuple(told for told in effects.events if told[1].at > now)
    return effects._replace(events=later), [told for told in effects.events if told[1].at <= now]


def remember(store: Store, exchange: Exchange) -> None:
    """A request is on record, whatever it has got."""
    store.requested += 1
    store.hear_from(exchange.request.origin)
    store.exchanges.append(exchange)
    size = 2 * len(exchange.request.body)  # as it came, and as it was read
    store.exchanges.weigh(store.requested, size)
    store.record(JournalEntry(exchange.at, "request", "".join(exchange.calls[:1]), exchange), size)


def happen(store: Store, name: str, event: Event) -> Call:
    """Let something happen to a call, and all that follows from it at the same instant.

    Raises:
        Impossible: the lifecycle forbids it, and nothing has changed.
    """
    _happen(store, name, event)
    grant(store, event.at)
    return store.calls[name]


def amend(store: Store, account: Account, now: int) -> None:
    """An account is another from now on, and who waits for something may get it."""
    store.accounts[account.key] = store.world.populate(store.world.seed, account)
    grant(store, now)


def grant(store: Store, now: int) -> None:
    """Give what there is to those who wait for it, to the one who has waited longest first."""
    waiting = tuple(store.queueing)
    while waiting:
        name, *rest = waiting
        event = _given(store, name, now) if name in store.queueing else None
        if event:
            _happen(store, name, event)
        waiting = tuple(rest)


def _given(store: Store, name: str, now: int) -> Event | None:
    call = store.calls[name]
    resource = store.world.listings[call.spec.provider].provider.resources[store.queueing[name]]
    return resource.assign(call, owner(store, call), now)


def _happen(store: Store, name: str, event: Event) -> None:
    before = store.calls[name]
    for call, happened, effects in unfolded(store, owner(store, before), before, event):
        store.calls[name] = call
        store.record(JournalEntry(event.at, "event", name, happened))
        if happened.type == "ring" and "number" in happened.data:
            join(store, name, happened)
        if effects is not NO_EFFECTS:
            carry(store, effects, event.at)
        if happened.type == "ended":
            release(store, name, event.at)
    plan(store, name)
    if store.calls[name].phase == "ended":
        retire(store, name)


def step(store: Store) -> Delivery | None:
    """Do one due thing; hand the webhook out if that is what it was."""
    due = store.take()
    if due is None:
        return None
    if due.kind == "delivery":
        return _handed_out(store, due)
    match due.what:
        case Told() as told:
            _tell(store, due.subject, told)
        case Change() as change:
            _change(store, change, due.at)
        case _:
            _play(store, due.subject)
    return None


def settle(store: Store, delivery: Delivery, answer: DeliveryResult, now: int) -> None:
    """The courier reports back; what comes from an epoch that is over is dropped."""
    if delivery.epoch != store.epoch:
        return
    at = now if delivery.next_attempt_at is None else delivery.next_attempt_at
    made = DeliveryAttempt(len(delivery.attempts) + 1, at, answer)
    judged = _judged(store, delivery, answer, now)._replace(attempts=(*delivery.attempts, made))
    store.deliveries[delivery.id] = judged
    store.record(
        JournalEntry(made.at, "attempt", delivery.webhook.call_id, judged), len(answer.body)
    )
    if judged.next_attempt_at is not None:
        store.schedule(judged.next_attempt_at, "delivery", delivery.id)


def _play(store: Store, name: str) -> None:
    """The call's next step; one that the lifecycle forbids by now is moot, the rest goes on."""
    _, coming = store.turns.pop(name)
    store.calls[name] = advance(store.scripts[name], store.calls[name], coming)
    if not coming.event.type:
        plan(store, name)
        return
    _attempted(store, name, coming.event, coming.location)


def _tell(store: Store, name: str, told: Told) -> None:
    """An announced event; in a later attempt than the one that it belongs to it is moot."""
    if told.attempt == len(store.calls[name].attempts):
        _attempted(store, name, told.event, "")
    else:
        _moot(store, name, told.event, ("", "it belongs to an attempt that is over"))


def _change(store: Store, change: Change, now: int) -> None:
    """An account's timeline; what does not read is a fact, and the account stays as it was."""
    account = store.accounts[change.account]
    document = merge_patch(account.document, change.patch)
    changed, flaws = store.world.read_account(account.name, account.provider, document)
    if changed:
        store.accounts[change.account] = changed
    told = {"account": account.name, "provider": account.provider, "set": change.patch}
    store.record(
        JournalEntry(now, "account", "", told if changed else {**told, "flaws": list(flaws)})
    )
    grant(store, now)


def _attempted(store: Store, name: str, event: Event, place: str) -> None:
    try:
        happen(store, name, event)
    except IllegalTransition as impossible:
        _moot(store, name, event, (place, str(impossible)))
        plan(store, name)


def _moot(store: Store, name: str, event: Event, why: tuple[str, str]) -> None:
    store.record(JournalEntry(event.at, "moot", name, RejectedEvent(event.type, event.leg, *why)))


def _handed_out(store: Store, due: Due) -> Delivery:
    delivery = store.deliveries[due.subject]
    store.deliveries[due.subject] = delivery._replace(next_attempt_at=None)
    return delivery


def _judged(store: Store, delivery: Delivery, answer: DeliveryResult, now: int) -> Delivery:
    """Delivered, to be tried again, or failed for good."""
    account = store.accounts[delivery.provider, delivery.account]
    retry = account.retry or store.world.listings[delivery.provider].provider.retry
    if answer.status in retry.satisfied_by:
        return delivery._replace(state="delivered", next_attempt_at=None)
    if answer.error == "refused-target":
        return delivery._replace(state="refused", next_attempt_at=None)
    tries = len(delivery.attempts)
    if tries < len(retry.waits):
        return delivery._replace(next_attempt_at=now + retry.waits[tries])
    return delivery._replace(state="failed", next_attempt_at=None)
