"""Carries effects into the store: calls placed, events told, webhooks sent."""

from dataclasses import replace

from mockserver.core.account import Account
from mockserver.core.audio import token
from mockserver.core.call import Call
from mockserver.core.facts import Fact, Skipped
from mockserver.core.legs import ANSWERED, STAYS, Behaviour
from mockserver.core.numberplan import planned
from mockserver.core.provider import Effects
from mockserver.core.script import Step, advance_script
from mockserver.core.selection import STRONG
from mockserver.core.shapes import SHAPES, compile_legs
from mockserver.core.story import Story, resolved
from mockserver.engine.choosing import NOBODY, Choice, choose
from mockserver.engine.store import Store, Told
from mockserver.engine.travelling import send


def carry(store: Store, effects: Effects, now: int, choice: Choice = NOBODY) -> None:
    """Bring about what a provider has said, in this order: place, tell, send."""
    for call in effects.place:
        place(store, call, now, choice)
    for name, event in effects.tell:
        store.schedule(event.at, "told", name, Told(len(store.calls[name].attempts), event))
    for webhook in effects.send:
        send(store, webhook, now)


def place(store: Store, call: Call, now: int, choice: Choice) -> None:
    """Take a new call in, give a known one its next attempt, or move one that has not begun."""
    name = call.order.id
    ready = call._replace(starts_at=max(call.starts_at, now))
    new = name not in store.calls
    if new:
        choose(store, ready, choice)
        store.media[token(store.world.seed, name)] = name
    store.calls[name] = ready
    if new:
        store.record(Fact(now, "event", name, ready.events[0]))
    chosen = store.stories[name]
    stories, turn = store.world.stories, (call.redial, call.target)
    story = _addressed(ready, resolved(stories, chosen.story, (store.world.seed, name), turn))
    strong = chosen.rank in STRONG
    people = _people(ready, story, strong=strong, plan=stories.number_plan)
    store.scripts[name] = compile_legs(SHAPES[call.order.shape], people, story.steps)
    if new:
        _skip(store, ready, story, now)
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


def owner(store: Store, call: Call) -> Account:
    return store.accounts[call.order.provider, call.order.account]


def _addressed(call: Call, story: Story) -> Story:
    """The story with the legs of its steps by name, where it says `callee` or a vendor's word."""
    names = {leg.role: leg.name for leg in call.legs}
    names["callee"] = SHAPES[call.order.shape].callee

    def addressed(step: Step) -> Step:
        once = step.once and step.once._replace(leg=names.get(step.once.leg, step.once.leg))
        return step._replace(leg=names.get(step.leg, step.leg), once=once)

    return replace(story, steps=tuple(map(addressed, story.steps)))


def _people(call: Call, story: Story, *, strong: bool, plan: bool) -> dict[str, Behaviour | None]:
    """How each leg behaves: by a strong story, by its number, by the story, as everybody does."""
    rung = {step.leg for step in story.steps if step.verb == "ring"}
    others = STAYS if story.steps else ANSWERED
    people: dict[str, Behaviour | None] = {}
    for leg in call.legs:
        told = story.behaviour(leg, call.order.shape)
        number = planned(leg.number) if plan and leg.name not in rung else None
        usual = None if leg.name in rung else others
        people[leg.name] = (told if strong else None) or number or told or usual
    return people


def _skip(store: Store, call: Call, story: Story, now: int) -> None:
    """Journal what a story says of legs that this call does not have."""
    known = {"callee", *(leg.name for leg in call.legs), *(leg.role for leg in call.legs)}
    for leg in dict.fromkeys(leg for legs in (*story.behind[::-1], story.legs) for leg in legs):
        if leg not in known:
            store.record(Fact(now, "skipped", call.order.id, Skipped(story.name, leg)))
