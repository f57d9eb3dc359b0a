"""Simulated receivers of all manners and wall clocks that jump lose and double nothing."""

from collections import Counter
from collections.abc import Callable

import pytest

from mockserver.core.configuration import Configuration
from mockserver.runtime.clock import Clock
from tests.simulation.clock_model import ClockModel, WallTime
from tests.simulation.connected_receivers import BAD, GOOD
from tests.simulation.live_checks import (
    find_live_violations,
    judge_live,
    recorded_results,
    recorded_set_backs,
)
from tests.simulation.live_run import EndedWait, LiveResult, run_live
from tests.simulation.virtual_loop import AttemptKey, Stuck, VirtualLoop
from tests.support.simulation import START

SEEDS = 100
EXPECTED_OCCURRENCES = {
    *(f"receiver {manner.name}" for manner in (*GOOD, *BAD)),
    *(
        f"jump {direction}, time {verb}"
        for direction in ("back", "forward")
        for verb in ("follows", "does not follow")
    ),
    *(f"mode {mode}" for mode in ("real", "instant", "manual", "60x")),
    "pause with webhooks out",
    "reset with webhooks out",
    "advance refused",
    "wait ends early",
    "wait times out",
    "redelivered",
}
"""What has to occur in some seed."""


def test_a_hundred_seeds_with_connections_and_jumping_clocks_break_no_rule(
    configuration: Configuration,
) -> None:
    occurred: Counter[str] = Counter()
    for seed in range(SEEDS):
        violations, occurrences = judge_live(configuration, seed)
        assert violations == []
        occurred.update(occurrences)
    assert {item for item in EXPECTED_OCCURRENCES if not occurred[item]} == set()


def attempts(result: LiveResult, status: int | None) -> list[AttemptKey]:
    """Return the attempts on record that have ended with this status."""
    recorded = recorded_results(result.run.history.entries)
    return [key for key, each, _ in recorded if each == status]


def count_set_backs(result: LiveResult) -> int:
    return sum(recorded_set_backs(result.run.history.entries).values())


@pytest.fixture(scope="module")
def eventful_seed(configuration: Configuration) -> int:
    """The first seed whose run has answers, failures and a wall clock that was set back."""
    for seed in range(SEEDS):
        result = run_live(configuration, seed)
        if attempts(result, 200) and attempts(result, None) and count_set_backs(result):
            return seed
    raise AssertionError


def double_a_receipt(result: LiveResult) -> LiveResult:
    result.received.counts[attempts(result, 200)[0]] += 1
    return result


def lose_a_receipt(result: LiveResult) -> LiveResult:
    del result.received.counts[attempts(result, 200)[0]]
    return result


def change_an_answer(result: LiveResult) -> LiveResult:
    result.received.statuses[attempts(result, 200)[0]] = 204
    return result


def fail_at_a_good_receiver(result: LiveResult) -> LiveResult:
    return result._replace(to_good={attempts(result, None)[0]})


def leave_a_webhook_pending(result: LiveResult) -> LiveResult:
    return result._replace(delivery_states={"w1": "pending"})


def step_back_in_time(result: LiveResult) -> LiveResult:
    first, *others = result.run.history.entries
    late = others[-1][1].replace(type="clock", at=others[-1][1].at + 1, payload={})
    history = result.run.history._replace(entries=[(first[0], late), first, *others])
    return result._replace(run=result.run._replace(history=history))


def wait_too_long(result: LiveResult) -> LiveResult:
    return result._replace(waits=[EndedWait(timeout=5.0, taken=5.1)])


def forget_the_set_backs(result: LiveResult) -> LiveResult:
    return result._replace(set_backs=Counter())


@pytest.mark.parametrize(
    ("corrupt", "expected"),
    [
        (double_a_receipt, "was received 2 times"),
        (lose_a_receipt, "has status 200"),
        (change_an_answer, "its receiver answered 204"),
        (fail_at_a_good_receiver, "went to a good receiver"),
        (leave_a_webhook_pending, "w1 is pending in the end"),
        (step_back_in_time, "comes after clock"),
        (wait_too_long, "a wait took too long"),
        (forget_the_set_backs, "set backs on record, not 0"),
    ],
)
def test_each_rule_that_a_run_can_break_is_checked(
    configuration: Configuration,
    eventful_seed: int,
    corrupt: Callable[[LiveResult], LiveResult],
    expected: str,
) -> None:
    result = run_live(configuration, eventful_seed)
    assert find_live_violations(result) == []
    assert any(expected in violation for violation in find_live_violations(corrupt(result)))


def test_a_clock_that_does_not_follow_the_wall_clock_is_found() -> None:
    loop = VirtualLoop()
    wall = WallTime(loop)
    clock, model = Clock("real", START, loop.time), ClockModel(wall)
    model.begin(clock)
    loop.pause(1.0)
    assert model.check(clock) == ""
    wall.lead += 60
    assert model.check(clock) == "0 ms have passed in mode real, not 60000"
    loop.close()


def test_a_task_that_waits_for_nothing_is_found() -> None:
    loop = VirtualLoop()
    with pytest.raises(Stuck):
        loop.run_until_complete(loop.create_future())
    loop.close()
