"""Formats journal entries as log lines, as text or JSON."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from mockserver.core.call import Event
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.slices import MAX_WEIGHT, weigh
from mockserver.web.views.argument_words import argument_words
from mockserver.web.views.ring_details import serialize_with_ring
from mockserver.web.views.weights import weigh_entry

LEFT_OUT: Final = "left out of the log: too long"

Words = Iterable[object]
"""The words of a line; None and empty ones are left out."""


def format_line(entry: JournalEntry, state: SandboxState, origin: str = "") -> str:
    """Format an entry as `12:00:04 mobtexting c7 a answer`, with control characters escaped.

    With the `origin` of the server, a webhook to an inbox has the address at which people read it:
    whoever opens the address of the receiver sends it a request.
    """
    serialized = serialize_with_ring(without_bodies(entry), state)
    if str(serialized.get("url")).startswith(ORIGIN_PLACEHOLDER):
        serialized["url"] = _inbox_address(serialized["url"], origin)
    call = state.calls.by_id.get(entry.call_id)
    provider = call.spec.provider if call else serialized.get("provider")
    words = (
        serialized["at"][11:19],
        provider,
        entry.call_id,
        *WORDS_BY_TYPE.get(entry.type, _other_words)(serialized),
    )
    text = " ".join(str(word) for word in words if word not in (None, "", False))
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


def _inbox_address(url: str, origin: str) -> str:
    path = url.removeprefix(ORIGIN_PLACEHOLDER)
    return origin + path.replace("/_mock/receive/", "/_mock/inboxes/", 1) if origin else path


def without_bodies(entry: JournalEntry) -> JournalEntry:
    """Return the entry without what no line shows, and what may take long to redact."""
    match entry.payload:
        case Exchange() as exchange:
            request = exchange.request.replace(body=b"", query="")
            response = exchange.response.replace(body=None)
            return entry.replace(payload=exchange.replace(request=request, response=response))
        case Delivery() as delivery:
            webhook = delivery.webhook.replace(body=None)
            return entry.replace(payload=delivery.replace(webhook=webhook))
    return without_long_values(entry)


def format_json_line(entry: JournalEntry, state: SandboxState) -> str:
    """Format an entry as one line of JSON, with `LEFT_OUT` in place of each long value."""
    serialized = serialize_with_ring(without_long_values(entry), state)
    return json.dumps({"sandbox": state.name, **serialized})


def without_long_values(entry: JournalEntry) -> JournalEntry:
    """Return the entry with `LEFT_OUT` in place of each value that takes long to redact.

    A line is written while a request is handled, and cannot wait for another thread.
    """
    if weigh_entry(entry) <= MAX_WEIGHT:
        return entry
    match entry.payload:
        case Exchange() as exchange:
            return entry.replace(payload=_shorten_exchange(exchange))
        case Delivery() as delivery:
            webhook = delivery.webhook.replace(body=_shorten(delivery.webhook.body))
            return entry.replace(payload=delivery.replace(webhook=webhook))
        case Event() as event:
            return entry.replace(payload=event.replace(data=_shorten_members(event.data)))
        case Mapping() as members:
            return entry.replace(payload=_shorten_members(members))
    return entry


def _shorten_exchange(exchange: Exchange) -> Exchange:
    request, response = exchange.request, exchange.response
    is_long = len(request.body) > MAX_WEIGHT
    body = LEFT_OUT.encode() if is_long else request.body
    request = request.replace(body=body, query=_shorten(request.query))
    response = response.replace(body=_shorten(response.body))
    return exchange.replace(request=request, response=response)


def _shorten_members(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _shorten(value) for name, value in members.items()}


def _shorten(value: Any) -> Any:
    return value if weigh(value) <= MAX_WEIGHT else LEFT_OUT


def failure_key(entry: JournalEntry) -> tuple[str, ...] | None:
    """Return a key that repetitions of one failure share; None if the entry is no failure."""
    if entry.type == "error":
        return (entry.type, repr(entry.payload))
    if entry.type != "delivery-attempt" or not isinstance(entry.payload, Delivery):
        return None
    result = entry.payload.attempts[-1].result
    if entry.payload.state == "delivered":
        return None
    return (entry.type, entry.payload.webhook.url, str(result.status or result.error))


def _request_words(serialized: dict[str, Any]) -> Words:
    return (
        serialized["request"],
        serialized["method"],
        serialized["path"],
        serialized["status"],
        serialized["fault"],
        serialized.get("problem"),
        "ordered" in serialized and f"({serialized['ordered']})",
    )


def _event_words(serialized: dict[str, Any]) -> Words:
    known = ("at", "type", "call", "leg", "event", "q850", "role", "number")
    who = (serialized.get("number"), "role" in serialized and f"({serialized['role']})")
    return (serialized["leg"], serialized["event"], *who, *argument_words(serialized, known))


def _attempt_words(serialized: dict[str, Any]) -> Words:
    delivery_words = (
        serialized["webhook"],
        serialized["kind"],
        f"attempt {serialized['number']}",
        serialized["url"],
    )
    result_words = (serialized["status"] or serialized["error"], serialized["state"])
    reason = serialized["reason"] and f"({serialized['reason']})"
    return (*delivery_words, *result_words, reason)


def _ignored_words(serialized: dict[str, Any]) -> Words:
    about = f"scenario {serialized['scenario']}: {serialized['what']}: {serialized['reason']}"
    return (serialized["request"], serialized["webhook"], f"ignored: {about}")


def _receipt_words(serialized: dict[str, Any]) -> Words:
    size = f"{serialized['bytes']} bytes"
    return (
        "inbox",
        serialized["inbox"],
        "received",
        serialized["method"],
        size,
        serialized["status"],
    )


def _used_up_words(serialized: dict[str, Any]) -> Words:
    about = f"activation {serialized['activation']} of {serialized['scenario']} is used up"
    return (serialized["request"], about)


def _other_words(serialized: dict[str, Any]) -> Words:
    rest = (
        (name, value) for name, value in serialized.items() if name not in ("at", "type", "call")
    )
    return (serialized["type"], *(f"{name} {_format_value(value)}" for name, value in rest))


def _format_value(value: object) -> object:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


WORDS_BY_TYPE: dict[str, Callable[[dict[str, Any]], Words]] = {
    "request": _request_words,
    "event": _event_words,
    "delivery-attempt": _attempt_words,
    "ignored": _ignored_words,
    "received": _receipt_words,
    "activation-used-up": _used_up_words,
}
