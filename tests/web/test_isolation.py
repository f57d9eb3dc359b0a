"""Sandboxes with the same credential, number and scenario do not see each other."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from tests.conftest import CLICK
from tests.web.edge import C2C, HEADERS, Edge, knocking, opened
from tests.web.table import STREAM, TABLE, asked

NAMES = ("default", "t1", "t2")
KEYS = {"default": "key-0", "t1": "key-1", "t2": "key-2"}
Place = Callable[[Edge, str], httpx.Response]


def prefix(name: str) -> str:
    return "" if name == "default" else f"/_sandbox/{name}"


def by_prefix(edge: Edge, name: str) -> httpx.Response:
    return edge.ask("POST", f"{prefix(name)}{C2C}", json=dict(CLICK), headers=HEADERS)


def by_prefix_and_provider(edge: Edge, name: str) -> httpx.Response:
    path = f"{prefix(name)}/mobtexting/portal.mobtexting.com{C2C}"
    return edge.ask("POST", path, json=dict(CLICK), headers=HEADERS)


def by_header(edge: Edge, name: str) -> httpx.Response:
    headers = {**HEADERS, "x-mock-sandbox": name}
    return edge.ask("POST", C2C, json=dict(CLICK), headers=headers)


def by_bearer(edge: Edge, name: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {KEYS[name]}"}
    return edge.ask("POST", C2C, json=dict(CLICK), headers=headers)


def by_field(edge: Edge, name: str) -> httpx.Response:
    return edge.ask("POST", C2C, json={**CLICK, "access_token": KEYS[name]})


def by_query(edge: Edge, name: str) -> httpx.Response:
    return edge.ask("POST", f"{C2C}?access_token={KEYS[name]}", json=dict(CLICK))


def by_form(edge: Edge, name: str) -> httpx.Response:
    return edge.ask("POST", C2C, data={**CLICK, "access_token": KEYS[name]})


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
def edge(world: Configuration) -> Edge:
    """The default one and two others, which have claimed a key each."""
    edge = knocking(world)
    for name in NAMES[1:]:
        body = {"seed": "seed", "credentials": {"mobtexting": [KEYS[name]]}}
        assert edge.ask("PUT", f"/_mock/sandboxes/{name}", json=body).status_code == 200
    return edge


def seen(edge: Edge, name: str) -> dict[str, Any]:
    """Everything that the control API tells of a sandbox."""
    routes = [route for route in TABLE if route[0] == "GET" and route[1].startswith(SHOWN)]
    paths = [asked(route) for route in routes if "explain" not in route[1] and route != STREAM]
    answers = {path: edge.ask("GET", f"{prefix(name)}{path}") for path in paths}
    return {path: (one.status_code, one.text) for path, one in answers.items()}


SHOWN = (
    "/calls", "/requests", "/webhooks", "/clock", "/scenarios", "/activations", "/accounts",
    "/journal", "/inboxes",
)  # fmt: skip


@pytest.mark.parametrize("place", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_a_request_happens_in_one_sandbox_only(edge: Edge, place: Place, name: str) -> None:
    others = {one: seen(edge, one) for one in NAMES if one != name}
    before = seen(edge, name)
    assert place(edge, name).status_code == 200
    edge.advance(prefix(name))
    assert {one: seen(edge, one) for one in others} == others
    assert seen(edge, name) != before
    assert len(edge.read(f"{prefix(name)}/_mock/inboxes/mobtexting")["received"]) == 1


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
    edge: Edge, name: str, method: str, path: str, body: Mapping[str, Any]
) -> None:
    for one in NAMES:
        edge.place("doubled-report", path=f"{prefix(one)}{C2C}")
        edge.advance(prefix(one))
        edge.place("waits-for-a-person", path=f"{prefix(one)}{C2C}")
        edge.advance(prefix(one))
    changed = path.replace("c1", "c2")
    others = {one: seen(edge, one) for one in NAMES if one != name}
    before = seen(edge, name)
    answer = edge.ask(method, f"{prefix(name)}/_mock{changed}", json=body)
    assert answer.status_code in (200, 201, 202, 408), answer.text
    edge.advance(prefix(name))
    assert {one: seen(edge, one) for one in others} == others
    assert seen(edge, name) != before


def test_programmed_answers_hold_for_one_inbox_of_one_sandbox(edge: Edge) -> None:
    path = "/_mock/inboxes/mobtexting"
    edge.ask("PUT", f"/_sandbox/t1{path}", json={"answers": [500]})
    for name in NAMES:
        by_prefix(edge, name)
        edge.advance(prefix(name))
    told = [edge.read(f"{prefix(name)}/_mock/webhooks")["webhooks"][0]["state"] for name in NAMES]
    assert told == ["delivered", "failed", "delivered"]


@pytest.mark.parametrize(
    ("path", "headers", "name"),
    [
        (f"/_sandbox/t1{C2C}", {"x-mock-sandbox": "t2"}, "t1"),
        (f"/_sandbox/t1{C2C}", {"authorization": "Bearer key-2"}, "t1"),
        (f"/_sandbox/default{C2C}", {"authorization": "Bearer key-2"}, "default"),
        (C2C, {"x-mock-sandbox": "t1", "authorization": "Bearer key-2"}, "t1"),
        (C2C, {"x-mock-sandbox": "default", "authorization": "Bearer key-2"}, "default"),
        (C2C, {"x-mock-sandbox": "", "authorization": "Bearer key-2"}, "t2"),
        (C2C, {"authorization": "Bearer key-3"}, "default"),
        (C2C, {"authorization": "Bearer KEY-1"}, "default"),
        (f"{C2C}?access_token=key-2", {"authorization": "Bearer key-1"}, "t1"),
        (f"/mobtexting{C2C}", {"authorization": "Bearer key-1"}, "t1"),
        (f"/_sandbox/new{C2C}", {"authorization": "Bearer key-1"}, "new"),
    ],
)
def test_the_first_that_names_a_sandbox_wins(
    edge: Edge, path: str, headers: dict[str, str], name: str
) -> None:
    before = {one.name: one.state.request_count for one in edge.sandboxes}
    answer = edge.ask("POST", path, json={**CLICK, "access_token": "key-3"}, headers=headers)
    assert answer.status_code == 200, answer.text
    after = {one.name: one.state.request_count for one in edge.sandboxes}
    assert after == {**before, name: 1}


def test_a_claim_is_a_provider_s_and_no_control_request_s(edge: Edge) -> None:
    """A credential finds a sandbox for vendors only: the control API goes by prefix and header."""
    headers = {"authorization": "Bearer key-1"}
    edge.ask("POST", "/_mock/clock/advance", json={"by": 1}, headers=headers)
    assert [one.clock.now() - edge.default.clock.now() for one in edge.sandboxes] == [
        0,
        -1_000,
        -1_000,
    ]


def test_an_unknown_path_is_on_record_where_it_was_asked(edge: Edge) -> None:
    answer = edge.ask("GET", "/_sandbox/t1/nowhere")
    assert answer.status_code == 404
    told = [len(edge.read(f"{prefix(name)}/_mock/requests")["requests"]) for name in NAMES]
    assert told == [0, 1, 0]


def test_every_answer_tells_the_time_of_its_sandbox(edge: Edge) -> None:
    edge.advance("/_sandbox/t1", by="1h")
    paths = ("/_mock/calls", "/nowhere", C2C, "/_mock/nothing", "/_media/x/y.wav")
    told = [
        {edge.ask("GET", f"{prefix(name)}{path}").headers["x-mock-now"] for path in paths}
        for name in NAMES
    ]
    nine, ten = "2026-01-01T09:00:00.000Z", "2026-01-01T10:00:00.000Z"
    assert told == [{nine}, {ten}, {nine}]


# --- links ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_reports_go_to_the_inbox_of_their_sandbox(edge: Edge, place: Place, name: str) -> None:
    place(edge, name)
    edge.advance(prefix(name))
    [webhook] = edge.read(f"{prefix(name)}/_mock/webhooks")["webhooks"]
    assert webhook["url"].endswith(f":8080{prefix(name)}/_mock/inbox/mobtexting")
    told = [len(edge.read(f"{prefix(one)}/_mock/inboxes/mobtexting")["received"]) for one in NAMES]
    assert told == [int(one == name) for one in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_s_link_leads_to_the_recording(edge: Edge, name: str) -> None:
    headers = {**HEADERS, "x-mock-sandbox": name}
    edge.ask("POST", C2C, json={**CLICK, "record": 1}, headers=headers)
    edge.advance(prefix(name))
    [webhook] = edge.read(f"{prefix(name)}/_mock/webhooks")["webhooks"]
    link = httpx.URL(webhook["body"]["recording_url"])
    assert link.path.startswith(f"/_media/{name}/")
    answer = edge.ask("GET", link.path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    others = [one for one in NAMES if one != name]
    swapped = [link.path.replace(f"/{name}/", f"/{one}/") for one in others]
    assert [edge.ask("GET", path).status_code for path in swapped] == [404, 404]


def test_a_recording_of_a_sandbox_that_is_not_there_brings_none_about(edge: Edge) -> None:
    told = [
        edge.ask("GET", path).status_code
        for path in ("/_media/new/x.wav", "/_sandbox/new/_media/new/x.wav")
    ]
    assert (told, edge.sandboxes.find("new")) == ([404, 404], None)


@pytest.mark.parametrize("name", NAMES)
def test_base_urls_keep_the_prefix_and_lead_into_the_sandbox(edge: Edge, name: str) -> None:
    known = edge.read(f"{prefix(name)}/_mock/providers")["providers"]
    told = next(one for one in known if one["name"] == "mobtexting")
    origin = f"http://127.0.0.1:8080{prefix(name)}"
    assert told["base_url"] == f"{origin}/mobtexting"
    assert told["hosts"] == {"portal.mobtexting.com": f"{origin}/mobtexting/portal.mobtexting.com"}
    for base in (told["base_url"], *told["hosts"].values()):
        path = httpx.URL(base).path
        edge.ask("POST", f"{path}{C2C}", json=dict(CLICK), headers=HEADERS)
    assert [edge.sandboxes.get(one).state.request_count for one in NAMES] == [
        2 * (one == name) for one in NAMES
    ]


def test_base_urls_keep_the_prefix_for_one_that_the_header_names(edge: Edge) -> None:
    known = edge.read("/_mock/providers", headers={"x-mock-sandbox": "t1"})["providers"]
    base = "http://127.0.0.1:8080/_sandbox/t1"
    assert [one["base_url"] for one in known] == [f"{base}/{one['name']}" for one in known]


@pytest.mark.parametrize("path", ["/_mock/calls/", "/_mock/clock/advance/"])
def test_a_slash_too_many_leads_nowhere_else(edge: Edge, path: str) -> None:
    """A redirect would lose the sandbox."""
    answer = edge.ask("GET", f"/_sandbox/t1{path}")
    assert (answer.status_code, answer.headers.get("location")) == (404, None)


# --- repeatable ----------------------------------------------------------------------------------


def _played(edge: Edge, name: str) -> list[str]:
    """The journal of a few calls, as text; what it names the sandbox is written out of it."""
    here = prefix(name)
    for stories in ((), ("callee-busy",), ("rush-hour",), ("third-time-lucky", "doubled-report")):
        edge.place(*stories, path=f"{here}{C2C}", record=1)
    edge.ask("POST", f"{here}/_mock/activations", json={"scenario": "no-answer", "times": 1})
    edge.place(path=f"{here}{C2C}")
    edge.ask("GET", f"{here}/nowhere")
    edge.advance(here)
    told = edge.ask("GET", f"{here}/_mock/journal").text
    calls = edge.ask("GET", f"{here}/_mock/calls").text
    return [
        one.replace(f"/_sandbox/{name}", "").replace(f"/_media/{name}", "") for one in (told, calls)
    ]


def test_the_same_seed_and_requests_give_the_same_ids_and_journals(world: Configuration) -> None:
    edge = opened(world)
    for name, seed in (("t1", "one"), ("t2", "one"), ("t3", "two")):
        edge.ask("PUT", f"/_mock/sandboxes/{name}", json={"seed": seed})
    first, second, other = (_played(edge, name) for name in ("t1", "t2", "t3"))
    assert first == second
    assert first != other
