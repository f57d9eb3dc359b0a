"""One line of text for each fact, for whoever watches the server at work."""

from collections.abc import Callable
from typing import Any

from mockserver.core.facts import Fact
from mockserver.web.wire import fact_json


def line(fact: Fact, salt: str) -> str:
    """`12:00:04 mobtexting c7 a answer`; control characters never reach the terminal."""
    told = fact_json(fact, salt)
    words = (told["at"][11:19], *PARTS.get(fact.kind, _other)(told))
    text = " ".join(str(word) for word in words if word not in (None, ""))
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _request(told: dict[str, Any]) -> tuple[object, ...]:
    asked = (told["provider"], told["id"], told["method"], told["path"], "->", told["status"])
    return (*asked, told["fault"], told["call"])


def _event(told: dict[str, Any]) -> tuple[object, ...]:
    return (told["call"], told["leg"], told["event"], *_rest(told))


def _attempt(told: dict[str, Any]) -> tuple[object, ...]:
    went = told["status"] or told["error"]
    return (told["call"], told["webhook"], told["kind"], "->", told["url"], went, told["state"])


def _other(told: dict[str, Any]) -> tuple[object, ...]:
    rest = {name: value for name, value in told.items() if name not in ("at", "fact", "call")}
    return (told["call"], told["fact"], *(f"{name}={value}" for name, value in rest.items()))


def _rest(told: dict[str, Any]) -> tuple[object, ...]:
    known = ("at", "fact", "call", "leg", "event", "q850")
    return tuple(value for name, value in told.items() if name not in known)


PARTS: dict[str, Callable[[dict[str, Any]], tuple[object, ...]]] = {
    "request": _request,
    "event": _event,
    "attempt": _attempt,
}
