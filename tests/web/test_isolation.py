"""Sandboxes with the same credential, number and scenario do not see each other."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from tests.support import read
from tests.support.control_routes import ROUTE_CASES, STREAM, request_path
from tests.support.edge_site import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    EdgeSite,
    build_edge_site,
    build_looping_site,
)
from tests.support.simulation import CLICK_TO_CALL

NAMES = ("default", "t1", "t2")
KEYS = {"default": "key-0", "t1": "key-1", "t2": "key-2"}
Place = Callable[[EdgeSite, str], httpx.Response]


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


WAYS: tuple[Place, ...] = (
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
    """The default one and two others, which have claimed a key each."""
    edge = build_looping_site(configuration)
    for name in NAMES[1:]:
        body = {"seed": "seed", "credentials": {"mobtexting": [KEYS[name]]}}
        assert edge.request("PUT", f"/_mock/sandboxes/{name}", json=body).status_code == 200
    return edge


def seen(edge: EdgeSite, name: str) -> dict[str, Any]:
    """Everything that the control API tells of a sandbox."""
    routes = [route for route in ROUTE_CASES if route[0] == "GET" and route[1].startswith(SHOWN)]
    paths = [
        request_path(route) for route in routes if "explain" not in route[1] and route != STREAM
    ]
    answers = {path: edge.request("GET", f"{prefix(name)}{path}") for path in paths}
    return {path: (one.status_code, one.text) for path, one in answers.items()}


SHOWN = (
    "/calls", "/requests", "/webhooks", "/clock", "/scenarios", "/activations", "/accounts",
    "/journal", "/inboxes",
)  # fmt: skip


@pytest.mark.parametrize("place", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_a_request_happens_in_one_sandbox_only(edge: EdgeSite, place: Place, name: str) -> None:
    others = {one: seen(edge, one) for one in NAMES if one != name}
    before = seen(edge, name)
    assert place(edge, name).status_code == 200
    edge.advance(prefix(name))
    assert {one: seen(edge, one) for one in others} == others
    assert seen(edge, name) != before
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
    ("POST", "/inbox/mine", {"a": 1}),
    ("POST", "/webhooks/w1/redeliver", {}),
)


@pytest.mark.parametrize(("method", "path", "body"), CHANGES, ids=lambda one: str(one)[:30])
@pytest.mark.parametrize("name", NAMES)
def test_what_changes_one_leaves_the_others_as_they_were(
    edge: EdgeSite, name: str, method: str, path: str, body: Mapping[str, Any]
) -> None:
    for one in NAMES:
        edge.click_to_call("doubled-report", path=f"{prefix(one)}{CLICK_TO_CALL_PATH}")
        edge.advance(prefix(one))
        edge.click_to_call("waits-for-a-person", path=f"{prefix(one)}{CLICK_TO_CALL_PATH}")
        edge.advance(prefix(one))
    changed = path.replace("c1", "c2")
    others = {one: seen(edge, one) for one in NAMES if one != name}
    before = seen(edge, name)
    answer = edge.request(method, f"{prefix(name)}/_mock{changed}", json=body)
    assert answer.status_code in (200, 201, 202, 408), answer.text
    edge.advance(prefix(name))
    assert {one: seen(edge, one) for one in others} == others
    assert seen(edge, name) != before


def test_programmed_answers_hold_for_one_inbox_of_one_sandbox(edge: EdgeSite) -> None:
    path = "/_mock/inboxes/mobtexting"
    edge.request("PUT", f"/_sandbox/t1{path}", json={"answers": [500]})
    for name in NAMES:
        by_prefix(edge, name)
        edge.advance(prefix(name))
    told = [
        edge.get_json(f"{prefix(name)}/_mock/webhooks")["webhooks"][0]["state"] for name in NAMES
    ]
    assert told == ["delivered", "failed", "delivered"]


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
def test_the_first_that_names_a_sandbox_wins(
    edge: EdgeSite, path: str, headers: dict[str, str], name: str
) -> None:
    before = {one.name: read.request_count(one.state) for one in edge.registry}
    answer = edge.request(
        "POST", path, json={**CLICK_TO_CALL, "access_token": "key-3"}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    after = {one.name: read.request_count(one.state) for one in edge.registry}
    assert after == {**before, name: 1}


def test_a_claim_is_a_provider_s_and_no_control_request_s(edge: EdgeSite) -> None:
    """A credential finds a sandbox for vendors only: the control API goes by prefix and header."""
    headers = {"authorization": "Bearer key-1"}
    edge.request("POST", "/_mock/clock/advance", json={"by": 1}, headers=headers)
    assert [one.clock.now() - edge.default.clock.now() for one in edge.registry] == [
        0,
        -1_000,
        -1_000,
    ]


def test_an_unknown_path_is_on_record_where_it_was_asked(edge: EdgeSite) -> None:
    answer = edge.request("GET", "/_sandbox/t1/nowhere")
    assert answer.status_code == 404
    told = [len(edge.get_json(f"{prefix(name)}/_mock/requests")["requests"]) for name in NAMES]
    assert told == [0, 1, 0]


def test_every_answer_tells_the_time_of_its_sandbox(edge: EdgeSite) -> None:
    edge.advance("/_sandbox/t1", by="1h")
    paths = ("/_mock/calls", "/nowhere", CLICK_TO_CALL_PATH, "/_mock/nothing", "/_media/x/y.wav")
    told = [
        {edge.request("GET", f"{prefix(name)}{path}").headers["x-mock-now"] for path in paths}
        for name in NAMES
    ]
    nine, ten = "2026-01-01T09:00:00.000Z", "2026-01-01T10:00:00.000Z"
    assert told == [{nine}, {ten}, {nine}]


# --- links ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_reports_go_to_the_inbox_of_their_sandbox(edge: EdgeSite, place: Place, name: str) -> None:
    place(edge, name)
    edge.advance(prefix(name))
    [webhook] = edge.get_json(f"{prefix(name)}/_mock/webhooks")["webhooks"]
    assert webhook["url"].endswith(f":8080{prefix(name)}/_mock/inbox/mobtexting")
    told = [
        len(edge.get_json(f"{prefix(one)}/_mock/inboxes/mobtexting")["received"]) for one in NAMES
    ]
    assert told == [int(one == name) for one in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_s_link_leads_to_the_recording(edge: EdgeSite, name: str) -> None:
    headers = {**HEADERS, "x-mock-sandbox": name}
    edge.request("POST", CLICK_TO_CALL_PATH, json={**CLICK_TO_CALL, "record": 1}, headers=headers)
    edge.advance(prefix(name))
    [webhook] = edge.get_json(f"{prefix(name)}/_mock/webhooks")["webhooks"]
    link = httpx.URL(webhook["body"]["recording_url"])
    assert link.path.startswith(f"/_media/{name}/")
    answer = edge.request("GET", link.path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    others = [one for one in NAMES if one != name]
    swapped = [link.path.replace(f"/{name}/", f"/{one}/") for one in others]
    assert [edge.request("GET", path).status_code for path in swapped] == [404, 404]


def test_a_recording_of_a_sandbox_that_is_not_there_brings_none_about(edge: EdgeSite) -> None:
    told = [
        edge.request("GET", path).status_code
        for path in ("/_media/new/x.wav", "/_sandbox/new/_media/new/x.wav")
    ]
    assert (told, edge.registry.find("new")) == ([404, 404], None)


@pytest.mark.parametrize("name", NAMES)
def test_base_urls_keep_the_prefix_and_lead_into_the_sandbox(edge: EdgeSite, name: str) -> None:
    known = edge.get_json(f"{prefix(name)}/_mock/providers")["providers"]
    told = next(one for one in known if one["name"] == "mobtexting")
    origin = f"http://127.0.0.1:8080{prefix(name)}"
    assert told["base_url"] == f"{origin}/mobtexting"
    assert told["hosts"] == {"portal.mobtexting.com": f"{origin}/mobtexting/portal.mobtexting.com"}
    for base in (told["base_url"], *told["hosts"].values()):
        path = httpx.URL(base).path
        edge.request(
            "POST", f"{path}{CLICK_TO_CALL_PATH}", json=dict(CLICK_TO_CALL), headers=HEADERS
        )
    assert [read.request_count(edge.registry.get(one).state) for one in NAMES] == [
        2 * (one == name) for one in NAMES
    ]


def test_base_urls_keep_the_prefix_for_one_that_the_header_names(edge: EdgeSite) -> None:
    known = edge.get_json("/_mock/providers", headers={"x-mock-sandbox": "t1"})["providers"]
    base = "http://127.0.0.1:8080/_sandbox/t1"
    assert [one["base_url"] for one in known] == [f"{base}/{one['name']}" for one in known]


@pytest.mark.parametrize("path", ["/_mock/calls/", "/_mock/clock/advance/"])
def test_a_slash_too_many_leads_nowhere_else(edge: EdgeSite, path: str) -> None:
    """A redirect would lose the sandbox."""
    answer = edge.request("GET", f"/_sandbox/t1{path}")
    assert (answer.status_code, answer.headers.get("location")) == (404, None)


# --- repeatable ----------------------------------------------------------------------------------


def _played(edge: EdgeSite, name: str) -> list[str]:
    """The journal of a few calls, as text; what it names the sandbox is written out of it."""
    here = prefix(name)
    for stories in ((), ("callee-busy",), ("rush-hour",), ("third-time-lucky", "doubled-report")):
        edge.click_to_call(*stories, path=f"{here}{CLICK_TO_CALL_PATH}", record=1)
    edge.request("POST", f"{here}/_mock/activations", json={"scenario": "no-answer", "times": 1})
    edge.click_to_call(path=f"{here}{CLICK_TO_CALL_PATH}")
    edge.request("GET", f"{here}/nowhere")
    edge.advance(here)
    told = edge.request("GET", f"{here}/_mock/journal").text
    calls = edge.request("GET", f"{here}/_mock/calls").text
    return [
        one.replace(f"/_sandbox/{name}", "").replace(f"/_media/{name}", "") for one in (told, calls)
    ]


def test_the_same_seed_and_requests_give_the_same_ids_and_journals(
    configuration: Configuration,
) -> None:
    edge = build_edge_site(configuration)
    for name, seed in (("t1", "one"), ("t2", "one"), ("t3", "two")):
        edge.request("PUT", f"/_mock/sandboxes/{name}", json={"seed": seed})
    first, second, other = (_played(edge, name) for name in ("t1", "t2", "t3"))
    assert first == second
    assert first != other
