"""Renders journal entries as a Mermaid sequence diagram."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from mockserver.core.call import Call, Event
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import SIMULATED_REASON
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.argument_words import argument_words
from mockserver.web.views.serializers import serialize_entry

MAX_LABEL_LENGTH: Final = 60  # characters; longer labels make a diagram unreadable
ESCAPES: Final = str.maketrans({"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "\n": " "})
"""Character -> Mermaid's escape, for characters of its syntax."""

SerializedEntry = Mapping[str, Any]


def render_diagram(entries: Iterable[JournalEntry], state: SandboxState) -> str:
    """Render requests, events and delivery attempts in order, with virtual times."""
    lines = [line for entry in entries for line in render_entry(entry, state)]
    return "".join(f"{line}\n" for line in complete_diagram(lines))


def complete_diagram(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of a diagram out of those of its entries."""
    return ("sequenceDiagram", *_participants(lines), *lines)


def _participants(lines: Sequence[str]) -> Iterator[str]:
    """Yield the participants that occur, from client to receiver; the mock always does."""
    known = {"client": "client", "mock": "mock server", "receiver": "webhook receiver"}
    text = "\n".join(lines)
    yield from (
        f"    participant {name} as {title}"
        for name, title in known.items()
        if name == "mock" or f" {name}" in text or f">>{name}" in text
    )


def render_entry(entry: JournalEntry, state: SandboxState) -> tuple[str, ...]:
    """Render the lines of an entry."""
    return tuple(_render_entry(entry, state))


def _render_entry(entry: JournalEntry, state: SandboxState) -> Iterator[str]:
    arrows = ARROWS_BY_TYPE.get(entry.type)
    if arrows is not None:
        serialized = serialize_entry(entry, state.configuration)
        call = state.calls.by_id.get(entry.call_id)
        if call and isinstance(entry.payload, Event):
            call = _call_at(call, entry.payload)
        at = serialized["at"][11:19]
        yield from (
            f"    {arrow}: {at} {_escape_label(text)}" for arrow, text in arrows(serialized, call)
        )


def _call_at(call: Call, event: Event) -> Call:
    """Return the call with the numbers that its legs had at an event; a leg may be dialed again."""
    rings = [past for past in call.events if past.type == "ring" and "number" in past.data]
    if not rings:
        return call
    events = call.events[: call.events.index(event) + 1] if event in call.events else ()
    dialed = {ring.leg: str(ring.data["number"]) for ring in rings if ring in events}
    unknown = {leg.name: "" if leg.added_later else leg.number for leg in call.legs}
    numbers = {**unknown, **dialed}
    legs = [leg.replace(number=numbers[leg.name]) for leg in call.legs]
    return call.replace(legs=tuple(legs))


def _request_arrows(serialized: SerializedEntry, _: Call | None) -> Iterator[tuple[str, str]]:
    yield "client->>mock", f"{serialized['method']} {serialized['path']}"
    fault = f" {serialized['fault']}" if serialized["fault"] else ""
    own = serialized.get("problem", "")
    ordered = f"(scenario {serialized['ordered_by']!r})" if "ordered_by" in serialized else ""
    result = f"{serialized['status'] or 'broken off'}{fault}"
    yield "mock-->>client", " ".join(filter(None, (result, own, ordered)))


def _event_arrows(serialized: SerializedEntry, call: Call | None) -> Iterator[tuple[str, str]]:
    leg = call.leg(serialized["leg"]) if call and serialized["leg"] else None
    leg_text = f" {leg.role} {leg.number}" if leg else ""
    known = ("at", "type", "call", "leg", "event", "q850", "role", "number", "by")
    rest = " ".join(map(str, argument_words(serialized, known)))
    yield "Note over mock", f"{serialized['call']} {serialized['event']}{leg_text} {rest}".strip()


def _attempt_arrows(serialized: SerializedEntry, _: Call | None) -> Iterator[tuple[str, str]]:
    result = f"{serialized['status'] or serialized['error']} (attempt {serialized['number']})"
    if serialized["reason"] == SIMULATED_REASON:
        yield "Note over mock", f"{serialized['webhook']} {result}, simulated"
        return
    yield (
        "mock->>receiver",
        f"{serialized['method']} {serialized['kind']} {_format_body(serialized['body'])}".strip(),
    )
    yield "receiver-->>mock", result


def _ignored_arrows(serialized: SerializedEntry, _: Call | None) -> Iterator[tuple[str, str]]:
    yield "Note over mock", f"ignored {serialized['what']}: {serialized['reason']}"


def _format_body(body: Any) -> str:
    return "" if body is None else json.dumps(body, ensure_ascii=False)


def _escape_label(text: str) -> str:
    cut = text if len(text) <= MAX_LABEL_LENGTH else f"{text[: MAX_LABEL_LENGTH - 1]}…"
    return "".join(character for character in cut if character.isprintable()).translate(ESCAPES)


ARROWS_BY_TYPE: Final[
    Mapping[str, Callable[[SerializedEntry, Call | None], Iterator[tuple[str, str]]]]
] = {
    "request": _request_arrows,
    "event": _event_arrows,
    "delivery-attempt": _attempt_arrows,
    "ignored": _ignored_arrows,
}
