"""What each attempt of a webhook carries: what the first one did, or the call as it is by then."""

import json
from collections.abc import Mapping

import pytest

from mockserver.core.account import Retry
from mockserver.core.behavior import fixed_duration
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import DeliveryBehavior, Scenario
from mockserver.core.webhook import Delivery, DeliveryResult, SimulatedAttempt
from mockserver.core.webhook_kind import AttemptContext
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.webhooks import redeliver
from tests.support import read
from tests.support.deliveries import end_call_at_once
from tests.support.simulation import (
    START,
    change_account,
    configuration_with_provider,
    play_until_idle,
    state_with_scenarios,
)

MINUTE = 60_000
Body = Mapping[str, object] | None


def render(context: AttemptContext) -> Mapping[str, object]:
    """Tell what the context has, so that a test can see it."""
    return {
        "phase": context.call.phase,
        "balance": str(context.account.balance),
        "attempts before": len(context.delivery.attempts),
    }


def build_state(configuration: Configuration, behavior: DeliveryBehavior) -> SandboxState:
    """Return a state whose webhook `w1` is due at the start, and told anew in later attempts."""
    provider = configuration.providers["mobtexting"].provider
    kinds = {"completed": provider.webhooks["completed"]._replace(render=render)}
    changed = configuration_with_provider(configuration, webhooks=kinds)
    state = state_with_scenarios(changed, Scenario(name="mine", webhooks={"any": behavior}))
    change_account(state, retry=Retry(waits=(MINUTE, MINUTE)))
    end_call_at_once(state)
    return state


def test_the_journal_counts_the_bytes_of_each_body_that_is_new(
    configuration: Configuration,
) -> None:
    long_body = {"account": "x" * 2_000}
    provider = configuration.providers["mobtexting"].provider
    kind = provider.webhooks["completed"]._replace(render=lambda _: long_body)
    counts = []
    for kinds in ({"completed": kind}, provider.webhooks):
        state = state_with_scenarios(
            configuration_with_provider(configuration, webhooks=kinds), Scenario(name="mine")
        )
        change_account(state, retry=Retry(waits=(MINUTE, MINUTE)))
        end_call_at_once(state)
        play_until_idle(state, fail)
        counts.append(read.journal(state).byte_count)
    assert counts == [2 * len(json.dumps(long_body, separators=(",", ":"))), 0]


def fail(_: Delivery) -> DeliveryResult:
    return DeliveryResult(status=500)


def journaled_bodies(state: SandboxState) -> list[Body]:
    """Return the body of each attempt, as the journal has it."""
    return [
        entry.payload.webhook.body
        for entry in read.journal(state)
        if isinstance(entry.payload, Delivery)
    ]


def rendered_body(before: int) -> Body:
    return {"phase": "ended", "balance": "None", "attempts before": before}


def test_a_kind_without_a_render_function_is_resent_unchanged(state: SandboxState) -> None:
    change_account(state, retry=Retry(waits=(MINUTE, MINUTE)))
    end_call_at_once(state)
    first = read.deliveries(state)["w1"].webhook
    assert [each.webhook for each in play_until_idle(state, fail)] == [first] * 3


NOT_RECEIVED = SimulatedAttempt(status=500)
SLOWLY_LOST = SimulatedAttempt(error="timeout", duration=fixed_duration(10_000))


@pytest.mark.parametrize(
    "behavior",
    [
        DeliveryBehavior(),
        DeliveryBehavior(delay=fixed_duration(9_000)),
        DeliveryBehavior(attempts=(NOT_RECEIVED, NOT_RECEIVED, NOT_RECEIVED)),
        DeliveryBehavior(attempts=(None, SLOWLY_LOST, NOT_RECEIVED)),
        DeliveryBehavior(attempts=(SLOWLY_LOST, SLOWLY_LOST, SLOWLY_LOST)),
    ],
)
def test_the_first_attempt_has_the_body_of_the_event_and_later_ones_that_of_their_beginning(
    configuration: Configuration, behavior: DeliveryBehavior
) -> None:
    state = build_state(configuration, behavior)
    first = read.deliveries(state)["w1"].webhook.body
    play_until_idle(state, fail)
    assert journaled_bodies(state) == [first, rendered_body(1), rendered_body(2)]
    assert read.deliveries(state)["w1"].webhook.body == rendered_body(2)


def test_a_copy_has_attempts_of_its_own(configuration: Configuration) -> None:
    state = build_state(configuration, DeliveryBehavior(duplicate=2))
    first = read.deliveries(state)["w1"].webhook.body
    sent = play_until_idle(state, fail)
    assert [(each.id, each.webhook.body) for each in sent] == [
        ("w1", first),
        ("w2", first),
        ("w1", rendered_body(1)),
        ("w2", rendered_body(1)),
        ("w1", rendered_body(2)),
        ("w2", rendered_body(2)),
    ]


def test_a_later_attempt_is_corrupted_like_the_first_one(configuration: Configuration) -> None:
    state = build_state(configuration, DeliveryBehavior(corrupt="truncate"))
    assert [each.webhook.corrupt for each in play_until_idle(state, fail)] == ["truncate"] * 3


@pytest.mark.parametrize(
    ("behavior", "before"),
    [(DeliveryBehavior(), 1), (DeliveryBehavior(drop=None), 0)],
)
def test_a_redelivery_tells_the_call_as_it_is_by_then(
    configuration: Configuration, behavior: DeliveryBehavior, before: int
) -> None:
    state = build_state(configuration, behavior)
    play_until_idle(state)
    redeliver(state, "w1", START + MINUTE)
    assert [each.webhook.body for each in play_until_idle(state)] == [rendered_body(before)]
