"""The operations of the control API, shared by both clients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from mock_calls import parsing
from mock_calls.models import (
    AdvanceResult,
    Call,
    Explanation,
    ReceivedRequest,
    ReceiverReport,
    Request,
    Webhook,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """A request to the control API.

    `path` is below `/_mock`, `body` is sent as JSON, and `parse` makes a value of the response.
    """

    method: str
    path: str
    parse: Callable[[Any], T]
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)


def calls(filters: Mapping[str, Any]) -> Operation[list[Call]]:
    return Operation(
        "GET", "/calls", _parse_list("calls", parsing.parse_call), query=_query_texts(filters)
    )


def call(name: str) -> Operation[Call]:
    return Operation("GET", f"/calls/{quote(name)}", parsing.parse_call)


def event(call: str, event_type: str, arguments: Mapping[str, Any]) -> Operation[Call]:
    body = {"event": event_type, **arguments}
    return Operation("POST", f"/calls/{quote(call)}/events", parsing.parse_call, body)


def requests(filters: Mapping[str, Any]) -> Operation[list[Request]]:
    return Operation(
        "GET",
        "/requests",
        _parse_list("requests", parsing.parse_request),
        query=_query_texts(filters),
    )


def count_evicted_requests() -> Operation[int]:
    """Count the requests that left the journal."""
    return Operation("GET", "/requests", lambda body: int(body["evicted"]), query={"limit": "0"})


def webhooks(filters: Mapping[str, Any]) -> Operation[list[Webhook]]:
    return Operation(
        "GET",
        "/webhooks",
        _parse_list("webhooks", parsing.parse_webhook),
        query=_query_texts(filters),
    )


def redeliver(webhook: str) -> Operation[Webhook]:
    return Operation("POST", f"/webhooks/{quote(webhook)}/redeliver", parsing.parse_webhook)


PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "call": parsing.parse_call,
    "request": parsing.parse_request,
    "webhook": parsing.parse_webhook,
}


def wait(kind: str, match: Mapping[str, Any], options: Mapping[str, Any]) -> Operation[list[Any]]:
    """Wait for matches; options are `count`, `timeout` (in real seconds) and `advance`."""
    body = {"for": kind, "match": dict(match), **options}
    return Operation("POST", "/wait", _parse_list(f"{kind}s", PARSERS.get(kind, dict)), body)


def advance(body: Mapping[str, Any]) -> Operation[AdvanceResult]:
    return Operation("POST", "/clock/advance", parsing.parse_advance_result, dict(body))


def clock() -> Operation[Mapping[str, Any]]:
    return Operation("GET", "/clock", dict)


def use(scenario: str, times: int | None, match: Mapping[str, Any]) -> Operation[Mapping[str, Any]]:
    fields = {"scenario": scenario, "times": times, "match": dict(match)}
    body = {name: value for name, value in fields.items() if value}
    return Operation("POST", "/activations", dict, body)


def scenario(name: str, body: Any) -> Operation[Mapping[str, Any]]:
    return Operation("PUT", f"/scenarios/{quote(name)}", dict, body)


def accounts(provider: str) -> Operation[Mapping[str, Any]]:
    return Operation("GET", f"/accounts/{quote(provider)}", lambda body: dict(body["accounts"]))


def account(provider: str, name: str, patch: Any) -> Operation[Mapping[str, Any]]:
    return Operation("PATCH", f"/accounts/{quote(provider)}/{quote(name)}", dict, patch)


def inbox(name: str) -> Operation[list[ReceivedRequest]]:
    parse = _parse_list("received", parsing.parse_received_request)
    return Operation("GET", f"/inboxes/{quote(name)}", parse)


def program(name: str, statuses: list[int], delay: float) -> Operation[Mapping[str, Any]]:
    return Operation(
        "PUT", f"/inboxes/{quote(name)}", dict, {"responses": statuses, "delay": delay}
    )


def change_receivers(addresses: Mapping[str, str | None]) -> Operation[Mapping[str, Any]]:
    """Map origins to addresses; None ends that."""
    return Operation("PATCH", "/receivers", dict, dict(addresses))


def explain(request: str) -> Operation[Explanation]:
    return Operation("GET", f"/explain/{quote(request)}", parsing.parse_explanation)


def journal() -> Operation[list[Mapping[str, Any]]]:
    return Operation("GET", "/journal", lambda body: list(body["entries"]))


def timeline(form: str = "text") -> Operation[str]:
    """The timeline as `text`, or as a diagram: `mermaid`."""
    return Operation("GET", "/timeline", str, query={"format": form})


def inputs() -> Operation[str]:
    """The log of inputs, as `mockserver replay` plays it."""
    return Operation("GET", "/inputs", str)


def archive() -> Operation[Mapping[str, Any]]:
    """Requests and webhooks as HAR 1.2."""
    return Operation("GET", "/har", dict)


def unexpected() -> Operation[list[Mapping[str, Any]]]:
    """What a strict test fails for."""
    return Operation("GET", "/unexpected", lambda body: list(body["unexpected"]))


def report() -> Operation[list[ReceiverReport]]:
    return Operation("GET", "/report", _parse_list("receivers", parsing.parse_receiver_report))


def activations() -> Operation[list[Mapping[str, Any]]]:
    return Operation("GET", "/activations", lambda body: list(body["activations"]))


def vendor_hosts() -> Operation[tuple[str, ...]]:
    """The vendors' own hosts, in which `*` matches any text."""
    return Operation("GET", "/providers", _parse_hosts)


def authority() -> Operation[bytes]:
    """The authority of a server with `--https`, in PEM format."""
    return Operation("GET", "/ca.pem", str.encode)


def trust_store() -> Operation[bytes]:
    """The trust store for Java of a server with `--https`."""
    return Operation("GET", "/trust.p12", bytes)


def reset() -> Operation[None]:
    return Operation("POST", "/reset", _ignore_body)


def open_sandbox(name: str, options: Mapping[str, Any]) -> Operation[Mapping[str, Any]]:
    return Operation("PUT", f"/sandboxes/{quote(name)}", dict, dict(options))


def take_snapshot(sandbox: str, name: str) -> Operation[Mapping[str, Any]]:
    return Operation("POST", f"/sandboxes/{quote(sandbox)}/snapshots", dict, {"as": name})


def close_sandbox(name: str) -> Operation[None]:
    return Operation("DELETE", f"/sandboxes/{quote(name)}", _ignore_body)


def _parse_list(key: str, parse: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    return lambda body: [parse(item) for item in body[key]]


def _query_texts(filters: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in filters.items() if value is not None}


def _parse_hosts(body: Any) -> tuple[str, ...]:
    return tuple(host for provider in body["providers"] for host in provider["hosts"])


def _ignore_body(_: Any) -> None:
    return None
