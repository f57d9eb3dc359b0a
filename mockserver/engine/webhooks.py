"""Puts webhooks on their way, as the call's scenario says that they travel."""

from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import DEFAULT_DELIVERY, DeliveryBehavior
from mockserver.core.webhook import (
    ORIGIN_PLACEHOLDER,
    Delivery,
    DeliveryAttempt,
    DeliveryResult,
    Webhook,
)
from mockserver.engine.sandbox_state import SandboxState


def enqueue(state: SandboxState, webhook: Webhook, now: int) -> None:
    """To the URL that it names, else the configured one, else the provider's inbox."""
    order = state.calls[webhook.call_id].spec
    url = (
        webhook.url
        or state.configuration.webhook_targets.get(order.provider)
        or inbox_url(state, order.provider)
    )
    travel = _delivery_behavior(state, webhook)
    addressed = webhook._replace(url=url, corrupt=travel.corrupt)
    nth = _count_sent(state, webhook)
    if travel.drop is None or nth < travel.drop:
        _drop(state, addressed, now)
        return
    span = travel.delay
    due = now + (span.draw(state.configuration.seed, webhook.call_id, "travel", nth) if span else 0)
    leaving = [_create_delivery(state, addressed, "pending", due) for _ in range(travel.duplicate)]
    if travel.reorder and webhook.call_id not in state.held_deliveries:
        state.held_deliveries[webhook.call_id] = leaving
        return
    _schedule_deliveries(state, leaving, due)
    release_held(state, webhook.call_id, due)


def redeliver(state: SandboxState, delivery_id: str, now: int) -> None:
    """One more attempt of a webhook whose attempts are over; further ones as its retry says."""
    state.deliveries[delivery_id] = state.deliveries[delivery_id]._replace(
        state="pending", next_attempt_at=now
    )
    state.schedule(now, "delivery", delivery_id)


def release_held(state: SandboxState, call_id: str, at: int) -> None:
    """Whatever was held back to come after the next one leaves, but not before `at`."""
    _schedule_deliveries(state, state.held_deliveries.pop(call_id, []), at)


def inbox_url(state: SandboxState, provider: str) -> str:
    """The provider's own receiver in this sandbox."""
    return f"{ORIGIN_PLACEHOLDER}{state.read_model.path_prefix}/_mock/inbox/{provider}"


def is_due_before_response(state: SandboxState, call_ids: tuple[str, ...]) -> bool:
    """Whether what is due at once shall happen before the request that placed them is answered."""
    stories = (
        state.webhook_scenarios[call] for call in call_ids if call in state.webhook_scenarios
    )
    return any(how.before_reply for story in stories for how in story.webhooks.values())


def _delivery_behavior(state: SandboxState, webhook: Webhook) -> DeliveryBehavior:
    story = state.webhook_scenarios.get(webhook.call_id)
    if story is None:
        return DEFAULT_DELIVERY
    return story.webhooks.get(webhook.kind, story.webhooks.get("any", DEFAULT_DELIVERY))


def _count_sent(state: SandboxState, webhook: Webhook) -> int:
    """How many of its kind the call has sent already."""
    sent = state.delivery_ids_by_call.get(webhook.call_id)
    return sum(state.deliveries[one].webhook.kind == webhook.kind for one in sent) if sent else 0


def _create_delivery(
    state: SandboxState, webhook: Webhook, delivery_state: str, due: int | None
) -> str:
    order = state.calls[webhook.call_id].spec
    state.delivery_count += 1
    name = f"w{state.delivery_count}"
    state.deliveries[name] = Delivery(
        name,
        order.provider,
        order.account,
        webhook,
        state.epoch,
        delivery_state,
        due,
        depth=state.webhook_depths.get(webhook.call_id, 0),
    )
    state.delivery_ids_by_call.setdefault(webhook.call_id, []).append(name)
    return name


def _schedule_deliveries(state: SandboxState, delivery_ids: list[str], at: int) -> None:
    for name in delivery_ids:
        held = state.deliveries[name]
        due = max(held.next_attempt_at or at, at)
        state.deliveries[name] = held._replace(next_attempt_at=due)
        state.schedule(due, "delivery", name)


def _drop(state: SandboxState, webhook: Webhook, now: int) -> None:
    name = _create_delivery(state, webhook, "dropped", None)
    state.record(
        JournalEntry(now, "dropped", webhook.call_id, {"webhook": name, "kind": webhook.kind})
    )


def complete_attempt(
    state: SandboxState, delivery: Delivery, result: DeliveryResult, now: int
) -> None:
    """The courier reports back; what comes from an epoch that is over is dropped."""
    if delivery.epoch != state.epoch:
        return
    at = now if delivery.next_attempt_at is None else delivery.next_attempt_at
    made = DeliveryAttempt(len(delivery.attempts) + 1, at, result)
    judged = _apply_retry_policy(state, delivery, result, now)._replace(
        attempts=(*delivery.attempts, made)
    )
    state.deliveries[delivery.id] = judged
    state.record(
        JournalEntry(made.at, "attempt", delivery.webhook.call_id, judged), len(result.body)
    )
    if judged.next_attempt_at is not None:
        state.schedule(judged.next_attempt_at, "delivery", delivery.id)


def _apply_retry_policy(
    state: SandboxState, delivery: Delivery, result: DeliveryResult, now: int
) -> Delivery:
    """Delivered, to be tried again, or failed for good."""
    account = state.accounts[delivery.provider, delivery.account]
    retry = account.retry or state.configuration.providers[delivery.provider].provider.retry
    if result.status in retry.satisfied_by:
        return delivery._replace(state="delivered", next_attempt_at=None)
    if result.error == "refused-target":
        return delivery._replace(state="refused", next_attempt_at=None)
    tries = len(delivery.attempts)
    if tries < len(retry.waits):
        return delivery._replace(next_attempt_at=now + retry.waits[tries])
    return delivery._replace(state="failed", next_attempt_at=None)
