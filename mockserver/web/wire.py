"""Calls, requests, webhooks and facts as the contract prints them."""

from collections.abc import Mapping
from typing import Any

from mockserver.core.call import Attempt, Call, Event, Leg, attempt, state
from mockserver.core.causes import CAUSES
from mockserver.core.facts import Fact, Moot, Skipped
from mockserver.core.time import iso
from mockserver.core.webhook import Attempt as Try
from mockserver.core.webhook import Delivery
from mockserver.engine.store import Exchange, Store, World
from mockserver.web import masking
from mockserver.web.legible import legible, plain, sound

SHOWN = ("accept", "content-type", "x-mock-scenario")


def call_json(store: Store, call: Call) -> dict[str, Any]:
    order = call.order
    provider = store.world.listings[order.provider].provider
    return {
        "id": order.id,
        "vendor_id": order.vendor_id,
        "provider": order.provider,
        "account": order.account,
        "operation": order.operation,
        "scenario": _stories(store, order.id),
        "state": state(call),
        "outcome": call.outcome,
        "vendor_status": provider.status(call),
        "created_at": iso(order.created_at),
        "starts_at": iso(call.starts_at),
        "ended_at": _time(call.ended_at),
        "waiting": [
            {"for": one.reason, "leg": one.leg or None} for one in store.waiting.get(order.id, ())
        ],
        "legs": [_leg(leg) for leg in call.legs],
        "attempts": [
            {"number": number, **_attempt(one)}
            for number, one in enumerate((*call.attempts, attempt(call)), 1)
        ],
        "events": [event_json(event) for event in call.events],
        "wanted": masking.value(plain(order.wanted), store.world.seed),
        "webhooks": store.sent.get(order.id, []),
    }


def event_json(event: Event) -> dict[str, Any]:
    told = {"at": iso(event.at), "event": event.verb, "leg": event.leg or None, **event.data}
    if event.by:
        told["by"] = event.by
    if "cause" in event.data:
        told["q850"] = CAUSES[str(event.data["cause"])].q850
    return told


def request_json(exchange: Exchange, world: World) -> dict[str, Any]:
    """The parts that stay the same from run to run: headers are those of a short list."""
    asked, salt = exchange.request, world.seed
    listing = world.listings.get(exchange.provider)
    secret = listing.provider.credential(asked) if listing else None
    shown = {name: asked.headers[name] for name in SHOWN if name in asked.headers}
    told = {
        "id": exchange.id,
        "at": iso(exchange.at),
        "provider": exchange.provider,
        "operation": exchange.operation,
        "method": asked.method,
        "path": asked.path,
        "query": masking.query(asked.query, salt),
        "headers": shown,
        "body": masking.value(legible(asked.body), salt),
        "status": exchange.reply.status or None,
        "answer": _answer(exchange),
        "fault": exchange.fault,
        "scenario": list(exchange.stories),
        "call": exchange.calls[0] if exchange.calls else None,
    }
    hidden: dict[str, Any] = masking.without(told, secret, salt)
    return hidden


def webhook_json(delivery: Delivery, salt: str) -> dict[str, Any]:
    webhook = delivery.webhook
    return {
        "id": delivery.id,
        "provider": delivery.provider,
        "call": webhook.call,
        "kind": webhook.kind,
        "method": webhook.method,
        "url": masking.url(webhook.url, salt),
        "headers": masking.headers(webhook.headers, salt),
        "body": webhook.body,
        "state": delivery.state,
        "next_at": _time(delivery.due),
        "attempts": [
            {**_try(made), "duration_ms": made.answer.millis, "answer": _heard(made, salt)}
            for made in delivery.attempts
        ],
    }


def fact_json(fact: Fact, world: World) -> dict[str, Any]:
    told = {"at": iso(fact.at), "fact": fact.kind, "call": fact.call or None}
    match fact.what:
        case Exchange():
            asked = request_json(fact.what, world)
            return {**told, "request": asked.pop("id"), **asked}
        case Event():
            return {**told, **event_json(fact.what)}
        case Delivery():
            webhook = fact.what.webhook
            made = {"webhook": fact.what.id, "kind": webhook.kind, "state": fact.what.state}
            url = masking.url(webhook.url, world.seed)
            sent = {"method": webhook.method, "url": url, "body": webhook.body}
            return {**told, **made, **sent, **_try(fact.what.attempts[-1])}
        case Moot() | Skipped():
            return {**told, **fact.what._asdict()}
        case Mapping():
            shown: dict[str, Any] = masking.value(fact.what, world.seed)
            return {**told, **shown}
    return {**told, "error": repr(fact.what)}


def _stories(store: Store, call: str) -> list[str]:
    """Who plays the phones, and who decides how the webhooks travel if that is another one."""
    travelling = store.travels.get(call)
    names = [store.stories[call].story.name, *([travelling.name] if travelling else [])]
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


def _attempt(one: Attempt) -> dict[str, Any]:
    return {
        "redial": one.redial,
        "target": one.target,
        "started_at": iso(one.started_at),
        "ended_at": _time(one.ended_at),
        "outcome": one.outcome,
        "legs": [_leg(leg) for leg in one.legs],
    }


def _try(made: Try) -> dict[str, Any]:
    answer = made.answer
    return {
        "number": made.number,
        "at": iso(made.at),
        "status": answer.status,
        "error": answer.error,
    }


def _heard(made: Try, salt: str) -> Any:
    return masking.value(legible(made.answer.body), salt)


def _time(at: int | None) -> str | None:
    return None if at is None else iso(at)


def _answer(exchange: Exchange) -> Any:
    body = exchange.reply.body
    if isinstance(body, bytes):
        return legible(body)
    return body if sound(body) else repr(body)
