"""Calls, requests, webhooks and facts as the contract prints them."""

from collections.abc import Mapping
from typing import Any

from mockserver.core.call import Call, DialAttempt, Event, Leg, call_state, current_attempt
from mockserver.core.causes import CAUSES
from mockserver.core.configuration import Configuration
from mockserver.core.journal import IgnoredLeg, JournalEntry, RejectedEvent
from mockserver.core.time import format_iso
from mockserver.core.webhook import Delivery
from mockserver.core.webhook import DeliveryAttempt as Try
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views import redaction
from mockserver.web.views.body_preview import is_json_safe, preview_body, preview_field

STABLE_HEADERS = ("accept", "content-type", "x-mock-scenario")


def serialize_call(state: SandboxState, call: Call) -> dict[str, Any]:
    order = call.spec
    provider = state.configuration.providers[order.provider].provider
    return {
        "id": order.id,
        "vendor_id": order.vendor_id,
        "provider": order.provider,
        "account": order.account,
        "operation": order.operation,
        "scenario": _scenario_names(state, order.id),
        "state": call_state(call),
        "outcome": call.outcome,
        "vendor_status": provider.status(call),
        "created_at": format_iso(order.created_at),
        "starts_at": format_iso(call.starts_at),
        "ended_at": _format_time(call.ended_at),
        "waiting": [
            {"for": one.reason, "leg": one.leg or None}
            for one in state.wait_reasons.get(order.id, ())
        ],
        "legs": [_serialize_leg(leg) for leg in call.legs],
        "attempts": [
            {"number": number, **_serialize_dial_attempt(one)}
            for number, one in enumerate((*call.attempts, current_attempt(call)), 1)
        ],
        "events": [serialize_event(event) for event in call.events],
        "wanted": redaction.redact_value(preview_field(order.parameters), state.configuration.seed),
        "webhooks": state.delivery_ids_by_call.get(order.id, []),
    }


def serialize_event(event: Event) -> dict[str, Any]:
    told = {"at": format_iso(event.at), "event": event.type, "leg": event.leg or None, **event.data}
    if event.source:
        told["by"] = event.source
    if "cause" in event.data:
        told["q850"] = CAUSES[str(event.data["cause"])].q850
    return told


def serialize_exchange(exchange: Exchange, configuration: Configuration) -> dict[str, Any]:
    """The parts that stay the same from run to run: headers are those of a short list."""
    asked, salt = exchange.request, configuration.seed
    listing = configuration.providers.get(exchange.provider)
    secret = listing.provider.credential(asked) if listing else None
    shown = {name: asked.headers[name] for name in STABLE_HEADERS if name in asked.headers}
    told = {
        "id": exchange.id,
        "at": format_iso(exchange.at),
        "provider": exchange.provider,
        "operation": exchange.operation,
        "method": asked.method,
        "path": asked.path,
        "query": redaction.redact_query(asked.query, salt),
        "headers": shown,
        "body": redaction.redact_value(preview_body(asked.body), salt),
        "status": exchange.response.status or None,
        "answer": _preview_response(exchange),
        "fault": exchange.fault,
        "scenario": list(exchange.scenarios),
        "call": exchange.call_ids[0] if exchange.call_ids else None,
    }
    hidden: dict[str, Any] = redaction.redact_secret(told, secret, salt)
    return hidden


def serialize_delivery(delivery: Delivery, salt: str) -> dict[str, Any]:
    webhook = delivery.webhook
    return {
        "id": delivery.id,
        "provider": delivery.provider,
        "call": webhook.call_id,
        "kind": webhook.kind,
        "method": webhook.method,
        "url": redaction.redact_url(webhook.url, salt),
        "headers": redaction.redact_headers(webhook.headers, salt),
        "body": webhook.body,
        "state": delivery.state,
        "next_at": _format_time(delivery.next_attempt_at),
        "attempts": [
            {
                **_serialize_delivery_attempt(made),
                "duration_ms": made.result.duration_ms,
                "answer": _preview_result_body(made, salt),
            }
            for made in delivery.attempts
        ],
    }


def serialize_entry(entry: JournalEntry, configuration: Configuration) -> dict[str, Any]:  # noqa: PLR0911 - one a type
    told = {"at": format_iso(entry.at), "fact": entry.type, "call": entry.call_id or None}
    match entry.payload:
        case Exchange():
            asked = serialize_exchange(entry.payload, configuration)
            return {**told, "request": asked.pop("id"), **asked}
        case Event():
            return {**told, **serialize_event(entry.payload)}
        case Delivery():
            webhook = entry.payload.webhook
            made = {"webhook": entry.payload.id, "kind": webhook.kind, "state": entry.payload.state}
            url = redaction.redact_url(webhook.url, configuration.seed)
            sent = {"method": webhook.method, "url": url, "body": webhook.body}
            return {
                **told,
                **made,
                **sent,
                **_serialize_delivery_attempt(entry.payload.attempts[-1]),
            }
        case RejectedEvent() as rejected:
            where = {"leg": rejected.leg, "place": rejected.location}
            return {**told, "verb": rejected.type, **where, "why": rejected.reason}
        case IgnoredLeg() as ignored:
            return {**told, "story": ignored.scenario, "leg": ignored.leg}
        case Mapping():
            shown: dict[str, Any] = redaction.redact_value(entry.payload, configuration.seed)
            return {**told, **shown}
    return {**told, "error": repr(entry.payload)}


def _scenario_names(state: SandboxState, call_id: str) -> list[str]:
    """Who plays the phones, and who decides how the webhooks travel if that is another one."""
    travelling = state.webhook_scenarios.get(call_id)
    names = [state.leg_scenarios[call_id].scenario.name, *([travelling.name] if travelling else [])]
    return list(dict.fromkeys(names))


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
        "redial": dial_attempt.redial_index,
        "target": dial_attempt.number_index,
        "started_at": format_iso(dial_attempt.started_at),
        "ended_at": _format_time(dial_attempt.ended_at),
        "outcome": dial_attempt.outcome,
        "legs": [_serialize_leg(leg) for leg in dial_attempt.legs],
    }


def _serialize_delivery_attempt(delivery_attempt: Try) -> dict[str, Any]:
    answer = delivery_attempt.result
    return {
        "number": delivery_attempt.number,
        "at": format_iso(delivery_attempt.at),
        "status": answer.status,
        "error": answer.error,
    }


def _preview_result_body(delivery_attempt: Try, salt: str) -> Any:
    return redaction.redact_value(preview_body(delivery_attempt.result.body), salt)


def _format_time(at: int | None) -> str | None:
    return None if at is None else format_iso(at)


def _preview_response(exchange: Exchange) -> Any:
    body = exchange.response.body
    if isinstance(body, bytes):
        return preview_body(body)
    return body if is_json_safe(body) else repr(body)
