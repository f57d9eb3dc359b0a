"""Delivery attempts: retries, their times, and results after a reset."""

from collections.abc import Callable

import pytest

from mockserver.core.account import Retry
from mockserver.core.behavior import fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item
from mockserver.engine.webhooks import complete_attempt
from tests.support import read
from tests.support.deliveries import attempt_results, end_call_at_once
from tests.support.simulation import (
    START,
    change_account,
    click_to_call,
    next_due,
    play_until_idle,
    state_with_scenarios,
)


def respond_in_turn(*statuses: int) -> Callable[[Delivery], DeliveryResult]:
    return lambda delivery: DeliveryResult(status=statuses[len(delivery.attempts)])


@pytest.mark.parametrize(
    ("retry", "statuses", "attempts", "delivery_state"),
    [
        (None, (200,), [(1, 0, 200)], "delivered"),
        (None, (202,), [(1, 0, 202)], "delivered"),
        (None, (204,), [(1, 0, 204)], "failed"),
        (None, (500,), [(1, 0, 500)], "failed"),
        (Retry(), (204,), [(1, 0, 204)], "delivered"),
        (Retry(satisfied_by=frozenset({204})), (200,), [(1, 0, 200)], "failed"),
        (
            Retry(waits=(60_000, 300_000)),
            (500, 500, 200),
            [(1, 0, 500), (2, 60_000, 500), (3, 360_000, 200)],
            "delivered",
        ),
        (
            Retry(waits=(60_000, 300_000)),
            (500, 503, 404),
            [(1, 0, 500), (2, 60_000, 503), (3, 360_000, 404)],
            "failed",
        ),
        (
            Retry(waits=(1_000,), satisfied_by=frozenset({202})),
            (200, 202),
            [(1, 0, 200), (2, 1_000, 202)],
            "delivered",
        ),
    ],
)
def test_a_failed_delivery_is_retried_as_the_account_says(
    state: SandboxState,
    retry: Retry | None,
    statuses: tuple[int, ...],
    attempts: list[tuple[int, int, int]],
    delivery_state: str,
) -> None:
    change_account(state, retry=retry)
    end_call_at_once(state)
    play_until_idle(state, respond_in_turn(*statuses))
    delivery = read.deliveries(state)["w1"]
    assert (attempt_results(state), delivery.state, delivery.next_attempt_at) == (
        attempts,
        delivery_state,
        None,
    )
    assert [
        entry.at - START for entry in read.journal(state) if entry.type == "delivery-attempt"
    ] == [at for _, at, _ in attempts]


DAY = 86_400_000


def test_retries_can_extend_over_two_days(state: SandboxState) -> None:
    """Waits of 24h and 24h: an attempt today, tomorrow and the day after."""
    change_account(state, retry=Retry(waits=(DAY, DAY)))
    end_call_at_once(state)
    play_until_idle(state, respond_in_turn(500, 500, 500))
    assert attempt_results(state) == [(1, 0, 500), (2, DAY, 500), (3, 2 * DAY, 500)]
    assert read.deliveries(state)["w1"].state == "failed"


def test_each_duplicate_is_retried_on_its_own(configuration: Configuration) -> None:
    webhooks = {"any": DeliveryBehavior(duplicate=2, delay=fixed_duration(1_000))}
    state = state_with_scenarios(configuration, Scenario(name="mine", webhooks=webhooks))
    change_account(state, retry=Retry(waits=(DAY,)))
    end_call_at_once(state)
    play_until_idle(
        state,
        lambda delivery: DeliveryResult(
            status=200 if delivery.id == "w2" or delivery.attempts else 500
        ),
    )
    assert [attempt_results(state, name) for name in ("w1", "w2")] == [
        [(1, 1_000, 500), (2, 1_000 + DAY, 200)],
        [(1, 1_000, 200)],
    ]


@pytest.mark.parametrize(
    ("error", "delivery_state", "count"),
    [("refused-target", "refused", 1), ("connect", "failed", 2), ("timeout", "failed", 2)],
)
def test_a_refused_target_is_final_and_other_errors_are_retried(
    state: SandboxState, error: str, delivery_state: str, count: int
) -> None:
    change_account(state, retry=Retry(waits=(60_000,)))
    end_call_at_once(state)
    play_until_idle(state, lambda _: DeliveryResult(status=None, error=error))
    assert (read.deliveries(state)["w1"].state, len(attempt_results(state))) == (
        delivery_state,
        count,
    )


def test_a_retry_waits_from_the_response_but_the_attempt_has_the_time_of_sending(
    state: SandboxState,
) -> None:
    change_account(state, retry=Retry(waits=(60_000,)))
    end_call_at_once(state)
    delivery = run_due_item(state)
    assert delivery is not None
    assert (
        delivery.next_attempt_at,
        read.deliveries(state)["w1"].next_attempt_at,
        next_due(state),
    ) == (
        START,
        None,
        None,
    )
    complete_attempt(state, delivery, DeliveryResult(status=500), START + 4_000)
    pending = read.deliveries(state)["w1"]
    assert (pending.state, pending.next_attempt_at, attempt_results(state)) == (
        "pending",
        START + 64_000,
        [(1, 0, 500)],
    )


def test_an_attempt_that_was_never_due_has_the_time_of_its_response(state: SandboxState) -> None:
    end_call_at_once(state)
    complete_attempt(
        state,
        read.deliveries(state)["w1"].replace(next_attempt_at=None),
        DeliveryResult(status=200),
        START + 7,
    )
    assert attempt_results(state) == [(1, 7, 200)]


def test_delivery_results_after_a_reset_are_ignored(state: SandboxState) -> None:
    names = [click_to_call(state).call_ids[0] for _ in range(150)]
    for _ in range(2 * len(names)):
        run_due_item(state)
    for name in names:
        apply_event(state, name, Event(at=START, type="hangup", leg="a"))
    deliveries = [delivery for delivery in (run_due_item(state) for _ in range(50)) if delivery]
    assert (len(deliveries), len(list(read.pending_items(state)))) == (50, 100)
    state.reset(START)
    assert next_due(state) is None
    end_call_at_once(state)
    before = (
        dict(read.deliveries(state)),
        list(read.journal(state)),
        list(read.pending_items(state)),
    )
    for delivery in deliveries:
        complete_attempt(state, delivery, DeliveryResult(status=500), START + 1_000)
    assert (
        read.deliveries(state),
        list(read.journal(state)),
        list(read.pending_items(state)),
    ) == before
