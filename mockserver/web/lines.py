"""One line of text for each fact, for whoever watches the server at work."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.wire import fact_json

Words = Iterable[object]


def line(fact: JournalEntry, store: SandboxState) -> str:
    """`12:00:04 mobtexting c7 a answer`; control characters never reach the terminal."""
    told = fact_json(fact, store.configuration)
    call = store.calls.get(fact.call_id)
    provider = call.spec.provider if call else told.get("provider")
    words = (told["at"][11:19], provider, fact.call_id, *PARTS.get(fact.type, _other)(told))
    text = " ".join(str(word) for word in words if word not in (None, ""))
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def record(fact: JournalEntry, store: SandboxState) -> str:
    """The same as a line of JSON."""
    return json.dumps({"sandbox": store.name, **fact_json(fact, store.configuration)})


def failure(fact: JournalEntry) -> tuple[str, ...] | None:
    """What two failures have in common that are one to whoever reads; None for what went well."""
    if fact.type == "error":
        return (fact.type, repr(fact.payload))
    if fact.type != "attempt" or not isinstance(fact.payload, Delivery):
        return None
    answer = fact.payload.attempts[-1].result
    if fact.payload.state == "delivered":
        return None
    return (fact.type, fact.payload.webhook.url, str(answer.status or answer.error))


def _request(told: dict[str, Any]) -> Words:
    return (told["request"], told["method"], told["path"], told["status"], told["fault"])


def _event(told: dict[str, Any]) -> Words:
    known = ("at", "fact", "call", "leg", "event", "q850")
    rest = (value for name, value in told.items() if name not in known)
    return (told["leg"], told["event"], *rest)


def _attempt(told: dict[str, Any]) -> Words:
    tried = (told["webhook"], told["kind"], f"attempt {told['number']}", told["url"])
    return (*tried, told["status"] or told["error"], told["state"])


def _other(told: dict[str, Any]) -> Words:
    rest = ((name, value) for name, value in told.items() if name not in ("at", "fact", "call"))
    return (told["fact"], *(f"{name} {_plain(value)}" for name, value in rest))


def _plain(value: object) -> object:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


PARTS: dict[str, Callable[[dict[str, Any]], Words]] = {
    "request": _request,
    "event": _event,
    "attempt": _attempt,
}
