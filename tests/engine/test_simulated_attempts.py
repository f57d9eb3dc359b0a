"""Attempts that a scenario simulates: their results, their times, and what no attempt reaches."""

from collections.abc import Sequence

import pytest

from mockserver.core.account import Retry
from mockserver.core.behavior import DurationRange, fixed_duration
from mockserver.core.configuration import Configuration
from mockserver.core.journal import Ignored
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.webhook import (
    SIMULATED_TIMEOUT,
    DeliveryResult,
    PlannedAttempts,
    SimulatedAttempt,
    error_reason,
)
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.engine.webhooks import redeliver
from tests.support import read
from tests.support.deliveries import attempt_results, end_call_at_once
from tests.support.simulation import (
    START,
    change_account,
    next_due,
    play_until_idle,
    state_with_scenarios,
)

TIMEOUT = SimulatedAttempt(error="timeout", duration=fixed_duration(SIMULATED_TIMEOUT))
RESET = SimulatedAttempt(error="reset")
DELIVER = None


def respond(status: int, after: int = 0) -> SimulatedAttempt:
    return SimulatedAttempt(status=status, duration=fixed_duration(after))


def play_at_once(
    configuration: Configuration, behavior: DeliveryBehavior, retry: Retry | None = None
) -> SandboxState:
    """Return a state whose webhook `w1` is due at the start, and travels as the scenario says."""
    state = state_with_scenarios(configuration, Scenario(name="mine", webhooks={"any": behavior}))
    change_account(state, retry=retry)
    end_call_at_once(state)
    return state


def ignored_keys(state: SandboxState) -> list[tuple[int, Ignored]]:
    """Return (ms since the start, payload) of what was reported as ignored."""
    return [
        (entry.at - START, entry.payload)
        for entry in read.journal(state)
        if isinstance(entry.payload, Ignored)
    ]


def ignored_attempts(reason: str, webhook: str = "w1") -> Ignored:
    """What is reported of the default scenario."""
    return Ignored(
        scenario="mine",
        what="webhooks.any.attempts",
        reason=reason,
        request_id="r1",
        call_id="c1",
        webhook_id=webhook,
        strict=False,
    )


MINUTE = 60_000


@pytest.mark.parametrize(
    ("planned", "waits", "attempts", "sent"),
    [
        ((respond(200),), (), [(1, 0, 200)], []),
        ((respond(202, 3_000),), (), [(1, 0, 202)], []),
        ((DELIVER,), (), [(1, 0, 200)], [0]),
        ((TIMEOUT, DELIVER), (MINUTE,), [(1, 0, "timeout"), (2, 70_000, 200)], [70_000]),
        ((TIMEOUT,), (MINUTE,), [(1, 0, "timeout"), (2, 70_000, 200)], [70_000]),
        ((RESET, DELIVER), (MINUTE,), [(1, 0, "reset"), (2, MINUTE, 200)], [MINUTE]),
        (
            (TIMEOUT, respond(500), DELIVER),
            (MINUTE, 300_000),
            [(1, 0, "timeout"), (2, 70_000, 500), (3, 370_000, 200)],
            [370_000],
        ),
        (
            (respond(503, 3_000), TIMEOUT, RESET),
            (1, 1, 0),
            [(1, 0, 503), (2, 3_001, "timeout"), (3, 13_002, "reset"), (4, 13_002, 200)],
            [13_002],
        ),
    ],
)
def test_simulated_attempts_take_virtual_time_and_do_not_leave_the_engine(
    configuration: Configuration,
    planned: PlannedAttempts,
    waits: tuple[int, ...],
    attempts: list[tuple[int, int, int | str]],
    sent: list[int],
) -> None:
    """A wait counts from the end of the attempt before; after the list, attempts are real."""
    retry = Retry(waits=waits, satisfied_by=frozenset({200, 202}))
    state = play_at_once(configuration, DeliveryBehavior(attempts=planned), retry)
    deliveries = play_until_idle(state)
    assert [(delivery.next_attempt_at or 0) - START for delivery in deliveries] == sent
    assert (attempt_results(state), read.deliveries(state)["w1"].state, ignored_keys(state)) == (
        attempts,
        "delivered",
        [],
    )


@pytest.mark.parametrize(
    ("planned", "waits", "at", "reason"),
    [
        ((TIMEOUT, DELIVER), (), 10_000, "item 2: the webhook is failed after 1 attempt"),
        (
            (respond(500), TIMEOUT, respond(500), DELIVER),
            (MINUTE,),
            70_000,
            "items 3 to 4: the webhook is failed after 2 attempts",
        ),
        ((DELIVER, TIMEOUT), (MINUTE,), 0, "item 2: the webhook is delivered after 1 attempt"),
        (
            (respond(200, 2_000), DELIVER, DELIVER),
            (MINUTE,),
            2_000,
            "items 2 to 3: the webhook is delivered after 1 attempt",
        ),
    ],
)
def test_an_item_that_no_attempt_reaches_is_reported_as_ignored(
    configuration: Configuration,
    planned: PlannedAttempts,
    waits: tuple[int, ...],
    at: int,
    reason: str,
) -> None:
    state = play_at_once(configuration, DeliveryBehavior(attempts=planned), Retry(waits=waits))
    play_until_idle(state)
    assert ignored_keys(state) == [(at, ignored_attempts(f"no attempt reaches {reason}"))]


