"""What a call's scenario says of its webhooks; reports `before_reply` where that comes too late."""

from typing import Final

from mockserver.core.resolution import ResolvedScenario
from mockserver.core.scenario import DEFAULT_DELIVERY, DeliveryBehavior, Scenario
from mockserver.core.webhook import Webhook
from mockserver.engine.call_scenarios import resolve_for_attempt
from mockserver.engine.ignored_words import record_ignored_key
from mockserver.engine.reordering import HELD_BACK
from mockserver.engine.sandbox_state import SandboxState

DUE_LATER: Final = "it is due after the instant of the request"


def delivery_behavior(state: SandboxState, webhook: Webhook) -> DeliveryBehavior:
    scenario = state.calls.progress[webhook.call_id].webhook_scenario
    if scenario is None:
        return DEFAULT_DELIVERY
    return resolve_webhooks(state, webhook.call_id, scenario).delivery_behavior(webhook.kind)


def resolve_webhooks(state: SandboxState, call_id: str, scenario: Scenario) -> ResolvedScenario:
    """Resolve the call's scenario of the webhooks for its current attempt."""
    call = state.calls.by_id[call_id]
    return resolve_for_attempt(state, call, scenario, (call.redial_index, call.number_index))


def check_before_reply(
    state: SandboxState, delivery_id: str, now: int, reason: str = DUE_LATER
) -> None:
    """Journal that a delivery is too late, if it is the call's first one with its behavior."""
    delivery = state.deliveries.by_id[delivery_id]
    behavior = delivery_behavior(state, delivery.webhook)
    names = state.deliveries.ids_by_call[delivery.webhook.call_id]
    sent = (state.deliveries.by_id[name] for name in names)
    first = next(each for each in sent if delivery_behavior(state, each.webhook) == behavior)
    if first.id == delivery_id:
        record_ignored_key(state, delivery, "before_reply", reason, now)


def check_hold(state: SandboxState, delivery_id: str, now: int) -> None:
    """Journal `before_reply` of a delivery that was due with its request, and was held until now.

    At the same instant it is not too late: the response waits for what is due.
    """
    delivery = state.deliveries.by_id[delivery_id]
    created_at = state.calls.by_id[delivery.webhook.call_id].spec.created_at
    due = delivery.next_attempt_at or 0
    if due <= created_at < now and delivery_behavior(state, delivery.webhook).before_reply:
        check_before_reply(state, delivery_id, now, HELD_BACK.format(delivery.webhook.kind))
