"""The one table of what a client can ask; both clients are made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from mockserver.client import values
from mockserver.client.values import Advanced, Call, Explained, Request, Webhook

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """A control request: `path` below `/_mock`; `read` makes its answer a value."""

    method: str
    path: str
    read: Callable[[Any], T]
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)


def calls(filters: Mapping[str, Any]) -> Ask[list[Call]]:
    return Ask("GET", "/calls", _listed("calls", values.call), query=_texts(filters))


def call(name: str) -> Ask[Call]:
    return Ask("GET", f"/calls/{quote(name)}", values.call)


def event(call: str, verb: str, told: Mapping[str, Any]) -> Ask[Call]:
    body = {"event": verb, **told}
    return Ask("POST", f"/calls/{quote(call)}/events", values.call, body)


def requests(filters: Mapping[str, Any]) -> Ask[list[Request]]:
    return Ask("GET", "/requests", _listed("requests", values.request), query=_texts(filters))


def dropped() -> Ask[int]:
    """How many requests have left the journal."""
    return Ask("GET", "/requests", lambda told: int(told["dropped"]), query={"limit": "0"})


def webhooks(filters: Mapping[str, Any]) -> Ask[list[Webhook]]:
    return Ask("GET", "/webhooks", _listed("webhooks", values.webhook), query=_texts(filters))


def redeliver(webhook: str) -> Ask[Webhook]:
    return Ask("POST", f"/webhooks/{quote(webhook)}/redeliver", values.webhook)


READERS: Mapping[str, Callable[[Any], Any]] = {
    "call": values.call,
    "request": values.request,
    "webhook": values.webhook,
}


def wait(kind: str, match: Mapping[str, Any], how: Mapping[str, Any]) -> Ask[list[Any]]:
    """`how` may have count, timeout in real seconds, and advance."""
    body = {"for": kind, "match": dict(match), **how}
    return Ask("POST", "/wait", _listed(f"{kind}s", READERS[kind]), body)


def advance(told: Mapping[str, Any]) -> Ask[Advanced]:
    return Ask("POST", "/clock/advance", values.advanced, dict(told))


def clock() -> Ask[Mapping[str, Any]]:
    return Ask("GET", "/clock", dict)


def use(scenario: str, times: int | None, match: Mapping[str, Any]) -> Ask[Mapping[str, Any]]:
    told = {"scenario": scenario, "times": times, "match": dict(match)}
    body = {name: value for name, value in told.items() if value}
    return Ask("POST", "/activations", dict, body)


def scenario(name: str, body: Any) -> Ask[Mapping[str, Any]]:
    return Ask("PUT", f"/scenarios/{quote(name)}", dict, body)


def accounts(provider: str) -> Ask[Mapping[str, Any]]:
    return Ask("GET", f"/accounts/{quote(provider)}", lambda told: dict(told["accounts"]))


def account(provider: str, name: str, patch: Any) -> Ask[Mapping[str, Any]]:
    return Ask("PATCH", f"/accounts/{quote(provider)}/{quote(name)}", dict, patch)


def inbox(name: str) -> Ask[list[Mapping[str, Any]]]:
    return Ask("GET", f"/inboxes/{quote(name)}", lambda told: list(told["received"]))


def program(name: str, answers: list[int], delay: float) -> Ask[Mapping[str, Any]]:
    return Ask("PUT", f"/inboxes/{quote(name)}", dict, {"answers": answers, "delay": delay})


def explain(request: str) -> Ask[Explained]:
    return Ask("GET", f"/explain/{quote(request)}", values.explained)


def journal() -> Ask[list[Mapping[str, Any]]]:
    return Ask("GET", "/journal", lambda told: list(told["facts"]))


def timeline() -> Ask[str]:
    return Ask("GET", "/timeline", str)


def reset() -> Ask[None]:
    return Ask("POST", "/reset", _nothing)


def open_sandbox(name: str, told: Mapping[str, Any]) -> Ask[Mapping[str, Any]]:
    return Ask("PUT", f"/sandboxes/{quote(name)}", dict, dict(told))


def close_sandbox(name: str) -> Ask[None]:
    return Ask("DELETE", f"/sandboxes/{quote(name)}", _nothing)


def _listed(key: str, read: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    return lambda told: [read(one) for one in told[key]]


def _texts(filters: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in filters.items() if value is not None}


def _nothing(_: Any) -> None:
    return None
