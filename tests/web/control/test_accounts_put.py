"""Accounts put as they would stand in a file: a new one, or in place of the old."""

from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from tests.support.edge_site import (
    CLICK_TO_CALL_PATH,
    EdgeSite,
    build_edge_site,
    control_state,
    read_problem,
)
from tests.support.simulation import CLICK_TO_CALL

ACCOUNTS = "/_mock/accounts/mobtexting"
USUAL = f"{ACCOUNTS}/mobtexting-default"


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def put(edge: EdgeSite, path: str = USUAL, **body: Any) -> httpx.Response:
    return edge.request("PUT", path, json=body)


def click(
    edge: EdgeSite, key: str, path: str = CLICK_TO_CALL_PATH, **fields: Any
) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}", "accept": "application/json"}
    return edge.request("POST", path, json={**CLICK_TO_CALL, **fields}, headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"credentials": "any"},
        {"balance": "12.50"},
        {"balance": "0"},
        {"numbers": ["918068281234"]},
        {"webhooks": {"any": "http://localhost:1/x"}},
        {"retry": {"waits": ["60s", "300s"]}},
        {"limits": {"requests": 1, "per": "1s"}},
        {"quirks": ["webhook-id"]},
        {"flows": {"7": {"say": "Hello"}}},
        {"timeline": [{"at": "1h", "set": {"balance": "0"}}]},
    ],
    ids=str,
)
def test_it_stands_as_it_was_put(edge: EdgeSite, body: dict[str, Any]) -> None:
    answer = put(edge, **body)
    assert (answer.status_code, answer.json()) == (200, body)
    assert edge.get_json(USUAL) == body
    assert edge.get_json(ACCOUNTS) == {"accounts": {"mobtexting-default": body}}


def test_what_the_old_one_had_is_gone(edge: EdgeSite) -> None:
    assert "flows" in edge.get_json(USUAL)
    put(edge, balance="1")
    assert edge.get_json(USUAL) == {"balance": "1"}


def test_it_holds_from_the_next_request_on(edge: EdgeSite) -> None:
    assert click(edge, "any key").status_code == 200
    put(edge, credentials=["key-1"], balance="0")
    told = [click(edge, key).status_code for key in ("any key", "key-1")]
    assert told == [401, 402]


def test_a_new_one_is_beside_the_others_and_owns_its_credentials(edge: EdgeSite) -> None:
    assert put(edge, f"{ACCOUNTS}/acme", credentials=["key-1"]).status_code == 200
    assert list(edge.get_json(ACCOUNTS)["accounts"]) == ["mobtexting-default", "acme"]
    click(edge, "key-1")
    click(edge, "key-2")
    told = [one["account"] for one in edge.get_json("/_mock/calls")["calls"]]
    assert told == ["acme", "mobtexting-default"]


def test_credentials_are_masked_wherever_they_are_told(edge: EdgeSite) -> None:
    answer = put(edge, f"{ACCOUNTS}/acme", credentials=["top-secret-1", "top-secret-2"])
    shown = answer.json()["credentials"]
    assert ([one[:3] for one in shown], len(set(shown))) == (["***", "***"], 2)
    told = [
        edge.request("GET", one).text for one in (ACCOUNTS, f"{ACCOUNTS}/acme", "/_mock/journal")
    ]
    assert not any("top-secret" in one for one in [answer.text, *told])


def test_it_is_a_fact_of_the_journal(edge: EdgeSite) -> None:
    put(edge, f"{ACCOUNTS}/acme", balance="1")
    [fact] = edge.get_json("/_mock/journal")["facts"]
    told = {name: fact[name] for name in ("fact", "method", "path", "body")}
    assert told == {
        "fact": "control",
        "method": "PUT",
        "path": "/accounts/mobtexting/acme",
        "body": {"balance": "1"},
    }


