"""Scenario sets, and the selection: for each aspect, the first scenario that speaks to it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Final, NamedTuple

from mockserver.core.composition import (
    ASPECTS,
    composed_aspects,
    find_scenario,
    reachable_scenarios,
)
from mockserver.core.conditional_words import has_conditional_words
from mockserver.core.hidden_words import may_hide
from mockserver.core.playability import PlaySite
from mockserver.core.scenario import MatchContext, MatchRule, Scenario
from mockserver.core.script import Script
from mockserver.core.spoken_words import SpokenWords
from mockserver.core.value import Value

EXPLICIT_RANKS: Final = frozenset({"header", "activation", "match"})
"""Ranks of scenarios that take precedence over a test number."""

USUAL_LEGS: Final = frozenset({"a", "callee"})
"""The names of legs that every call has."""


class Activation(Value):
    """A scenario in force for the next `remaining` matching requests; None for all of them."""

    id: str
    scenario_name: str
    match: MatchRule
    remaining: int | None


class SelectedScenario(Value):
    """A scenario and why it was selected: header, activation, match, bundled or default.

    `activation_id` is empty unless an activation put it in force.
    """

    scenario: Scenario
    rank: str
    activation_id: str = ""


class Selection(Value):
    """The scenario selected for each aspect; None if no candidate speaks to it.

    `draws` is True if one of them can lead to a `choose`, and `fits_all` if nothing that they can
    lead to says anything of a leg or webhook that a call may lack.
    """

    api: SelectedScenario | None = None
    legs: SelectedScenario | None = None
    webhooks: SelectedScenario | None = None
    draws: bool = False
    fits_all: bool = True


NO_SELECTION: Final = Selection()


class Reach(NamedTuple):
    """What a scenario can lead to: the aspects to which it speaks, and whether it draws.

    `fits_all` is that of `Selection`.
    """

    aspects: tuple[str, ...]
    draws: bool
    fits_all: bool


def _may_fail(scenario: Scenario) -> bool:
    """Whether the scenario's own words can have no effect on some operation."""
    unusual = scenario.legs and not scenario.legs.keys() <= USUAL_LEGS
    return bool(unusual) or may_hide(scenario) or has_conditional_words(scenario)


ScriptKey = tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]
"""(key of `CALL_FLOWS`, pairs of a leg and the vendor's word for it, the legs of a call)."""


class _ScenarioSetFields(NamedTuple):
    by_name: Mapping[str, Scenario]
    default: str
    number_plan: bool = True


class ScenarioSet(_ScenarioSetFields):
    """All scenarios of a sandbox by name, in the order of their files.

    `default` names the one for everything else; `number_plan` switches the number plan on.
    """

    @cached_property
    def public_names(self) -> tuple[str, ...]:
        """The names that can be asked for; a scenario inside a list has one with a `/`."""
        return tuple(name for name in self.by_name if "/" not in name)

    @cached_property
    def matchable(self) -> tuple[Scenario, ...]:
        """The scenarios with a match rule, the users' first; cached, as each request needs them."""
        with_rule = [scenario for scenario in self.by_name.values() if scenario.match is not None]
        return tuple(sorted(with_rule, key=attrgetter("bundled")))

    @cached_property
    def default_selection(self) -> Selection | None:
        """What a request selects that names no scenario while no activation is in force.

        None if it depends on the request, because a scenario has a match rule.
        """
        if self.matchable:
            return None
        return select(self, (SelectedScenario(self.by_name[self.default], "default"),))

    @cached_property
    def _reach_by_name(self) -> dict[str, tuple[Scenario, Reach]]:
        return {}

    def reach(self, scenario: Scenario) -> Reach:
        """Return what the scenario can lead to; worked out once for each scenario of the set."""
        known = self._reach_by_name.get(scenario.name)
        if known and known[0] is scenario:
            return known[1]
        reachable = tuple(reachable_scenarios(self.by_name, scenario))
        reach = Reach(
            composed_aspects(self.by_name, scenario),
            any(part.choose for part in reachable),
            not any(map(_may_fail, reachable)),
        )
        self._reach_by_name[scenario.name] = scenario, reach
        return reach

    @cached_property
    def _words_by_site(self) -> dict[tuple[str, str, str], SpokenWords]:
        return {}

    def words_at(self, site: PlaySite) -> SpokenWords:
        """Return what the scenarios speak of on a site; worked out once for each scenario."""
        key = site.provider.name, site.operation, site.flow
        return self._words_by_site.setdefault(key, SpokenWords(self.by_name, site))

    @cached_property
    def plain_scripts(self) -> dict[ScriptKey, tuple[Script, tuple[str, ...]]]:
        """Scripts of new calls that only the default scenario describes, in every call alike.

        Each comes with what decides each leg. Most calls are such ones.
        """
        return {}

    def keep_plain_script(self, key: ScriptKey, script: tuple[Script, tuple[str, ...]]) -> None:
        """Keep a script for the next call that is alike."""
        self.plain_scripts[key] = script

    def speaks_of_api(self, name: str) -> bool:
        """Return True if the scenario of this name can lead to words about the API."""
        scenario = find_scenario(self.by_name, name)
        return scenario is not None and "api" in self.reach(scenario).aspects


def candidates(
    scenarios: ScenarioSet,
    scenario_names: tuple[str, ...],
    activations: tuple[Activation, ...],
    context: MatchContext,
) -> Iterator[SelectedScenario]:
    """Yield every scenario that applies to the context, by falling precedence."""
    for name in scenario_names:
        if name in scenarios.by_name:  # a reset may have removed it during a delay
            yield SelectedScenario(scenarios.by_name[name], "header")
    for activation in activations:
        activated = scenarios.by_name.get(activation.scenario_name)
        if activated and _is_applicable(activation.match, activated, context):
            yield SelectedScenario(activated, "activation", activation.id)
    for scenario in scenarios.matchable:
        if scenario.match and _is_applicable(scenario.match, scenario, context):
            yield SelectedScenario(scenario, "bundled" if scenario.bundled else "match")
    yield SelectedScenario(scenarios.by_name[scenarios.default], "default")


def _is_applicable(match: MatchRule, scenario: Scenario, context: MatchContext) -> bool:
    return not (match.mismatch(context) or scenario.missing_requirement(context))


def select(scenarios: ScenarioSet, options: Iterable[SelectedScenario]) -> Selection:
    """Select for each aspect, by itself, the first of the candidates that speaks to it.

    A scenario speaks to an aspect if anything does to which it can lead.
    """
    selected: dict[str, SelectedScenario] = {}
    draws, fits_all = False, True
    for option in options:
        reach = scenarios.reach(option.scenario)
        new = [aspect for aspect in reach.aspects if aspect not in selected]
        if new:
            selected.update(dict.fromkeys(new, option))
            draws, fits_all = draws or reach.draws, fits_all and reach.fits_all
            if len(selected) == len(ASPECTS):
                break
    return Selection(
        selected.get("api"), selected.get("legs"), selected.get("webhooks"), draws, fits_all
    )
