"""Three questions about a request, each answered by the first story that suits and speaks to it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.scenario import MatchContext, MatchRule, Scenario, ScenarioSet
from mockserver.core.seeded import choice

ASPECTS: Final[Mapping[str, Callable[[Scenario], bool]]] = MappingProxyType(
    {
        "api": lambda story: bool(story.responses),
        "phones": lambda story: bool(
            story.legs
            or story.steps
            or story.attempts
            or story.numbers
            or story.choose
            or story.play
        ),
        "webhooks": lambda story: bool(story.webhooks),
    }
)
"""How the API answers, what the phones do, how webhooks travel: whether a story speaks to it."""

EXPLICIT_RANKS: Final = frozenset({"header", "activation", "match"})
"""Ranks that a number of the number plan does not overrule."""


class Activation(NamedTuple):
    """A story to be played for the next `left` requests that suit; None for all of them."""

    id: str
    scenario_name: str
    match: MatchRule
    remaining: int | None


class SelectedScenario(NamedTuple):
    """`rank` says why: header, activation, match, bundled or default."""

    scenario: Scenario
    rank: str


def candidates(
    scenarios: ScenarioSet,
    header_names: tuple[str, ...],
    activations: tuple[Activation, ...],
    context: MatchContext,
) -> Iterator[SelectedScenario]:
    """Every story that suits, the one that comes first first."""
    for name in header_names:
        yield SelectedScenario(scenarios.by_name[name], "header")
    for activation in activations:
        if is_applicable(scenarios, activation, context):
            yield SelectedScenario(scenarios.by_name[activation.scenario_name], "activation")
    for story in scenarios.matchable:
        if _is_match(story, context):
            yield SelectedScenario(story, "bundled" if story.bundled else "match")
    yield SelectedScenario(scenarios.by_name[scenarios.default], "default")


def is_applicable(scenarios: ScenarioSet, activation: Activation, context: MatchContext) -> bool:
    """Whether it suits; not if a reload has taken its story away."""
    story = scenarios.by_name.get(activation.scenario_name)
    return story is not None and not (
        activation.match.mismatch(context) or story.missing_requirement(context)
    )


def select(aspect: str, options: Iterable[SelectedScenario]) -> SelectedScenario | None:
    """The first of the candidates that speaks to the question."""
    speaks = ASPECTS[aspect]
    for chosen in options:
        if speaks(chosen.scenario):
            return chosen
    return None


def _is_match(scenario: Scenario, context: MatchContext) -> bool:
    return (
        scenario.match is not None
        and not scenario.match.mismatch(context)
        and not scenario.missing_requirement(context)
    )


def resolve(
    scenarios: ScenarioSet,
    scenario: Scenario,
    draw_key: tuple[str, str],
    attempt_indexes: tuple[int, int],
) -> Scenario:
    """Down to legs or steps: each list gives its item for this redial and this number.

    `draw` is (seed, call id), `turn` is (redial, target), both from 0; the last item repeats. A
    story keeps what it says of legs of which the item is silent. Whoever compiles stories sees
    to it that they do not lead in a circle; one that a reload has taken away leads nowhere.
    """
    while (name := _next_name(scenario, draw_key, attempt_indexes)) in scenarios.by_name:
        scenario = scenarios.by_name[name]._replace(
            inherited_legs=(scenario.legs, *scenario.inherited_legs)
        )
    return scenario


def _next_name(
    scenario: Scenario, draw_key: tuple[str, str], attempt_indexes: tuple[int, int]
) -> str:
    redial, target = attempt_indexes
    if scenario.choose:
        weights = [weight for weight, _ in scenario.choose]
        return choice([name for _, name in scenario.choose], weights, *draw_key, scenario.name)
    if scenario.attempts:
        return scenario.attempts[min(redial, len(scenario.attempts) - 1)]
    if scenario.numbers:
        return scenario.numbers[min(target, len(scenario.numbers) - 1)]
    return scenario.play
