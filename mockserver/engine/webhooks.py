"""Create deliveries of webhooks, schedule their attempts and store the results."""

from collections.abc import Iterator
from typing import Final

from mockserver.core.journal import JournalEntry
from mockserver.core.scenario import DeliveryBehavior
from mockserver.core.trace_context import add_trace_context
from mockserver.core.webhook import (
    ORIGIN_PLACEHOLDER,
    Delivery,
    DeliveryAttempt,
    DeliveryResult,
    PlannedAttempts,
    Webhook,
    planned_attempt,
)
from mockserver.engine.delivery_behaviors import (
    check_before_reply,
    check_hold,
    delivery_behavior,
    resolve_webhooks,
)
from mockserver.engine.ignored_words import record_ignored_key
from mockserver.engine.reordering import (
    end_hold,
    follow_with_held,
    hold_for_call,
    release_followers,
    release_held,
)
from mockserver.engine.retry_policy import apply_retry_policy, find_retry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulated_attempts import (
    schedule_attempt,
    schedule_deliveries,
    simulated_result,
    unreached_attempts,
)
from mockserver.engine.state.agenda import DueItem
from mockserver.engine.webhook_bodies import new_body_size, render_attempt

DELIVERY_ITEMS: Final = frozenset({"delivery", "attempt-end", "hold-end"})
"""Kinds of due items whose subject is a delivery."""


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
    if trace_context := state.calls.progress[webhook.call_id].trace_context:
        webhook = webhook.replace(headers=add_trace_context(webhook.headers, trace_context))
    behavior = delivery_behavior(state, webhook)
    corrupt = behavior.corrupt if webhook.body is not None else ""
    addressed = webhook.replace(url=url, corrupt=corrupt)
    index = _count_deliveries(state, webhook)
    if behavior.drop is None or index < behavior.drop:
        _drop(state, addressed, now)
        return
    seed, delay = state.configuration.seed, behavior.delay
    due = now + (delay.draw(seed, webhook.call_id, "travel", index) if delay else 0)
    delivery_ids = tuple(_create_deliveries(state, addressed, behavior, due))
    if behavior.before_reply and due > spec.created_at:
        check_before_reply(state, delivery_ids[0], now)
    swaps = state.deliveries.held_for_calls and follow_with_held(state, delivery_ids[0])
    if swaps:
        check_hold(state, swaps, now)
    if behavior.reorder_calls and not swaps and hold_for_call(state, delivery_ids, due):
        return
    if behavior.reorder and webhook.call_id not in state.deliveries.held_back:
        state.deliveries.hold(webhook.call_id, delivery_ids)
        return
    schedule_deliveries(state, delivery_ids, due)
    release_held(state, webhook.call_id, due)


def redeliver(state: SandboxState, delivery_id: str, now: int) -> None:
    """Schedule one more attempt of a finished delivery; its retry policy decides on others."""
    delivery = render_attempt(state, state.deliveries.by_id[delivery_id])
    state.deliveries.update(delivery.replace(state="pending", next_attempt_at=now))
    state.agenda.schedule(now, "delivery", delivery_id)


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
    scenario = state.calls.progress[call_id].webhook_scenario
    if scenario:
        resolved = resolve_webhooks(state, call_id, scenario)
        provider = state.calls.by_id[call_id].spec.provider
        kinds = state.configuration.providers[provider].provider.webhooks
        yield from (resolved.delivery_behavior(kind) for kind in kinds)


def _count_deliveries(state: SandboxState, webhook: Webhook) -> int:
    """Count the call's earlier deliveries of this kind."""
    delivery_ids = state.deliveries.ids_by_call.get(webhook.call_id)
    if not delivery_ids:
        return 0
    return sum(state.deliveries.by_id[each].webhook.kind == webhook.kind for each in delivery_ids)


def _create_deliveries(
    state: SandboxState, webhook: Webhook, behavior: DeliveryBehavior, due: int
) -> Iterator[str]:
    """Create the delivery of a webhook and its copies, and yield their ids."""
    planned = behavior.attempts
    original = _create_delivery(state, webhook, "pending", due, planned=planned)
    yield original
    for number in range(1, behavior.duplicate):
        seed = state.configuration.seed
        due += behavior.spacing.draw(seed, webhook.call_id, "spacing", original, number)
        yield _create_delivery(state, webhook, "pending", due, original, planned)


def _create_delivery(  # noqa: PLR0913, PLR0917 - the last two have defaults
    state: SandboxState,
    webhook: Webhook,
    delivery_state: str,
    due: int | None,
    copy_of: str = "",
    planned: PlannedAttempts = (),
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
        planned=planned,
    )
    state.deliveries.add(delivery)
    return delivery.id


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

    A result from an earlier epoch, before a reset, is ignored. The entry is journaled at the end of
    the attempt, which itself has the time of its beginning.
    """
    if delivery.epoch != state.epoch:
        return
    if not result.simulated:
        state.inputs.record("result", now, {"webhook": delivery.id, "result": result})
    at = now if delivery.next_attempt_at is None else delivery.next_attempt_at
    attempt = DeliveryAttempt(len(delivery.attempts) + 1, at, result)
    retry = find_retry(delivery, state.accounts.by_key, state.configuration.providers)
    updated = apply_retry_policy(delivery, retry, result, now).replace(
        attempts=(*delivery.attempts, attempt)
    )
    state.deliveries.end_attempt(updated)
    state.journal.append(
        JournalEntry(
            now,
            "delivery-attempt",
            delivery.webhook.call_id,
            updated,
        ),
        len(result.body) + (new_body_size(state, delivery) if delivery.attempts else 0),
    )
    if updated.next_attempt_at is not None:
        schedule_attempt(state, updated, updated.next_attempt_at)
    elif delivery.planned:
        _finish_planned(state, updated, now)
    if delivery.id in state.deliveries.followers:
        release_followers(state, delivery.id, now)


def run_delivery_item(state: SandboxState, due: DueItem) -> Delivery | None:
    """Begin or end an attempt, or end a wait; return the delivery if it is to be sent."""
    delivery = state.deliveries.by_id[due.subject]
    if due.kind == "attempt-end":
        result = simulated_result(state, delivery)
        begun = delivery if result.duration_ms else _render_later_attempt(state, delivery)
        begun = begun.replace(next_attempt_at=due.at - result.duration_ms)
        complete_attempt(state, begun, result, due.at)
    elif due.kind == "hold-end":
        check_hold(state, delivery.id, due.at)
        record_ignored_key(state, delivery, "reorder", end_hold(state, delivery, due.at), due.at)
    else:
        begun = _render_later_attempt(state, delivery)
        webhook_ca = state.accounts.by_key[delivery.provider, delivery.account].webhook_ca
        if webhook_ca != begun.webhook_ca:
            begun = begun.replace(webhook_ca=webhook_ca)
        state.deliveries.update(begun.replace(next_attempt_at=None))
        return None if begun.planned and planned_attempt(begun) else begun
    return None


def _render_later_attempt(state: SandboxState, delivery: Delivery) -> Delivery:
    """Return a delivery whose next attempt begins, with the body of that attempt."""
    return render_attempt(state, delivery) if delivery.attempts else delivery


def _finish_planned(state: SandboxState, delivery: Delivery, now: int) -> None:
    """Journal what a finished delivery has not reached, and let a redelivery be a real one."""
    state.deliveries.update(delivery.replace(planned=()))
    if reason := unreached_attempts(delivery):
        # the success of an earlier attempt or a refused target prevents it
        is_overtaken = delivery.state != "failed"
        record_ignored_key(state, delivery, "attempts", reason, now, is_overtaken=is_overtaken)
