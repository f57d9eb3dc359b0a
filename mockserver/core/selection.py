"""Scenario sets, and the selection: for each aspect, the first scenario that speaks to it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.scenario import MatchContext, MatchRule, Scenario
from mockserver.core.seeded import choice
from mockserver.core.value import Value

ASPECTS: Final[Mapping[str, Callable[[Scenario], bool]]] = MappingProxyType(
    {
        "api": lambda scenario: bool(scenario.responses),
        "legs": lambda scenario: bool(
            scenario.legs
            or scenario.steps
            or scenario.attempts
            or scenario.numbers
            or scenario.choose
            or scenario.use
        ),
        "webhooks": lambda scenario: bool(scenario.webhooks),
    }
)
"""Aspect -> whether a scenario speaks to it.

The aspects are the behavior of the API, the behavior of the legs, and the delivery of webhooks."""

EXPLICIT_RANKS: Final = frozenset({"header", "activation", "match"})
"""Ranks of scenarios that take precedence over a test number."""


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
    """The scenario selected for each aspect; None if no candidate speaks to it."""

    api: SelectedScenario | None = None
    legs: SelectedScenario | None = None
    webhooks: SelectedScenario | None = None


NO_SELECTION: Final = Selection()


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
        return select((SelectedScenario(self.by_name[self.default], "default"),))


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


def select(options: Iterable[SelectedScenario]) -> Selection:
    """Select for each aspect, by itself, the first of the candidates that speaks to it."""
    known = tuple(options)
    return Selection(**{aspect: _first(speaks, known) for aspect, speaks in ASPECTS.items()})


def _first(
    speaks_to_aspect: Callable[[Scenario], bool], options: tuple[SelectedScenario, ...]
) -> SelectedScenario | None:
    return next((option for option in options if speaks_to_aspect(option.scenario)), None)


def resolve(
    scenarios: ScenarioSet,
    scenario: Scenario,
    draw_key: tuple[str, str],
    attempt_indexes: tuple[int, int],
) -> Scenario:
    """Follow `use`, `choose`, `attempts` and `numbers` down to a scenario with legs or steps.

    `draw_key` is (seed, call id) and decides `choose`. `attempt_indexes` is (redial index, number
    index), both from 0, and decides `attempts` and `numbers`; after their end, the last item
    repeats. The result inherits the legs that it does not mention itself.

    The loader rejects cycles. A name that a reload has removed ends the search.
    """
    while (name := _next_name(scenario, draw_key, attempt_indexes)) in scenarios.by_name:
        scenario = scenarios.by_name[name].replace(
            inherited_legs=(scenario.legs, *scenario.inherited_legs)
        )
    return scenario


def _next_name(
    scenario: Scenario, draw_key: tuple[str, str], attempt_indexes: tuple[int, int]
) -> str:
    redial_index, number_index = attempt_indexes
    if scenario.choose:
        weights = [weight for weight, _ in scenario.choose]
        return choice([name for _, name in scenario.choose], weights, *draw_key, scenario.name)
    if scenario.attempts:
        return scenario.attempts[min(redial_index, len(scenario.attempts) - 1)]
    if scenario.numbers:
        return scenario.numbers[min(number_index, len(scenario.numbers) - 1)]
    return scenario.use
