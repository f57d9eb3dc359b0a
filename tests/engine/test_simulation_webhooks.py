"""How a webhook fares: its tries, their times, and what is left of it after a reset."""

from collections.abc import Callable

import pytest

from mockserver.core.account import Retry
from mockserver.core.behavior import fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, step
from mockserver.engine.webhooks import complete_attempt
from tests.support import read
from tests.support.simulation import (
    START,
    change_account,
    click_to_call,
    next_due,
    play_until_idle,
    state_with_scenarios,
)


def receiver(*statuses: int) -> Callable[[Delivery], DeliveryResult]:
    return lambda delivery: DeliveryResult(status=statuses[len(delivery.attempts)])


def tries(state: SandboxState, name: str = "w1") -> list[tuple[int, int, int | None]]:
    return [
        (one.number, one.at - START, one.result.status)
        for one in read.deliveries(state)[name].attempts
    ]


def ended(state: SandboxState) -> None:
    """A call that is over at once, so that its webhook is due at the start."""
    click_to_call(state)
    step(state)
    step(state)
    apply_event(state, "c1", Event(at=START, type="hangup", leg="a", data={"cause": "busy"}))


@pytest.mark.parametrize(
    ("retry", "statuses", "made", "delivery_state"),
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
def test_settle_tries_again_as_the_account_says(
    state: SandboxState,
    retry: Retry | None,
    statuses: tuple[int, ...],
    made: list[tuple[int, int, int]],
    delivery_state: str,
) -> None:
    change_account(state, retry=retry)
    ended(state)
    play_until_idle(state, receiver(*statuses))
    delivery = read.deliveries(state)["w1"]
    assert (tries(state), delivery.state, delivery.next_attempt_at) == (made, delivery_state, None)
    assert [fact.at - START for fact in read.journal(state) if fact.type == "attempt"] == [
        at for _, at, _ in made
    ]


DAY = 86_400_000


def test_settle_over_two_days(state: SandboxState) -> None:
    """As an account says with waits of 24h and 24h: today, tomorrow, and the day after."""
    change_account(state, retry=Retry(waits=(DAY, DAY)))
    ended(state)
    play_until_idle(state, receiver(500, 500, 500))
    assert tries(state) == [(1, 0, 500), (2, DAY, 500), (3, 2 * DAY, 500)]
    assert read.deliveries(state)["w1"].state == "failed"


def test_settle_each_copy_on_its_own(configuration: Configuration) -> None:
    travel = {"any": DeliveryBehavior(duplicate=2, delay=fixed_duration(1_000))}
    state = state_with_scenarios(configuration, Scenario(name="mine", webhooks=travel))
    change_account(state, retry=Retry(waits=(DAY,)))
    ended(state)
    play_until_idle(
        state, lambda one: DeliveryResult(status=200 if one.id == "w2" or one.attempts else 500)
    )
    assert [tries(state, name) for name in ("w1", "w2")] == [
        [(1, 1_000, 500), (2, 1_000 + DAY, 200)],
        [(1, 1_000, 200)],
    ]


@pytest.mark.parametrize(
    ("error", "delivery_state", "count"),
    [("refused-target", "refused", 1), ("connect", "failed", 2), ("timeout", "failed", 2)],
)
def test_settle_without_an_answer(
    state: SandboxState, error: str, delivery_state: str, count: int
) -> None:
    change_account(state, retry=Retry(waits=(60_000,)))
    ended(state)
    play_until_idle(state, lambda _: DeliveryResult(status=None, error=error))
    assert (read.deliveries(state)["w1"].state, len(tries(state))) == (delivery_state, count)


def test_settle_waits_from_the_answer_but_stamps_the_sending(state: SandboxState) -> None:
    change_account(state, retry=Retry(waits=(60_000,)))
    ended(state)
    delivery = step(state)
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
    assert (pending.state, pending.next_attempt_at, tries(state)) == (
        "pending",
        START + 64_000,
        [(1, 0, 500)],
    )


def test_settle_of_a_delivery_that_was_never_due_stamps_the_answer(state: SandboxState) -> None:
    ended(state)
    complete_attempt(
        state,
        read.deliveries(state)["w1"]._replace(next_attempt_at=None),
        DeliveryResult(status=200),
        START + 7,
    )
    assert tries(state) == [(1, 7, 200)]


def test_settle_after_a_reset_is_dropped(state: SandboxState) -> None:
    names = [click_to_call(state).call_ids[0] for _ in range(150)]
    for _ in range(2 * len(names)):
        step(state)
    for name in names:
        apply_event(state, name, Event(at=START, type="hangup", leg="a"))
    out = [delivery for delivery in (step(state) for _ in range(50)) if delivery]
    assert (len(out), len(list(read.pending_items(state)))) == (50, 100)
    state.reset(START)
    assert next_due(state) is None
    ended(state)
    before = (
        dict(read.deliveries(state)),
        list(read.journal(state)),
        list(read.pending_items(state)),
    )
    for delivery in out:
        complete_attempt(state, delivery, DeliveryResult(status=500), START + 1_000)
    assert (
        read.deliveries(state),
        list(read.journal(state)),
        list(read.pending_items(state)),
    ) == before
