"""Resolve a scenario for one request or call: its own words, its list's item, what it uses."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.behavior import LegBehavior
from mockserver.core.composition import find_scenario, moved_legs
from mockserver.core.scenario import DEFAULT_DELIVERY, DeliveryBehavior, Scenario
from mockserver.core.script import Step
from mockserver.core.seeded import choice
from mockserver.core.selection import ScenarioSet
from mockserver.core.value import Value

WHOLE_BATCH: Final = -1
"""The item of a draw for the API's answer to a batch."""


class Draw(Value):
    """What `choose` draws by, besides the seed and the name of the scenario.

    `request` is the number of the request, `item` the index of the call in its batch. A call of a
    batch is drawn among the items that do not speak of the API.
    """

    request: int = 0
    item: int = 0
    in_batch: bool = False


NO_DRAW: Final = Draw()
"""The draw of a request whose scenarios have no `choose`."""


class ResolvedScenario(Value):
    """The scenarios that describe one request or one attempt of a call, from outside to inside.

    The first part that speaks of a leg, of a kind of webhook or of the API decides it alone.
    `steps` are those of the first part that has any.
    """

    parts: tuple[Scenario, ...]
    steps: tuple[Step, ...] = ()

    @property
    def api_author(self) -> Scenario | None:
        """The part that says how the API responds; None if none does."""
        return next((part for part in self.parts if part.responses), None)

    def leg_behavior(self, leg: str, legs_by_name: Mapping[str, str]) -> LegBehavior | None:
        """Return the behavior of a leg; None if no part mentions it under any of its names.

        A leg that the steps move is described by no part but theirs.
        """
        parts = self.parts
        if self.steps:
            author = next(part for part in parts if part.steps)
            moved = moved_legs(author)
            if leg in {legs_by_name.get(name, name) for name in moved}:
                parts = (author,)
        for part in parts:
            behavior = part.leg_behavior(leg, legs_by_name)
            if behavior is not None:
                return behavior
        return None

    def delivery_behavior(self, kind: str) -> DeliveryBehavior:
        """Return how webhooks of a kind are delivered: in each part, its name before `any`."""
        for part in self.parts:
            behavior = part.webhooks.get(kind) or part.webhooks.get("any")
            if behavior is not None:
                return behavior
        return DEFAULT_DELIVERY


def resolve(
    scenarios: ScenarioSet,
    scenario: Scenario,
    seed: str,
    draw: Draw = NO_DRAW,
    attempt_indexes: tuple[int, int] = (0, 0),
) -> ResolvedScenario:
    """Read a scenario from outside to inside: its own words, the item of its list, what it uses.

    `draw` decides `choose`. `attempt_indexes` is (redial index, number index), both from 0, and
    decides `attempts` and `numbers`; after their end, the last item repeats. A list of its own
    replaces that of a scenario that it uses.

    The loader rejects cycles. A name that a reload has removed leads nowhere.
    """
    if not scenario.use and not scenario.has_list:
        return ResolvedScenario((scenario,), scenario.steps)
    parts: list[Scenario] = []
    pending: list[tuple[Scenario, bool]] = [(scenario, True)]
    while pending:
        part, follows_list = pending.pop()
        parts.append(part)
        if part.use and (used := find_scenario(scenarios.by_name, part.use)):
            pending.append((used, follows_list and not part.has_list))
        if follows_list and part.has_list:
            name = _item_name(scenarios, part, seed, draw, attempt_indexes)
            if item := find_scenario(scenarios.by_name, name):
                pending.append((item, True))
    steps = next((part.steps for part in parts if part.steps), ())
    return ResolvedScenario(tuple(parts), steps)


def _item_name(
    scenarios: ScenarioSet,
    scenario: Scenario,
    seed: str,
    draw: Draw,
    attempt_indexes: tuple[int, int],
) -> str:
    if scenario.choose:
        return draw_item(scenarios, seed, draw, scenario)
    items, index = (
        (scenario.attempts, attempt_indexes[0])
        if scenario.attempts
        else (scenario.numbers, attempt_indexes[1])
    )
    return items[min(index, len(items) - 1)]


def draw_item(scenarios: ScenarioSet, seed: str, draw: Draw, scenario: Scenario) -> str:
    """Draw an item of `choose`; for a call of a batch, one that is silent about the API if any."""
    items = scenario.choose
    if draw.in_batch:
        silent = tuple(
            (weight, name) for weight, name in items if not scenarios.speaks_of_api(name)
        )
        items = silent if any(weight for weight, _ in silent) else items
    weights, names = [weight for weight, _ in items], [name for _, name in items]
    return choice(names, weights, seed, draw.request, draw.item, scenario.name)
