"""Which stories play: for the API's answer, for each call's phones, for its webhooks."""

from typing import NamedTuple

from mockserver.core.call import Call
from mockserver.core.selection import Activation, Chosen, activated, candidates, select
from mockserver.core.shapes import SHAPES
from mockserver.core.story import Seen, Story, Turn
from mockserver.engine.store import Store

PLAIN = Chosen(Story("answered"), "default")
"""For a default story that has nothing to say about phones."""

USUAL = Turn()


class Choice(NamedTuple):
    """What a request says about its stories: those its header names, and whose it is."""

    header: tuple[str, ...] = ()
    credential: str = ""
    activations: tuple[Activation, ...] = ()


NOBODY = Choice()
UNSEEN = Seen("", "", "", "", {}, {})
"""For stories that are not asked whom they suit."""


def choose(store: Store, call: Call, choice: Choice) -> None:
    """Settle for good who plays the phones of a new call, and how its webhooks travel."""
    stories = store.world.stories
    matched = choice.activations or stories.matching
    seen = _seen(call, choice) if matched else UNSEEN
    among = tuple(candidates(stories, choice.header, choice.activations, seen))
    store.stories[call.order.id] = select("phones", among) or PLAIN
    travelling = select("webhooks", among)
    if travelling:
        store.travels[call.order.id] = travelling.story


def turn(store: Store, choice: Choice, sights: tuple[Seen, ...]) -> tuple[Turn, str]:
    """How the API answers this request, and the story that says so; it counts as asked once.

    Of a request that would place many calls, one that suits is enough.
    """
    stories = store.world.stories
    for seen in sights:
        chosen = select("api", candidates(stories, choice.header, choice.activations, seen))
        if chosen:
            story = chosen.story
            nth = store.asked.get(story.name, 0)
            store.asked[story.name] = nth + 1
            return story.answers[min(nth, len(story.answers) - 1)], story.name
    return USUAL, ""


def spend(store: Store, sights: tuple[Seen, ...]) -> None:
    """One request less for every activation that it suited."""
    store.activations = [
        kept
        for one in store.activations
        if (kept := _spent(store, one, sights)).left is None or kept.left > 0
    ]


def _seen(call: Call, choice: Choice) -> Seen:
    order = call.order
    shape = SHAPES[order.shape]
    legs = dict.fromkeys(shape.later, "")
    legs |= {name: leg.number for leg in call.legs for name in (leg.name, leg.role)}
    legs["callee"] = legs.get(shape.callee, "")
    return Seen(
        order.provider, order.operation, order.account, choice.credential, legs, order.wanted
    )


def _spent(store: Store, one: Activation, sights: tuple[Seen, ...]) -> Activation:
    suited = any(activated(store.world.stories, one, seen) for seen in sights)
    return one._replace(left=one.left - 1) if suited and one.left is not None else one
