"""A thousand simulated seeds lose, double and reorder nothing."""

from collections import Counter
from collections.abc import Callable

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.lifecycle import CALL_TRANSITIONS, LEG_TRANSITIONS
from tests.simulation.history import History, find_violations
from tests.simulation.judged import judge
from tests.simulation.receivers import FAULTS, HEALTHY
from tests.simulation.runner import Run

SEEDS = 1_000
REGRESSIONS: tuple[int, ...] = ()
"""Seeds outside of `SEEDS` that failed once."""

RARE = {("over", "poll")}
"""Transitions that a thousand seeds may miss: a status is read before a redial begins."""

EXPECTED_OCCURRENCES = {
    *LEG_TRANSITIONS,
    *(set(CALL_TRANSITIONS) - RARE),
    *(f"receiver {item.name}" for item in (HEALTHY, *FAULTS)),
    "late result",
    "refused",
    "accepted",
    "leg event",
    "redelivered",
    "account",
    "reset with webhooks out",
    "reset with calls alive",
    "entry event-rejected",
    "entry ignored",
    "entry webhook-dropped",
}
"""What has to occur in some seed, including every other transition of the lifecycle."""


def test_a_thousand_seeds_have_valid_histories_and_reach_every_occurrence(
    configuration: Configuration,
) -> None:
    occurred: Counter[object] = Counter()
    for seed in range(SEEDS):
        violations, occurrences, edges = judge(configuration, seed)
        assert violations == []
        occurred.update(occurrences)
        occurred.update(edges)
    assert {item for item in EXPECTED_OCCURRENCES if not occurred[item]} == set()


@pytest.mark.parametrize("seed", REGRESSIONS)
def test_seeds_that_failed_once_have_valid_histories(
    configuration: Configuration, seed: int
) -> None:
    assert judge(configuration, seed)[0] == []


@pytest.fixture(scope="module")
def valid_history(configuration: Configuration) -> History:
    """The longest history of twenty seeds."""
    history = max(
        (Run(configuration, seed).play().history for seed in range(20)),
        key=lambda item: len(item.sent),
    )
    assert find_violations(history) == []
    return history


def position(history: History, kind: str) -> int:
    return next(index for index, (_, entry) in enumerate(history.entries) if entry.type == kind)


def without_entry(history: History, kind: str) -> History:
    index = position(history, kind)
    return history._replace(entries=[*history.entries[:index], *history.entries[index + 1 :]])


def with_doubled_entry(history: History, kind: str) -> History:
    index = position(history, kind)
    return history._replace(entries=[*history.entries[: index + 1], *history.entries[index:]])


def with_entry_of_an_ended_epoch(history: History, kind: str) -> History:
    """Repeat an entry of the last epoch in the next epoch, which knows nothing of it."""
    epoch, entry = next(item for item in reversed(history.entries) if item[1].type == kind)
    return history._replace(entries=[*history.entries, (epoch + 1, entry)])


def with_overtaken_webhook(history: History, _: str) -> History:
    first = history.sent[0]
    first_attempts = [
        item for item in history.sent if item.number == 1 and item.epoch == first.epoch
    ]
    overtaking = first_attempts[1]._replace(call=first.call, webhook="w0", copied=False)
    return history._replace(sent=[first._replace(copied=False), overtaking])


@pytest.mark.parametrize(
    ("corrupt", "kind"),
    [
        (without_entry, "event"),
        (without_entry, "delivery-attempt"),
        (with_doubled_entry, "event"),
        (with_doubled_entry, "delivery-attempt"),
        (with_entry_of_an_ended_epoch, "event"),
        (with_entry_of_an_ended_epoch, "delivery-attempt"),
        (with_overtaken_webhook, "delivery-attempt"),
    ],
)
def test_the_checker_finds_a_missing_doubled_late_or_overtaken_entry(
    valid_history: History, corrupt: Callable[[History, str], History], kind: str
) -> None:
    assert find_violations(corrupt(valid_history, kind)) != []
