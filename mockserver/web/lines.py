"""One line of text for each fact, for whoever watches the server at work."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from mockserver.core.facts import Fact
from mockserver.core.webhook import Delivery
from mockserver.engine.store import Store
from mockserver.web.wire import fact_json

Words = Iterable[object]


def line(fact: Fact, store: Store) -> str:
    """`12:00:04 mobtexting c7 a answer`; control characters never reach the terminal."""
    told = fact_json(fact, store.world)
    call = store.calls.get(fact.call)
    provider = call.order.provider if call else told.get("provider")
    words = (told["at"][11:19], provider, fact.call, *PARTS.get(fact.kind, _other)(told))
    text = " ".join(str(word) for word in words if word not in (None, ""))
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def record(fact: Fact, store: Store) -> str:
    """The same as a line of JSON."""
    return json.dumps({"sandbox": store.name, **fact_json(fact, store.world)})


def failure(fact: Fact) -> tuple[str, ...] | None:
    """What two failures have in common that are one to whoever reads; None for what went well."""
    if fact.kind == "error":
        return (fact.kind, repr(fact.what))
    if fact.kind != "attempt" or not isinstance(fact.what, Delivery):
        return None
    answer = fact.what.attempts[-1].answer
    if fact.what.state == "delivered":
        return None
    return (fact.kind, fact.what.webhook.url, str(answer.status or answer.error))


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
