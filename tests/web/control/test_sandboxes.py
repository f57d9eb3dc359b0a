"""Sandboxes through the control API: listed, made to order, dropped."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from mockserver.config.registry import load_providers
from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox_registry import MAX_SANDBOXES, SANDBOX_NAME
from tests.support import read
from tests.support.edge_site import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    EdgeSite,
    build_client,
    build_edge_site,
    control_state,
    read_problem,
)
from tests.support.simulation import CLICK_TO_CALL

SANDBOXES = "/_mock/sandboxes"
DEFAULT = {
    "name": "default",
    "clock": "manual",
    "seed": "seed",
    "now": "2026-01-01T09:00:00.000Z",
    "calls": 0,
}
ORDER: Mapping[str, Any] = {
    "clock": "60x",
    "seed": "t1",
    "start_at": "2030-05-05T12:00:00+05:30",
    "credentials": {"mobtexting": ["key-1", "key-2"]},
}


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def put(edge: EdgeSite, name: str, **body: Any) -> httpx.Response:
    return edge.request("PUT", f"{SANDBOXES}/{name}", json=body)


def names(edge: EdgeSite) -> list[str]:
    return [one["name"] for one in edge.get_json(SANDBOXES)["sandboxes"]]


def placed(edge: EdgeSite, key: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"}
    return edge.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)


def test_the_default_one_is_always_there(edge: EdgeSite) -> None:
    assert edge.get_json(SANDBOXES) == {"sandboxes": [DEFAULT]}


def test_listed_as_they_stand_oldest_first(edge: EdgeSite) -> None:
    edge.click_to_call(path=f"/_sandbox/t2{CLICK_TO_CALL_PATH}")
    edge.get_json("/_sandbox/t1/_mock/health")
    edge.advance("/_sandbox/t2", by=1)
    t2 = {**DEFAULT, "name": "t2", "calls": 1, "now": "2026-01-01T09:00:01.000Z"}
    assert edge.get_json(SANDBOXES)["sandboxes"] == [DEFAULT, t2, {**DEFAULT, "name": "t1"}]


def test_put_makes_one_as_ordered(edge: EdgeSite) -> None:
    answer = put(edge, "t1", **{**ORDER, "clock": "manual"})
    made = {
        "name": "t1",
        "clock": "manual",
        "seed": "t1",
        "now": "2030-05-05T06:30:00.000Z",
        "calls": 0,
    }
    assert (answer.status_code, answer.json()) == (200, made)
    assert edge.get_json(SANDBOXES)["sandboxes"] == [DEFAULT, made]
    assert edge.get_json("/_sandbox/t1/_mock/health")["seed"] == "t1"


NAMES = ", ".join(load_providers())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, {}),
        ({"seed": "other"}, {"seed": "other"}),
        ({"seed": 7}, {"seed": "7"}),
        ({"clock": "instant"}, {"clock": "instant"}),
        ({"clock": "real"}, {"clock": "real"}),
        ({"start_at": None}, {}),
        ({"start_at": "1970-01-01T00:00:00Z"}, {"now": "1970-01-01T00:00:00.000Z"}),
        ({"start_at": "9000-01-01T00:00:00Z"}, {"now": "9000-01-01T00:00:00.000Z"}),
        ({"credentials": {}}, {}),
        ({"credentials": {"mobtexting": []}}, {}),
    ],
    ids=str,
)
def test_what_the_order_leaves_out_is_as_everywhere(
    edge: EdgeSite, body: dict[str, Any], told: dict[str, Any]
) -> None:
    answer = put(edge, "t1", **body)
    assert answer.status_code == 200
    shown = answer.json()
    if told.get("clock") is not None:
        assert shown.pop("now")[:10] == DEFAULT["now"][:10]  # type: ignore[index]
        assert shown == {**{k: v for k, v in DEFAULT.items() if k != "now"}, "name": "t1", **told}
    else:
        assert shown == {**DEFAULT, "name": "t1", **told}


@pytest.mark.parametrize("name", ["a", "A.b-c_9", "0", "x" * 64, "default.2"])
def test_names(edge: EdgeSite, name: str) -> None:
    assert put(edge, name).json()["name"] == name
    assert edge.request("DELETE", f"{SANDBOXES}/{name}").status_code == 204


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("x" * 65, 422),
        ("...", 422),
        (".hidden", 422),
        ("-x", 422),
        ("_mock", 422),
        ("a b", 422),
        ("a%0Ab", 404),
        ("a%0A", 404),
        ("%C3%A4", 422),
        ("a%00", 422),
        ("a%2Fb", 404),
        ("", 404),
    ],
)
def test_odd_names_are_refused(edge: EdgeSite, name: str, status: int) -> None:
    answer = put(edge, name)
    assert read_problem(answer)[0] == status
    assert names(edge) == ["default"]


@pytest.mark.parametrize("name", ["x" * 65, ".hidden", "-x", "_mock", "a%0A", "%C3%A4"])
def test_odd_names_are_refused_as_prefix_and_header(edge: EdgeSite, name: str) -> None:
    told = read_problem(edge.request("GET", f"/_sandbox/{name}/_mock/health"))
    assert told[:2] == (404, "unknown sandbox")
    assert (
        read_problem(edge.request("POST", f"/_sandbox/{name}{CLICK_TO_CALL_PATH}"))[:2] == told[:2]
    )
    if "%" not in name:
        asked = edge.request("GET", "/_mock/health", headers={"x-mock-sandbox": name})
        assert read_problem(asked) == told
    assert names(edge) == ["default"]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"unknown": 1}, "a name is letters"),
        ({"clock": "fast"}, "clock is one of"),
        ({"clock": None}, "clock is one of"),
        ({"clock": "0x"}, "clock is one of"),
        ({"start_at": "soon"}, "start_at is an ISO 8601 time"),
        ({"start_at": ""}, "start_at is an ISO 8601 time"),
        ({"start_at": 1}, "start_at is an ISO 8601 time"),
        ({"start_at": "2026-01-01T09:00:00"}, "start_at has a zone"),
        ({"start_at": "1969-12-31T23:59:59Z"}, "start_at has a zone"),
        ({"start_at": "1970-01-01T00:00:00+05:30"}, "start_at has a zone"),
        ({"start_at": "9000-01-01T00:00:00.001Z"}, "start_at has a zone"),
        ({"start_at": "0001-01-01T00:00:00+23:59"}, "start_at has a zone"),
        ({"start_at": "9999-12-31T23:59:59-23:59"}, "start_at has a zone"),
        ({"credentials": None}, f"credentials map {NAMES} to lists"),
        ({"credentials": ["key-1"]}, f"credentials map {NAMES} to lists"),
        ({"credentials": {"nobody": ["key-1"]}}, f"credentials map {NAMES} to lists"),
        ({"credentials": {"mobtexting": "key-1"}}, "credentials map a provider to a list"),
        ({"credentials": {"mobtexting": {"key-1": 1}}}, "credentials map a provider to a list"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    edge: EdgeSite, body: dict[str, Any], hint: str
) -> None:
    put(edge, "t1", seed="first")
    before = control_state(edge)
    code, _, detail = read_problem(put(edge, "t1", **body))
    assert (code, detail.startswith(hint)) == (422, True)
    assert control_state(edge) == before


def test_a_body_that_does_not_read_is_refused(edge: EdgeSite) -> None:
    assert read_problem(edge.request("PUT", f"{SANDBOXES}/t1", content=b"["))[0] == 422


def test_put_again_is_a_blank_world(edge: EdgeSite) -> None:
    put(edge, "t1", credentials={"mobtexting": ["key-1"]})
    edge.click_to_call(path=f"/_sandbox/t1{CLICK_TO_CALL_PATH}")
    edge.request("PUT", "/_sandbox/t1/_mock/scenarios/mine", json={"legs": {"callee": "busy"}})
    edge.request("POST", "/_sandbox/t1/_mock/inbox/mine", json={})
    assert put(edge, "t1", seed="again").json() == {**DEFAULT, "name": "t1", "seed": "again"}
    told = (
        edge.get_json("/_sandbox/t1/_mock/journal"),
        edge.get_json("/_sandbox/t1/_mock/inboxes/mine"),
    )
    assert told == ({"facts": [], "dropped": 0}, {"name": "mine", "received": []})
    placed(edge, "key-1")
    assert [read.request_count(edge.registry.get(name).state) for name in ("default", "t1")] == [
        1,
        0,
    ]


def test_put_may_blank_the_default_one(edge: EdgeSite) -> None:
    edge.click_to_call()
    assert put(edge, "default", seed="other").json() == {**DEFAULT, "seed": "other"}
    assert edge.get_json("/_mock/calls") == {"calls": [], "dropped": 0}


def test_a_credential_is_claimed_once(edge: EdgeSite) -> None:
    put(edge, "t1", credentials={"mobtexting": ["key-1"]})
    before = control_state(edge)
    for name in ("t2", "default"):
        told = read_problem(put(edge, name, credentials={"mobtexting": ["other", "key-1"]}))
        detail = "another sandbox has claimed one of these credentials"
        assert told == (409, "conflict", detail)
    assert control_state(edge) == before
    placed(edge, "other")
    assert read.request_count(edge.default.state) == 1


def test_a_claim_may_be_repeated_moved_and_given_up(edge: EdgeSite) -> None:
    claim = {"credentials": {"mobtexting": ["key-1", "key-1"]}}
    assert [put(edge, "t1", **claim).status_code for _ in range(2)] == [200, 200]
    assert edge.request("DELETE", f"{SANDBOXES}/t1").status_code == 204
    assert put(edge, "t2", **claim).status_code == 200
    assert put(edge, "t2").status_code == 200
    assert put(edge, "t3", **claim).status_code == 200
    placed(edge, "key-1")
    assert [read.request_count(edge.registry.get(name).state) for name in ("t2", "t3")] == [0, 1]


def test_two_that_claim_one_credential_at_the_same_time(edge: EdgeSite) -> None:
    put(edge, "t1")
    put(edge, "t2")

    async def both() -> list[int]:
        body = {"credentials": {"mobtexting": ["key-1"]}}
        async with build_client(edge.app) as there:
            asked = (there.put(f"{SANDBOXES}/{name}", json=body) for name in ("t1", "t2"))
            return [one.status_code for one in await asyncio.gather(*asked)]

    assert sorted(asyncio.run(both())) == [200, 409]


def test_credentials_are_nowhere_shown(edge: EdgeSite) -> None:
    answer = put(edge, "t1", credentials={"mobtexting": ["top-secret-key"]})
    told = [answer.text, edge.request("GET", SANDBOXES).text]
    told += [edge.request("GET", f"{one}/_mock/journal").text for one in ("", "/_sandbox/t1")]
    assert not any("top-secret" in one for one in told)


def test_drop_takes_all_that_is_in_it(edge: EdgeSite) -> None:
    put(edge, "t1", credentials={"mobtexting": ["key-1"]}, seed="other")
    edge.click_to_call(path=f"/_sandbox/t1{CLICK_TO_CALL_PATH}")
    answer = edge.request("DELETE", f"{SANDBOXES}/t1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert names(edge) == ["default"]
    placed(edge, "key-1")
    assert read.request_count(edge.default.state) == 1
    assert edge.get_json("/_sandbox/t1/_mock/health")["seed"] == "seed"


def test_a_sandbox_may_drop_itself(edge: EdgeSite) -> None:
    put(edge, "t1")
    assert edge.request("DELETE", f"/_sandbox/t1{SANDBOXES}/t1").status_code == 204
    assert names(edge) == ["default"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("t1", (404, "not found", "no sandbox is named t1")),
        ("...", (404, "not found", "no sandbox is named ...")),
        (
            "default",
            (409, "conflict", "default is always there: POST /_mock/reset empties it"),
        ),
    ],
)
def test_what_cannot_be_dropped(edge: EdgeSite, name: str, told: tuple[int, str, str]) -> None:
    assert read_problem(edge.request("DELETE", f"{SANDBOXES}/{name}")) == told
    assert names(edge) == ["default"]


@pytest.mark.parametrize(
    ("method", "path", "title"),
    [
        ("PUT", f"{SANDBOXES}/one-more", "conflict"),
        ("GET", "/_sandbox/one-more/_mock/calls", "conflict"),
        ("POST", "/_sandbox/one-more/_mock/inbox/mine", "conflict"),
        ("POST", f"/_sandbox/one-more{CLICK_TO_CALL_PATH}", "too many sandboxes"),
        ("POST", "/_sandbox/one-more/nowhere", "too many sandboxes"),
    ],
)
def test_there_is_room_for_so_many(edge: EdgeSite, method: str, path: str, title: str) -> None:
    for number in range(MAX_SANDBOXES - 1):
        edge.registry.get(f"t{number}")
    body: dict[str, Any] = {} if method == "GET" else {"json": {}}
    assert read_problem(edge.request(method, path, headers=HEADERS, **body))[:2] == (409, title)
    known = edge.request(
        "POST", f"/_sandbox/t1{CLICK_TO_CALL_PATH}", json=dict(CLICK_TO_CALL), headers=HEADERS
    )
    assert known.status_code == 200
    assert put(edge, "t1").status_code == 200
    assert len(names(edge)) == MAX_SANDBOXES


def test_a_name_is_what_the_refusal_says() -> None:
    assert re.compile(SANDBOX_NAME).fullmatch("t1.a-b_c") is not None
