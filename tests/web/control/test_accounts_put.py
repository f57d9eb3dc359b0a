"""Accounts put as they would stand in a file: a new one, or in place of the old."""

from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from tests.conftest import CLICK
from tests.web.edge import C2C, Edge, opened, refusal, state

ACCOUNTS = "/_mock/accounts/mobtexting"
USUAL = f"{ACCOUNTS}/mobtexting-default"


@pytest.fixture
def edge(world: Configuration) -> Edge:
    return opened(world)


def put(edge: Edge, path: str = USUAL, **body: Any) -> httpx.Response:
    return edge.ask("PUT", path, json=body)


def click(edge: Edge, key: str, path: str = C2C, **fields: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}", "accept": "application/json"}
    return edge.ask("POST", path, json={**CLICK, **fields}, headers=headers)


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
def test_it_stands_as_it_was_put(edge: Edge, body: dict[str, Any]) -> None:
    answer = put(edge, **body)
    assert (answer.status_code, answer.json()) == (200, body)
    assert edge.read(USUAL) == body
    assert edge.read(ACCOUNTS) == {"accounts": {"mobtexting-default": body}}


def test_what_the_old_one_had_is_gone(edge: Edge) -> None:
    assert "flows" in edge.read(USUAL)
    put(edge, balance="1")
    assert edge.read(USUAL) == {"balance": "1"}


def test_it_holds_from_the_next_request_on(edge: Edge) -> None:
    assert click(edge, "any key").status_code == 200
    put(edge, credentials=["key-1"], balance="0")
    told = [click(edge, key).status_code for key in ("any key", "key-1")]
    assert told == [401, 402]


def test_a_new_one_is_beside_the_others_and_owns_its_credentials(edge: Edge) -> None:
    assert put(edge, f"{ACCOUNTS}/acme", credentials=["key-1"]).status_code == 200
    assert list(edge.read(ACCOUNTS)["accounts"]) == ["mobtexting-default", "acme"]
    click(edge, "key-1")
    click(edge, "key-2")
    told = [one["account"] for one in edge.read("/_mock/calls")["calls"]]
    assert told == ["acme", "mobtexting-default"]


def test_credentials_are_masked_wherever_they_are_told(edge: Edge) -> None:
    answer = put(edge, f"{ACCOUNTS}/acme", credentials=["top-secret-1", "top-secret-2"])
    shown = answer.json()["credentials"]
    assert ([one[:3] for one in shown], len(set(shown))) == (["***", "***"], 2)
    told = [edge.ask("GET", one).text for one in (ACCOUNTS, f"{ACCOUNTS}/acme", "/_mock/journal")]
    assert not any("top-secret" in one for one in [answer.text, *told])


def test_it_is_a_fact_of_the_journal(edge: Edge) -> None:
    put(edge, f"{ACCOUNTS}/acme", balance="1")
    [fact] = edge.read("/_mock/journal")["facts"]
    told = {name: fact[name] for name in ("fact", "method", "path", "body")}
    assert told == {
        "fact": "control",
        "method": "PUT",
        "path": "/accounts/mobtexting/acme",
        "body": {"balance": "1"},
    }


def test_a_patch_goes_on_from_what_was_put(edge: Edge) -> None:
    put(edge, balance="1", numbers=["918068281234"])
    answer = edge.ask("PATCH", USUAL, json={"numbers": None, "quirks": ["webhook-id"]})
    assert answer.json() == {"balance": "1", "quirks": ["webhook-id"]}


def test_a_reset_brings_the_old_one_back(edge: Edge) -> None:
    before = edge.read(ACCOUNTS)
    put(edge, balance="1")
    put(edge, f"{ACCOUNTS}/acme", balance="1")
    edge.ask("POST", "/_mock/reset")
    assert edge.read(ACCOUNTS) == before


def test_only_in_its_own_sandbox(edge: Edge) -> None:
    before = edge.read(USUAL)
    put(edge, f"/_sandbox/t1{USUAL}", balance="0")
    assert (edge.read(USUAL), edge.read(f"/_sandbox/t1{USUAL}")) == (before, {"balance": "0"})
    told = [click(edge, "k", path).status_code for path in (C2C, f"/_sandbox/t1{C2C}")]
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
    edge: Edge, body: dict[str, Any], told: str
) -> None:
    before = state(edge)
    for path in (USUAL, f"{ACCOUNTS}/acme"):
        code, _, detail = refusal(put(edge, path, **body))
        assert (code, told in detail) == (422, True)
    assert state(edge) == before


@pytest.mark.parametrize(
    ("provider", "hint"),
    [("mobtext", "did you mean 'mobtexting'?"), ("qqqq", "")],
)
def test_nobody_s_account(edge: Edge, provider: str, hint: str) -> None:
    told = refusal(put(edge, f"/_mock/accounts/{provider}/x", balance="1"))
    assert told == (404, "not found", f"no provider is named {provider}: {hint}")


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_one_that_is_not_there_is_not_made_by_the_way(edge: Edge, method: str) -> None:
    body = {} if method == "GET" else {"json": {"balance": "1"}}
    code, _, detail = refusal(edge.ask(method, f"{ACCOUNTS}/acme", **body))
    assert (code, detail) == (404, "mobtexting has no account acme: known: mobtexting-default")
    assert list(edge.read(ACCOUNTS)["accounts"]) == ["mobtexting-default"]


@pytest.mark.parametrize("name", ["%C3%A4", "a%20b", "%F0%9F%98%80", "a%22b", "x" * 300])
def test_a_name_may_be_odd(edge: Edge, name: str) -> None:
    assert put(edge, f"{ACCOUNTS}/{name}", balance="1").status_code == 200
    shown = httpx.URL(f"http://h/{name}").path.removeprefix("/")
    assert shown in edge.read(ACCOUNTS)["accounts"]
    assert edge.read(f"{ACCOUNTS}/{name}") == {"balance": "1"}
