"""The control API lists, creates, clears and deletes sandboxes."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from mockserver.config.registry import load_providers
from mockserver.runtime.awake_sandboxes import MAX_SANDBOXES
from mockserver.runtime.sandbox_registry import SANDBOX_NAME
from tests.support import read
from tests.support.edge_site import EdgeSite, control_state
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, build_client, read_problem

SANDBOXES = "/_mock/sandboxes"
DEFAULT = {
    "name": "default",
    "clock": "manual",
    "seed": "seed",
    "now": "2026-01-01T09:00:00.000Z",
    "calls": 0,
    "state": "awake",
}
SETTINGS: Mapping[str, Any] = {
    "clock": "60x",
    "seed": "t1",
    "start_at": "2030-05-05T12:00:00+05:30",
    "credentials": {"mobtexting": ["key-1", "key-2"]},
}


def request_count(edge: EdgeSite, name: str) -> int:
    return read.request_count(edge.registry.get_or_create(name).state)


def put(edge: EdgeSite, name: str, **body: Any) -> httpx.Response:
    return edge.request("PUT", f"{SANDBOXES}/{name}", json=body)


def names(edge: EdgeSite) -> list[str]:
    return [sandbox["name"] for sandbox in edge.get_json(SANDBOXES)["sandboxes"]]


UNKNOWN = (404, "unknown-sandbox")
HINT = "the first vendor request or change creates it"


def click_to_call(edge: EdgeSite, key: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"}
    return edge.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)


def test_the_default_sandbox_always_exists(edge: EdgeSite) -> None:
    assert edge.get_json(SANDBOXES) == {"sandboxes": [DEFAULT]}


def test_sandboxes_are_listed_oldest_first_with_their_current_state(edge: EdgeSite) -> None:
    edge.click_to_call(path=f"/_sandbox/t2{CLICK_TO_CALL_PATH}")
    edge.request("DELETE", "/_sandbox/t1/_mock/activations")
    edge.advance("/_sandbox/t2", by=1)
    t2 = {**DEFAULT, "name": "t2", "calls": 1, "now": "2026-01-01T09:00:01.000Z"}
    assert edge.get_json(SANDBOXES)["sandboxes"] == [DEFAULT, t2, {**DEFAULT, "name": "t1"}]


def test_a_put_creates_a_sandbox_with_the_given_settings(edge: EdgeSite) -> None:
    response = put(edge, "t1", **{**SETTINGS, "clock": "manual"})
    created = {
        "name": "t1",
        "clock": "manual",
        "seed": "t1",
        "now": "2030-05-05T06:30:00.000Z",
        "calls": 0,
        "state": "awake",
    }
    assert (response.status_code, response.json()) == (200, created)
    assert edge.get_json(SANDBOXES)["sandboxes"] == [DEFAULT, created]
    assert edge.get_json("/_sandbox/t1/_mock/health")["seed"] == "t1"


NAMES = ", ".join(load_providers())


@pytest.mark.parametrize(
    ("body", "changes"),
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
def test_settings_that_a_put_leaves_out_have_the_defaults_of_the_server(
    edge: EdgeSite, body: dict[str, Any], changes: dict[str, Any]
) -> None:
    response = put(edge, "t1", **body)
    assert response.status_code == 200
    sandbox = response.json()
    if changes.get("clock") is not None:
        assert sandbox.pop("now")[:10] == DEFAULT["now"][:10]  # type: ignore[index]
        assert sandbox == {
            **{k: v for k, v in DEFAULT.items() if k != "now"},
            "name": "t1",
            **changes,
        }
    else:
        assert sandbox == {**DEFAULT, "name": "t1", **changes}


@pytest.mark.parametrize("name", ["a", "A.b-c_9", "0", "x" * 64, "default.2"])
def test_a_sandbox_with_a_valid_name_can_be_put_and_deleted(edge: EdgeSite, name: str) -> None:
    assert put(edge, name).json()["name"] == name
    assert edge.request("DELETE", f"{SANDBOXES}/{name}").status_code == 204


INVALID_NAME = (422, "invalid-sandbox-name")
UNKNOWN_ROUTE = (404, "unknown-route")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("x" * 65, INVALID_NAME),
        ("...", INVALID_NAME),
        (".hidden", INVALID_NAME),
        ("-x", INVALID_NAME),
        ("_mock", INVALID_NAME),
        ("a b", INVALID_NAME),
        ("a%0Ab", UNKNOWN_ROUTE),
        ("a%0A", UNKNOWN_ROUTE),
        ("%C3%A4", INVALID_NAME),
        ("a%00", INVALID_NAME),
        ("a%2Fb", UNKNOWN_ROUTE),
        ("", UNKNOWN_ROUTE),
    ],
)
def test_putting_a_sandbox_with_an_invalid_name_is_rejected(
    edge: EdgeSite, name: str, problem: tuple[int, str]
) -> None:
    assert read_problem(put(edge, name))[:2] == problem
    assert names(edge) == ["default"]


@pytest.mark.parametrize("name", ["x" * 65, ".hidden", "-x", "_mock", "a%0A", "%C3%A4"])
def test_an_invalid_sandbox_name_is_rejected_as_prefix_and_as_header(
    edge: EdgeSite, name: str
) -> None:
    problem = read_problem(edge.request("GET", f"/_sandbox/{name}/_mock/health"))
    assert problem[:2] == (404, "unknown-sandbox")
    assert (
        read_problem(edge.request("POST", f"/_sandbox/{name}{CLICK_TO_CALL_PATH}"))[:2]
        == problem[:2]
    )
    if "%" not in name:
        response = edge.request("GET", "/_mock/health", headers={"x-mock-sandbox": name})
        assert read_problem(response) == problem
    assert names(edge) == ["default"]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (
            {"unknown": 1},
            "a sandbox takes no 'unknown': it takes from, clock, seed, start_at, credentials",
        ),
        ({"sed": "t1"}, "a sandbox takes no 'sed': did you mean 'seed'?"),
        ({"clock": "fast"}, "clock must be one of"),
        ({"clock": None}, "clock must be one of"),
        ({"clock": "0x"}, "clock must be one of"),
        ({"start_at": "soon"}, "start_at must be an ISO 8601 time"),
        ({"start_at": ""}, "start_at must be an ISO 8601 time"),
        ({"start_at": 1}, "start_at must be an ISO 8601 time"),
        ({"start_at": "2026-01-01T09:00:00"}, "start_at must have a time zone"),
        ({"start_at": "1969-12-31T23:59:59Z"}, "start_at must have a time zone"),
        ({"start_at": "1970-01-01T00:00:00+05:30"}, "start_at must have a time zone"),
        ({"start_at": "9000-01-01T00:00:00.001Z"}, "start_at must have a time zone"),
        ({"start_at": "0001-01-01T00:00:00+23:59"}, "start_at must have a time zone"),
        ({"start_at": "9999-12-31T23:59:59-23:59"}, "start_at must have a time zone"),
        ({"credentials": None}, f"credentials map {NAMES} to lists"),
        ({"credentials": ["key-1"]}, f"credentials map {NAMES} to lists"),
        ({"credentials": {"nobody": ["key-1"]}}, f"credentials map {NAMES} to lists"),
        ({"credentials": {"mobtexting": "key-1"}}, "credentials must map each provider to a list"),
        (
            {"credentials": {"mobtexting": {"key-1": 1}}},
            "credentials must map each provider to a list",
        ),
    ],
    ids=str,
)
def test_an_invalid_sandbox_setting_is_rejected_and_changes_nothing(
    edge: EdgeSite, body: dict[str, Any], hint: str
) -> None:
    put(edge, "t1", seed="first")
    before = control_state(edge)
    status, kind, detail = read_problem(put(edge, "t1", **body))
    assert (status, kind, detail.startswith(hint)) == (422, "invalid-body", True)
    assert control_state(edge) == before


def test_a_malformed_sandbox_body_is_rejected(edge: EdgeSite) -> None:
    assert read_problem(edge.request("PUT", f"{SANDBOXES}/t1", content=b"["))[0] == 422


def test_putting_a_sandbox_again_clears_everything_in_it(edge: EdgeSite) -> None:
    put(edge, "t1", credentials={"mobtexting": ["key-1"]})
    edge.click_to_call(path=f"/_sandbox/t1{CLICK_TO_CALL_PATH}")
    edge.request("PUT", "/_sandbox/t1/_mock/scenarios/mine", json={"legs": {"callee": "busy"}})
    edge.request("POST", "/_sandbox/t1/_mock/receive/mine", json={})
    assert put(edge, "t1", seed="again").json() == {**DEFAULT, "name": "t1", "seed": "again"}
    contents = (
        edge.get_json("/_sandbox/t1/_mock/journal"),
        edge.get_json("/_sandbox/t1/_mock/inboxes/mine"),
    )
    assert contents == (
        {"entries": [], "evicted": 0},
        {"name": "mine", "received": [], "evicted": 0},
    )
    click_to_call(edge, "key-1")
    assert [request_count(edge, name) for name in ("default", "t1")] == [
        1,
        0,
    ]


def test_putting_the_default_sandbox_clears_it(edge: EdgeSite) -> None:
    edge.click_to_call()
    assert put(edge, "default", seed="other").json() == {**DEFAULT, "seed": "other"}
    assert edge.get_json("/_mock/calls") == {"calls": [], "evicted": 0, "total": 0}


def test_a_credential_can_be_claimed_by_only_one_sandbox(edge: EdgeSite) -> None:
    put(edge, "t1", credentials={"mobtexting": ["key-1"]})
    before = control_state(edge)
    for name in ("t2", "default"):
        problem = read_problem(put(edge, name, credentials={"mobtexting": ["other", "key-1"]}))
        detail = "another sandbox has claimed one of these credentials"
        assert problem == (409, "credential-claimed", detail)
    assert control_state(edge) == before
    click_to_call(edge, "other")
    assert read.request_count(edge.default.state) == 1


def test_a_claim_can_be_repeated_moved_and_released(edge: EdgeSite) -> None:
    claim = {"credentials": {"mobtexting": ["key-1", "key-1"]}}
    assert [put(edge, "t1", **claim).status_code for _ in range(2)] == [200, 200]
    assert edge.request("DELETE", f"{SANDBOXES}/t1").status_code == 204
    assert put(edge, "t2", **claim).status_code == 200
    assert put(edge, "t2").status_code == 200
    assert put(edge, "t3", **claim).status_code == 200
    click_to_call(edge, "key-1")
    assert [request_count(edge, name) for name in ("t2", "t3")] == [0, 1]


def test_one_of_two_concurrent_claims_of_a_credential_is_a_conflict(edge: EdgeSite) -> None:
    put(edge, "t1")
    put(edge, "t2")

    async def claim_twice() -> list[int]:
        body = {"credentials": {"mobtexting": ["key-1"]}}
        async with build_client(edge.app) as client:
            requests = (client.put(f"{SANDBOXES}/{name}", json=body) for name in ("t1", "t2"))
            return [response.status_code for response in await asyncio.gather(*requests)]

    assert sorted(asyncio.run(claim_twice())) == [200, 409]


def test_claimed_credentials_are_never_shown(edge: EdgeSite) -> None:
    response = put(edge, "t1", credentials={"mobtexting": ["top-secret-key"]})
    texts = [response.text, edge.request("GET", SANDBOXES).text]
    prefixes = ("", "/_sandbox/t1")
    texts += [edge.request("GET", f"{prefix}/_mock/journal").text for prefix in prefixes]
    assert not any("top-secret" in text for text in texts)


def test_deleting_a_sandbox_deletes_everything_in_it(edge: EdgeSite) -> None:
    put(edge, "t1", credentials={"mobtexting": ["key-1"]}, seed="other")
    edge.click_to_call(path=f"/_sandbox/t1{CLICK_TO_CALL_PATH}")
    response = edge.request("DELETE", f"{SANDBOXES}/t1")
    assert (response.status_code, response.content) == (204, b"")
    assert names(edge) == ["default"]
    click_to_call(edge, "key-1")
    assert read.request_count(edge.default.state) == 1
    response = edge.request("GET", "/_sandbox/t1/_mock/health")
    assert read_problem(response)[:2] == UNKNOWN


def test_a_read_below_an_unknown_sandbox_does_not_create_it(edge: EdgeSite) -> None:
    put(edge, "mine")
    for path in ("health", "calls", "clock", "events"):
        response = edge.request("GET", f"/_sandbox/other/_mock/{path}")
        assert read_problem(response) == (*UNKNOWN, f"no sandbox is named other: {HINT}")
    response = edge.request("GET", "/_sandbox/mime/_mock/calls")
    assert read_problem(response)[2] == "no sandbox is named mime: did you mean 'mine'?"
    assert names(edge) == ["default", "mine"]


@pytest.mark.parametrize("path", ["/_mock/receive/mine", "/_mock/health"])
def test_a_request_that_anybody_may_send_creates_no_sandbox_and_learns_of_none(
    edge: EdgeSite, path: str
) -> None:
    put(edge, "t2")
    for options in ({}, {"headers": {"x-mock-sandbox": "t1"}}):
        prefix = "" if options else "/_sandbox/t1"
        problem = read_problem(edge.request("GET", f"{prefix}{path}", **options))
        assert problem == (*UNKNOWN, f"no sandbox is named t1: {HINT}")
    assert names(edge) == ["default", "t2"]


def test_a_sandbox_can_be_deleted_through_its_own_prefix(edge: EdgeSite) -> None:
    put(edge, "t1")
    assert edge.request("DELETE", f"/_sandbox/t1{SANDBOXES}/t1").status_code == 204
    assert names(edge) == ["default"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("t1", (404, "unknown-sandbox", "no sandbox is named t1")),
        ("...", (404, "unknown-sandbox", "no sandbox is named ...")),
        (
            "default",
            (409, "default-sandbox-stays", "default is always there: POST /_mock/reset empties it"),
        ),
    ],
)
def test_an_unknown_sandbox_and_the_default_one_cannot_be_deleted(
    edge: EdgeSite, name: str, problem: tuple[int, str, str]
) -> None:
    assert read_problem(edge.request("DELETE", f"{SANDBOXES}/{name}")) == problem
    assert names(edge) == ["default"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"{SANDBOXES}/one-more"),
        ("DELETE", "/_sandbox/one-more/_mock/activations"),
        ("POST", f"/_sandbox/one-more{CLICK_TO_CALL_PATH}"),
        ("POST", "/_sandbox/one-more/nowhere"),
    ],
)
def test_one_sandbox_more_than_the_maximum_is_a_conflict(
    edge: EdgeSite, method: str, path: str
) -> None:
    for number in range(MAX_SANDBOXES - 1):
        edge.registry.get_or_create(f"t{number}")
    body: dict[str, Any] = {} if method == "DELETE" else {"json": {}}
    response = edge.request(method, path, headers=HEADERS, **body)
    assert read_problem(response)[:2] == (409, "too-many-sandboxes")
    response = edge.request(
        "POST", f"/_sandbox/t1{CLICK_TO_CALL_PATH}", json=dict(CLICK_TO_CALL), headers=HEADERS
    )
    assert response.status_code == 200
    assert put(edge, "t1").status_code == 200
    assert len(names(edge)) == MAX_SANDBOXES


def test_the_pattern_of_sandbox_names_is_a_regular_expression() -> None:
    assert re.compile(SANDBOX_NAME).fullmatch("t1.a-b_c") is not None
