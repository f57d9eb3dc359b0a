"""A simulation run as a rule machine: Hypothesis chooses the actions and shrinks failures."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from mockserver.core.configuration import Configuration
from tests.simulation.history import count_edges, find_violations
from tests.simulation.runner import ACTIONS, Run

HIGHEST_WEIGHT = 12  # relative to a reset, which has weight 1
ACTION_STRATEGY = st.sampled_from(
    [action for action, often in ACTIONS.items() for _ in range(min(often, HIGHEST_WEIGHT))]
)
CHANCE = st.binary(min_size=4, max_size=4).map(Random)
"""The random choices inside an action."""


class Machine(RuleBasedStateMachine):
    """One run with one provider; `occurred` counts what occurred in all runs."""

    configuration: ClassVar[Configuration]
    occurred: ClassVar[Counter[object]]

    def __init__(self) -> None:
        super().__init__()
        self.run = Run(self.configuration, 0)

    @rule(chosen_action=ACTION_STRATEGY, chance=CHANCE)
    def act(self, chosen_action: Callable[[Run], None], chance: Random) -> None:
        self.run.chance = chance
        chosen_action(self.run)

    def teardown(self) -> None:
        self.run.chance = Random(0)  # noqa: S311 - repeatable on purpose
        result = self.run.finish()
        assert find_violations(result.history) == []
        assert result.unfinished == []
        assert result.met["entry error"] == 0
        self.occurred.update(result.met)
        self.occurred.update(count_edges(result.history))


def machine(configuration: Configuration, occurred: Counter[object]) -> type[Machine]:
    """Return a rule machine for this configuration."""
    members = {"configuration": configuration, "occurred": occurred}
    return type("MachineOf" + "".join(configuration.providers), (Machine,), members)
