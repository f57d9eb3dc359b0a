"""Requests of public clients to Mobtexting, with the quirks that they need."""

from typing import Any

import pytest

from mockserver.providers.mobtexting import PROVIDER
from tests.support.public_clients import (
    ClientRequest,
    documented_clients,
    patch_account,
    quirks_by_client,
    try_client,
    with_quirks,
)
from tests.support.simulation import CLICK_TO_CALL
from tests.support.site_client import SiteClient

TOKEN = "t" * 33
PATH = "/api/v2/voice/c2c"
JSON = {"authorization": f"Bearer {TOKEN}", "accept": "application/json"}
RAW_TOKEN = {"authorization": TOKEN, "accept": "application/json"}
CALLED = (200, (200, "Call initiated successfully"))

PYTHON_PACKAGE = "Python package of the vendor"
OLD_LINK = "link of the earlier pages"
CRM = "CRM in the browser"


def read_status(response: Any) -> object:
    body = response.json()
    return body["status"], body["message"]


def read_alert(response: Any) -> object:
    """The alert of a client that reads the body of a success alone."""
    if response.is_error:
        return "Call Not Connected"
    body = response.json()
    return "Call Connecting..." if body["status"] != "ERROR" else body["message"]


REQUESTS = (
    ClientRequest(
        client=PYTHON_PACKAGE,
        path=PATH,
        sent={"params": {**CLICK_TO_CALL, "access_token": TOKEN}, "headers": RAW_TOKEN},
        read=read_status,
        strict=CALLED,
    ),
    ClientRequest(
        client=PYTHON_PACKAGE,
        method="GET",
        path=PATH,
        sent={"params": {**CLICK_TO_CALL, "access_token": TOKEN}, "headers": RAW_TOKEN},
        read=read_status,
        strict=CALLED,
    ),
    ClientRequest(
        client=OLD_LINK,
        method="GET",
        path=PATH,
        sent={"params": {**CLICK_TO_CALL, "access_token": TOKEN, "to": "flow:220"}},
        read=lambda response: response.json()["status"],
        strict=(200, 200),
    ),
    ClientRequest(
        client=CRM,
        path=PATH,
        sent={"json": {**CLICK_TO_CALL, "record": 1, "webhook_id": "w1"}, "headers": JSON},
        read=read_alert,
        strict=(200, "Call Connecting..."),
    ),
    ClientRequest(
        client=CRM,
        path=PATH,
        sent={"json": {**CLICK_TO_CALL, "record": 1}, "headers": JSON},
        read=read_alert,
        strict=(402, "Call Not Connected"),
        quirks=("errors-as-200",),
        with_quirks=(200, "Insufficient balance"),
        account={"balance": "0"},
    ),
    ClientRequest(
        client=CRM,
        path=PATH,
        sent={"json": {**CLICK_TO_CALL, "to": "not a number"}, "headers": JSON},
        read=read_alert,
        strict=(422, "Call Not Connected"),
        quirks=("errors-as-200",),
        with_quirks=(200, "The to format is invalid."),
    ),
)


@pytest.mark.parametrize("sent", with_quirks(REQUESTS), ids=lambda sent: sent.client)
def test_a_public_client_works_with_the_quirks_that_it_needs(
    site: SiteClient, sent: ClientRequest
) -> None:
    assert try_client(site, "mobtexting", sent, *sent.quirks) == sent.with_quirks


@pytest.mark.parametrize("sent", REQUESTS, ids=lambda sent: sent.client)
def test_a_public_client_without_quirks_meets_the_words_of_the_page(
    site: SiteClient, sent: ClientRequest
) -> None:
    assert try_client(site, "mobtexting", sent) == sent.strict


def test_a_refusal_with_http_200_has_its_code_in_the_body_and_its_name_in_the_header(
    site: SiteClient,
) -> None:
    patch_account(site, "mobtexting", {"quirks": ["errors-as-200"], "balance": "0"})
    response = site.request("POST", f"/mobtexting{PATH}", json=CLICK_TO_CALL, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (200, 402)
    assert response.headers["x-mock-fault"] == "insufficient-balance"


def test_a_request_with_an_unknown_credential_has_no_account_and_so_no_quirk(
    site: SiteClient,
) -> None:
    patch_account(site, "mobtexting", {"quirks": ["errors-as-200"], "credentials": ["another"]})
    response = site.request("POST", f"/mobtexting{PATH}", json=CLICK_TO_CALL, headers=JSON)
    assert (response.status_code, response.json()["status"]) == (401, "ERROR")


def test_the_page_of_public_clients_names_those_of_mobtexting_with_their_quirks() -> None:
    documented = documented_clients("Mobtexting")
    assert documented == quirks_by_client(REQUESTS)
    assert set().union(*documented.values()) <= set(PROVIDER.quirks)
