"""A token that was never seen before, put wherever one may stand: no output shows it again."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.web.control.app import ROUTE_MODULES
from mockserver.web.views.log_lines import format_line
from tests.support import read
from tests.support.simulation import CLICK_TO_CALL
from tests.support.site_client import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    SiteClient,
    change_initial_account,
)

CANARY = "canary-5f1c0e77"
FIELDS = {name: str(value) for name, value in CLICK_TO_CALL.items()}
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
HERE: Mapping[str, Any] = {"json": dict(CLICK_TO_CALL), "headers": HEADERS}
MINE = "/_mock/accounts/mobtexting/mobtexting-default"

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
"""Route -> the paths by which it is asked; the events tell what the journal tells, without end."""


def told(site: SiteClient) -> dict[str, str]:
    """Everything that the control API shows to a GET."""
    routes = [
        route for noun in ROUTE_MODULES for route in noun.ROUTES if "GET" in (route.methods or ())
    ]
    paths = [path for route in routes if route.path != "/inbox/{name}"
             for path in PATHS.get(route.path, [route.path])]  # fmt: skip
    return {path: site.request("GET", f"/_mock{path}").text for path in paths}


def leaks(site: SiteClient, lines: list[str]) -> list[str]:
    shown = {**told(site), "log": "\n".join(lines)}
    return [place for place, text in shown.items() if CANARY in text]


def watched(site: SiteClient) -> list[str]:
    lines, state = list[str](), site.sandbox.state
    read.subscribers(state).append(lambda fact: lines.append(format_line(fact, state)))
    return lines


def raw(body: str, content_type: str) -> dict[str, Any]:
    return {"content": body.encode(), "headers": {"content-type": content_type}}


MULTIPART = (
    '--b\r\nContent-Disposition: form-data; name="access_token"\r\n'
    f"Content-Type: text/plain\r\n\r\n{CANARY}\r\n--b--\r\n"
)

ASKED: dict[str, dict[str, Any]] = {
    "authorization": {"headers": {"authorization": f"Bearer {CANARY}"}},
    "authorization without a scheme": {"headers": {"authorization": CANARY}},
    "authorization of another scheme": {"headers": {"authorization": f"Basic  {CANARY}"}},
    "cookie": {"headers": {"cookie": f"session={CANARY}"}},
    "referer": {"headers": {"referer": f"http://h/?access_token={CANARY}"}},
    "json": {"json": {**CLICK_TO_CALL, "access_token": CANARY}},
    "json, nested": {"json": {**CLICK_TO_CALL, "variables": {"deep": [{"token": CANARY}]}}},
    "json, escaped name": raw(f'{{"access\\u005ftoken": "{CANARY}"}}', JSON),
    "json, as text": raw(json.dumps([{"access_token": CANARY}]), JSON),
    "broken json": raw(f'{{"access_token": "{CANARY}", "to": ', JSON),
    "broken json, a list": raw(f'{{"access_token": ["{CANARY}", "to": ', JSON),
    "broken json, escaped name": raw(f'{{"access\\u005Ftoken" : "{CANARY}', JSON),
    "query": {"params": {"access_token": CANARY}},
    "query, encoded name": {"path": f"{CLICK_TO_CALL_PATH}?access%5Ftoken={CANARY}"},
    "query, name in capitals": {"path": f"{CLICK_TO_CALL_PATH}?Access_Token={CANARY}&x"},
    "form": {"data": {**FIELDS, "access_token": CANARY}},
    "form, encoded name": raw(f"a=1&access%5ftoken={CANARY}&b=2", FORM),
    "form, list": raw(f"access_token[]={CANARY}", FORM),
    "form, list, encoded": raw(f"a=1&access_token%5B0%5D={CANARY}", FORM),
    "query, list": {"path": f"{CLICK_TO_CALL_PATH}?access_token[a]={CANARY}"},
    "form that says it is json": raw(f"a=1&access_token={CANARY}", JSON),
    "multipart": {"files": {"to": (None, "1"), "access_token": (None, CANARY)}},
    "multipart, with a type": raw(MULTIPART, "multipart/form-data; boundary=b"),
    "broken multipart": raw(MULTIPART.replace("--b--", ""), "multipart/form-data; boundary=b"),
    "a wrong method": {"method": "PUT", "params": {"token": CANARY}},
    "text of a field": {"json": {**CLICK_TO_CALL, "mid": f"see http://h/?token={CANARY}"}},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_token_in_a_vendor_request(site: SiteClient, asked: dict[str, Any]) -> None:
    """Once by itself, and once beside the credential that counts."""
    lines = watched(site)
    for headers in ({}, HEADERS):
        sent: dict[str, Any] = {"method": "POST", "path": CLICK_TO_CALL_PATH, **asked}
        site.request(**{**sent, "headers": {**headers, **sent.get("headers", {})}})
    site.advance()
    assert len(read.exchanges(site.sandbox.state)) == 2
    assert leaks(site, lines) == []


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
def test_a_token_in_the_url_of_a_webhook(site: SiteClient, url: str) -> None:
    lines = watched(site)
    assert site.request("PATCH", MINE, json={"webhooks": {"any": url}}).status_code == 200
    site.click_to_call()
    site.advance()
    assert [one.webhook.url for one in site.dispatcher.deliveries] == [url]
    assert leaks(site, lines) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"headers": {"authorization": f"Bearer {CANARY}"}},
        {"headers": {"x-api-key": CANARY}},
        {"headers": {"referer": f"http://h/?token={CANARY}"}},
        {"params": {"token": CANARY}},
        {"path": f"/_mock/inbox/x?to%6ben={CANARY}"},
        {"json": {"secret": CANARY}},
        {"data": {"password": CANARY}},
        raw(f'{{"apikey": "{CANARY}', JSON),
    ],
)
def test_a_token_in_an_inbox(site: SiteClient, asked: dict[str, Any]) -> None:
    lines = watched(site)
    assert site.request("POST", **{"path": "/_mock/inbox/x", **asked}).status_code == 200
    assert len(site.sandbox.inboxes["x"].requests) == 1
    assert leaks(site, lines) == []


def patched(site: SiteClient) -> None:
    site.request("PATCH", MINE, json={"credentials": [CANARY, "k-1"]})


def patched_for_later(site: SiteClient) -> None:
    later = [{"at": "1s", "set": {"credentials": [CANARY]}}]
    site.request("PATCH", MINE, json={"timeline": later})


def changed_in_time(site: SiteClient) -> None:
    """An account whose credential the timeline changes."""
    change_initial_account(site, timeline=((1_000, {"credentials": [CANARY]}),))
    site.request("POST", "/_mock/reset")
    site.advance(by=2)
    assert site.get_json("/_mock/journal")["facts"][0]["fact"] == "account"


def activated(site: SiteClient) -> None:
    body = {"scenario": "answered", "match": {"credential": CANARY}}
    assert site.request("POST", "/_mock/activations", json=body).status_code == 201


def answered(site: SiteClient) -> None:
    """What a receiver answers."""

    async def receive(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200, body=json.dumps({"token": CANARY}).encode())

    site.dispatcher.receive = receive
    site.click_to_call()
    site.advance()


@pytest.mark.parametrize("act", [patched, patched_for_later, changed_in_time, activated, answered])
def test_a_token_that_the_mock_is_told(site: SiteClient, act: Callable[[SiteClient], None]) -> None:
    lines = watched(site)
    act(site)
    assert leaks(site, lines) == []


def test_two_tokens_can_still_be_told_apart(site: SiteClient) -> None:
    for token in (CANARY, "another-token", CANARY):
        site.click_to_call(access_token=token)
    first, second, third = (one["body"]["access_token"]
                            for one in site.get_json("/_mock/requests")["requests"])  # fmt: skip
    assert (first == third, first == second) == (True, False)
