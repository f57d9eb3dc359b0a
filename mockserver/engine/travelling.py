"""Puts webhooks on their way, as the call's scenario says that they travel."""

from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import DEFAULT_DELIVERY, DeliveryBehavior
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery, Webhook
from mockserver.engine.store import Store


def send(store: Store, webhook: Webhook, now: int) -> None:
    """To the URL that it names, else the configured one, else the provider's inbox."""
    order = store.calls[webhook.call_id].spec
    url = webhook.url or store.world.targets.get(order.provider) or inbox(store, order.provider)
    travel = _travel(store, webhook)
    addressed = webhook._replace(url=url, corrupt=travel.corrupt)
    nth = _before(store, webhook)
    if travel.drop is None or nth < travel.drop:
        _lose(store, addressed, now)
        return
    span = travel.delay
    due = now + (span.draw(store.world.seed, webhook.call_id, "travel", nth) if span else 0)
    leaving = [_pack(store, addressed, "pending", due) for _ in range(travel.duplicate)]
    if travel.reorder and webhook.call_id not in store.held:
        store.held[webhook.call_id] = leaving
        return
    _leave(store, leaving, due)
    release(store, webhook.call_id, due)


def again(store: Store, name: str, now: int) -> None:
    """One more attempt of a webhook whose attempts are over; further ones as its retry says."""
    store.deliveries[name] = store.deliveries[name]._replace(state="pending", next_attempt_at=now)
    store.schedule(now, "delivery", name)


def release(store: Store, call: str, at: int) -> None:
    """Whatever was held back to come after the next one leaves, but not before `at`."""
    _leave(store, store.held.pop(call, []), at)


def inbox(store: Store, provider: str) -> str:
    """The provider's own receiver in this sandbox."""
    return f"{ORIGIN_PLACEHOLDER}{store.view.path_prefix}/_mock/inbox/{provider}"


def hurried(store: Store, calls: tuple[str, ...]) -> bool:
    """Whether what is due at once shall happen before the request that placed them is answered."""
    stories = (store.travels[call] for call in calls if call in store.travels)
    return any(how.before_reply for story in stories for how in story.webhooks.values())


def _travel(store: Store, webhook: Webhook) -> DeliveryBehavior:
    story = store.travels.get(webhook.call_id)
    if story is None:
        return DEFAULT_DELIVERY
    return story.webhooks.get(webhook.kind, story.webhooks.get("any", DEFAULT_DELIVERY))


def _before(store: Store, webhook: Webhook) -> int:
    """How many of its kind the call has sent already."""
    sent = store.sent.get(webhook.call_id)
    return sum(store.deliveries[one].webhook.kind == webhook.kind for one in sent) if sent else 0


def _pack(store: Store, webhook: Webhook, state: str, due: int | None) -> str:
    order = store.calls[webhook.call_id].spec
    store.packed += 1
    name = f"w{store.packed}"
    store.deliveries[name] = Delivery(
        name,
        order.provider,
        order.account,
        webhook,
        store.epoch,
        state,
        due,
        depth=store.depths.get(webhook.call_id, 0),
    )
    store.sent.setdefault(webhook.call_id, []).append(name)
    return name


def _leave(store: Store, names: list[str], at: int) -> None:
    for name in names:
        held = store.deliveries[name]
        due = max(held.next_attempt_at or at, at)
        store.deliveries[name] = held._replace(next_attempt_at=due)
        store.schedule(due, "delivery", name)


def _lose(store: Store, webhook: Webhook, now: int) -> None:
    name = _pack(store, webhook, "dropped", None)
    store.record(
        JournalEntry(now, "dropped", webhook.call_id, {"webhook": name, "kind": webhook.kind})
    )
