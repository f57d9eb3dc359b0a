"""A put creates or replaces an account in the format of a configuration file."""

from typing import Any

import httpx
import pytest

from tests.support.edge_site import EdgeSite, control_state
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import read_problem

ACCOUNTS = "/_mock/accounts/mobtexting"
DEFAULT_PATH = f"{ACCOUNTS}/mobtexting-default"


def put(edge: EdgeSite, path: str = DEFAULT_PATH, **body: Any) -> httpx.Response:
    return edge.request("PUT", path, json=body)


def click_to_call(
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
def test_a_put_account_is_shown_as_it_was_sent(edge: EdgeSite, body: dict[str, Any]) -> None:
    response = put(edge, **body)
    assert (response.status_code, response.json()) == (200, body)
    assert edge.get_json(DEFAULT_PATH) == body
    assert edge.get_json(ACCOUNTS) == {"accounts": {"mobtexting-default": body}}


def test_a_put_replaces_the_whole_account(edge: EdgeSite) -> None:
    assert "flows" in edge.get_json(DEFAULT_PATH)
    put(edge, balance="1")
    assert edge.get_json(DEFAULT_PATH) == {"balance": "1"}


def test_a_put_account_takes_effect_with_the_next_request(edge: EdgeSite) -> None:
    assert click_to_call(edge, "any key").status_code == 200
    put(edge, credentials=["key-1"], balance="0")
    statuses = [click_to_call(edge, key).status_code for key in ("any key", "key-1")]
    assert statuses == [401, 402]


def test_a_new_account_joins_the_others_and_owns_its_credentials(edge: EdgeSite) -> None:
    assert put(edge, f"{ACCOUNTS}/acme", credentials=["key-1"]).status_code == 200
    assert list(edge.get_json(ACCOUNTS)["accounts"]) == ["mobtexting-default", "acme"]
    click_to_call(edge, "key-1")
    click_to_call(edge, "key-2")
    accounts = [call["account"] for call in edge.get_json("/_mock/calls")["calls"]]
    assert accounts == ["acme", "mobtexting-default"]


def test_credentials_of_a_put_account_are_redacted_wherever_they_are_shown(edge: EdgeSite) -> None:
    response = put(edge, f"{ACCOUNTS}/acme", credentials=["top-secret-1", "top-secret-2"])
    redacted = response.json()["credentials"]
    assert ([value[:3] for value in redacted], len(set(redacted))) == (["***", "***"], 2)
    paths = (ACCOUNTS, f"{ACCOUNTS}/acme", "/_mock/journal")
    texts = [response.text, *(edge.request("GET", path).text for path in paths)]
    assert not any("top-secret" in text for text in texts)


def test_a_put_account_is_journaled(edge: EdgeSite) -> None:
    put(edge, f"{ACCOUNTS}/acme", balance="1")
    [entry] = edge.get_json("/_mock/journal")["entries"]
    fields = {name: entry[name] for name in ("type", "method", "path", "body")}
    assert fields == {
        "type": "command",
        "method": "PUT",
        "path": "/accounts/mobtexting/acme",
        "body": {"balance": "1"},
    }


def test_a_patch_is_merged_into_the_put_account(edge: EdgeSite) -> None:
    put(edge, balance="1", numbers=["918068281234"])
    response = edge.request("PATCH", DEFAULT_PATH, json={"numbers": None, "quirks": ["webhook-id"]})
    assert response.json() == {"balance": "1", "quirks": ["webhook-id"]}


def test_a_reset_restores_the_configured_accounts(edge: EdgeSite) -> None:
    before = edge.get_json(ACCOUNTS)
    put(edge, balance="1")
    put(edge, f"{ACCOUNTS}/acme", balance="1")
    edge.request("POST", "/_mock/reset")
    assert edge.get_json(ACCOUNTS) == before


def test_a_put_account_changes_only_its_own_sandbox(edge: EdgeSite) -> None:
    before = edge.get_json(DEFAULT_PATH)
    put(edge, f"/_sandbox/t1{DEFAULT_PATH}", balance="0")
    assert (edge.get_json(DEFAULT_PATH), edge.get_json(f"/_sandbox/t1{DEFAULT_PATH}")) == (
        before,
        {"balance": "0"},
    )
    statuses = [
        click_to_call(edge, "k", path).status_code
        for path in (CLICK_TO_CALL_PATH, f"/_sandbox/t1{CLICK_TO_CALL_PATH}")
    ]
    assert statuses == [200, 402]


@pytest.mark.parametrize(
    ("body", "field"),
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
def test_an_account_that_is_invalid_in_a_configuration_file_is_rejected(
    edge: EdgeSite, body: dict[str, Any], field: str
) -> None:
    before = control_state(edge)
    for path in (DEFAULT_PATH, f"{ACCOUNTS}/acme"):
        status, _, detail = read_problem(put(edge, path, **body))
        assert (status, field in detail) == (422, True)
    assert control_state(edge) == before


@pytest.mark.parametrize(
    ("provider", "hint"),
    [
        ("mobtext", "did you mean 'mobtexting'?"),
        ("qqqq", "known: ccai, effebot, innocalls, mobtexting, phonon"),
    ],
)
def test_putting_an_account_of_an_unknown_provider_is_not_found(
    edge: EdgeSite, provider: str, hint: str
) -> None:
    problem = read_problem(put(edge, f"/_mock/accounts/{provider}/x", balance="1"))
    assert problem == (404, "unknown-provider", f"no provider is named {provider}: {hint}")


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_reading_or_patching_an_unknown_account_does_not_create_it(
    edge: EdgeSite, method: str
) -> None:
    body = {} if method == "GET" else {"json": {"balance": "1"}}
    status, _, detail = read_problem(edge.request(method, f"{ACCOUNTS}/acme", **body))
    assert (status, detail) == (404, "mobtexting has no account acme: known: mobtexting-default")
    assert list(edge.get_json(ACCOUNTS)["accounts"]) == ["mobtexting-default"]


@pytest.mark.parametrize("name", ["%C3%A4", "a%20b", "%F0%9F%98%80", "a%22b", "x" * 300])
def test_an_account_name_may_contain_unusual_characters(edge: EdgeSite, name: str) -> None:
    assert put(edge, f"{ACCOUNTS}/{name}", balance="1").status_code == 200
    decoded = httpx.URL(f"http://h/{name}").path.removeprefix("/")
    assert decoded in edge.get_json(ACCOUNTS)["accounts"]
    assert edge.get_json(f"{ACCOUNTS}/{name}") == {"balance": "1"}


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("PUT", "mobtexting/new", {"credentials": ["k0", "k1"]}, "credentials.1"),
        ("PATCH", "mobtexting/mobtexting-default", {"credentials": ["k1"]}, "credentials.0"),
        ("PUT", "phonon/new", {"security_id": "s1"}, "security_id"),
    ],
)
def test_a_credential_of_another_account_is_refused_at_its_place(
    edge: EdgeSite, method: str, path: str, body: dict[str, Any], expected: str
) -> None:
    for other, given in (
        ("mobtexting/first", {"credentials": ["k1"]}),
        ("phonon/first", {"security_id": "s1"}),
    ):
        response = edge.request("PUT", f"/_mock/accounts/{other}", json=given)
        assert response.status_code == 200
    status, kind, text = read_problem(edge.request(method, f"/_mock/accounts/{path}", json=body))
    assert (status, kind) == (422, "invalid-body")
    place, _, message = text.partition(": ")
    assert place == expected
    assert message.endswith(" is a credential of first already: write another one")
    again = edge.request("PATCH", "/_mock/accounts/mobtexting/first", json={"quirks": []})
    assert again.status_code == 200
