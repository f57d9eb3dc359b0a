"""Redelivery of webhooks."""

from collections.abc import Callable

import pytest

from mockserver.core.account import Retry
from mockserver.core.behavior import fixed_duration
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.webhooks import redeliver
from tests.support import read
from tests.support.deliveries import attempt_results, end_call_at_once
from tests.support.simulation import (
    START,
    change_account,
    click_to_call,
    play_until_idle,
    state_with_scenarios,
)

REFUSED = DeliveryResult(status=None, error="refused-target")
RETRY = Retry(waits=(60_000, 300_000))


def respond_in_turn(*responses: int | DeliveryResult) -> Callable[[Delivery], DeliveryResult]:
    """Respond with these results in order; a number is the status of a result."""
    results = iter(responses)

    def receive(_: Delivery) -> DeliveryResult:
        result = next(results)
        return DeliveryResult(status=result) if isinstance(result, int) else result

    return receive


@pytest.mark.parametrize(
    ("retry", "first", "later", "attempts", "delivery_state"),
    [
        (None, (200,), (200,), [(1, 0, 200), (2, 500_000, 200)], "delivered"),
        (None, (200,), (500,), [(1, 0, 200), (2, 500_000, 500)], "failed"),
        (None, (500,), (200,), [(1, 0, 500), (2, 500_000, 200)], "delivered"),
        (None, (REFUSED,), (200,), [(1, 0, "refused-target"), (2, 500_000, 200)], "delivered"),
        (None, (200,), (REFUSED,), [(1, 0, 200), (2, 500_000, "refused-target")], "refused"),
        (
            RETRY,
            (500, 500, 500),
            (500,),
            [(1, 0, 500), (2, 60_000, 500), (3, 360_000, 500), (4, 500_000, 500)],
            "failed",
        ),
        (
            RETRY,
            (500, 200),
            (500,),
            [(1, 0, 500), (2, 60_000, 200), (3, 500_000, 500)],
            "failed",
        ),
        (
            RETRY,
            (200,),
            (500, 200),
            [(1, 0, 200), (2, 500_000, 500), (3, 800_000, 200)],
            "delivered",
        ),
    ],
)
def test_a_redelivered_webhook_is_sent_once_more_and_retried_with_the_waits_left(  # noqa: PLR0913, PLR0917 - the columns of the table
    state: SandboxState,
    retry: Retry | None,
    first: tuple[int | DeliveryResult, ...],
    later: tuple[int | DeliveryResult, ...],
    attempts: list[tuple[int, int, int | str]],
    delivery_state: str,
) -> None:
    change_account(state, retry=retry)
    end_call_at_once(state)
    play_until_idle(state, respond_in_turn(*first))
    redeliver(state, "w1", START + 500_000)
    waiting = read.deliveries(state)["w1"]
    assert (waiting.state, waiting.next_attempt_at) == ("pending", START + 500_000)
    play_until_idle(state, respond_in_turn(*later))
    assert (attempt_results(state), read.deliveries(state)["w1"].state) == (
        attempts,
        delivery_state,
    )
    assert read.deliveries(state)["w1"].next_attempt_at is None


def test_each_attempt_trusts_the_certificates_that_the_account_has_then(
    state: SandboxState,
) -> None:
    change_account(state, webhook_ca="first")
    end_call_at_once(state)
    attempts = play_until_idle(state)
    for webhook_ca in ("second", ""):
        change_account(state, webhook_ca=webhook_ca)
        redeliver(state, "w1", START + 1)
        attempts += play_until_idle(state)
    assert [delivery.webhook_ca for delivery in attempts] == ["first", "second", ""]


def test_a_redelivery_sends_the_same_webhook_under_the_same_id(state: SandboxState) -> None:
    end_call_at_once(state)
    first = play_until_idle(state)
    redeliver(state, "w1", START + 1)
    second = play_until_idle(state)
    assert [delivery.webhook for delivery in first] == [delivery.webhook for delivery in second]
    assert (list(read.deliveries(state)), read.delivery_ids_by_call(state)["c1"]) == (
        ["w1"],
        ["w1"],
    )


def test_a_webhook_can_be_redelivered_any_number_of_times(state: SandboxState) -> None:
    end_call_at_once(state)
    play_until_idle(state, respond_in_turn(500))
    for count in (1, 2, 3):
        redeliver(state, "w1", START + count)
        play_until_idle(state, respond_in_turn(500))
    assert attempt_results(state) == [(1, 0, 500), (2, 1, 500), (3, 2, 500), (4, 3, 500)]


def test_a_dropped_webhook_can_be_redelivered(configuration: Configuration) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="mine", webhooks={"any": DeliveryBehavior(drop=None)})
    )
    end_call_at_once(state)
    assert (play_until_idle(state), read.deliveries(state)["w1"].state) == ([], "dropped")
    redeliver(state, "w1", START + 9)
    assert [delivery.id for delivery in play_until_idle(state, respond_in_turn(200))] == ["w1"]
    assert (attempt_results(state), read.deliveries(state)["w1"].state) == (
        [(1, 9, 200)],
        "delivered",
    )


def test_a_redelivery_ignores_the_delivery_behavior_of_the_scenario(
    configuration: Configuration,
) -> None:
    """It is sent once and without the delay of the scenario."""
    late = {"any": DeliveryBehavior(duplicate=2, delay=fixed_duration(10_000))}
    state = state_with_scenarios(configuration, Scenario(name="mine", webhooks=late))
    end_call_at_once(state)
    play_until_idle(state)
    redeliver(state, "w2", START + 20_000)
    play_until_idle(state)
    assert attempt_results(state, "w1") == [(1, 10_000, 200)]
    assert attempt_results(state, "w2") == [(1, 10_000, 200), (2, 20_000, 200)]


def test_a_redelivery_comes_after_items_due_at_the_same_time(state: SandboxState) -> None:
    end_call_at_once(state)
    play_until_idle(state)
    click_to_call(state, now=START + 5)
    redeliver(state, "w1", START + 5)
    assert [due.subject for due in sorted(read.pending_items(state))] == ["c2", "w1"]
