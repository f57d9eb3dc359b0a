"""Totals count what happens in a state, and nothing takes from them."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.commands import reset
from mockserver.engine.failures import record_error
from mockserver.engine.retention import retire_call
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.totals import Histogram, Totals
from tests.support import read
from tests.support.simulation import (
    START,
    click_to_call,
    play_until_idle,
)


def counted(totals: Totals) -> dict[str, Any]:
    return {
        "requests": dict(totals.requests),
        "placed": dict(totals.placed),
        "ended": dict(totals.ended),
        "attempts": dict(totals.attempts),
        "errors": totals.errors,
    }


@pytest.mark.parametrize(
    ("value", "counts"),
    [(-1, [1, 0, 0]), (5, [1, 0, 0]), (5.1, [0, 1, 0]), (10, [0, 1, 0]), (11, [0, 0, 1])],
)
def test_a_histogram_counts_a_value_at_the_lowest_bound_that_is_not_below_it(
    value: float, counts: list[int]
) -> None:
    histogram = Histogram((5, 10))
    histogram.observe(value)
    assert (histogram.counts, histogram.total) == (counts, value)


def test_requests_calls_and_attempts_count_once_each(state: SandboxState) -> None:
    click_to_call(state)
    click_to_call(state, "callee-busy")
    click_to_call(state, to="nobody")
    play_until_idle(state)
    assert counted(state.totals) == {
        "requests": {
            ("mobtexting", "c2c", 200, None): 2,
            ("mobtexting", "c2c", 422, "to-malformed"): 1,
        },
        "placed": {("mobtexting", "c2c"): 2},
        "ended": {("mobtexting", "completed"): 1, ("mobtexting", "busy"): 1},
        "attempts": {("mobtexting", 200, False): 2},
        "errors": 0,
    }


def test_a_call_that_is_retired_again_has_ended_once(state: SandboxState) -> None:
    click_to_call(state)
    play_until_idle(state)
    retire_call(state, "c1")
    assert counted(state.totals)["ended"] == {("mobtexting", "completed"): 1}


def test_a_reset_takes_nothing_from_the_totals(state: SandboxState) -> None:
    click_to_call(state)
    play_until_idle(state)
    record_error(state, ValueError("ours"), START)
    before = counted(state.totals)
    reset(state, state.configuration, START)
    assert counted(state.totals) == before
    click_to_call(state)
    assert counted(state.totals)["placed"] == {("mobtexting", "c2c"): 2}


def test_two_states_that_share_totals_count_together(configuration: Configuration) -> None:
    shared, states = Totals(), [SandboxState(configuration, START) for _ in range(2)]
    click_to_call(states[0])
    for state in states:
        state.count_in(shared)
        click_to_call(state)
        record_error(state, ValueError("ours"), START)
        play_until_idle(state)
    assert counted(shared) == {
        "requests": {("mobtexting", "c2c", 200, None): 2},
        "placed": {("mobtexting", "c2c"): 2},
        "ended": {("mobtexting", "completed"): 3},  # one was placed before it was shared
        "attempts": {("mobtexting", 200, False): 3},
        "errors": 2,
    }


@pytest.mark.parametrize(
    ("result", "key", "is_timed"),
    [
        (DeliveryResult(status=404, duration_ms=7), ("mobtexting", 404, False), True),
        (DeliveryResult(status=None, error="timeout"), ("mobtexting", "timeout", False), True),
        (DeliveryResult(status=500, simulated=True), ("mobtexting", 500, True), False),
        (
            DeliveryResult(status=None, error="refused-target"),
            ("mobtexting", "refused-target", False),
            False,
        ),
    ],
)
def test_an_attempt_counts_by_its_result_and_its_duration_where_a_receiver_was_asked(
    state: SandboxState, result: DeliveryResult, key: tuple[object, ...], *, is_timed: bool
) -> None:
    def receive(_: Delivery) -> DeliveryResult:
        return result

    click_to_call(state)
    play_until_idle(state, receive)
    attempts = state.totals.attempts[key]  # type: ignore[index] # the table is wider
    assert attempts == len(read.deliveries(state)["w1"].attempts) > 0
    durations = state.totals.durations
    assert sum(sum(each.counts) for each in durations.values()) == (attempts if is_timed else 0)
    assert sum(each.total for each in durations.values()) == (
        attempts * result.duration_ms if is_timed else 0
    )
