"""The control API shows accounts and applies merge patches to them."""

from typing import Any

import pytest

from mockserver.web.redaction import mask
from mockserver.web.views.log_lines import format_line
from tests.support import read
from tests.support.site import BEARER, read_problem
from tests.support.site_client import SiteClient

ACCOUNT_PATH = "/_mock/accounts/mobtexting/mobtexting-default"
FLOWS = {"flows": {"220": {"say": "Hello {Name}, your otp for login is {otp}"}}}
DEFAULT_ACCOUNT = {"credentials": "any", **FLOWS}


def patch(site: SiteClient, body: Any) -> Any:
    response = site.request("PATCH", ACCOUNT_PATH, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_the_accounts_of_a_provider_are_listed_by_name(site: SiteClient) -> None:
    expected = {"accounts": {"mobtexting-default": DEFAULT_ACCOUNT}}
    assert site.get_json("/_mock/accounts/mobtexting") == expected


def test_the_account_list_of_a_provider_leaves_out_other_providers(site: SiteClient) -> None:
    state = site.sandbox.state
    account = read.accounts(state)["mobtexting", "mobtexting-default"]
    state.accounts.replace(account.replace(provider="phonon", name="other"))
    assert list(site.get_json("/_mock/accounts/mobtexting")["accounts"]) == ["mobtexting-default"]


def test_an_account_is_shown_as_a_configuration_file_states_it(site: SiteClient) -> None:
    assert site.get_json(ACCOUNT_PATH) == DEFAULT_ACCOUNT


@pytest.mark.parametrize(
    ("path", "kind", "detail"),
    [
        (
            "/_mock/accounts/mobtextin",
            "unknown-provider",
            "no provider is named mobtextin: did you mean 'mobtexting'?",
        ),
        (
            "/_mock/accounts/mobtexting/mobtexting-defaul",
            "unknown-account",
            "mobtexting has no account mobtexting-defaul: did you mean 'mobtexting-default'?",
        ),
        (
            "/_mock/accounts/mobtexting/qq",
            "unknown-account",
            "mobtexting has no account qq: known: mobtexting-default",
        ),
        ("/_mock/accounts/acme/qq", "unknown-account", "acme has no account qq: known: none"),
    ],
)
def test_an_unknown_account_is_not_found_and_known_names_are_suggested(
    site: SiteClient, path: str, kind: str, detail: str
) -> None:
    assert read_problem(site.request("GET", path)) == (404, kind, detail)


def test_patching_an_unknown_account_is_not_found(site: SiteClient) -> None:
    response = site.request("PATCH", "/_mock/accounts/mobtexting/qq", json={})
    detail = "mobtexting has no account qq: known: mobtexting-default"
    assert read_problem(response) == (404, "unknown-account", detail)


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
def test_a_patch_is_applied_as_a_json_merge_patch(
    site: SiteClient, patches: list[dict[str, object]], expected: dict[str, object]
) -> None:
    accounts = [patch(site, body) for body in patches]
    assert accounts[-1] == {**FLOWS, **expected}
    assert site.get_json(ACCOUNT_PATH) == accounts[-1]


def test_a_patched_account_takes_effect_with_the_next_request(site: SiteClient) -> None:
    assert site.click_to_call().status_code == 200
    patch(site, {"balance": 0})
    response = site.click_to_call()
    assert (response.status_code, response.headers["x-mock-fault"]) == (402, "insufficient-balance")
    patch(site, {"balance": None})
    assert site.click_to_call().status_code == 200


def test_webhooks_go_to_the_patched_url(site: SiteClient) -> None:
    patch(site, {"webhooks": {"any": "http://receiver.test/x"}})
    site.click_to_call()
    site.advance()
    assert [delivery.webhook.url for delivery in site.dispatcher.deliveries] == [
        "http://receiver.test/x"
    ]


def test_patched_credentials_are_redacted_when_shown_and_still_authenticate(
    site: SiteClient,
) -> None:
    account = patch(site, {"credentials": [BEARER, "k-1"]})
    expected = [mask(BEARER, "seed"), mask("k-1", "seed")]
    assert account == {**FLOWS, "credentials": expected}
    assert site.get_json(ACCOUNT_PATH) == account
    assert site.click_to_call().status_code == 200
    patch(site, {"credentials": ["k-1"]})
    assert site.click_to_call().headers["x-mock-fault"] == "unauthenticated"


def test_a_patch_is_journaled_with_redacted_credentials(site: SiteClient) -> None:
    log_lines, state = list[str](), site.sandbox.state
    state.journal.subscribe(lambda entry: log_lines.append(format_line(entry, state)))
    site.advance(by=5)
    patch(site, {"credentials": [BEARER]})
    assert log_lines[-1].startswith("09:00:05 command method PATCH path /accounts/mobtexting/")
    assert BEARER not in log_lines[-1]
    entry = site.get_json("/_mock/journal")["entries"][-1]
    assert list(entry.items())[1:] == [
        ("at", "2026-01-01T09:00:05.000Z"),
        ("type", "command"),
        ("call", None),
        ("method", "PATCH"),
        ("path", "/accounts/mobtexting/mobtexting-default"),
        ("body", {"credentials": [mask(BEARER, "seed")]}),
    ]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"balanc": 1}, ["balanc"]),
        ({"provider": "phonon"}, ["provider"]),
        ({"balance": "much"}, ["balance"]),
        ({"balance": "NaN", "numbers": 5}, ["balance", "numbers"]),
        ({"credentials": "some"}, ["credentials"]),
        ({"webhooks": {"any": "localhost"}}, ["webhooks.any"]),
        ({"webhooks": {"any": "http://[::1"}}, ["webhooks.any"]),
        ({"webhooks": {"any": "http://a/", "7": "http://169.254.169.254/"}}, ["webhooks.7"]),
        ({"retry": {"wait": []}}, ["retry.wait"]),
        ({"flows": 5}, ["flows"]),
        ({"quirks": 5}, ["quirks"]),
    ],
)
def test_an_invalid_patch_names_every_wrong_field_and_changes_nothing(
    site: SiteClient, body: dict[str, object], fields: list[str]
) -> None:
    """Every problem is reported under the path of its field."""
    status, kind, detail = read_problem(site.request("PATCH", ACCOUNT_PATH, json=body))
    assert (status, kind) == (422, "invalid-body")
    assert sorted(problem.partition(": ")[0] for problem in detail.split("; ")) == fields
    assert site.get_json(ACCOUNT_PATH) == DEFAULT_ACCOUNT
    assert site.get_json("/_mock/journal")["entries"] == []