def test_a_refused_target_ends_the_list_of_attempts(configuration: Configuration) -> None:
    behavior = DeliveryBehavior(attempts=(DELIVER, respond(500)))
    state = play_at_once(configuration, behavior, Retry(waits=(1_000,)))
    play_until_idle(state, lambda _: DeliveryResult(status=None, error="refused-target"))
    reason = "no attempt reaches item 2: the webhook is refused after 1 attempt"
    assert ignored_keys(state) == [(0, ignored_attempts(reason))]


def test_a_simulated_attempt_is_journaled_at_its_end_with_its_begin_in_the_webhook(
    configuration: Configuration,
) -> None:
    state = play_at_once(configuration, DeliveryBehavior(attempts=(TIMEOUT,)))
    play_until_idle(state)
    [entry] = [entry for entry in read.journal(state) if entry.type == "delivery-attempt"]
    [attempt] = read.deliveries(state)["w1"].attempts
    assert (entry.at, attempt.at) == (START + 10_000, START)
    assert attempt.result == DeliveryResult(
        status=None, error="timeout", body=b"", duration_ms=10_000, simulated=True
    )
    assert error_reason(attempt.result) == (
        "a scenario simulates this attempt: the receiver was not asked"
    )


def test_an_attempt_that_lasts_has_begun_and_has_no_next_one(configuration: Configuration) -> None:
    state = play_at_once(configuration, DeliveryBehavior(attempts=(respond(503, 3_000),)))
    due_times: list[int | None] = [next_due(state)]
    assert run_due_item(state) is None
    due_times.append(next_due(state))
    delivery = read.deliveries(state)["w1"]
    assert due_times == [START, START + 3_000]
    assert (delivery.state, delivery.next_attempt_at, delivery.attempts) == ("pending", None, ())


def test_an_attempt_without_duration_is_one_due_item(configuration: Configuration) -> None:
    state = play_at_once(configuration, DeliveryBehavior(attempts=(respond(500),)))
    assert [(due.kind, due.subject) for due in read.pending_items(state)] == [("attempt-end", "w1")]


def test_the_duration_of_an_attempt_is_drawn_for_each_attempt(
    configuration: Configuration,
) -> None:
    slow = SimulatedAttempt(status=500, duration=DurationRange(low=1_000, high=9_000))
    behavior = DeliveryBehavior(attempts=(slow, slow))
    durations: list[list[int]] = []
    for _ in range(2):
        state = play_at_once(configuration, behavior, Retry(waits=(0,)))
        play_until_idle(state)
        durations.append(
            [attempt.result.duration_ms for attempt in read.deliveries(state)["w1"].attempts]
        )
    first, second = durations[0]
    assert durations == [[first, second]] * 2
    assert first != second
    assert {1_000 <= duration <= 9_000 for duration in durations[0]} == {True}


def test_a_redelivery_is_real_and_reports_nothing_more(configuration: Configuration) -> None:
    behavior = DeliveryBehavior(attempts=(respond(500), TIMEOUT))
    state = play_at_once(configuration, behavior, Retry())
    assert play_until_idle(state) == []
    redeliver(state, "w1", START + 9)
    assert [delivery.id for delivery in play_until_idle(state)] == ["w1"]
    assert (attempt_results(state), len(ignored_keys(state))) == ([(1, 0, 500), (2, 9, 200)], 1)


def test_a_lost_webhook_has_no_attempts_and_the_next_one_has_them_all(
    configuration: Configuration,
) -> None:
    behavior = DeliveryBehavior(drop=1, attempts=(respond(500), DELIVER))
    state = play_at_once(configuration, behavior, Retry(waits=(MINUTE,)))
    assert (play_until_idle(state), attempt_results(state), ignored_keys(state)) == ([], [], [])
    assert read.deliveries(state)["w1"].planned == ()


def test_a_reset_ends_a_simulated_attempt(configuration: Configuration) -> None:
    state = play_at_once(configuration, DeliveryBehavior(attempts=(TIMEOUT,)))
    run_due_item(state)
    state.reset(START)
    assert (play_until_idle(state), list(read.deliveries(state))) == ([], [])


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [
        (
            DeliveryBehavior(
                duplicate=3, spacing=fixed_duration(MINUTE), attempts=(TIMEOUT, DELIVER)
            ),
            {
                "w1": [(1, 0, "timeout"), (2, 15_000, 200)],
                "w2": [(1, 60_000, "timeout"), (2, 75_000, 200)],
                "w3": [(1, 120_000, "timeout"), (2, 135_000, 200)],
            },
        ),
        (
            DeliveryBehavior(
                duplicate=2,
                spacing=fixed_duration(1_000),
                delay=fixed_duration(10_000),
                attempts=(respond(500), respond(500, 500)),
            ),
            {
                "w1": [(1, 10_000, 500), (2, 15_000, 500)],
                "w2": [(1, 11_000, 500), (2, 16_000, 500)],
            },
        ),
    ],
)
def test_each_copy_has_its_own_attempts_from_the_first_item(
    configuration: Configuration,
    behavior: DeliveryBehavior,
    expected: dict[str, Sequence[tuple[int, int, int | str]]],
) -> None:
    """A copy is due after the one before was due, whatever becomes of its attempts."""
    state = play_at_once(configuration, behavior, Retry(waits=(5_000,)))
    play_until_idle(state)
    assert {name: attempt_results(state, name) for name in read.deliveries(state)} == expected
    assert [delivery.copy_of for delivery in read.deliveries(state).values()] == [
        "",
        *["w1"] * (behavior.duplicate - 1),
    ]
