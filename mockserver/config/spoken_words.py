"""What scenarios say of the calls of one shape: of legs, kinds of webhooks, steps and the API."""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Final

from mockserver.config.call_shapes import CallShape
from mockserver.core.composition import (
    find_scenario,
    item_names,
    moved_legs,
    own_aspects,
    reachable_scenarios,
)
from mockserver.core.scenario import Scenario

Words = frozenset[tuple[str, str]]
"""Pairs of what is spoken of (`leg`, `webhook`, `steps` or `api`) and its name."""

NO_WORDS: Final[Words] = frozenset()
MAX_DEPTH: Final = 50  # how many scenarios are followed inwards; what is further in is not certain


class SpokenWords:
    """Works out what scenarios say of the calls of a shape, each scenario once."""

    def __init__(self, by_name: Mapping[str, Scenario], shape: CallShape) -> None:
        self.shape = shape
        self._by_name = by_name
        self._own: dict[str, Words] = {}
        self._certain: dict[tuple[str, bool], Words] = {}

    def of_legs(self, names: Iterable[str]) -> Words:
        legs = self.shape.legs
        return frozenset(("leg", legs[name]) for name in names if name in legs)

    def of_webhooks(self, kinds: Iterable[str]) -> Words:
        """Return the kinds that a call of this shape has; `any` stands for all of them."""
        named = set(kinds)
        return frozenset(
            ("webhook", kind)
            for kind in self.shape.webhook_kinds
            if kind in named or "any" in named
        )

    def own(self, scenario: Scenario) -> Words:
        """Return what the scenario's own words speak of; steps speak of the legs they move."""
        if scenario.name not in self._own:
            steps = {("steps", "")} if scenario.steps else NO_WORDS
            api = {("api", "")} if "api" in own_aspects(scenario) else NO_WORDS
            legs = self.of_legs((*scenario.legs, *moved_legs(scenario)))
            words = legs | self.of_webhooks(scenario.webhooks) | steps | api
            self._own[scenario.name] = words
        return self._own[scenario.name]

    def possible(self, scenario: Scenario, *, is_listless: bool = False) -> Words:
        """Return all of which anything speaks to which the scenario can lead."""
        parts = reachable_scenarios(self._by_name, scenario, is_listless=is_listless)
        return frozenset().union(*map(self.own, parts))

    def certain(
        self, scenario: Scenario, *, is_listless: bool = False, depth: int = MAX_DEPTH
    ) -> Words:
        """Return all of which the scenario speaks whatever is drawn, at every attempt."""
        key = (scenario.name, is_listless)
        if key not in self._certain and depth:
            items = () if is_listless else tuple(self._found(item_names(scenario)))
            used = self._found([scenario.use])
            is_inner_listless = is_listless or scenario.has_list
            self._certain[key] = self.own(scenario).union(
                self.certain_of_any(items, depth - 1),
                *(
                    self.certain(each, is_listless=is_inner_listless, depth=depth - 1)
                    for each in used
                ),
            )
        return self._certain.get(key, NO_WORDS)

    def certain_of_any(self, items: Iterable[Scenario], depth: int = MAX_DEPTH) -> Words:
        """Return all of which each of the items of a list speaks."""
        spoken = [self.certain(item, depth=depth) for item in items]
        return reduce(frozenset.intersection, spoken) if spoken else NO_WORDS

    def _found(self, names: Iterable[str]) -> Iterator[Scenario]:
        found = (find_scenario(self._by_name, name) for name in names if name)
        return (scenario for scenario in found if scenario)
