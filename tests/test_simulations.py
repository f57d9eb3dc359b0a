"""A thousand seeds in which everything happens at once: nothing lost, doubled, or out of order."""

from collections import Counter
from collections.abc import Callable

import pytest

from mockserver.core.lifecycle import CALL, LEG
from mockserver.engine.store import World
from tests.simulation.history import History, wrong
from tests.simulation.judged import judged
from tests.simulation.receivers import FAULTS, HEALTHY
from tests.simulation.runner import Run

SEEDS = 1_000
BLOCK = 100
REGRESSIONS: tuple[int, ...] = ()
"""Seeds that were wrong once, beyond those that are played anyway."""

MET: Counter[object] = Counter()
"""What the seeds met, for the last test here, which wants everything to have happened."""


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_seeds(world: World, first: int) -> None:
    for seed in range(first, first + BLOCK):
        flaws, met, edges = judged(world, seed)
        assert flaws == []
        MET.update(met)
        MET.update(edges)


@pytest.mark.parametrize("seed", REGRESSIONS)
def test_seeds_that_were_wrong_once(world: World, seed: int) -> None:
    assert judged(world, seed)[0] == []


def test_everything_has_happened(world: World) -> None:
    for seed in () if MET else range(SEEDS):
        _, met, edges = judged(world, seed)
        MET.update(met)
        MET.update(edges)
    wanted = {
        *LEG,
        *CALL,
        *(f"receiver {one.name}" for one in (HEALTHY, *FAULTS)),
        "late answer",
        "refused",
        "accepted",
        "person",
        "redelivered",
        "account",
        "reset with webhooks out",
        "reset with calls alive",
        "fact moot",
        "fact skipped",
        "fact dropped",
    }
    assert {one for one in wanted if not MET[one]} == set()


@pytest.fixture(scope="module")
def sound(world: World) -> History:
    """The history of a run of some length."""
    history = max(
        (Run(world, seed).play().history for seed in range(20)), key=lambda one: len(one.sent)
    )
    assert wrong(history) == []
    return history


def position(history: History, kind: str) -> int:
    return next(at for at, (_, fact) in enumerate(history.facts) if fact.kind == kind)


def without(history: History, kind: str) -> History:
    at = position(history, kind)
    return history._replace(facts=[*history.facts[:at], *history.facts[at + 1 :]])


def doubled(history: History, kind: str) -> History:
    at = position(history, kind)
    return history._replace(facts=[*history.facts[: at + 1], *history.facts[at:]])


def late(history: History, kind: str) -> History:
    """A fact of the last epoch turns up as one of an epoch that knows nothing of it."""
    epoch, fact = next(one for one in reversed(history.facts) if one[1].kind == kind)
    return history._replace(facts=[*history.facts, (epoch + 1, fact)])


def overtaken(history: History, _: str) -> History:
    first = history.sent[0]
    before = [one for one in history.sent if one.number == 1 and one.epoch == first.epoch]
    moved = before[1]._replace(call=first.call, webhook="w0", copied=False)
    return history._replace(sent=[first._replace(copied=False), moved])


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (without, "event"),
        (without, "attempt"),
        (doubled, "event"),
        (doubled, "attempt"),
        (late, "event"),
        (late, "attempt"),
        (overtaken, "attempt"),
    ],
)
def test_the_checker_sees(
    sound: History, harm: Callable[[History, str], History], kind: str
) -> None:
    assert wrong(harm(sound, kind)) != []
