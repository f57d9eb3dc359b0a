"""Composed scenarios: what a scenario can lead to by `use` and the items of its list."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.behavior import PRESETS
from mockserver.core.scenario import Scenario

ASPECTS: Final = ("api", "legs", "webhooks")
"""How the API responds, how people behave on their legs, and how webhooks are delivered."""

MOVING_EVENTS: Final = frozenset({"ring", "answer", "machine", "hangup"})
"""The types of events by which a step moves a leg. An act moves the leg that it dials."""

BEHAVIOR_WORDS: Final[Mapping[str, Scenario]] = MappingProxyType(
    {word: Scenario(word, legs={"callee": behavior}) for word, behavior in PRESETS.items()}
)
"""Behavior word -> the scenario that it is as an item of a list: the callee behaves so."""


def find_scenario(by_name: Mapping[str, Scenario], name: str) -> Scenario | None:
    """Return the scenario of that name, else the callee's behavior; None if it is neither."""
    return by_name.get(name) or BEHAVIOR_WORDS.get(name)


def own_aspects(scenario: Scenario) -> Iterator[str]:
    """Yield the aspects of which the scenario's own words speak."""
    if scenario.responses:
        yield "api"
    if scenario.legs or scenario.steps:
        yield "legs"
    if scenario.webhooks:
        yield "webhooks"


def moved_legs(scenario: Scenario) -> frozenset[str]:
    """Return the names of the legs that the scenario's steps dial, answer or hang up."""
    legs = {step.leg for step in scenario.steps if step.event_type in MOVING_EVENTS}
    dialed = {
        step.condition.leg
        for step in scenario.steps
        if step.condition and step.condition.type == "settled"
    }
    return frozenset(legs | dialed)


def item_names(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the items of its list; a choice that is never drawn is left out."""
    drawn = [name for weight, name in scenario.choose if weight]
    return (*scenario.attempts, *scenario.numbers, *drawn)


def reachable_scenarios(
    by_name: Mapping[str, Scenario], scenario: Scenario, *, is_listless: bool = False
) -> Iterator[Scenario]:
    """Yield the scenario and all others to which it can lead, from outside to inside.

    A list of its own replaces that of a scenario that it uses; `is_listless` if an outer scenario
    replaces its own.
    """
    pending, seen = [(scenario, not is_listless)], set()
    while pending:
        part, follows_list = pending.pop()
        if (part.name, follows_list) in seen:
            continue
        seen.add((part.name, follows_list))
        yield part
        items = item_names(part) if follows_list else ()
        uses_list = follows_list and not part.has_list
        next_parts = (*((name, True) for name in items), (part.use, uses_list))
        found = [
            (target, follows)
            for name, follows in next_parts
            if name and (target := find_scenario(by_name, name))
        ]
        pending += reversed(found)


def composed_aspects(by_name: Mapping[str, Scenario], scenario: Scenario) -> tuple[str, ...]:
    """Return the aspects of which anything speaks to which the scenario can lead."""
    spoken = {
        aspect for part in reachable_scenarios(by_name, scenario) for aspect in own_aspects(part)
    }
    return tuple(aspect for aspect in ASPECTS if aspect in spoken)
