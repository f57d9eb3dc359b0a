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
from tests.conftest import START, click, next_due, play, telling, with_account


def receiver(*statuses: int) -> Callable[[Delivery], DeliveryResult]:
    return lambda delivery: DeliveryResult(statuses[len(delivery.attempts)])


def tries(store: SandboxState, name: str = "w1") -> list[tuple[int, int, int | None]]:
    return [
        (one.number, one.at - START, one.result.status) for one in store.deliveries[name].attempts
    ]


def ended(store: SandboxState) -> None:
    """A call that is over at once, so that its webhook is due at the start."""
    click(store)
    step(store)
    step(store)
    apply_event(store, "c1", Event(START, "hangup", "a", {"cause": "busy"}))


@pytest.mark.parametrize(
    ("retry", "statuses", "made", "state"),
    [
        (None, (200,), [(1, 0, 200)], "delivered"),
        (None, (202,), [(1, 0, 202)], "delivered"),
        (None, (204,), [(1, 0, 204)], "failed"),
        (None, (500,), [(1, 0, 500)], "failed"),
        (Retry(), (204,), [(1, 0, 204)], "delivered"),
        (Retry(satisfied_by=frozenset({204})), (200,), [(1, 0, 200)], "failed"),
        (
            Retry((60_000, 300_000)),
            (500, 500, 200),
            [(1, 0, 500), (2, 60_000, 500), (3, 360_000, 200)],
            "delivered",
        ),
        (
            Retry((60_000, 300_000)),
            (500, 503, 404),
            [(1, 0, 500), (2, 60_000, 503), (3, 360_000, 404)],
            "failed",
        ),
        (
            Retry((1_000,), frozenset({202})),
            (200, 202),
            [(1, 0, 200), (2, 1_000, 202)],
            "delivered",
        ),
    ],
)
def test_settle_tries_again_as_the_account_says(
    store: SandboxState,
    retry: Retry | None,
    statuses: tuple[int, ...],
    made: list[tuple[int, int, int]],
    state: str,
) -> None:
    with_account(store, retry=retry)
    ended(store)
    play(store, receiver(*statuses))
    delivery = store.deliveries["w1"]
    assert (tries(store), delivery.state, delivery.next_attempt_at) == (made, state, None)
    assert [fact.at - START for fact in store.journal if fact.type == "attempt"] == [
        at for _, at, _ in made
    ]


DAY = 86_400_000


def test_settle_over_two_days(store: SandboxState) -> None:
    """As an account says with waits of 24h and 24h: today, tomorrow, and the day after."""
    with_account(store, retry=Retry((DAY, DAY)))
    ended(store)
    play(store, receiver(500, 500, 500))
    assert tries(store) == [(1, 0, 500), (2, DAY, 500), (3, 2 * DAY, 500)]
    assert store.deliveries["w1"].state == "failed"


def test_settle_each_copy_on_its_own(world: Configuration) -> None:
    travel = {"any": DeliveryBehavior(2, delay=fixed_duration(1_000))}
    store = telling(world, Scenario("mine", webhooks=travel))
    with_account(store, retry=Retry((DAY,)))
    ended(store)
    play(store, lambda one: DeliveryResult(200 if one.id == "w2" or one.attempts else 500))
    assert [tries(store, name) for name in ("w1", "w2")] == [
        [(1, 1_000, 500), (2, 1_000 + DAY, 200)],
        [(1, 1_000, 200)],
    ]


@pytest.mark.parametrize(
    ("error", "state", "count"),
    [("refused-target", "refused", 1), ("connect", "failed", 2), ("timeout", "failed", 2)],
)
def test_settle_without_an_answer(store: SandboxState, error: str, state: str, count: int) -> None:
    with_account(store, retry=Retry((60_000,)))
    ended(store)
    play(store, lambda _: DeliveryResult(None, error))
    assert (store.deliveries["w1"].state, len(tries(store))) == (state, count)


def test_settle_waits_from_the_answer_but_stamps_the_sending(store: SandboxState) -> None:
    with_account(store, retry=Retry((60_000,)))
    ended(store)
    delivery = step(store)
    assert delivery is not None
    assert (delivery.next_attempt_at, store.deliveries["w1"].next_attempt_at, next_due(store)) == (
        START,
        None,
        None,
    )
    complete_attempt(store, delivery, DeliveryResult(500), START + 4_000)
    pending = store.deliveries["w1"]
    assert (pending.state, pending.next_attempt_at, tries(store)) == (
        "pending",
        START + 64_000,
        [(1, 0, 500)],
    )


def test_settle_of_a_delivery_that_was_never_due_stamps_the_answer(store: SandboxState) -> None:
    ended(store)
    complete_attempt(
        store, store.deliveries["w1"]._replace(next_attempt_at=None), DeliveryResult(200), START + 7
    )
    assert tries(store) == [(1, 7, 200)]


def test_settle_after_a_reset_is_dropped(store: SandboxState) -> None:
    names = [click(store).call_ids[0] for _ in range(150)]
    for _ in range(2 * len(names)):
        step(store)
    for name in names:
        apply_event(store, name, Event(START, "hangup", "a"))
    out = [delivery for delivery in (step(store) for _ in range(50)) if delivery]
    assert (len(out), len(list(store.pending_items()))) == (50, 100)
    store.reset(START)
    assert next_due(store) is None
    ended(store)
    before = (dict(store.deliveries), list(store.journal), list(store.pending_items()))
    for delivery in out:
        complete_attempt(store, delivery, DeliveryResult(500), START + 1_000)
    assert (store.deliveries, list(store.journal), list(store.pending_items())) == before
