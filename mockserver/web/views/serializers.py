"""Serializes calls, requests, webhooks and journal entries as the public contract defines."""

from collections.abc import Mapping
from typing import Any, Final

from mockserver.core.call import Call, DialAttempt, Event, Leg, current_attempt
from mockserver.core.causes import CAUSES
from mockserver.core.configuration import Configuration
from mockserver.core.journal import Ignored, JournalEntry, RejectedEvent
from mockserver.core.leg_names import legs_by_name
from mockserver.core.scenario import readable_name
from mockserver.core.time import format_iso
from mockserver.core.webhook import Delivery, DeliveryAttempt, error_reason
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.redaction import redact_item
from mockserver.web.views.body_preview import is_json_safe, preview_body, preview_field
from mockserver.web.views.summaries import describe_call

CALL_FIELDS: Final = (
    "id", "vendor_id", "provider", "account", "operation", "scenarios", "state", "outcome",
    "vendor_status", "created_at", "starts_at", "ended_at", "waiting", "legs", "leg_names",
    "attempts", "events", "parameters", "webhooks",
)  # fmt: skip
REQUEST_FIELDS: Final = (
    "id", "at", "provider", "operation", "method", "path", "query", "headers", "body", "status",
    "response", "fault", "scenarios", "calls", "duration_ms",
)  # fmt: skip
"""Fields of a request in lists; its journal entry lacks the last one, which is real time."""
MARKS: Final = ("ordered_by", "ordered", "problem")
"""Fields that a request has only if they apply: all three are texts."""
WEBHOOK_FIELDS: Final = (
    "id", "provider", "call", "kind", "method", "url", "headers", "body", "state",
    "next_attempt_at", "attempts", "copy_of", "altered",
)  # fmt: skip
STABLE_HEADERS = ("accept", "content-type", "x-mock-scenario")


def serialize_call(state: SandboxState, call: Call) -> dict[str, Any]:
    return finish_call(collect_call(state, call), state.configuration.seed)


def finish_call(collected: Mapping[str, Any], salt: str) -> dict[str, Any]:
    """Serialize what `collect_call` has returned, which takes long for long parameters."""
    return redact_item({**collected, "parameters": preview_field(collected["parameters"])}, salt)


def collect_call(state: SandboxState, call: Call) -> dict[str, Any]:
    """Collect what is shown of a call as it is now, with the values of its request as they are."""
    spec = call.spec
    return {
        **describe_call(state, call),
        "legs": [_serialize_leg(leg) for leg in call.legs],
        "leg_names": dict(legs_by_name(call)),
        "attempts": [
            {"number": number, **_serialize_dial_attempt(attempt)}
            for number, attempt in enumerate((*call.attempts, current_attempt(call)), 1)
        ],
        "events": [serialize_event(event) for event in call.events],
        "parameters": spec.parameters,
        "webhooks": list(state.deliveries.ids_by_call.get(spec.id, ())),
    }


def serialize_event(event: Event) -> dict[str, Any]:
    serialized = {
        "at": format_iso(event.at),
        "event": event.type,
        "leg": event.leg or None,
        **event.data,
    }
    if event.source:
        serialized["by"] = event.source
    if "cause" in event.data:
        serialized["q850"] = CAUSES[str(event.data["cause"])].q850
    return serialized


def serialize_exchange(
    exchange: Exchange, configuration: Configuration, *, all_headers: bool = False
) -> dict[str, Any]:
    """Serialize only what is equal in every run; of the headers, `STABLE_HEADERS` or all."""
    request = exchange.request
    bound = configuration.providers.get(exchange.provider)
    secret = bound.provider.credential(request) if bound else None
    shown = request.headers if all_headers else STABLE_HEADERS
    headers = {name: request.headers[name] for name in shown if name in request.headers}
    serialized = {
        "id": exchange.id,
        "at": format_iso(exchange.at),
        "provider": exchange.provider,
        "operation": exchange.operation,
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": headers,
        "body": preview_body(request.body),
        "status": exchange.response.status or None,
        "response": _preview_response(exchange),
        "fault": exchange.fault,
        "scenarios": list(exchange.scenario_names),
        "calls": list(exchange.call_ids),
        **_marks(exchange),
    }
    return redact_item(serialized, configuration.seed, secret)


