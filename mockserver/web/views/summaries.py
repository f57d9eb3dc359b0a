"""Calls, requests and webhooks as JSON in a few fields each; and counts of calls."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from mockserver.core.call import Call, public_state
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import readable_name
from mockserver.core.time import format_iso
from mockserver.core.webhook import Delivery
from mockserver.engine.call_scenarios import reached_names
from mockserver.engine.exchange import Exchange
from mockserver.engine.phones import find_phones
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.redaction import redact_item

CALL_SUMMARY: Final = (
    "id", "vendor_id", "provider", "account", "operation", "scenarios", "state", "outcome",
    "vendor_status", "created_at", "starts_at", "ended_at", "waiting", "numbers", "webhook_states",
)  # fmt: skip
REQUEST_SUMMARY: Final = (
    "id", "at", "provider", "operation", "method", "path", "status", "fault", "scenarios", "calls",
)  # fmt: skip
WEBHOOK_SUMMARY: Final = (
    "id", "provider", "call", "kind", "method", "url", "state", "next_attempt_at", "attempt_count",
    "last_status", "last_error", "copy_of", "altered",
)  # fmt: skip


def serialize_waits(state: SandboxState, call: Call) -> list[dict[str, Any]]:
    """Serialize what the call waits for."""
    reasons = state.calls.progress[call.spec.id].wait_reasons
    return [{"for": wait.reason, "leg": wait.leg or None} for wait in reasons]


def describe_call(state: SandboxState, call: Call) -> dict[str, Any]:
    """Collect what a summary of a call and the whole call have in common."""
    spec = call.spec
    provider = state.configuration.providers[spec.provider].provider
    return {
        "id": spec.id,
        "vendor_id": spec.vendor_id,
        "provider": spec.provider,
        "account": spec.account,
        "operation": spec.operation,
        "scenarios": [readable_name(name) for name in reached_names(state, call)],
        "state": public_state(call),
        "outcome": call.outcome,
        "vendor_status": provider.status(call),
        "created_at": format_iso(spec.created_at),
        "starts_at": format_iso(call.starts_at),
        "ended_at": None if call.ended_at is None else format_iso(call.ended_at),
        "waiting": serialize_waits(state, call),
    }


def summarize_call(state: SandboxState, call: Call) -> dict[str, Any]:
    delivery_ids = state.deliveries.ids_by_call.get(call.spec.id, ())
    summary = {
        **describe_call(state, call),
        "numbers": {leg.name: leg.number for leg in call.legs},
        "webhook_states": Counter(state.deliveries.by_id[each].state for each in delivery_ids),
    }
    return redact_item(summary, state.configuration.seed)


def summarize_exchange(exchange: Exchange, configuration: Configuration) -> dict[str, Any]:
    """Summarize a request; like the whole one, it has `problem` only if we refused it ourselves."""
    bound = configuration.providers.get(exchange.provider)
    secret = bound.provider.credential(exchange.request) if bound else None
    summary = {
        "id": exchange.id,
        "at": format_iso(exchange.at),
        "provider": exchange.provider,
        "operation": exchange.operation,
        "method": exchange.request.method,
        "path": exchange.request.path,
        "status": exchange.response.status or None,
        "fault": exchange.fault,
        "scenarios": list(exchange.scenario_names),
        "calls": list(exchange.call_ids),
        **({"problem": exchange.problem} if exchange.problem else {}),
    }
    return redact_item(summary, configuration.seed, secret)


def summarize_delivery(delivery: Delivery, salt: str) -> dict[str, Any]:
    webhook, due_at = delivery.webhook, delivery.next_attempt_at
    last = delivery.attempts[-1].result if delivery.attempts else None
    summary = {
        "id": delivery.id,
        "provider": delivery.provider,
        "call": webhook.call_id,
        "kind": webhook.kind,
        "method": webhook.method,
        "url": webhook.url,
        "state": delivery.state,
        "next_attempt_at": None if due_at is None else format_iso(due_at),
        "attempt_count": len(delivery.attempts),
        "last_status": last and last.status,
        "last_error": last and last.error,
        "copy_of": delivery.copy_of or None,
        "altered": webhook.corrupt or None,
    }
    return redact_item(summary, salt)


def count_items(state: SandboxState) -> dict[str, Mapping[str, int]]:
    """Count calls, webhooks and phones by state, requests by status; what is evicted not."""
    statuses = (exchange.response.status for exchange in state.journal.exchanges)
    return {
        "calls": count_calls(state),
        "phones": Counter(phone.leg.state for phone in find_phones(state)),
        "webhooks": Counter(each.state for each in state.deliveries.by_id.values()),
        "requests": Counter(str(status) if status else "broken" for status in statuses),
    }


def count_calls(state: SandboxState) -> Mapping[str, int]:
    """Count the calls by state; `total` are all that are kept, `evicted` those that are not."""
    live = [call_id for ids in state.calls.live_ids.values() for call_id in ids]
    by_state = Counter(public_state(state.calls.by_id[call_id]) for call_id in live)
    ended = len(state.calls.by_id) - len(live)
    evicted = state.calls.count - len(state.calls.by_id)
    return {"total": len(state.calls.by_id), "evicted": evicted, **by_state, "ended": ended}
