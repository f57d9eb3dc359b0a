"""Section 3 of the contract: the routes of the control API, what each takes, what is not there."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from mockserver.core.configuration import Configuration
from mockserver.web.control import recordings
from mockserver.web.control.app import QUERY_PARAMETERS, build_routes
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.site import read_problem

PAGE: Final = ("limit", "after", "before", "order")
LIST: Final = ("ids", "q", "fields", *PAGE)
ANY_METHOD: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROUTES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "/health": (("GET",), ()),
    "/live": (("GET",), ()),
    "/ready": (("GET",), ()),
    "/metrics": (("GET",), ()),
    "/providers": (("GET",), ()),
    "/openapi/{name}.json": (("GET",), ()),
    "/calls": (("GET",), ("provider", "state", "outcome", "vendor_id", *LIST)),
    "/calls/{id}": (("GET",), ()),
    "/calls/{id}/events": (("POST",), ()),
    "/calls/{id}/acts": (("GET",), ()),
    "/phones": (("GET",), ()),
    "/requests": (("GET",), ("provider", "operation", "status", "call", *LIST)),
    "/webhooks": (("GET",), ("provider", "call", "state", "kind", *LIST)),
    "/requests/{id}": (("GET",), ()),
    "/requests/{id}/raw": (("GET",), ()),
    "/webhooks/{id}": (("GET",), ()),
    "/webhooks/{id}/raw": (("GET",), ()),
    "/webhooks/{id}/redeliver": (("POST",), ()),
    "/timeline": (("GET",), ("format",)),
    "/calls/{id}/timeline": (("GET",), ("format",)),
    "/samples/{provider}/{operation}": (("POST",), ()),
    "/wait": (("POST",), ()),
    "/verify": (("POST",), ()),
    "/clock": (("GET", "PUT"), ()),
    "/clock/advance": (("POST",), ()),
    "/scenarios": (("GET",), ()),
    "/scenarios/{name}": (("GET", "PUT", "DELETE"), ()),
    "/activations": (("GET", "POST", "DELETE"), ()),
    "/activations/{id}": (("DELETE",), ()),
    "/accounts/{provider}": (("GET",), ()),
    "/accounts/{provider}/{account}": (("GET", "PUT", "PATCH"), ()),
    "/journal": (("GET",), ("format", *PAGE)),
    "/events": (("GET",), ("view", "call")),
    "/reset": (("POST",), ()),
    "/sandboxes": (("GET",), ()),
    "/sandboxes/{name}": (("GET", "PUT", "DELETE"), ()),
    "/sandboxes/{name}/snapshots": (("GET", "POST"), ()),
    "/inputs": (("GET",), ()),
    "/har": (("GET",), ()),
    "/unexpected": (("GET",), ()),
    "/report": (("GET",), ()),
    "/explain/{request}": (("GET",), ()),
    "/receive/{name}": (ANY_METHOD, ()),
    "/inboxes": (("GET",), ()),
    "/inboxes/{name}": (("GET", "DELETE", "PUT"), ()),
    "/receivers": (("GET", "PATCH"), ()),
    "/openapi.json": (("GET",), ()),
    "/docs": (("GET",), ()),
    "/ca.pem": (("GET",), ()),
    "/trust.p12": (("GET",), ()),
    "/proxy.pac": (("GET",), ()),
}
"""Path below `/_mock` -> (methods, query parameters).

