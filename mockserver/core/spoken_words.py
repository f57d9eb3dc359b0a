"""What scenarios say of one operation and call flow: legs, kinds of webhooks, steps, the API."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, reduce
from typing import Final

from mockserver.core.composition import (
    find_scenario,
    item_names,
    moved_legs,
    reachable_scenarios,
)
from mockserver.core.playability import PlaySite
from mockserver.core.provider import all_faults
from mockserver.core.scenario import Scenario

Words = frozenset[tuple[str, str]]
"""Pairs of what is spoken of (`leg`, `webhook`, `steps` or `api`) and its name."""

NO_WORDS: Final[Words] = frozenset()
API: Final[Words] = frozenset({("api", "")})
MAX_DEPTH: Final = 50  # how many scenarios are followed inwards; what is further in is not certain


class SpokenWords:
    """Works out what scenarios say of the calls of a site, each scenario once."""

    def __init__(self, by_name: Mapping[str, Scenario], site: PlaySite) -> None:
        self.site = site
        self.by_name = by_name
        self._own: dict[str, Words] = {}
        self._certain: dict[tuple[str, bool], Words] = {}

    @cached_property
    def _faults(self) -> frozenset[str]:
        return frozenset(fault.name for fault in all_faults(self.site.provider))

    def of_legs(self, names: Iterable[str]) -> Words:
        legs = self.site.legs
        return frozenset(("leg", legs[name]) for name in names if name in legs)

    def of_webhooks(self, kinds: Iterable[str]) -> Words:
        """Return the kinds that a call of this site has; `any` stands for all of them."""
        named = set(kinds)
        return frozenset(
            ("webhook", kind)
            for kind in self.site.calls.webhooks
            if kind in named or "any" in named
        )

    def own(self, scenario: Scenario) -> Words:
        """Return what the scenario's own words speak of; steps speak of the legs they move."""
        if scenario.name not in self._own:
            steps = {("steps", "")} if scenario.steps else NO_WORDS
            api = API if scenario.responses else NO_WORDS
            legs = self.of_legs((*scenario.legs, *moved_legs(scenario)))
            words = legs | self.of_webhooks(scenario.webhooks) | steps | api
            self._own[scenario.name] = words
        return self._own[scenario.name]

    def possible(self, scenario: Scenario, *, is_listless: bool = False) -> Words:
        """Return all of which anything speaks to which the scenario can lead."""
        parts = reachable_scenarios(self.by_name, scenario, is_listless=is_listless)
        return frozenset().union(*map(self.own, parts))

    def can_apply(self, scenario: Scenario) -> bool:
        """Return True if anything to which the scenario can lead has an effect at this site."""
        return any(map(self._can_apply, reachable_scenarios(self.by_name, scenario)))

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

    def _can_apply(self, scenario: Scenario) -> bool:
        """Return True if its own words say something other than faults that the provider lacks."""
        faults = [response.fault for response in scenario.responses]
        has_response = any(not fault or fault in self._faults for fault in faults)
        return has_response or bool(self.own(scenario) - API)

    def _found(self, names: Iterable[str]) -> Iterator[Scenario]:
        found = (find_scenario(self.by_name, name) for name in names if name)
        return (scenario for scenario in found if scenario)
