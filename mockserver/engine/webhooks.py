"""Create deliveries of webhooks, schedule their attempts and store the results."""

from collections.abc import Iterator

from mockserver.core.journal import JournalEntry
from mockserver.core.resolution import ResolvedScenario
from mockserver.core.scenario import DEFAULT_DELIVERY, DeliveryBehavior
from mockserver.core.webhook import (
    ORIGIN_PLACEHOLDER,
    Delivery,
    DeliveryAttempt,
    DeliveryResult,
    Webhook,
)
from mockserver.engine.call_scenarios import resolve_for_attempt
from mockserver.engine.retry_policy import apply_retry_policy
from mockserver.engine.sandbox_state import SandboxState


def enqueue(state: SandboxState, webhook: Webhook, now: int) -> None:
    """Create the deliveries of a webhook and schedule, hold or drop them.

    The URL is the webhook's own, else the configured one, else that of the provider's inbox. The
    delivery behavior of the call's scenario decides on the rest.
    """
    spec = state.calls.by_id[webhook.call_id].spec
    url = (
        webhook.url
        or state.configuration.webhook_targets.get(spec.provider)
        or inbox_url(state, spec.provider)
    )
    behavior = _delivery_behavior(state, webhook)
    addressed = webhook.replace(url=url, corrupt=behavior.corrupt)
    index = _count_deliveries(state, webhook)
    if behavior.drop is None or index < behavior.drop:
        _drop(state, addressed, now)
        return
    seed, delay = state.configuration.seed, behavior.delay
    due = now + (delay.draw(seed, webhook.call_id, "travel", index) if delay else 0)
    original = _create_delivery(state, addressed, "pending", due)
    copies = [
        _create_delivery(state, addressed, "pending", due, original)
        for _ in range(behavior.duplicate - 1)
    ]
    delivery_ids = (original, *copies)
    if behavior.reorder and webhook.call_id not in state.deliveries.held_back:
        state.deliveries.hold(webhook.call_id, delivery_ids)
        return
    _schedule_deliveries(state, delivery_ids, due)
    release_held(state, webhook.call_id, due)


def redeliver(state: SandboxState, delivery_id: str, now: int) -> None:
    """Schedule one more attempt of a finished delivery; its retry policy decides on others."""
    delivery = state.deliveries.by_id[delivery_id]
    state.deliveries.update(delivery.replace(state="pending", next_attempt_at=now))
    state.agenda.schedule(now, "delivery", delivery_id)


def release_held(state: SandboxState, call_id: str, at: int) -> None:
    """Schedule the deliveries held back for reordering, none of them before `at` (in ms)."""
    _schedule_deliveries(state, state.deliveries.release(call_id), at)


def inbox_url(state: SandboxState, provider: str) -> str:
    """Return the URL of the provider's inbox in this sandbox, with `ORIGIN_PLACEHOLDER` in it."""
    return f"{ORIGIN_PLACEHOLDER}{state.read_model.path_prefix}/_mock/receive/{provider}"


def is_due_before_response(state: SandboxState, call_ids: tuple[str, ...]) -> bool:
    """Return True if a scenario wants due items to run before the response to these calls."""
    return any(
        behavior.before_reply
        for call_id in call_ids
        if call_id in state.calls.progress
        for behavior in _all_delivery_behaviors(state, call_id)
    )


def _all_delivery_behaviors(state: SandboxState, call_id: str) -> Iterator[DeliveryBehavior]:
    resolved = _resolve_webhooks(state, call_id)
    if resolved:
        provider = state.calls.by_id[call_id].spec.provider
        kinds = state.configuration.providers[provider].provider.webhooks
        yield from (resolved.delivery_behavior(kind) for kind in kinds)


def _delivery_behavior(state: SandboxState, webhook: Webhook) -> DeliveryBehavior:
    resolved = _resolve_webhooks(state, webhook.call_id)
    return resolved.delivery_behavior(webhook.kind) if resolved else DEFAULT_DELIVERY


def _resolve_webhooks(state: SandboxState, call_id: str) -> ResolvedScenario | None:
    """Resolve the call's scenario of the webhooks for its current attempt; None without one."""
    scenario = state.calls.progress[call_id].webhook_scenario
    if scenario is None:
        return None
    call = state.calls.by_id[call_id]
    return resolve_for_attempt(state, call, scenario, (call.redial_index, call.number_index))


def _count_deliveries(state: SandboxState, webhook: Webhook) -> int:
    """Count the call's earlier deliveries of this kind."""
    delivery_ids = state.deliveries.ids_by_call.get(webhook.call_id)
    if not delivery_ids:
        return 0
    return sum(state.deliveries.by_id[each].webhook.kind == webhook.kind for each in delivery_ids)


def _create_delivery(
    state: SandboxState,
    webhook: Webhook,
    delivery_state: str,
    due: int | None,
    copy_of: str = "",
) -> str:
    spec = state.calls.by_id[webhook.call_id].spec
    delivery = Delivery(
        state.deliveries.next_id,
        spec.provider,
        spec.account,
        webhook,
        state.epoch,
        delivery_state,
        due,
        depth=state.calls.progress[webhook.call_id].webhook_depth,
        copy_of=copy_of,
    )
    state.deliveries.add(delivery)
    return delivery.id


def _schedule_deliveries(state: SandboxState, delivery_ids: tuple[str, ...], at: int) -> None:
    for delivery_id in delivery_ids:
        delivery = state.deliveries.by_id[delivery_id]
        due = max(delivery.next_attempt_at or at, at)
        state.deliveries.update(delivery.replace(next_attempt_at=due))
        state.agenda.schedule(due, "delivery", delivery_id)


def _drop(state: SandboxState, webhook: Webhook, now: int) -> None:
    delivery_id = _create_delivery(state, webhook, "dropped", None)
    state.journal.append(
        JournalEntry(
            now, "webhook-dropped", webhook.call_id, {"webhook": delivery_id, "kind": webhook.kind}
        )
    )


def complete_attempt(
    state: SandboxState, delivery: Delivery, result: DeliveryResult, now: int
) -> None:
    """Store the result of a delivery attempt, and schedule the next attempt if one is due.

    A result from an earlier epoch, before a reset, is ignored.
    """
    if delivery.epoch != state.epoch:
        return
    at = now if delivery.next_attempt_at is None else delivery.next_attempt_at
    attempt = DeliveryAttempt(len(delivery.attempts) + 1, at, result)
    account = state.accounts.by_key[delivery.provider, delivery.account]
    retry = account.retry or state.configuration.providers[delivery.provider].provider.retry
    updated = apply_retry_policy(delivery, retry, result, now).replace(
        attempts=(*delivery.attempts, attempt)
    )
    state.deliveries.update(updated)
    state.journal.append(
        JournalEntry(attempt.at, "delivery-attempt", delivery.webhook.call_id, updated),
        len(result.body),
    )
    if updated.next_attempt_at is not None:
        state.agenda.schedule(updated.next_attempt_at, "delivery", delivery.id)