Not in the contract: the filter `vendor_id`, samples, GET of one scenario, of a sandbox, of the
acts of a call and of what is raw, `format` of the journal, `/receivers`, `/unexpected`, the probes
and the metrics.
"""

ROUTES_NOT_YET: Final[Mapping[str, int]] = {}
"""Route with an example of its path -> the issue that brings it."""

BODIES: Final[tuple[tuple[str, Any, int], ...]] = (
    ("POST /calls/c1/events", {"event": "answer", "leg": "callee"}, 200),
    ("POST /calls/c1/events", {"event": "press", "leg": "a", "digits": "1"}, 200),
    ("POST /calls/c1/events", {"event": "say", "leg": "from", "words": "yes"}, 200),
    ("POST /calls/c1/events", {"event": "hangup", "leg": "b", "cause": "busy"}, 200),
    ("POST /calls/c1/events", {"event": "press", "leg": "b", "digits": "1"}, 409),
    ("POST /calls/c9/events", {"event": "answer", "leg": "a"}, 404),
    ("POST /webhooks/w1/redeliver", None, 202),
    ("PUT /clock", {"mode": "manual"}, 200),
    ("PUT /clock", {"mode": "real"}, 200),
    ("PUT /clock", {"mode": "60x"}, 200),
    ("PUT /clock", {"mode": "instant"}, 200),
    ("POST /clock/advance", {"by": 60}, 200),
    ("POST /clock/advance", {"by": "90s"}, 200),
    ("POST /clock/advance", {"by": "1m30s"}, 200),
    ("POST /clock/advance", {"by": "2h"}, 200),
    ("POST /clock/advance", {"to": "2026-01-01T12:00:00Z"}, 200),
    ("POST /clock/advance", {"until": "idle"}, 200),
    ("POST /clock/advance", {"until": "next"}, 200),
    ("POST /clock/advance", {"until": "empty"}, 200),
    ("POST /wait", {"for": "call", "match": {"id": "c1"}, "count": 1}, 200),
    ("POST /wait", {"for": "request", "match": {"calls": "c1"}, "timeout": 5}, 200),
    ("POST /wait", {"for": "webhook", "match": {"state": "deliv*"}, "advance": "2h"}, 200),
    ("POST /wait", {"for": "webhook", "match": {"body.billing": "7"}, "timeout": 0}, 408),
    ("POST /verify", {"for": "webhook", "times": {"exactly": 1}}, 200),
    ("POST /verify", {"for": "call", "order": [{"id": "c1"}, {"id": "c2"}]}, 200),
    ("POST /verify", {"for": "call", "order": [{"id": "c2"}, {"id": "c1"}]}, 417),
    ("POST /verify", {"for": "webhook", "match": {"body.billing": "7"}}, 417),
    ("PUT /scenarios/mine", {"legs": {"callee": "busy"}}, 200),
    ("PUT /scenarios/mine", {"legs": {"callee": "bsy"}}, 422),
    (
        "POST /activations",
        {"scenario": "callee-busy", "match": {"provider": "mobtexting"}, "times": 1},
        201,
    ),
    ("DELETE /activations", None, 204),
    ("PUT /accounts/mobtexting/mine", {"credentials": ["key-1"]}, 200),
    ("PATCH /accounts/mobtexting/mobtexting-default", {"balance": "12.50"}, 200),
    ("POST /reset", None, 200),
    (
        "PUT /sandboxes/t1",
        {
            "clock": "manual",
            "seed": "t1",
            "start_at": "2026-01-01T09:00:00Z",
            "credentials": {"effebot": ["key-1"]},
        },
        200,
    ),
    ("POST /sandboxes/default/snapshots", {"as": "seeded"}, 201),
    ("PUT /sandboxes/t1", {"from": "default"}, 200),
    ("PUT /sandboxes/t1", {"from": "default", "until": "r1"}, 200),
    ("PUT /sandboxes/t1", {"from": "default", "snapshot": "seeded"}, 404),
    ("PUT /inboxes/mine", {"responses": [500, 500, 200], "delay": 0}, 200),
    ("DELETE /inboxes/mine", None, 204),
    ("PATCH /receivers", {"http://app.test": "localhost:4123", "http://old.test": None}, 200),
)
"""(route with an example of its path, body, status of the response)."""

BODIES_NOT_YET: Final[tuple[tuple[str, Any, int], ...]] = (
    ("GET /activations?limit=1", None, 24),
    ("GET /scenarios?limit=1", None, 24),
    ("GET /sandboxes?limit=1", None, 24),
)
"""(route with an example of its path, body, the issue that brings it)."""


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """A site with a webhook that was delivered, and the call `c1`, whose leg b rings."""
    site = build_edge_site(configuration)
    site.click_to_call("waits-for-a-person")
    site.click_to_call()
    site.advance()
    return site


def send(edge: EdgeSite, route: str, body: Any = None) -> Any:
    method, _, path = route.partition(" ")
    return edge.request(method, f"/_mock{path}", **({} if body is None else {"json": body}))


def test_the_routes_are_those_of_the_table() -> None:
    existing = {(method, route.path) for route in build_routes() for method in route.methods or ()}
    table = {(method, path) for path, (methods, _) in ROUTES.items() for method in methods}
    assert {route for route in existing if route[0] != "HEAD"} == table


def test_the_query_parameters_are_those_of_the_table() -> None:
    assert {path: names for path, (_, names) in ROUTES.items() if names} == QUERY_PARAMETERS


def test_a_recording_is_below_media() -> None:
    assert [route.path for route in recordings.ROUTES] == ["/{sandbox}/{token}.wav"]


@pytest.mark.parametrize(("route", "body", "status"), BODIES)
def test_a_body_of_the_table_is_answered_with_its_status(
    edge: EdgeSite, route: str, body: Any, status: int
) -> None:
    response = send(edge, route, body)
    assert response.status_code == status, response.text
    if status >= 400:
        assert read_problem(response)[0] == status


@pytest.mark.parametrize("route", ROUTES_NOT_YET)
def test_a_route_of_a_later_issue_is_not_found(edge: EdgeSite, route: str) -> None:
    assert read_problem(send(edge, route))[:2] == (404, "unknown-route")


@pytest.mark.parametrize(("route", "body", "issue"), BODIES_NOT_YET)
def test_a_body_or_query_of_a_later_issue_is_refused(
    edge: EdgeSite, route: str, body: Any, issue: int
) -> None:
    assert (send(edge, route, body).status_code, issue) == (422, issue)


def test_a_filter_of_a_list_selects_and_an_unknown_one_is_refused(edge: EdgeSite) -> None:
    calls = [call["id"] for call in edge.get_json("/_mock/calls?state=ended")["calls"]]
    assert calls == ["c2"]
    detail = read_problem(send(edge, "GET /calls?stat=ended"))[2]
    assert detail == "/_mock/calls takes no query parameter 'stat': did you mean 'state'?"


def test_lists_are_oldest_first_and_take_limit_and_after(edge: EdgeSite) -> None:
    pages = ("", "?limit=1", "?after=c1", "?after=c2")
    listed = [edge.get_json(f"/_mock/calls{page}")["calls"] for page in pages]
    assert [[call["id"] for call in calls] for calls in listed] == [
        ["c1", "c2"],
        ["c1"],
        ["c2"],
        [],
    ]


def test_a_programmed_inbox_answers_in_turn_and_then_200(edge: EdgeSite) -> None:
    send(edge, "PUT /inboxes/mine", {"responses": [500, 500, 200], "delay": 0})
    statuses = [send(edge, "POST /receive/mine", {}).status_code for _ in range(4)]
    assert statuses == [500, 500, 200, 200]


def test_a_merge_patch_flips_one_agent(edge: EdgeSite) -> None:
    available, offline = {"state": "available"}, {"state": "offline"}
    agents = {"ann@acme.test": available, "bob@acme.test": available}
    send(edge, "PUT /accounts/ccai/acme", {"agents": agents})
    patched = send(edge, "PATCH /accounts/ccai/acme", {"agents": {"bob@acme.test": offline}})
    assert patched.json()["agents"] == {**agents, "bob@acme.test": offline}


def test_an_activation_plays_for_the_next_matching_request_only(edge: EdgeSite) -> None:
    body = {"scenario": "callee-busy", "match": {"provider": "mobtexting"}, "times": 1}
    send(edge, "POST /activations", body)
    for _ in range(2):
        edge.click_to_call()
    edge.advance()
    outcomes = [call["outcome"] for call in edge.get_json("/_mock/calls?after=c2")["calls"]]
    assert outcomes == ["busy", "completed"]


@pytest.mark.parametrize("path", ["/timeline", "/calls/c1/timeline"])
def test_a_timeline_is_lines_or_a_diagram(edge: EdgeSite, path: str) -> None:
    texts = [send(edge, f"GET {path}?format={name}").text for name in ("text", "mermaid")]
    assert [text.startswith("sequenceDiagram") for text in texts] == [False, True]


def test_a_reset_sends_nothing_that_was_scheduled_before_it(edge: EdgeSite) -> None:
    edge.click_to_call()
    sent = len(edge.dispatcher.deliveries)
    send(edge, "POST /reset")
    edge.advance(by="2h")
    assert (edge.get_json("/_mock/calls")["calls"], len(edge.dispatcher.deliveries)) == ([], sent)