def test_a_patch_goes_on_from_what_was_put(edge: EdgeSite) -> None:
    put(edge, balance="1", numbers=["918068281234"])
    answer = edge.request("PATCH", USUAL, json={"numbers": None, "quirks": ["webhook-id"]})
    assert answer.json() == {"balance": "1", "quirks": ["webhook-id"]}


def test_a_reset_brings_the_old_one_back(edge: EdgeSite) -> None:
    before = edge.get_json(ACCOUNTS)
    put(edge, balance="1")
    put(edge, f"{ACCOUNTS}/acme", balance="1")
    edge.request("POST", "/_mock/reset")
    assert edge.get_json(ACCOUNTS) == before


def test_only_in_its_own_sandbox(edge: EdgeSite) -> None:
    before = edge.get_json(USUAL)
    put(edge, f"/_sandbox/t1{USUAL}", balance="0")
    assert (edge.get_json(USUAL), edge.get_json(f"/_sandbox/t1{USUAL}")) == (
        before,
        {"balance": "0"},
    )
    told = [
        click(edge, "k", path).status_code
        for path in (CLICK_TO_CALL_PATH, f"/_sandbox/t1{CLICK_TO_CALL_PATH}")
    ]
    assert told == [200, 402]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"unknown": 1}, "unknown"),
        ({"balance": "much"}, "balance"),
        ({"credentials": 7}, "credentials"),
        ({"credentials": "all"}, "credentials"),
        ({"numbers": "918068281234"}, "numbers"),
        ({"webhooks": ["http://localhost"]}, "webhooks"),
        ({"retry": {"waits": ["soon"]}}, "retry"),
        ({"limits": {"requests": 0, "per": "1s"}}, "limits"),
        ({"limits": {"requests": 1}}, "limits"),
        ({"quirks": ["unheard-of"]}, "quirks"),
        ({"flows": {"7": {"sing": "Hello"}}}, "flows"),
        ({"timeline": [{"at": "1h"}]}, "timeline"),
        ({"balance": "much", "quirks": ["unheard-of"]}, "quirks"),
    ],
    ids=str,
)
def test_what_could_not_stand_in_a_file_is_refused(
    edge: EdgeSite, body: dict[str, Any], told: str
) -> None:
    before = control_state(edge)
    for path in (USUAL, f"{ACCOUNTS}/acme"):
        code, _, detail = read_problem(put(edge, path, **body))
        assert (code, told in detail) == (422, True)
    assert control_state(edge) == before


@pytest.mark.parametrize(
    ("provider", "hint"),
    [("mobtext", "did you mean 'mobtexting'?"), ("qqqq", "")],
)
def test_nobody_s_account(edge: EdgeSite, provider: str, hint: str) -> None:
    told = read_problem(put(edge, f"/_mock/accounts/{provider}/x", balance="1"))
    assert told == (404, "not found", f"no provider is named {provider}: {hint}")


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_one_that_is_not_there_is_not_made_by_the_way(edge: EdgeSite, method: str) -> None:
    body = {} if method == "GET" else {"json": {"balance": "1"}}
    code, _, detail = read_problem(edge.request(method, f"{ACCOUNTS}/acme", **body))
    assert (code, detail) == (404, "mobtexting has no account acme: known: mobtexting-default")
    assert list(edge.get_json(ACCOUNTS)["accounts"]) == ["mobtexting-default"]


@pytest.mark.parametrize("name", ["%C3%A4", "a%20b", "%F0%9F%98%80", "a%22b", "x" * 300])
def test_a_name_may_be_odd(edge: EdgeSite, name: str) -> None:
    assert put(edge, f"{ACCOUNTS}/{name}", balance="1").status_code == 200
    shown = httpx.URL(f"http://h/{name}").path.removeprefix("/")
    assert shown in edge.get_json(ACCOUNTS)["accounts"]
    assert edge.get_json(f"{ACCOUNTS}/{name}") == {"balance": "1"}
