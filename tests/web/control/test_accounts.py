"""Accounts as they would stand in a file, and merge patches to them."""

from typing import Any

import pytest

from mockserver.web.views.log_lines import format_line
from mockserver.web.views.redaction import mask
from tests.support import read
from tests.support.site_client import BEARER, SiteClient, read_problem

MINE = "/_mock/accounts/mobtexting/mobtexting-default"
FLOWS = {"flows": {"220": {"say": "Hello {Name}, your otp for login is {otp}"}}}
PLAIN = {"credentials": "any", **FLOWS}


def patch(site: SiteClient, body: Any) -> Any:
    answer = site.request("PATCH", MINE, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_accounts_of_a_provider(site: SiteClient) -> None:
    expected = {"accounts": {"mobtexting-default": PLAIN}}
    assert site.get_json("/_mock/accounts/mobtexting") == expected


def test_accounts_are_those_of_that_provider_alone(site: SiteClient) -> None:
    accounts = read.accounts(site.sandbox.state)
    accounts["phonon", "other"] = accounts["mobtexting", "mobtexting-default"]
    assert list(site.get_json("/_mock/accounts/mobtexting")["accounts"]) == ["mobtexting-default"]


def test_an_account_stands_as_in_a_file(site: SiteClient) -> None:
    assert site.get_json(MINE) == PLAIN


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        (
            "/_mock/accounts/mobtextin",
            "no provider is named mobtextin: did you mean 'mobtexting'?",
        ),
        (
            "/_mock/accounts/mobtexting/mobtexting-defaul",
            "mobtexting has no account mobtexting-defaul: did you mean 'mobtexting-default'?",
        ),
        (
            "/_mock/accounts/mobtexting/qq",
            "mobtexting has no account qq: known: mobtexting-default",
        ),
        ("/_mock/accounts/acme/qq", "acme has no account qq: known: none"),
    ],
)
def test_an_unknown_account(site: SiteClient, path: str, detail: str) -> None:
    assert read_problem(site.request("GET", path)) == (404, "not found", detail)


def test_a_patch_of_an_unknown_account(site: SiteClient) -> None:
    answer = site.request("PATCH", "/_mock/accounts/mobtexting/qq", json={})
    detail = "mobtexting has no account qq: known: mobtexting-default"
    assert read_problem(answer) == (404, "not found", detail)


@pytest.mark.parametrize(
    ("patches", "expected"),
    [
        ([{}], {"credentials": "any"}),
        ([{"balance": 0}], {"credentials": "any", "balance": 0}),
        ([{"balance": 1}, {"balance": None}], {"credentials": "any"}),
        ([{"credentials": None}], {}),
        ([{"numbers": ["1", "2"]}, {"numbers": ["3"]}], {"credentials": "any", "numbers": ["3"]}),
        (
            [
                {"webhooks": {"any": "http://a/", "7": "http://b/"}},
                {"webhooks": {"any": None, "8": "http://c/"}},
            ],
            {"credentials": "any", "webhooks": {"7": "http://b/", "8": "http://c/"}},
        ),
        (
            [{"retry": {"waits": ["60s"], "satisfied_by": [200]}}, {"retry": {"waits": []}}],
            {"credentials": "any", "retry": {"waits": [], "satisfied_by": [200]}},
        ),
    ],
)
def test_a_merge_patch(
    site: SiteClient, patches: list[dict[str, object]], expected: dict[str, object]
) -> None:
    told = [patch(site, one) for one in patches]
    assert told[-1] == {**FLOWS, **expected}
    assert site.get_json(MINE) == told[-1]


def test_a_patch_holds_at_once(site: SiteClient) -> None:
    assert site.click_to_call().status_code == 200
    patch(site, {"balance": 0})
    answer = site.click_to_call()
    assert (answer.status_code, answer.headers["x-mock-fault"]) == (402, "insufficient-balance")
    patch(site, {"balance": None})
    assert site.click_to_call().status_code == 200


def test_a_patch_moves_the_webhook(site: SiteClient) -> None:
    patch(site, {"webhooks": {"any": "http://receiver.test/x"}})
    site.click_to_call()
    site.advance()
    assert [one.webhook.url for one in site.dispatcher.deliveries] == ["http://receiver.test/x"]


def test_credentials_are_masked_and_kept_apart(site: SiteClient) -> None:
    told = patch(site, {"credentials": [BEARER, "k-1"]})
    expected = [mask(BEARER, "seed"), mask("k-1", "seed")]
    assert told == {**FLOWS, "credentials": expected}
    assert site.get_json(MINE) == told
    assert site.click_to_call().status_code == 200
    patch(site, {"credentials": ["k-1"]})
    assert site.click_to_call().headers["x-mock-fault"] == "unauthenticated"


def test_a_patch_is_a_fact(site: SiteClient) -> None:
    lines, state = list[str](), site.sandbox.state
    read.subscribers(state).append(lambda fact: lines.append(format_line(fact, state)))
    site.advance(by=5)
    patch(site, {"credentials": [BEARER]})
    assert lines[-1].startswith("09:00:05 control method PATCH path /accounts/mobtexting/")
    assert BEARER not in lines[-1]
    fact = site.get_json("/_mock/journal")["facts"][-1]
    assert list(fact.items())[1:] == [
        ("at", "2026-01-01T09:00:05.000Z"),
        ("fact", "control"),
        ("call", None),
        ("method", "PATCH"),
        ("path", "/accounts/mobtexting/mobtexting-default"),
        ("body", {"credentials": [mask(BEARER, "seed")]}),
    ]


@pytest.mark.parametrize(
    ("body", "blamed"),
    [
        ({"balanc": 1}, ["balanc"]),
        ({"provider": "phonon"}, ["provider"]),
        ({"balance": "much"}, ["balance"]),
        ({"balance": "NaN", "numbers": 5}, ["balance", "numbers"]),
        ({"credentials": "some"}, ["credentials"]),
        ({"webhooks": {"any": "localhost"}}, ["webhooks.any"]),
        ({"retry": {"wait": []}}, ["retry.wait"]),
        ({"flows": 5}, ["flows"]),
        ({"quirks": 5}, ["quirks"]),
    ],
)
def test_a_wrong_patch_changes_nothing(
    site: SiteClient, body: dict[str, object], blamed: list[str]
) -> None:
    """All that is wrong at once, each under the path at which it stands."""
    status, title, detail = read_problem(site.request("PATCH", MINE, json=body))
    assert (status, title) == (422, "unprocessable entity")
    assert sorted(one.partition(": ")[0] for one in detail.split("; ")) == blamed
    assert site.get_json(MINE) == PLAIN
    assert site.get_json("/_mock/journal")["facts"] == []
