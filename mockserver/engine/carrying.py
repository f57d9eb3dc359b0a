"""Carries effects into the store: money, records, calls placed, events told, webhooks sent."""

from mockserver.core.account import Account, charged, kept
from mockserver.core.audio import heard_at
from mockserver.core.call import Call, Event, Leg
from mockserver.core.facts import Fact, Skipped
from mockserver.core.legs import ANSWERED, STAYS, Behaviour
from mockserver.core.lifecycle import LIVE
from mockserver.core.numberplan import planned
from mockserver.core.provider import Effects
from mockserver.core.script import Step, Waiting, advance_script
from mockserver.core.selection import STRONG
from mockserver.core.shapes import SHAPES, compile_legs, joined
from mockserver.core.story import Story, resolved
from mockserver.core.view import blob
from mockserver.engine.choosing import NOBODY, Choice, choose
from mockserver.engine.store import Store, Told
from mockserver.engine.travelling import send


def carry(store: Store, effects: Effects, now: int, choice: Choice = NOBODY) -> None:
    """Bring about what a provider has said: charge, keep, mark, hold, place, tell, send."""
    for charge in effects.charge:
        store.accounts[charge.account] = charged(store.accounts[charge.account], charge)
        provider, account = charge.account
        paid = {"amount": str(charge.amount), "reason": charge.reason}
        store.record(
            Fact(now, "charge", charge.call, {"provider": provider, "account": account, **paid})
        )
    for keep in effects.keep:
        store.accounts[keep.account] = kept(store.accounts[keep.account], keep)
    for key in effects.mark:
        store.mark(key, now)
    store.blobs.update({blob(data): data for data in effects.hold})
    for call in effects.place:
        place(store, call, now, choice)
    for name, event in effects.tell:
        store.schedule(event.at, "told", name, Told(len(store.calls[name].attempts), event))
    for webhook in effects.send:
        send(store, webhook, now)


def place(store: Store, call: Call, now: int, choice: Choice) -> None:
    """Take a new call in, give a known one its next attempt, or move one that has not begun."""
    name = call.order.id
    ready = call if call.starts_at >= now else call._replace(starts_at=now)
    new = name not in store.calls
    if new:
        store.placed += 1
        choose(store, ready, choice)
        store.media[heard_at(call.order.recording)] = name
        store.named[call.order.provider, call.order.vendor_id] = name
    store.calls[name] = ready
    if new:
        store.record(Fact(now, "event", name, ready.events[0]))
    story = _story(store, ready, call.target)
    people = {leg.name: _person(store, ready, leg, story) for leg in ready.legs}
    store.scripts[name] = compile_legs(SHAPES[call.order.shape], people, story.steps)
    if new:
        _skip(store, ready, story, now)
    plan(store, name)


def join(store: Store, name: str, event: Event) -> None:
    """Give a leg that is dialled in the course of a call its own tracks.

    Whoever is dialled as the n-th in an attempt is the n-th of a story's `numbers`.
    """
    call = store.calls[name]
    since = max(at for at, past in enumerate(call.events) if past.verb == "begin")
    before = [
        past for past in call.events[since:-1] if (past.verb, past.leg) == ("ring", event.leg)
    ]
    leg = next(leg for leg in call.legs if leg.name == event.leg)
    story = _story(store, call, call.target + len(before))
    how = event.how or _person(store, call, leg, story)
    store.scripts[name], store.calls[name] = joined(store.scripts[name], call, how)


def plan(store: Store, name: str) -> None:
    """Put the call's one next step on the agenda, or note what it waits for."""
    call = store.calls[name]
    step, people = advance_script(store.scripts[name], call, store.world.seed)
    resource = _resource(store, call)
    if resource:
        people = (Waiting(resource), *(one for one in people if one.reason != "hangup"))
        store.queueing.setdefault(name, resource)
    elif store.queueing:
        store.queueing.pop(name, None)
    store.waiting.pop(name, None)
    if people:
        store.waiting[name] = people
    turn = store.turns.get(name)
    if turn and turn[1] == step:
        return
    if step:
        store.turns[name] = (store.schedule(step.at, "script", name), step)
    elif turn:
        del store.turns[name]


def owner(store: Store, call: Call) -> Account:
    return store.accounts[call.order.provider, call.order.account]


def _addressed(call: Call, story: Story) -> Story:
    """The story with the legs of its steps by name, where it says `callee` or a vendor's word."""
    if not story.steps:
        return story
    names = {leg.role: leg.name for leg in call.legs}
    names["callee"] = SHAPES[call.order.shape].callee

    def addressed(step: Step) -> Step:
        once = step.once and step.once._replace(leg=names.get(step.once.leg, step.once.leg))
        return step._replace(leg=names.get(step.leg, step.leg), once=once)

    return story._replace(steps=tuple(map(addressed, story.steps)))


def _story(store: Store, call: Call, target: int) -> Story:
    """What the call's story says of this redial and this number."""
    chosen, draw = store.stories[call.order.id], (store.world.seed, call.order.id)
    return _addressed(
        call, resolved(store.world.stories, chosen.story, draw, (call.redial, target))
    )


def _person(store: Store, call: Call, leg: Leg, story: Story) -> Behaviour | None:
    """How a leg behaves: by a strong story, by its number, by the story, as everybody does."""
    told = story.behaviour(leg, call.order.shape)
    strong = store.stories[call.order.id].rank in STRONG
    rung = leg.name in _rung(store, call, story)
    number = planned(leg.number) if store.world.stories.number_plan and not rung else None
    usual = None if rung else STAYS if story.steps else ANSWERED
    return (told if strong else None) or number or told or usual


def _rung(store: Store, call: Call, story: Story) -> set[str]:
    """The legs that the steps of a story are still to ring, themselves or by an act."""
    if not story.steps:
        return set()
    acts = store.world.listings[call.order.provider].provider.acts
    return {
        acts[step.verb].dials if step.verb in acts else step.leg
        for step in story.steps[_played(store, call) :]
        if step.verb == "ring" or step.verb in acts
    }


def _played(store: Store, call: Call) -> int:
    """How many of its steps have been played."""
    tracks = store.scripts.get(call.order.id, ())
    marks = zip(tracks, call.cursor, strict=False)
    return next((mark.position for track, mark in marks if track.name == "steps"), 0)


def _resource(store: Store, call: Call) -> str:
    """What the call waits for that its provider may give, unless a step is still to give it."""
    resources = store.world.listings[call.order.provider].provider.resources
    if not resources or call.phase not in LIVE:
        return ""
    if _rung(store, call, _story(store, call, call.target)) & {*SHAPES[call.order.shape].later}:
        return ""
    return next((name for name, one in resources.items() if one.waits(call)), "")


def _skip(store: Store, call: Call, story: Story, now: int) -> None:
    """Journal what a story says of legs that this call does not have."""
    spoken_of = dict.fromkeys(leg for legs in (*story.behind[::-1], story.legs) for leg in legs)
    if not spoken_of:
        return
    later = SHAPES[call.order.shape].later
    known = {"callee", *later, *(leg.name for leg in call.legs), *(leg.role for leg in call.legs)}
    for leg in spoken_of:
        if leg not in known:
            store.record(Fact(now, "skipped", call.order.id, Skipped(story.name, leg)))
