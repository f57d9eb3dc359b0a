"""Puts webhooks on their way, as the call's scenario says that they travel."""

from mockserver.core.facts import Fact
from mockserver.core.story import PLAINLY, Travel
from mockserver.core.webhook import ORIGIN, Delivery, Webhook
from mockserver.engine.store import Store


def send(store: Store, webhook: Webhook, now: int) -> None:
    """To the URL that it names, else the configured one, else the provider's inbox."""
    order = store.calls[webhook.call].order
    url = webhook.url or store.world.targets.get(order.provider) or inbox(store, order.provider)
    travel = _travel(store, webhook)
    addressed = webhook._replace(url=url, corrupt=travel.corrupt)
    nth = _before(store, webhook)
    if travel.drop is None or nth < travel.drop:
        _lose(store, addressed, now)
        return
    span = travel.after
    due = now + (span.drawn(store.world.seed, webhook.call, "travel", nth) if span else 0)
    leaving = [_pack(store, addressed, "pending", due) for _ in range(travel.duplicate)]
    if travel.reorder and webhook.call not in store.held:
        store.held[webhook.call] = leaving
        return
    _leave(store, leaving, due)
    release(store, webhook.call, due)


def again(store: Store, name: str, now: int) -> None:
    """One more attempt of a webhook whose attempts are over; further ones as its retry says."""
    store.deliveries[name] = store.deliveries[name]._replace(state="pending", due=now)
    store.schedule(now, "delivery", name)


def release(store: Store, call: str, at: int) -> None:
    """Whatever was held back to come after the next one leaves, but not before `at`."""
    _leave(store, store.held.pop(call, []), at)


def inbox(store: Store, provider: str) -> str:
    """The provider's own receiver in this sandbox."""
    return f"{ORIGIN}{store.view.prefix}/_mock/inbox/{provider}"


def hurried(store: Store, calls: tuple[str, ...]) -> bool:
    """Whether what is due at once shall happen before the request that placed them is answered."""
    stories = (store.travels[call] for call in calls if call in store.travels)
    return any(how.before_reply for story in stories for how in story.webhooks.values())


def _travel(store: Store, webhook: Webhook) -> Travel:
    story = store.travels.get(webhook.call)
    if story is None:
        return PLAINLY
    return story.webhooks.get(webhook.kind, story.webhooks.get("any", PLAINLY))


def _before(store: Store, webhook: Webhook) -> int:
    """How many of its kind the call has sent already."""
    sent = store.sent.get(webhook.call)
    return sum(store.deliveries[one].webhook.kind == webhook.kind for one in sent) if sent else 0


def _pack(store: Store, webhook: Webhook, state: str, due: int | None) -> str:
    order = store.calls[webhook.call].order
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
        depth=store.depths.get(webhook.call, 0),
    )
    store.sent.setdefault(webhook.call, []).append(name)
    return name


def _leave(store: Store, names: list[str], at: int) -> None:
    for name in names:
        held = store.deliveries[name]
        due = max(held.due or at, at)
        store.deliveries[name] = held._replace(due=due)
        store.schedule(due, "delivery", name)


def _lose(store: Store, webhook: Webhook, now: int) -> None:
    name = _pack(store, webhook, "dropped", None)
    store.record(Fact(now, "dropped", webhook.call, {"webhook": name, "kind": webhook.kind}))
