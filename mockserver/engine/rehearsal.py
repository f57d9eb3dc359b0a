"""Plays a story in a world of its own: a step that is moot, or never reached, is wrong."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.http import Request
from mockserver.core.journal import RejectedEvent
from mockserver.core.provider import BoundProvider
from mockserver.core.scenario import Scenario
from mockserver.core.script import WaitReason
from mockserver.core.seeded import HIGHEST_SEED, LOWEST_SEED
from mockserver.engine.casework import Asked, sights
from mockserver.engine.simulation import happen, request, step
from mockserver.engine.store import Store, World

PATIENCE = 2_000  # things that happen before a rehearsal is broken off

OVER = "the call is over by then"
IN_VAIN = "what it waits for cannot come"

GIVEN = {
    "person": Event(0, "answer"),
    "digits": Event(0, "digits", data={"digits": "1"}),
    "speech": Event(0, "speech", data={"words": "yes"}),
    "polled": Event(0, "polled"),
    "control": Event(0, "continue", source="control"),
    "hangup": Event(0, "hangup", data={"cause": "normal"}, source="control"),
}
"""What a call waits for -> what brings it; a resource comes only from its provider."""


class Stumble(NamedTuple):
    """Where a file says what cannot be played, and why not.

    One that is `lacking` has no such leg: the file may well mean another operation.
    """

    place: str
    why: str
    lacking: bool = False


def rehearsed(world: World, story: Scenario) -> tuple[Stumble, ...]:
    """What stumbles on the operation that suits the story best; nothing if one suits it wholly.

    It is played on every example of every operation that it can meet, with the shortest spans and
    with the longest.
    """
    if not story.steps:
        return ()
    plays = [play for listing in world.listings.values() for play in _plays(world, story, listing)]
    if not plays:
        return (Stumble(story.location, "there is no operation that this scenario can meet"),)
    return min(plays, key=lambda play: (len(play), sum(one.lacking for one in play)))


def _plays(world: World, story: Scenario, listing: BoundProvider) -> Iterator[tuple[Stumble, ...]]:
    for endpoint in listing.provider.endpoints:
        for example in listing.examples(endpoint.operation):
            sent = Request(endpoint.method, endpoint.path, fields=example)
            asked = Asked(listing, endpoint, sent, (story.name,))
            found: dict[Stumble, None] = {}
            placed = [
                _played(world._replace(seed=seed), story, asked)
                for seed in (LOWEST_SEED, HIGHEST_SEED)
            ]
            if None not in placed:
                for stumbles in placed:
                    found.update(dict.fromkeys(stumbles or ()))
                yield tuple(found)


def _played(world: World, story: Scenario, asked: Asked) -> tuple[Stumble, ...] | None:
    """What stumbles, whichever of two things awaited comes first; None if nothing is placed."""
    runs = (_run(Store(world, 0), story, asked, hasty=hasty) for hasty in (False, True))
    return min((run for run in runs if run is not None), key=len, default=None)


def _run(store: Store, story: Scenario, asked: Asked, *, hasty: bool) -> tuple[Stumble, ...] | None:
    provider = asked.listing.provider.name
    mine = (one for key, one in store.accounts.items() if key[0] == provider)
    account = next(mine, None)
    if account is None:
        return None
    open_ = account._replace(numbers=None, limits=None, balance=None)
    store.accounts[account.provider, account.name] = open_
    own = asked._replace(account=open_)
    if all(story.missing_requirement(seen) for seen in sights(store, own)):
        return None
    exchange = request(store, own, 0)
    if not exchange.calls:
        return None
    _play_out(store, exchange.calls[0], hasty=hasty)
    return tuple(_stumbles(store, exchange.calls[0]))


def _play_out(store: Store, name: str, *, hasty: bool) -> None:
    now = 0
    for _ in range(PATIENCE):
        due = store.peek()
        if due is not None:
            now = due.at
            step(store)
        elif not _given(store, name, now, hasty=hasty):
            return


def _given(store: Store, name: str, now: int, *, hasty: bool) -> bool:
    """Whether something awaited could come: people first, or what the steps want if `hasty`."""
    awaited = store.waiting.get(name, ())
    for waiting in awaited[::-1] if hasty else awaited:
        if waiting.reason not in GIVEN:
            continue
        with suppress(IllegalTransition):
            _give(store, store.calls[name], waiting, now)
            return True
    return False


def _give(store: Store, call: Call, waiting: WaitReason, now: int) -> None:
    leg = waiting.leg
    if waiting.reason == "hangup":  # nobody rings by then, and it may be that nobody ever did
        leg = next((leg.name for leg in call.legs if leg.state == "answered"), "")
    happen(store, call.spec.id, GIVEN[waiting.reason]._replace(at=now, leg=leg))


def _stumbles(store: Store, name: str) -> Iterator[Stumble]:
    there = {"", *(leg.name for leg in store.calls[name].legs)}
    for fact in store.journal:
        if isinstance(fact.payload, RejectedEvent) and fact.payload.location:
            yield Stumble(fact.payload.location, fact.payload.reason, fact.payload.leg not in there)
    call, script = store.calls[name], store.scripts[name]
    why = OVER if call.phase == "ended" else IN_VAIN
    for track, mark in zip(script, call.cursors, strict=True):
        if not track.leg:
            for late in track.steps[mark.position :]:
                yield Stumble(late.location, f"this step is never reached: {why}")
