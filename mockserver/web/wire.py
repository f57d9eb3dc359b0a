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
from mockserver.web import masking
from mockserver.web.legible import legible, plain, sound

SHOWN = ("accept", "content-type", "x-mock-scenario")


def call_json(store: SandboxState, call: Call) -> dict[str, Any]:
    order = call.spec
    provider = store.configuration.providers[order.provider].provider
    return {
        "id": order.id,
        "vendor_id": order.vendor_id,
        "provider": order.provider,
        "account": order.account,
        "operation": order.operation,
        "scenario": _stories(store, order.id),
        "state": call_state(call),
        "outcome": call.outcome,
        "vendor_status": provider.status(call),
        "created_at": format_iso(order.created_at),
        "starts_at": format_iso(call.starts_at),
        "ended_at": _time(call.ended_at),
        "waiting": [
            {"for": one.reason, "leg": one.leg or None}
            for one in store.wait_reasons.get(order.id, ())
        ],
        "legs": [_leg(leg) for leg in call.legs],
        "attempts": [
            {"number": number, **_attempt(one)}
            for number, one in enumerate((*call.attempts, current_attempt(call)), 1)
        ],
        "events": [event_json(event) for event in call.events],
        "wanted": masking.value(plain(order.parameters), store.configuration.seed),
        "webhooks": store.delivery_ids_by_call.get(order.id, []),
    }


def event_json(event: Event) -> dict[str, Any]:
    told = {"at": format_iso(event.at), "event": event.type, "leg": event.leg or None, **event.data}
    if event.source:
        told["by"] = event.source
    if "cause" in event.data:
        told["q850"] = CAUSES[str(event.data["cause"])].q850
    return told


def request_json(exchange: Exchange, world: Configuration) -> dict[str, Any]:
    """The parts that stay the same from run to run: headers are those of a short list."""
    asked, salt = exchange.request, world.seed
    listing = world.providers.get(exchange.provider)
    secret = listing.provider.credential(asked) if listing else None
    shown = {name: asked.headers[name] for name in SHOWN if name in asked.headers}
    told = {
        "id": exchange.id,
        "at": format_iso(exchange.at),
        "provider": exchange.provider,
        "operation": exchange.operation,
        "method": asked.method,
        "path": asked.path,
        "query": masking.query(asked.query, salt),
        "headers": shown,
        "body": masking.value(legible(asked.body), salt),
        "status": exchange.response.status or None,
        "answer": _answer(exchange),
        "fault": exchange.fault,
        "scenario": list(exchange.scenarios),
        "call": exchange.call_ids[0] if exchange.call_ids else None,
    }
    hidden: dict[str, Any] = masking.without(told, secret, salt)
    return hidden


def webhook_json(delivery: Delivery, salt: str) -> dict[str, Any]:
    webhook = delivery.webhook
    return {
        "id": delivery.id,
        "provider": delivery.provider,
        "call": webhook.call_id,
        "kind": webhook.kind,
        "method": webhook.method,
        "url": masking.url(webhook.url, salt),
        "headers": masking.headers(webhook.headers, salt),
        "body": webhook.body,
        "state": delivery.state,
        "next_at": _time(delivery.next_attempt_at),
        "attempts": [
            {**_try(made), "duration_ms": made.result.duration_ms, "answer": _heard(made, salt)}
            for made in delivery.attempts
        ],
    }


def fact_json(fact: JournalEntry, world: Configuration) -> dict[str, Any]:  # noqa: PLR0911 - one a type
    told = {"at": format_iso(fact.at), "fact": fact.type, "call": fact.call_id or None}
    match fact.payload:
        case Exchange():
            asked = request_json(fact.payload, world)
            return {**told, "request": asked.pop("id"), **asked}
        case Event():
            return {**told, **event_json(fact.payload)}
        case Delivery():
            webhook = fact.payload.webhook
            made = {"webhook": fact.payload.id, "kind": webhook.kind, "state": fact.payload.state}
            url = masking.url(webhook.url, world.seed)
            sent = {"method": webhook.method, "url": url, "body": webhook.body}
            return {**told, **made, **sent, **_try(fact.payload.attempts[-1])}
        case RejectedEvent() as rejected:
            where = {"leg": rejected.leg, "place": rejected.location}
            return {**told, "verb": rejected.type, **where, "why": rejected.reason}
        case IgnoredLeg() as ignored:
            return {**told, "story": ignored.scenario, "leg": ignored.leg}
        case Mapping():
            shown: dict[str, Any] = masking.value(fact.payload, world.seed)
            return {**told, **shown}
    return {**told, "error": repr(fact.payload)}


def _stories(store: SandboxState, call: str) -> list[str]:
    """Who plays the phones, and who decides how the webhooks travel if that is another one."""
    travelling = store.webhook_scenarios.get(call)
    names = [store.leg_scenarios[call].scenario.name, *([travelling.name] if travelling else [])]
    return list(dict.fromkeys(names))


def _leg(leg: Leg) -> dict[str, Any]:
    return {
        "name": leg.name,
        "role": leg.role,
        "number": leg.number,
        "state": leg.state,
        "answered_at": _time(leg.answered_at),
        "ended_at": _time(leg.ended_at),
        "cause": leg.cause,
    }


def _attempt(one: DialAttempt) -> dict[str, Any]:
    return {
        "redial": one.redial_index,
        "target": one.number_index,
        "started_at": format_iso(one.started_at),
        "ended_at": _time(one.ended_at),
        "outcome": one.outcome,
        "legs": [_leg(leg) for leg in one.legs],
    }


def _try(made: Try) -> dict[str, Any]:
    answer = made.result
    return {
        "number": made.number,
        "at": format_iso(made.at),
        "status": answer.status,
        "error": answer.error,
    }


def _heard(made: Try, salt: str) -> Any:
    return masking.value(legible(made.result.body), salt)


def _time(at: int | None) -> str | None:
    return None if at is None else format_iso(at)


def _answer(exchange: Exchange) -> Any:
    body = exchange.response.body
    if isinstance(body, bytes):
        return legible(body)
    return body if sound(body) else repr(body)
