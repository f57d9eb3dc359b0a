"""A provider's world as a rule machine: Hypothesis chooses the deeds and shortens what is wrong."""

from collections import Counter
from random import Random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from mockserver.engine.store import World
from tests.simulation.history import edges, wrong
from tests.simulation.runner import Run

RESETS = 0.2  # of the times that one could be, so that worlds grow old enough
CHANCE = st.binary(min_size=4, max_size=4).map(Random)
"""Which way a deed takes; a failure is shortened by leaving deeds out."""


class Machine(RuleBasedStateMachine):
    """One run; `world` has one provider, `happened` is what came about in all runs."""

    world: ClassVar[World]
    happened: ClassVar[Counter[object]]

    def __init__(self) -> None:
        super().__init__()
        self.run = Run(self.world, 0)

    @rule(chance=CHANCE)
    def request(self, chance: Random) -> None:
        self.run.chance = chance
        self.run.request()

    @rule(chance=CHANCE)
    def advance(self, chance: Random) -> None:
        self.run.chance = chance
        self.run.advance()

    @rule(chance=CHANCE)
    def play_person(self, chance: Random) -> None:
        self.run.chance = chance
        self.run.play_person()

    @rule(chance=CHANCE)
    def redeliver(self, chance: Random) -> None:
        self.run.chance = chance
        self.run.redeliver()

    @rule(chance=CHANCE)
    def change_account(self, chance: Random) -> None:
        self.run.chance = chance
        self.run.change_account()

    @rule(chance=CHANCE)
    def reset(self, chance: Random) -> None:
        if chance.random() < RESETS:
            self.run.reset()

    def teardown(self) -> None:
        self.run.chance = Random(0)  # noqa: S311 - to be repeated, not to be secret
        ran = self.run.rest()
        assert wrong(ran.history) == []
        assert ran.unfinished == []
        assert ran.met["fact error"] == 0
        self.happened.update(ran.met)
        self.happened.update(edges(ran.history))


def machine(start: World, happened: Counter[object]) -> type[Machine]:
    """A machine of this world."""
    told = {"world": start, "happened": happened}
    return type("MachineOf" + "".join(start.listings), (Machine,), told)
