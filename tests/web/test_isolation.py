"""Sandboxes do not see each other, even with the same credential, number and scenario."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from tests.support import read
from tests.support.control_routes import ROUTE_CASES, STREAM, request_path
from tests.support.edge_site import EdgeSite, build_edge_site, build_looping_site
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS

NAMES = ("default", "t1", "t2")
KEYS = {"default": "key-0", "t1": "key-1", "t2": "key-2"}
PlaceCall = Callable[[EdgeSite, str], httpx.Response]


def prefix(name: str) -> str:
    return "" if name == "default" else f"/_sandbox/{name}"


def by_prefix(edge: EdgeSite, name: str) -> httpx.Response:
    return edge.request(
        "POST", f"{prefix(name)}{CLICK_TO_CALL_PATH}", json=dict(CLICK_TO_CALL), headers=HEADERS
    )


def by_prefix_and_provider(edge: EdgeSite, name: str) -> httpx.Response:
    path = f"{prefix(name)}/mobtexting/portal.mobtexting.com{CLICK_TO_CALL_PATH}"
    return edge.request("POST", path, json=dict(CLICK_TO_CALL), headers=HEADERS)


def by_header(edge: EdgeSite, name: str) -> httpx.Response:
    headers = {**HEADERS, "x-mock-sandbox": name}
    return edge.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)


def by_bearer(edge: EdgeSite, name: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {KEYS[name]}"}
    return edge.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)


def by_field(edge: EdgeSite, name: str) -> httpx.Response:
    return edge.request(
        "POST", CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, "access_token": KEYS[name]}
    )


def by_query(edge: EdgeSite, name: str) -> httpx.Response:
    return edge.request(
        "POST", f"{CLICK_TO_CALL_PATH}?access_token={KEYS[name]}", json=dict(CLICK_TO_CALL)
    )


def by_form(edge: EdgeSite, name: str) -> httpx.Response:
    return edge.request(
        "POST", CLICK_TO_CALL_PATH, data={**CLICK_TO_CALL, "access_token": KEYS[name]}
    )


SELECTORS: tuple[PlaceCall, ...] = (
    by_prefix,
    by_prefix_and_provider,
    by_header,
    by_bearer,
    by_field,
    by_query,
    by_form,
)


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """A site with the default sandbox and two others, each with a claimed credential."""
    edge = build_looping_site(configuration)
    for name in NAMES[1:]:
        body = {"seed": "seed", "credentials": {"mobtexting": [KEYS[name]]}}
        assert edge.request("PUT", f"/_mock/sandboxes/{name}", json=body).status_code == 200
    return edge


def read_sandbox(edge: EdgeSite, name: str) -> dict[str, Any]:
    """Return everything that the control API shows of a sandbox."""
    routes = [
        route for route in ROUTE_CASES if route[0] == "GET" and route[1].startswith(SHOWN_ROUTES)
    ]
    paths = [
        request_path(route) for route in routes if "explain" not in route[1] and route != STREAM
    ]
    responses = {path: edge.request("GET", f"{prefix(name)}{path}") for path in paths}
    return {path: (response.status_code, response.text) for path, response in responses.items()}


SHOWN_ROUTES = (
    "/calls", "/requests", "/webhooks", "/clock", "/scenarios", "/activations", "/accounts",
    "/journal", "/inboxes",
)  # fmt: skip


@pytest.mark.parametrize("place_call", SELECTORS)
@pytest.mark.parametrize("name", NAMES)
def test_a_vendor_request_changes_one_sandbox_only(
    edge: EdgeSite, place_call: PlaceCall, name: str
) -> None:
    others = {other: read_sandbox(edge, other) for other in NAMES if other != name}
    before = read_sandbox(edge, name)
    assert place_call(edge, name).status_code == 200
    edge.advance(prefix(name))
    assert {other: read_sandbox(edge, other) for other in others} == others
    assert read_sandbox(edge, name) != before
    assert len(edge.get_json(f"{prefix(name)}/_mock/inboxes/mobtexting")["received"]) == 1


CHANGES: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("POST", "/calls/c1/events", {"event": "hangup", "leg": "a"}),
    ("PUT", "/clock", {"mode": "instant"}),
    ("POST", "/clock/advance", {"by": "1h"}),
    ("POST", "/wait", {"for": "call", "count": 9, "timeout": 0, "advance": "1h"}),
    ("PUT", "/scenarios/answered", {"legs": {"callee": "busy"}}),
    ("POST", "/activations", {"scenario": "callee-busy"}),
    ("PUT", "/accounts/mobtexting/mobtexting-default", {"balance": "0"}),
    ("PATCH", "/accounts/mobtexting/mobtexting-default", {"balance": "0"}),
    ("POST", "/reset", {}),
    ("POST", "/receive/mine", {"a": 1}),
    ("POST", "/webhooks/w1/redeliver", {}),
)


@pytest.mark.parametrize(("method", "path", "body"), CHANGES, ids=lambda value: str(value)[:30])
@pytest.mark.parametrize("name", NAMES)
def test_a_control_request_changes_one_sandbox_only(
    edge: EdgeSite, name: str, method: str, path: str, body: Mapping[str, Any]
) -> None:
    for sandbox in NAMES:
        edge.click_to_call("doubled-report", path=f"{prefix(sandbox)}{CLICK_TO_CALL_PATH}")
        edge.advance(prefix(sandbox))
        edge.click_to_call("waits-for-a-person", path=f"{prefix(sandbox)}{CLICK_TO_CALL_PATH}")
        edge.advance(prefix(sandbox))
    second_call = path.replace("c1", "c2")
    others = {other: read_sandbox(edge, other) for other in NAMES if other != name}
    before = read_sandbox(edge, name)
    response = edge.request(method, f"{prefix(name)}/_mock{second_call}", json=body)
    assert response.status_code in (200, 201, 202, 408), response.text
    edge.advance(prefix(name))
    assert {other: read_sandbox(edge, other) for other in others} == others
    assert read_sandbox(edge, name) != before


def test_programmed_inbox_responses_apply_to_one_sandbox_only(edge: EdgeSite) -> None:
    path = "/_mock/inboxes/mobtexting"
    edge.request("PUT", f"/_sandbox/t1{path}", json={"responses": [500]})
    for name in NAMES:
        by_prefix(edge, name)
        edge.advance(prefix(name))
    states = [
        edge.get_json(f"{prefix(name)}/_mock/webhooks")["webhooks"][0]["state"] for name in NAMES
    ]
    assert states == ["delivered", "failed", "delivered"]


@pytest.mark.parametrize(
    ("path", "headers", "name"),
    [
        (f"/_sandbox/t1{CLICK_TO_CALL_PATH}", {"x-mock-sandbox": "t2"}, "t1"),
        (f"/_sandbox/t1{CLICK_TO_CALL_PATH}", {"authorization": "Bearer key-2"}, "t1"),
        (f"/_sandbox/default{CLICK_TO_CALL_PATH}", {"authorization": "Bearer key-2"}, "default"),
        (CLICK_TO_CALL_PATH, {"x-mock-sandbox": "t1", "authorization": "Bearer key-2"}, "t1"),
        (
            CLICK_TO_CALL_PATH,
            {"x-mock-sandbox": "default", "authorization": "Bearer key-2"},
            "default",
        ),
        (CLICK_TO_CALL_PATH, {"x-mock-sandbox": "", "authorization": "Bearer key-2"}, "t2"),
        (CLICK_TO_CALL_PATH, {"authorization": "Bearer key-3"}, "default"),
        (CLICK_TO_CALL_PATH, {"authorization": "Bearer KEY-1"}, "default"),
        (f"{CLICK_TO_CALL_PATH}?access_token=key-2", {"authorization": "Bearer key-1"}, "t1"),
        (f"/mobtexting{CLICK_TO_CALL_PATH}", {"authorization": "Bearer key-1"}, "t1"),
        (f"/_sandbox/new{CLICK_TO_CALL_PATH}", {"authorization": "Bearer key-1"}, "new"),
    ],
)
def test_prefix_header_and_credential_select_the_sandbox_in_this_order(
    edge: EdgeSite, path: str, headers: dict[str, str], name: str
) -> None:
    before = {sandbox.name: read.request_count(sandbox.state) for sandbox in edge.registry}
    response = edge.request(
        "POST", path, json={**CLICK_TO_CALL, "access_token": "key-3"}, headers=headers
    )
    assert response.status_code == 200, response.text
    after = {sandbox.name: read.request_count(sandbox.state) for sandbox in edge.registry}
    assert after == {**before, name: 1}


def test_a_claimed_credential_does_not_select_the_sandbox_of_a_control_request(
    edge: EdgeSite,
) -> None:
    """It selects that of vendor requests; control requests use prefix and header only."""
    headers = {"authorization": "Bearer key-1"}
    edge.request("POST", "/_mock/clock/advance", json={"by": 1}, headers=headers)
    assert [sandbox.clock.now() - edge.default.clock.now() for sandbox in edge.registry] == [
        0,
        -1_000,
        -1_000,
    ]


def test_an_unknown_path_is_recorded_in_the_sandbox_of_its_request(edge: EdgeSite) -> None:
    response = edge.request("GET", "/_sandbox/t1/nowhere")
    assert response.status_code == 404
    counts = [len(edge.get_json(f"{prefix(name)}/_mock/requests")["requests"]) for name in NAMES]
    assert counts == [0, 1, 0]


def test_every_response_has_the_time_of_its_sandbox(edge: EdgeSite) -> None:
    edge.advance("/_sandbox/t1", by="1h")
    paths = ("/_mock/calls", "/nowhere", CLICK_TO_CALL_PATH, "/_mock/nothing", "/_media/x/y.wav")
    times = [
        {edge.request("GET", f"{prefix(name)}{path}").headers["x-mock-now"] for path in paths}
        for name in NAMES
    ]
    nine, ten = "2026-01-01T09:00:00.000Z", "2026-01-01T10:00:00.000Z"
    assert times == [{nine}, {ten}, {nine}]


# --- links ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("place_call", SELECTORS)
@pytest.mark.parametrize("name", NAMES)
def test_webhooks_go_to_the_inbox_of_their_sandbox(
    edge: EdgeSite, place_call: PlaceCall, name: str
) -> None:
    place_call(edge, name)
    edge.advance(prefix(name))
    [webhook] = edge.get_json(f"{prefix(name)}/_mock/webhooks")["webhooks"]
    assert webhook["url"].endswith(f":8080{prefix(name)}/_mock/receive/mobtexting")
    counts = [
        len(edge.get_json(f"{prefix(other)}/_mock/inboxes/mobtexting")["received"])
        for other in NAMES
    ]
    assert counts == [int(other == name) for other in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_url_serves_the_recording_of_its_sandbox_only(
    edge: EdgeSite, name: str
) -> None:
    headers = {**HEADERS, "x-mock-sandbox": name}
    edge.request("POST", CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, "record": 1}, headers=headers)
    edge.advance(prefix(name))
    [webhook] = edge.get_json(f"{prefix(name)}/_mock/webhooks")["webhooks"]
    link = httpx.URL(webhook["body"]["recording_url"])
    assert link.path.startswith(f"/_media/{name}/")
    response = edge.request("GET", link.path)
    assert (response.status_code, response.headers["content-type"]) == (200, "audio/wav")
    others = [other for other in NAMES if other != name]
    swapped = [link.path.replace(f"/{name}/", f"/{other}/") for other in others]
    assert [edge.request("GET", path).status_code for path in swapped] == [404, 404]


def test_a_recording_url_of_an_unknown_sandbox_gets_404_and_creates_no_sandbox(
    edge: EdgeSite,
) -> None:
    statuses = [
        edge.request("GET", path).status_code
        for path in ("/_media/new/x.wav", "/_sandbox/new/_media/new/x.wav")
    ]
    assert (statuses, edge.registry.find("new")) == ([404, 404], None)


@pytest.mark.parametrize("name", NAMES)
def test_base_urls_have_the_prefix_of_their_sandbox_and_lead_to_it(
    edge: EdgeSite, name: str
) -> None:
    providers = edge.get_json(f"{prefix(name)}/_mock/providers")["providers"]
    provider = next(item for item in providers if item["name"] == "mobtexting")
    origin = f"http://127.0.0.1:8080{prefix(name)}"
    assert provider["base_url"] == f"{origin}/mobtexting"
    assert provider["hosts"] == {
        "portal.mobtexting.com": f"{origin}/mobtexting/portal.mobtexting.com"
    }
    for base in (provider["base_url"], *provider["hosts"].values()):
        path = httpx.URL(base).path
        edge.request(
            "POST", f"{path}{CLICK_TO_CALL_PATH}", json=dict(CLICK_TO_CALL), headers=HEADERS
        )
    assert [read.request_count(edge.registry.get_or_create(other).state) for other in NAMES] == [
        2 * (other == name) for other in NAMES
    ]


def test_base_urls_have_the_prefix_of_a_sandbox_selected_by_header(edge: EdgeSite) -> None:
    providers = edge.get_json("/_mock/providers", headers={"x-mock-sandbox": "t1"})["providers"]
    base = "http://127.0.0.1:8080/_sandbox/t1"
    assert [item["base_url"] for item in providers] == [
        f"{base}/{item['name']}" for item in providers
    ]


@pytest.mark.parametrize("path", ["/_mock/calls/", "/_mock/clock/advance/"])
def test_a_trailing_slash_gets_404_and_no_redirect(edge: EdgeSite, path: str) -> None:
    """A redirect would lose the sandbox."""
    response = edge.request("GET", f"/_sandbox/t1{path}")
    assert (response.status_code, response.headers.get("location")) == (404, None)


# --- determinism ---------------------------------------------------------------------------------


def _play_calls(edge: EdgeSite, name: str) -> list[str]:
    """Play a few calls, and return journal and calls as text without the sandbox's name."""
    path_prefix = prefix(name)
    for scenarios in ((), ("callee-busy",), ("rush-hour",), ("third-time-lucky", "doubled-report")):
        edge.click_to_call(*scenarios, path=f"{path_prefix}{CLICK_TO_CALL_PATH}", record=1)
    edge.request(
        "POST", f"{path_prefix}/_mock/activations", json={"scenario": "no-answer", "times": 1}
    )
    edge.click_to_call(path=f"{path_prefix}{CLICK_TO_CALL_PATH}")
    edge.request("GET", f"{path_prefix}/nowhere")
    edge.advance(path_prefix)
    journal = edge.request("GET", f"{path_prefix}/_mock/journal").text
    calls = edge.request("GET", f"{path_prefix}/_mock/calls").text
    return [
        text.replace(f"/_sandbox/{name}", "").replace(f"/_media/{name}", "")
        for text in (journal, calls)
    ]


def test_the_same_seed_and_requests_give_the_same_ids_and_journals(
    configuration: Configuration,
) -> None:
    edge = build_edge_site(configuration)
    for name, seed in (("t1", "one"), ("t2", "one"), ("t3", "two")):
        edge.request("PUT", f"/_mock/sandboxes/{name}", json={"seed": seed})
    first, second, other = (_play_calls(edge, name) for name in ("t1", "t2", "t3"))
    assert first == second
    assert first != other