def _marks(exchange: Exchange) -> dict[str, str]:
    """What only some exchanges have: which scenario ordered what, or a problem of our own."""
    marks = {name: getattr(exchange, name) for name in MARKS}
    return {name: mark for name, mark in marks.items() if mark}


def serialize_delivery(delivery: Delivery, salt: str) -> dict[str, Any]:
    webhook = delivery.webhook
    serialized = {
        "id": delivery.id,
        "provider": delivery.provider,
        "call": webhook.call_id,
        "kind": webhook.kind,
        "method": webhook.method,
        "url": webhook.url,
        "headers": webhook.headers,
        "body": webhook.body,
        "state": delivery.state,
        "next_attempt_at": _format_time(delivery.next_attempt_at),
        "attempts": [
            {
                **_serialize_delivery_attempt(attempt),
                "duration_ms": attempt.result.duration_ms,
                "response": preview_body(attempt.result.body),
                "reason": error_reason(attempt.result),
            }
            for attempt in delivery.attempts
        ],
        "copy_of": delivery.copy_of or None,
        "altered": webhook.corrupt or None,
    }
    return redact_item(serialized, salt)


def serialize_entry(entry: JournalEntry, configuration: Configuration) -> dict[str, Any]:
    common = {"at": format_iso(entry.at), "type": entry.type, "call": entry.call_id or None}
    if isinstance(entry.payload, Exchange):
        exchange = serialize_exchange(entry.payload, configuration)
        return {**common, "request": exchange.pop("id"), **exchange}
    return redact_item({**common, **_serialize_payload(entry)}, configuration.seed)


def _serialize_payload(entry: JournalEntry) -> Mapping[str, Any]:
    match entry.payload:
        case Event():
            return {**serialize_event(entry.payload), "at": format_iso(entry.at)}
        case Delivery():
            return {**_serialize_last_attempt(entry.payload), "at": format_iso(entry.at)}
        case RejectedEvent() as rejected:
            location = {"leg": rejected.leg, "location": rejected.location}
            return {"event": rejected.type, **location, "reason": rejected.reason}
        case Ignored() as ignored:
            return serialize_ignored(ignored)
        case Mapping():
            return entry.payload
    return {"error": repr(entry.payload)}


def serialize_ignored(ignored: Ignored) -> dict[str, Any]:
    """Serialize what was ignored, with the call left out, which the entry has."""
    return {
        "request": ignored.request_id or None,
        "webhook": ignored.webhook_id or None,
        "scenario": readable_name(ignored.scenario),
        "what": ignored.what,
        "reason": ignored.reason,
        "strict": ignored.strict,
    }


def _serialize_last_attempt(delivery: Delivery) -> dict[str, Any]:
    webhook, attempt = delivery.webhook, delivery.attempts[-1]
    return {
        "webhook": delivery.id,
        "kind": webhook.kind,
        "state": delivery.state,
        "method": webhook.method,
        "url": webhook.url,
        "body": webhook.body,
        **_serialize_delivery_attempt(attempt),
        "reason": error_reason(attempt.result),
    }


def _serialize_leg(leg: Leg) -> dict[str, Any]:
    return {
        "name": leg.name,
        "role": leg.role,
        "number": leg.number,
        "state": leg.state,
        "answered_at": _format_time(leg.answered_at),
        "ended_at": _format_time(leg.ended_at),
        "cause": leg.cause,
    }


def _serialize_dial_attempt(dial_attempt: DialAttempt) -> dict[str, Any]:
    return {
        "redial_index": dial_attempt.redial_index,
        "number_index": dial_attempt.number_index,
        "started_at": format_iso(dial_attempt.started_at),
        "ended_at": _format_time(dial_attempt.ended_at),
        "outcome": dial_attempt.outcome,
        "legs": [_serialize_leg(leg) for leg in dial_attempt.legs],
    }


def _serialize_delivery_attempt(delivery_attempt: DeliveryAttempt) -> dict[str, Any]:
    result = delivery_attempt.result
    return {
        "number": delivery_attempt.number,
        "at": format_iso(delivery_attempt.at),
        "status": result.status,
        "error": result.error,
    }


def _format_time(at: int | None) -> str | None:
    return None if at is None else format_iso(at)


def _preview_response(exchange: Exchange) -> Any:
    body = exchange.response.body
    if isinstance(body, bytes):
        return preview_body(body)
    return body if is_json_safe(body) else repr(body)
