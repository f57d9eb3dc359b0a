"""A thousand seeds in which everything happens at once: nothing lost, doubled, or out of order."""

from collections import Counter
from collections.abc import Callable

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.lifecycle import CALL_TRANSITIONS, LEG_TRANSITIONS
from tests.simulation.history import History, wrong
from tests.simulation.judged import judged
from tests.simulation.receivers import FAULTS, HEALTHY
from tests.simulation.runner import Run

SEEDS = 1_000
REGRESSIONS: tuple[int, ...] = ()
"""Seeds that were wrong once, beyond those that are played anyway."""

WANTED = {
    *LEG_TRANSITIONS,
    *CALL_TRANSITIONS,
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
"""What has to happen sometimes: every edge of the lifecycle among it."""


def test_a_thousand_seeds_are_right_and_everything_happens(configuration: Configuration) -> None:
    happened: Counter[object] = Counter()
    for seed in range(SEEDS):
        flaws, met, edges = judged(configuration, seed)
        assert flaws == []
        happened.update(met)
        happened.update(edges)
    assert {one for one in WANTED if not happened[one]} == set()


@pytest.mark.parametrize("seed", REGRESSIONS)
def test_seeds_that_were_wrong_once(configuration: Configuration, seed: int) -> None:
    assert judged(configuration, seed)[0] == []


@pytest.fixture(scope="module")
def sound(configuration: Configuration) -> History:
    """The history of a run of some length."""
    history = max(
        (Run(configuration, seed).play().history for seed in range(20)),
        key=lambda one: len(one.sent),
    )
    assert wrong(history) == []
    return history


def position(history: History, kind: str) -> int:
    return next(at for at, (_, fact) in enumerate(history.facts) if fact.type == kind)


def without(history: History, kind: str) -> History:
    at = position(history, kind)
    return history._replace(facts=[*history.facts[:at], *history.facts[at + 1 :]])


def doubled(history: History, kind: str) -> History:
    at = position(history, kind)
    return history._replace(facts=[*history.facts[: at + 1], *history.facts[at:]])


def late(history: History, kind: str) -> History:
    """A fact of the last epoch turns up as one of an epoch that knows nothing of it."""
    epoch, fact = next(one for one in reversed(history.facts) if one[1].type == kind)
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
