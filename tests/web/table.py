"""Every control route with its guard, how to ask it in earnest, whether that changes a thing."""

from typing import Any, Final, NamedTuple

OPEN: Final = "open"
GUARDED: Final = "guarded"


class Line(NamedTuple):
    """`asked` is the path in earnest where the route has parameters; `status` what it then gets.

    `changes` says whether the sandbox is another one afterwards.
    """

    guard: str
    asked: str = ""
    body: Any = None
    status: int = 200
    changes: bool = False


SCENARIO: Final = {"legs": {"callee": "busy"}}
ACCOUNT: Final = "/accounts/mobtexting/mobtexting-default"

TABLE: Final[dict[tuple[str, str], Line]] = {
    ("GET", "/health"): Line(OPEN),
    ("GET", "/inbox/{name}"): Line(OPEN, "/inbox/mine", changes=True),
    ("POST", "/inbox/{name}"): Line(OPEN, "/inbox/mine", {"a": 1}, changes=True),
    ("PUT", "/inbox/{name}"): Line(OPEN, "/inbox/mine", {"a": 1}, changes=True),
    ("PATCH", "/inbox/{name}"): Line(OPEN, "/inbox/mine", {"a": 1}, changes=True),
    ("DELETE", "/inbox/{name}"): Line(OPEN, "/inbox/mine", changes=True),
    ("OPTIONS", "/inbox/{name}"): Line(OPEN, "/inbox/mine", changes=True),
    ("GET", "/providers"): Line(GUARDED),
    ("GET", "/openapi/{name}.json"): Line(GUARDED, "/openapi/mobtexting.json"),
    ("GET", "/calls"): Line(GUARDED),
    ("GET", "/calls/{id}"): Line(GUARDED, "/calls/c1"),
    ("GET", "/calls/{id}/timeline"): Line(GUARDED, "/calls/c1/timeline"),
    ("GET", "/timeline"): Line(GUARDED),
    ("POST", "/calls/{id}/events"): Line(
        GUARDED, "/calls/c1/events", {"event": "hangup"}, changes=True
    ),
    ("GET", "/requests"): Line(GUARDED),
    ("GET", "/webhooks"): Line(GUARDED),
    ("POST", "/webhooks/{id}/redeliver"): Line(
        GUARDED, "/webhooks/w1/redeliver", status=202, changes=True
    ),
    ("POST", "/wait"): Line(
        GUARDED, body={"for": "call", "count": 9, "advance": 1, "timeout": 0}, status=408,
        changes=True,
    ),
    ("GET", "/clock"): Line(GUARDED),
    ("PUT", "/clock"): Line(GUARDED, body={"mode": "manual"}, changes=True),
    ("POST", "/clock/advance"): Line(GUARDED, body={"by": 1}, changes=True),
    ("GET", "/scenarios"): Line(GUARDED),
    ("PUT", "/scenarios/{name}"): Line(GUARDED, "/scenarios/other", SCENARIO, changes=True),
    ("DELETE", "/scenarios/{name}"): Line(GUARDED, "/scenarios/mine", status=204, changes=True),
    ("GET", "/activations"): Line(GUARDED),
    ("POST", "/activations"): Line(
        GUARDED, body={"scenario": "callee-busy"}, status=201, changes=True
    ),
    ("DELETE", "/activations"): Line(GUARDED, status=204, changes=True),
    ("GET", "/accounts/{provider}"): Line(GUARDED, "/accounts/mobtexting"),
    ("GET", "/accounts/{provider}/{account}"): Line(GUARDED, ACCOUNT),
    ("PUT", "/accounts/{provider}/{account}"): Line(
        GUARDED, ACCOUNT, {"credentials": "any"}, changes=True
    ),
    ("PATCH", "/accounts/{provider}/{account}"): Line(
        GUARDED, ACCOUNT, {"balance": "1"}, changes=True
    ),
    ("GET", "/journal"): Line(GUARDED),
    ("GET", "/events"): Line(GUARDED),
    ("POST", "/reset"): Line(GUARDED, changes=True),
    ("GET", "/sandboxes"): Line(GUARDED),
    ("PUT", "/sandboxes/{name}"): Line(GUARDED, "/sandboxes/new", {"seed": "t1"}, changes=True),
    ("DELETE", "/sandboxes/{name}"): Line(GUARDED, "/sandboxes/old", status=204, changes=True),
    ("GET", "/explain/{request}"): Line(GUARDED, "/explain/r1"),
    ("GET", "/inboxes/{name}"): Line(GUARDED, "/inboxes/mine"),
    ("PUT", "/inboxes/{name}"): Line(GUARDED, "/inboxes/mine", {"answers": [500]}, changes=True),
    ("DELETE", "/inboxes/{name}"): Line(GUARDED, "/inboxes/old", status=204, changes=True),
    ("GET", "/openapi.json"): Line(GUARDED),
    ("GET", "/docs"): Line(GUARDED),
}  # fmt: skip
"""HEAD is wherever GET is, and has the same guard."""

STREAM: Final = ("GET", "/events")
"""Never ends by itself: whoever asks it in earnest drives it by hand."""


def asked(route: tuple[str, str]) -> str:
    """The path by which a route is asked in earnest."""
    return f"/_mock{TABLE[route].asked or route[1]}"


def content(route: tuple[str, str]) -> dict[str, Any]:
    body = TABLE[route].body
    return {} if body is None else {"json": body}
