"""Carries effects into the store: calls placed, events told, webhooks sent."""

from dataclasses import replace

from mockserver.core.account import Account
from mockserver.core.call import Call, renewed
from mockserver.core.facts import Fact, Skipped
from mockserver.core.legs import ANSWERED
from mockserver.core.provider import Effects
from mockserver.core.script import advance_script
from mockserver.core.selection import phones
from mockserver.core.shapes import SHAPES, compile_legs
from mockserver.core.story import Story
from mockserver.core.webhook import ORIGIN, Delivery, Webhook
from mockserver.engine.store import Store, Told


def carry(store: Store, effects: Effects, now: int, stories: tuple[str, ...] = ()) -> None:
    """Bring about what a provider has said, in this order: place, tell, send."""
    for call in effects.place:
        place(store, call, now, stories)
    for name, event in effects.tell:
        store.schedule(event.at, "told", name, Told(len(store.calls[name].attempts), event))
    for webhook in effects.send:
        send(store, webhook, now)


def place(store: Store, call: Call, now: int, stories: tuple[str, ...]) -> None:
    """Take a new call in, give a known one its next attempt, or move one that has not begun."""
    name = call.order.id
    ready = renewed(call)._replace(starts_at=max(call.starts_at, now))
    if name not in store.calls:
        chosen = phones(store.world.stories, stories)
        store.stories[name] = chosen.story
        _skip(store, ready, chosen.story, now)
        store.record(Fact(now, "event", name, ready.events[0]))
    store.calls[name] = ready
    shape = SHAPES[call.order.shape]
    story = store.stories[name]
    how = {leg.name: story.behaviour(leg, call.order.shape) or ANSWERED for leg in ready.legs}
    store.scripts[name] = compile_legs(shape, how)
    plan(store, name)


def plan(store: Store, name: str) -> None:
    """Put the call's one next step on the agenda, or note what it waits for."""
    call = store.calls[name]
    step, people = advance_script(store.scripts[name], call, store.world.seed)
    store.waiting.pop(name, None)
    if people:
        store.waiting[name] = people
    if name in store.turns and store.turns[name][1] == step:
        return
    store.turns.pop(name, None)
    if step:
        store.turns[name] = (store.schedule(step.at, "script", name), step)


def send(store: Store, webhook: Webhook, now: int) -> None:
    """Put a webhook on its way to the URL it names, else the configured one, else the inbox."""
    order = store.calls[webhook.call].order
    name = f"w{len(store.deliveries) + 1}"
    url = webhook.url or store.world.targets.get(order.provider) or inbox(order.provider)
    addressed = replace(webhook, url=url)
    pending = Delivery(name, order.provider, order.account, addressed, store.epoch, "pending", now)
    store.deliveries[name] = pending
    store.sent.setdefault(webhook.call, []).append(name)
    store.schedule(now, "delivery", name)


def inbox(provider: str) -> str:
    return f"{ORIGIN}/_mock/inbox/{provider}"


def owner(store: Store, call: Call) -> Account:
    return store.accounts[call.order.provider, call.order.account]


def _skip(store: Store, call: Call, story: Story, now: int) -> None:
    """Journal what a story says of legs that this call does not have."""
    known = {"callee", *(leg.name for leg in call.legs), *(leg.role for leg in call.legs)}
    for leg in story.legs:
        if leg not in known:
            store.record(Fact(now, "skipped", call.order.id, Skipped(story.name, leg)))
