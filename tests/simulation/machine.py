"""A provider's world as a rule machine: Hypothesis chooses the deeds and shortens what is wrong."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from mockserver.core.configuration import Configuration
from tests.simulation.history import edges, wrong
from tests.simulation.runner import DEED, Run

OFTEN = 12  # at most, beside a reset that is there once
DEEDS = st.sampled_from([deed for deed, often in DEED.items() for _ in range(min(often, OFTEN))])
CHANCE = st.binary(min_size=4, max_size=4).map(Random)
"""Which way a deed takes; a failure is shortened by leaving deeds out."""


class Machine(RuleBasedStateMachine):
    """One run; `world` has one provider, `happened` is what came about in all runs."""

    configuration: ClassVar[Configuration]
    happened: ClassVar[Counter[object]]

    def __init__(self) -> None:
        super().__init__()
        self.run = Run(self.configuration, 0)

    @rule(deed=DEEDS, chance=CHANCE)
    def does(self, deed: Callable[[Run], None], chance: Random) -> None:
        self.run.chance = chance
        deed(self.run)

    def teardown(self) -> None:
        self.run.chance = Random(0)  # noqa: S311 - to be repeated, not to be secret
        ran = self.run.rest()
        assert wrong(ran.history) == []
        assert ran.unfinished == []
        assert ran.met["fact error"] == 0
        self.happened.update(ran.met)
        self.happened.update(edges(ran.history))


def machine(start: Configuration, happened: Counter[object]) -> type[Machine]:
    """A machine of this world."""
    told = {"configuration": start, "happened": happened}
    return type("MachineOf" + "".join(start.providers), (Machine,), told)
