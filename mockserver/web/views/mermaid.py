"""A sandbox's facts, or one call's, as a Mermaid sequence diagram."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver.core.call import Call
from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.serializers import serialize_entry

MAX_LABEL_LENGTH: Final = 60  # characters of a label; a longer one makes a diagram nobody can read
ESCAPES: Final = str.maketrans({"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "\n": " "})
"""What Mermaid would take for its own."""

SerializedEntry = Mapping[str, Any]


def render_diagram(entries: Iterable[JournalEntry], state: SandboxState) -> str:
    """Who said what to whom, in order; times are those of the virtual clock."""
    lines = [line for fact in entries for line in _render_entry(fact, state)]
    return "\n".join(["sequenceDiagram", *_participants(lines), *lines]) + "\n"


def _participants(lines: list[str]) -> Iterator[str]:
    """Those that occur, in the order from the client to the receiver."""
    known = {"client": "client", "mock": "mock server", "receiver": "webhook receiver"}
    text = "\n".join(lines)
    yield from (
        f"    participant {name} as {title}"
        for name, title in known.items()
        if name == "mock" or f" {name}" in text or f">>{name}" in text
    )


def _render_entry(entry: JournalEntry, state: SandboxState) -> Iterator[str]:
    tell = ARROWS_BY_TYPE.get(entry.type)
    if tell is not None:
        told, call = serialize_entry(entry, state.configuration), state.calls.get(entry.call_id)
        at = told["at"][11:19]
        yield from (f"    {arrow}: {at} {_escape_label(text)}" for arrow, text in tell(told, call))


def _request_arrows(serialized: SerializedEntry, _: Call | None) -> Iterator[tuple[str, str]]:
    yield "client->>mock", f"{serialized['method']} {serialized['path']}"
    fault = f" {serialized['fault']}" if serialized["fault"] else ""
    yield "mock-->>client", f"{serialized['status'] or 'broken off'}{fault}"


def _event_arrows(serialized: SerializedEntry, call: Call | None) -> Iterator[tuple[str, str]]:
    leg = call.leg(serialized["leg"]) if call and serialized["leg"] else None
    whose = f" {leg.role} {leg.number}" if leg else ""
    known = ("at", "fact", "call", "leg", "event", "q850", "role", "number", "by")
    rest = " ".join(str(value) for name, value in serialized.items() if name not in known)
    yield "Note over mock", f"{serialized['call']} {serialized['event']}{whose} {rest}".strip()


def _attempt_arrows(serialized: SerializedEntry, _: Call | None) -> Iterator[tuple[str, str]]:
    yield (
        "mock->>receiver",
        f"{serialized['method']} {serialized['kind']} {_format_body(serialized['body'])}".strip(),
    )
    yield (
        "receiver-->>mock",
        f"{serialized['status'] or serialized['error']} (attempt {serialized['number']})",
    )


def _format_body(body: Any) -> str:
    return "" if body is None else json.dumps(body, ensure_ascii=False)


def _escape_label(text: str) -> str:
    cut = text if len(text) <= MAX_LABEL_LENGTH else f"{text[: MAX_LABEL_LENGTH - 1]}…"
    return "".join(one for one in cut if one.isprintable()).translate(ESCAPES)


ARROWS_BY_TYPE: Final[
    Mapping[str, Callable[[SerializedEntry, Call | None], Iterator[tuple[str, str]]]]
] = {
    "request": _request_arrows,
    "event": _event_arrows,
    "attempt": _attempt_arrows,
}
