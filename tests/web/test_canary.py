"""A token is never shown in any output, wherever a client sends it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.web.control.app import ROUTE_MODULES
from tests.support import read
from tests.support.log_lines import record_log_lines
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.site_client import SiteClient, change_initial_account

CANARY = "canary-5f1c0e77"
FIELDS = {name: str(value) for name, value in CLICK_TO_CALL.items()}
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
ACCOUNT_PATH = "/_mock/accounts/mobtexting/mobtexting-default"

PATHS = {
    "/accounts/{provider}": ["/accounts/mobtexting"],
    "/accounts/{provider}/{account}": ["/accounts/mobtexting/mobtexting-default"],
    "/calls/{id}": ["/calls/c1"],
    "/openapi/{name}.json": ["/openapi/mobtexting.json"],
    "/inboxes/{name}": ["/inboxes/mobtexting", "/inboxes/x"],
    "/explain/{request}": ["/explain/r1"],
    "/journal": ["/journal", "/journal?format=jsonl"],
    "/events": [],
}
"""Route -> the paths to request; the endless event stream shows what the journal shows."""


def read_control_api(site: SiteClient) -> dict[str, str]:
    """Return the text of every control route that is read by GET."""
    routes = [
        route
        for module in ROUTE_MODULES
        for route in module.ROUTES
        if "GET" in (route.methods or ())
    ]
    paths = [path for route in routes if route.path != "/receive/{name}"
             for path in PATHS.get(route.path, [route.path])]  # fmt: skip
    return {path: site.request("GET", f"/_mock{path}").text for path in paths}


def find_leaks(site: SiteClient, lines: list[str]) -> list[str]:
    outputs = {**read_control_api(site), "log": "\n".join(lines)}
    return [source for source, text in outputs.items() if CANARY in text]


def raw_body(body: str, content_type: str) -> dict[str, Any]:
    return {"content": body.encode(), "headers": {"content-type": content_type}}


MULTIPART = (
    '--b\r\nContent-Disposition: form-data; name="access_token"\r\n'
    f"Content-Type: text/plain\r\n\r\n{CANARY}\r\n--b--\r\n"
)

REQUESTS: dict[str, dict[str, Any]] = {
    "authorization": {"headers": {"authorization": f"Bearer {CANARY}"}},
    "authorization without a scheme": {"headers": {"authorization": CANARY}},
    "authorization of another scheme": {"headers": {"authorization": f"Basic  {CANARY}"}},
    "cookie": {"headers": {"cookie": f"session={CANARY}"}},
    "referer": {"headers": {"referer": f"http://h/?access_token={CANARY}"}},
    "json": {"json": {**CLICK_TO_CALL, "access_token": CANARY}},
    "json, nested": {"json": {**CLICK_TO_CALL, "variables": {"deep": [{"token": CANARY}]}}},
    "json, escaped name": raw_body(f'{{"access\\u005ftoken": "{CANARY}"}}', JSON),
    "json, as text": raw_body(json.dumps([{"access_token": CANARY}]), JSON),
    "broken json": raw_body(f'{{"access_token": "{CANARY}", "to": ', JSON),
    "broken json, a list": raw_body(f'{{"access_token": ["{CANARY}", "to": ', JSON),
    "broken json, escaped name": raw_body(f'{{"access\\u005Ftoken" : "{CANARY}', JSON),
    "query": {"params": {"access_token": CANARY}},
    "query, encoded name": {"path": f"{CLICK_TO_CALL_PATH}?access%5Ftoken={CANARY}"},
    "query, name in capitals": {"path": f"{CLICK_TO_CALL_PATH}?Access_Token={CANARY}&x"},
    "form": {"data": {**FIELDS, "access_token": CANARY}},
    "form, encoded name": raw_body(f"a=1&access%5ftoken={CANARY}&b=2", FORM),
    "form, list": raw_body(f"access_token[]={CANARY}", FORM),
    "form, list, encoded": raw_body(f"a=1&access_token%5B0%5D={CANARY}", FORM),
    "query, list": {"path": f"{CLICK_TO_CALL_PATH}?access_token[a]={CANARY}"},
    "form that says it is json": raw_body(f"a=1&access_token={CANARY}", JSON),
    "multipart": {"files": {"to": (None, "1"), "access_token": (None, CANARY)}},
    "multipart, with a type": raw_body(MULTIPART, "multipart/form-data; boundary=b"),
    "broken multipart": raw_body(MULTIPART.replace("--b--", ""), "multipart/form-data; boundary=b"),
    "a wrong method": {"method": "PUT", "params": {"token": CANARY}},
    "text of a field": {"json": {**CLICK_TO_CALL, "mid": f"see http://h/?token={CANARY}"}},
}


@pytest.mark.parametrize("options", REQUESTS.values(), ids=REQUESTS)
def test_a_token_in_a_vendor_request_is_never_shown(
    site: SiteClient, options: dict[str, Any]
) -> None:
    """Once alone, and once beside valid credentials."""
    lines = record_log_lines(site.sandbox.state)
    for headers in ({}, HEADERS):
        sent: dict[str, Any] = {"method": "POST", "path": CLICK_TO_CALL_PATH, **options}
        site.request(**{**sent, "headers": {**headers, **sent.get("headers", {})}})
    site.advance()
    assert len(read.exchanges(site.sandbox.state)) == 2
    assert find_leaks(site, lines) == []


@pytest.mark.parametrize(
    "url",
    [
        f"http://receiver.test/x?token={CANARY}",
        f"http://receiver.test/x?to%6Ben={CANARY}&a=1",
        f"http://receiver.test/x?a=1&Access_Token={CANARY}#top",
        f"http://ann:{CANARY}@receiver.test/x",
        f"http://{CANARY}@receiver.test/x",
    ],
)
def test_a_token_in_a_webhook_url_is_never_shown(site: SiteClient, url: str) -> None:
    lines = record_log_lines(site.sandbox.state)
    assert site.request("PATCH", ACCOUNT_PATH, json={"webhooks": {"any": url}}).status_code == 200
    site.click_to_call()
    site.advance()
    assert [delivery.webhook.url for delivery in site.dispatcher.deliveries] == [url]
    assert find_leaks(site, lines) == []


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"authorization": f"Bearer {CANARY}"}},
        {"headers": {"x-api-key": CANARY}},
        {"headers": {"referer": f"http://h/?token={CANARY}"}},
        {"params": {"token": CANARY}},
        {"path": f"/_mock/receive/x?to%6ben={CANARY}"},
        {"json": {"secret": CANARY}},
        {"data": {"password": CANARY}},
        raw_body(f'{{"apikey": "{CANARY}', JSON),
    ],
)
def test_a_token_received_by_an_inbox_is_never_shown(
    site: SiteClient, options: dict[str, Any]
) -> None:
    lines = record_log_lines(site.sandbox.state)
    assert site.request("POST", **{"path": "/_mock/receive/x", **options}).status_code == 200
    assert len(site.sandbox.inboxes["x"].requests) == 1
    assert find_leaks(site, lines) == []


def patch_credentials(site: SiteClient) -> None:
    site.request("PATCH", ACCOUNT_PATH, json={"credentials": [CANARY, "k-1"]})


def schedule_credentials(site: SiteClient) -> None:
    later = [{"at": "1s", "set": {"credentials": [CANARY]}}]
    site.request("PATCH", ACCOUNT_PATH, json={"timeline": later})


def change_credentials_on_timeline(site: SiteClient) -> None:
    """The timeline of the account changes its credentials."""
    change_initial_account(site, timeline=((1_000, {"credentials": [CANARY]}),))
    site.request("POST", "/_mock/reset")
    site.advance(by=2)
    assert site.get_json("/_mock/journal")["entries"][0]["type"] == "account"


def activate_for_credential(site: SiteClient) -> None:
    body = {"scenario": "answered", "match": {"credential": CANARY}}
    assert site.request("POST", "/_mock/activations", json=body).status_code == 201


def respond_with_token(site: SiteClient) -> None:
    """The receiver of a webhook responds with the token."""

    async def receive(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200, body=json.dumps({"token": CANARY}).encode())

    site.dispatcher.receive = receive
    site.click_to_call()
    site.advance()


@pytest.mark.parametrize(
    "send_token",
    [
        patch_credentials,
        schedule_credentials,
        change_credentials_on_timeline,
        activate_for_credential,
        respond_with_token,
    ],
)
def test_a_token_in_an_account_activation_or_webhook_response_is_never_shown(
    site: SiteClient, send_token: Callable[[SiteClient], None]
) -> None:
    lines = record_log_lines(site.sandbox.state)
    send_token(site)
    assert find_leaks(site, lines) == []


def test_two_masked_tokens_can_still_be_distinguished(site: SiteClient) -> None:
    for token in (CANARY, "another-token", CANARY):
        site.click_to_call(access_token=token)
    requests = site.get_json("/_mock/requests")["requests"]
    first, second, third = (request["body"]["access_token"] for request in requests)
    assert (first == third, first == second) == (True, False)
