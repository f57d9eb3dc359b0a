"""Which stories play: for the API's answer, for each call's phones, for its webhooks."""

from typing import NamedTuple

from mockserver.core.call import Call
from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.scenario import ApiBehavior, MatchContext, Scenario
from mockserver.core.selection import (
    Activation,
    SelectedScenario,
    candidates,
    is_applicable,
    select,
)
from mockserver.engine.store import Store

PLAIN = SelectedScenario(Scenario("answered"), "default")
"""For a default story that has nothing to say about phones."""

USUAL = ApiBehavior()


class Choice(NamedTuple):
    """What a request says about its stories: those its header names, and whose it is."""

    header: tuple[str, ...] = ()
    credential: str = ""
    activations: tuple[Activation, ...] = ()


NOBODY = Choice()
UNSEEN = MatchContext("", "", "", "", {}, {})
"""For stories that are not asked whom they suit."""


def choose(store: Store, call: Call, choice: Choice) -> None:
    """Settle for good who plays the phones of a new call, and how its webhooks travel."""
    stories = store.world.stories
    matched = choice.activations or stories.matchable
    seen = _seen(call, choice) if matched else UNSEEN
    among = tuple(candidates(stories, choice.header, choice.activations, seen))
    store.stories[call.spec.id] = select("phones", among) or PLAIN
    travelling = select("webhooks", among)
    if travelling:
        store.travels[call.spec.id] = travelling.scenario


def turn(store: Store, choice: Choice, sights: tuple[MatchContext, ...]) -> tuple[ApiBehavior, str]:
    """How the API answers this request, and the story that says so; it counts as asked once.

    Of a request that would place many calls, one that suits is enough.
    """
    stories = store.world.stories
    for seen in sights:
        chosen = select("api", candidates(stories, choice.header, choice.activations, seen))
        if chosen:
            story = chosen.scenario
            nth = store.asked.get(story.name, 0)
            store.asked[story.name] = nth + 1
            return story.responses[min(nth, len(story.responses) - 1)], story.name
    return USUAL, ""


def spend(store: Store, sights: tuple[MatchContext, ...]) -> None:
    """One request less for every activation that it suited."""
    store.activations = [
        kept
        for one in store.activations
        if (kept := _spent(store, one, sights)).remaining is None or kept.remaining > 0
    ]


def _seen(call: Call, choice: Choice) -> MatchContext:
    order = call.spec
    shape = CALL_FLOWS[order.flow]
    legs = dict.fromkeys(shape.later_legs, "")
    legs |= {name: leg.number for leg in call.legs for name in (leg.name, leg.role)}
    legs["callee"] = legs.get(shape.callee, "")
    return MatchContext(
        order.provider, order.operation, order.account, choice.credential, legs, order.parameters
    )


def _spent(store: Store, one: Activation, sights: tuple[MatchContext, ...]) -> Activation:
    suited = any(is_applicable(store.world.stories, one, seen) for seen in sights)
    return (
        one._replace(remaining=one.remaining - 1) if suited and one.remaining is not None else one
    )
