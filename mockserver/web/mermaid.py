"""A sandbox's facts, or one call's, as a Mermaid sequence diagram."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver.core.call import Call
from mockserver.core.journal import JournalEntry
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.wire import fact_json

LONGEST: Final = 60  # characters of a label; a longer one makes a diagram nobody can read
UNSAFE: Final = str.maketrans({"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "\n": " "})
"""What Mermaid would take for its own."""

Told = Mapping[str, Any]


def diagram(facts: Iterable[JournalEntry], store: SandboxState) -> str:
    """Who said what to whom, in order; times are those of the virtual clock."""
    lines = [line for fact in facts for line in _lines(fact, store)]
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


def _lines(fact: JournalEntry, store: SandboxState) -> Iterator[str]:
    tell = PARTS.get(fact.type)
    if tell is not None:
        told, call = fact_json(fact, store.configuration), store.calls.get(fact.call_id)
        at = told["at"][11:19]
        yield from (f"    {arrow}: {at} {_safe(text)}" for arrow, text in tell(told, call))


def _request(told: Told, _: Call | None) -> Iterator[tuple[str, str]]:
    yield "client->>mock", f"{told['method']} {told['path']}"
    fault = f" {told['fault']}" if told["fault"] else ""
    yield "mock-->>client", f"{told['status'] or 'broken off'}{fault}"


def _event(told: Told, call: Call | None) -> Iterator[tuple[str, str]]:
    leg = call.leg(told["leg"]) if call and told["leg"] else None
    whose = f" {leg.role} {leg.number}" if leg else ""
    known = ("at", "fact", "call", "leg", "event", "q850", "role", "number", "by")
    rest = " ".join(str(value) for name, value in told.items() if name not in known)
    yield "Note over mock", f"{told['call']} {told['event']}{whose} {rest}".strip()


def _attempt(told: Told, _: Call | None) -> Iterator[tuple[str, str]]:
    yield "mock->>receiver", f"{told['method']} {told['kind']} {_shown(told['body'])}".strip()
    yield "receiver-->>mock", f"{told['status'] or told['error']} (attempt {told['number']})"


def _shown(body: Any) -> str:
    return "" if body is None else json.dumps(body, ensure_ascii=False)


def _safe(text: str) -> str:
    cut = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return "".join(one for one in cut if one.isprintable()).translate(UNSAFE)


PARTS: Final[Mapping[str, Callable[[Told, Call | None], Iterator[tuple[str, str]]]]] = {
    "request": _request,
    "event": _event,
    "attempt": _attempt,
}
