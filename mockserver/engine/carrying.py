"""Carries effects into the store: money, records, calls placed, events told, webhooks sent."""

from mockserver.core.account import Account, with_charge, with_record
from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    STAY_ON_LINE,
    LegBehavior,
    number_plan_behavior,
)
from mockserver.core.call import Call, Event, Leg, parse_recording_token
from mockserver.core.call_flows import CALL_FLOWS, add_leg_tracks, compile_script
from mockserver.core.journal import IgnoredLeg, JournalEntry
from mockserver.core.lifecycle import ACTIVE_PHASES
from mockserver.core.provider import Effects
from mockserver.core.read_model import upload_digest
from mockserver.core.scenario import Scenario
from mockserver.core.script import Step, WaitReason, next_step
from mockserver.core.selection import EXPLICIT_RANKS, resolve
from mockserver.engine.choosing import NOBODY, Choice, choose
from mockserver.engine.store import Store, Told
from mockserver.engine.travelling import send


def carry(store: Store, effects: Effects, now: int, choice: Choice = NOBODY) -> None:
    """Bring about what a provider has said: charge, keep, mark, hold, place, tell, send."""
    for charge in effects.charges:
        store.accounts[charge.account] = with_charge(store.accounts[charge.account], charge)
        provider, account = charge.account
        paid = {"amount": str(charge.amount), "reason": charge.reason}
        store.record(
            JournalEntry(
                now, "charge", charge.call_id, {"provider": provider, "account": account, **paid}
            )
        )
    for keep in effects.records:
        store.accounts[keep.account] = with_record(store.accounts[keep.account], keep)
    for key in effects.counts:
        store.mark(key, now)
    store.blobs.update({upload_digest(data): data for data in effects.uploads})
    for call in effects.calls:
        place(store, call, now, choice)
    for name, event in effects.events:
        store.schedule(event.at, "told", name, Told(len(store.calls[name].attempts), event))
    for webhook in effects.webhooks:
        send(store, webhook, now)


def place(store: Store, call: Call, now: int, choice: Choice) -> None:
    """Take a new call in, give a known one its next attempt, or move one that has not begun."""
    name = call.spec.id
    ready = call if call.starts_at >= now else call._replace(starts_at=now)
    new = name not in store.calls
    if new:
        store.placed += 1
        choose(store, ready, choice)
        store.media[parse_recording_token(call.spec.recording_url)] = name
        store.named[call.spec.provider, call.spec.vendor_id] = name
    store.calls[name] = ready
    if new:
        store.record(JournalEntry(now, "event", name, ready.events[0]))
    story = _story(store, ready, call.number_index)
    people = {leg.name: _person(store, ready, leg, story) for leg in ready.legs}
    store.scripts[name] = compile_script(CALL_FLOWS[call.spec.flow], people, story.steps)
    if new:
        _skip(store, ready, story, now)
    plan(store, name)


def join(store: Store, name: str, event: Event) -> None:
    """Give a leg that is dialled in the course of a call its own tracks.

    Whoever is dialled as the n-th in an attempt is the n-th of a story's `numbers`.
    """
    call = store.calls[name]
    since = max(at for at, past in enumerate(call.events) if past.type == "begin")
    before = [
        past for past in call.events[since:-1] if (past.type, past.leg) == ("ring", event.leg)
    ]
    leg = next(leg for leg in call.legs if leg.name == event.leg)
    story = _story(store, call, call.number_index + len(before))
    how = event.behavior or _person(store, call, leg, story)
    store.scripts[name], store.calls[name] = add_leg_tracks(store.scripts[name], call, how)


def plan(store: Store, name: str) -> None:
    """Put the call's one next step on the agenda, or note what it waits for."""
    call = store.calls[name]
    step, people = next_step(store.scripts[name], call, store.world.seed)
    resource = _resource(store, call)
    if resource:
        people = (WaitReason(resource), *(one for one in people if one.reason != "hangup"))
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
    return store.accounts[call.spec.provider, call.spec.account]


def _addressed(call: Call, story: Scenario) -> Scenario:
    """The story with the legs of its steps by name, where it says `callee` or a vendor's word."""
    if not story.steps:
        return story
    names = {leg.role: leg.name for leg in call.legs}
    names["callee"] = CALL_FLOWS[call.spec.flow].callee

    def addressed(step: Step) -> Step:
        once = step.condition and step.condition._replace(
            leg=names.get(step.condition.leg, step.condition.leg)
        )
        return step._replace(leg=names.get(step.leg, step.leg), condition=once)

    return story._replace(steps=tuple(map(addressed, story.steps)))


def _story(store: Store, call: Call, target: int) -> Scenario:
    """What the call's story says of this redial and this number."""
    chosen, draw = store.stories[call.spec.id], (store.world.seed, call.spec.id)
    return _addressed(
        call, resolve(store.world.stories, chosen.scenario, draw, (call.redial_index, target))
    )


def _person(store: Store, call: Call, leg: Leg, story: Scenario) -> LegBehavior | None:
    """How a leg behaves: by a strong story, by its number, by the story, as everybody does."""
    told = story.leg_behavior(leg, call.spec.flow)
    strong = store.stories[call.spec.id].rank in EXPLICIT_RANKS
    rung = leg.name in _rung(store, call, story)
    number = (
        number_plan_behavior(leg.number) if store.world.stories.number_plan and not rung else None
    )
    usual = None if rung else STAY_ON_LINE if story.steps else DEFAULT_BEHAVIOR
    return (told if strong else None) or number or told or usual


def _rung(store: Store, call: Call, story: Scenario) -> set[str]:
    """The legs that the steps of a story are still to ring, themselves or by an act."""
    if not story.steps:
        return set()
    acts = store.world.listings[call.spec.provider].provider.vendor_events
    return {
        acts[step.event_type].dials if step.event_type in acts else step.leg
        for step in story.steps[_played(store, call) :]
        if step.event_type == "ring" or step.event_type in acts
    }


def _played(store: Store, call: Call) -> int:
    """How many of its steps have been played."""
    tracks = store.scripts.get(call.spec.id, ())
    marks = zip(tracks, call.cursors, strict=False)
    return next((mark.position for track, mark in marks if track.name == "steps"), 0)


def _resource(store: Store, call: Call) -> str:
    """What the call waits for that its provider may give, unless a step is still to give it."""
    resources = store.world.listings[call.spec.provider].provider.resources
    if not resources or call.phase not in ACTIVE_PHASES:
        return ""
    if _rung(store, call, _story(store, call, call.number_index)) & {
        *CALL_FLOWS[call.spec.flow].later_legs
    }:
        return ""
    return next((name for name, one in resources.items() if one.waits_for(call)), "")


def _skip(store: Store, call: Call, story: Scenario, now: int) -> None:
    """Journal what a story says of legs that this call does not have."""
    spoken_of = dict.fromkeys(
        leg for legs in (*story.inherited_legs[::-1], story.legs) for leg in legs
    )
    if not spoken_of:
        return
    later = CALL_FLOWS[call.spec.flow].later_legs
    known = {"callee", *later, *(leg.name for leg in call.legs), *(leg.role for leg in call.legs)}
    for leg in spoken_of:
        if leg not in known:
            store.record(JournalEntry(now, "skipped", call.spec.id, IgnoredLeg(story.name, leg)))
