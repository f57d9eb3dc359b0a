"""Every control route: its access, a valid request to it, and whether that changes anything."""

from typing import Any, Final, NamedTuple

OPEN: Final = "open"
GUARDED: Final = "guarded"


class RouteCase(NamedTuple):
    """A control route.

    `access` is `open` or `guarded`. `path` is the path of a valid request, if the route has
    parameters, `body` its JSON body, and `status` that of its response. `changes` tells whether
    the request changes the sandbox.
    """

    access: str
    path: str = ""
    body: Any = None
    status: int = 200
    changes: bool = False


SCENARIO: Final = {"legs": {"callee": "busy"}}
ACCOUNT: Final = "/accounts/mobtexting/mobtexting-default"

ROUTE_CASES: Final[dict[tuple[str, str], RouteCase]] = {
    ("GET", "/health"): RouteCase(OPEN),
    ("GET", "/live"): RouteCase(OPEN),
    ("GET", "/ready"): RouteCase(OPEN, status=503),
    ("GET", "/metrics"): RouteCase(GUARDED),
    ("GET", "/receive/{name}"): RouteCase(OPEN, "/receive/mine", changes=True),
    ("POST", "/receive/{name}"): RouteCase(OPEN, "/receive/mine", {"a": 1}, changes=True),
    ("PUT", "/receive/{name}"): RouteCase(OPEN, "/receive/mine", {"a": 1}, changes=True),
    ("PATCH", "/receive/{name}"): RouteCase(OPEN, "/receive/mine", {"a": 1}, changes=True),
    ("DELETE", "/receive/{name}"): RouteCase(OPEN, "/receive/mine", changes=True),
    ("OPTIONS", "/receive/{name}"): RouteCase(OPEN, "/receive/mine", changes=True),
    ("GET", "/providers"): RouteCase(GUARDED),
    ("GET", "/openapi/{name}.json"): RouteCase(GUARDED, "/openapi/mobtexting.json"),
    ("GET", "/calls"): RouteCase(GUARDED),
    ("GET", "/calls/{id}"): RouteCase(GUARDED, "/calls/c1"),
    ("GET", "/calls/{id}/timeline"): RouteCase(GUARDED, "/calls/c1/timeline"),
    ("GET", "/timeline"): RouteCase(GUARDED),
    ("POST", "/calls/{id}/events"): RouteCase(
        GUARDED, "/calls/c1/events", {"event": "hangup"}, changes=True
    ),
    ("GET", "/calls/{id}/acts"): RouteCase(GUARDED, "/calls/c1/acts"),
    ("GET", "/phones"): RouteCase(GUARDED),
    ("GET", "/requests"): RouteCase(GUARDED),
    ("GET", "/requests/{id}"): RouteCase(GUARDED, "/requests/r1"),
    ("GET", "/requests/{id}/raw"): RouteCase(GUARDED, "/requests/r1/raw"),
    ("GET", "/webhooks"): RouteCase(GUARDED),
    ("GET", "/webhooks/{id}"): RouteCase(GUARDED, "/webhooks/w1"),
    ("GET", "/webhooks/{id}/raw"): RouteCase(GUARDED, "/webhooks/w1/raw"),
    ("GET", "/inboxes"): RouteCase(GUARDED),
    ("GET", "/sandboxes/{name}"): RouteCase(GUARDED, "/sandboxes/default"),
    ("POST", "/webhooks/{id}/redeliver"): RouteCase(
        GUARDED, "/webhooks/w1/redeliver", status=202, changes=True
    ),
    ("POST", "/samples/{provider}/{operation}"): RouteCase(
        GUARDED, "/samples/mobtexting/c2c", {"to": "918867136000"}
    ),
    ("POST", "/wait"): RouteCase(
        GUARDED, body={"for": "call", "count": 9, "advance": 1, "timeout": 0}, status=408,
        changes=True,
    ),
    ("POST", "/verify"): RouteCase(GUARDED, body={"for": "call", "match": {"id": "c1"}}),
    ("GET", "/clock"): RouteCase(GUARDED),
    ("PUT", "/clock"): RouteCase(GUARDED, body={"mode": "manual"}, changes=True),
    ("POST", "/clock/advance"): RouteCase(GUARDED, body={"by": 1}, changes=True),
    ("GET", "/scenarios"): RouteCase(GUARDED),
    ("GET", "/scenarios/{name}"): RouteCase(GUARDED, "/scenarios/answered"),
    ("PUT", "/scenarios/{name}"): RouteCase(GUARDED, "/scenarios/other", SCENARIO, changes=True),
    ("DELETE", "/scenarios/{name}"): RouteCase(
        GUARDED, "/scenarios/mine", status=204, changes=True
    ),
    ("GET", "/activations"): RouteCase(GUARDED),
    ("POST", "/activations"): RouteCase(
        GUARDED, body={"scenario": "callee-busy"}, status=201, changes=True
    ),
    ("DELETE", "/activations"): RouteCase(GUARDED, status=204, changes=True),
    ("DELETE", "/activations/{id}"): RouteCase(
        GUARDED, "/activations/a1", status=204, changes=True
    ),
    ("GET", "/accounts/{provider}"): RouteCase(GUARDED, "/accounts/mobtexting"),
    ("GET", "/accounts/{provider}/{account}"): RouteCase(GUARDED, ACCOUNT),
    ("PUT", "/accounts/{provider}/{account}"): RouteCase(
        GUARDED, ACCOUNT, {"credentials": "any"}, changes=True
    ),
    ("PATCH", "/accounts/{provider}/{account}"): RouteCase(
        GUARDED, ACCOUNT, {"balance": "1"}, changes=True
    ),
    ("GET", "/journal"): RouteCase(GUARDED),
    ("GET", "/events"): RouteCase(GUARDED),
    ("POST", "/reset"): RouteCase(GUARDED, changes=True),
    ("GET", "/sandboxes"): RouteCase(GUARDED),
    ("PUT", "/sandboxes/{name}"): RouteCase(
        GUARDED, "/sandboxes/new", {"seed": "t1"}, changes=True
    ),
    ("GET", "/sandboxes/{name}/snapshots"): RouteCase(GUARDED, "/sandboxes/default/snapshots"),
    ("POST", "/sandboxes/{name}/snapshots"): RouteCase(
        GUARDED, "/sandboxes/default/snapshots", {"as": "seeded"}, status=201
    ),
    ("GET", "/inputs"): RouteCase(GUARDED),
    ("GET", "/har"): RouteCase(GUARDED),
    ("GET", "/unexpected"): RouteCase(GUARDED),
    ("GET", "/report"): RouteCase(GUARDED),
    ("DELETE", "/sandboxes/{name}"): RouteCase(GUARDED, "/sandboxes/old", status=204, changes=True),
    ("GET", "/explain/{request}"): RouteCase(GUARDED, "/explain/r1"),
    ("GET", "/inboxes/{name}"): RouteCase(GUARDED, "/inboxes/mine"),
    ("PUT", "/inboxes/{name}"): RouteCase(
        GUARDED, "/inboxes/mine", {"responses": [500]}, changes=True
    ),
    ("DELETE", "/inboxes/{name}"): RouteCase(GUARDED, "/inboxes/old", status=204, changes=True),
    ("GET", "/receivers"): RouteCase(GUARDED),
    ("PATCH", "/receivers"): RouteCase(
        GUARDED, body={"http://app.test": "localhost:4123"}, changes=True
    ),
    ("GET", "/openapi.json"): RouteCase(GUARDED),
    ("GET", "/docs"): RouteCase(GUARDED),
    ("GET", "/ca.pem"): RouteCase(OPEN, status=404),
    ("GET", "/trust.p12"): RouteCase(OPEN, status=404),
    ("GET", "/proxy.pac"): RouteCase(OPEN, status=404),
}  # fmt: skip
"""Each route with GET has HEAD too, with the same access.

What clients of `--https` need is 404 on a server without that option. Where a test has started no
sandbox, the server is not ready.
"""

STREAM: Final = ("GET", "/events")
"""The event stream never ends by itself, so that a test must disconnect from it."""


def request_path(route: tuple[str, str]) -> str:
    """Return the path of a valid request to the route."""
    return f"/_mock{ROUTE_CASES[route].path or route[1]}"


def request_content(route: tuple[str, str]) -> dict[str, Any]:
    body = ROUTE_CASES[route].body
    return {} if body is None else {"json": body}
