"""Requests of public clients to Effebot and its sister brands, with the quirks that they need."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mockserver.providers.effebot import PROVIDER
from tests.support.public_clients import (
    ClientRequest,
    documented_clients,
    patch_account,
    quirks_by_client,
    read_or_fail,
    try_client,
    with_quirks,
)
from tests.support.site_client import SiteClient

PHONES = "phones"
KEY = {"apiKey": "k" * 60}
CALLER = {"outgoingPhone": "99999999997"}
TEXT = {"record": {"text": "Good morning", "gender": 0}}
JSON = {"content-type": "application/json", "accept": "application/json"}
CREATE, CREATE_RECORD, GET = "/apiCalls/create", "/apiCalls/createRecord", "/apiCalls/get"
NO_CALLER = (422, "The outgoingPhone field is required unless dutyPhone is 1.")
CREATED = (200, (1, 1767258000, "79240000000"))

PHP_CLASS = "PHP class that calls and checks"
CRON = "PHP job that checks calls"
WEB_FORM = "web form in React"
WIDGET = "widget of a CRM in the browser"
LARAVEL = "package for Laravel"
EDGE_FUNCTION = "edge function in TypeScript"
PYTHON_SESSION = "session class in Python"
DUTY_PHONE = "Python script with a duty phone"
BALANCE_PAGE = "page that shows the balance"
PLUS = "TypeScript service with plus signs"


def read_new_call(response: Any) -> object:
    item = response.json()["data"][0]
    return item["id"], item["createdAt"], item["phone"]


def read_message_or_ids(response: Any) -> object:
    """A client that reads the message of an HTTP error, and the ids of new calls."""
    data = response.json()["data"]
    return data["message"] if response.is_error else [item["id"] for item in data]


def read_names(response: Any) -> object:
    return [item["name"] for item in response.json()["data"]]


def read_details(response: Any) -> object:
    item = response.json()["data"][0]["calls"][0]
    return item["phone"], item["answeredAt"], item["finishedAt"]


REQUESTS = (
    ClientRequest(
        client=PHP_CLASS,
        path=CREATE,
        sent={"json": {**KEY, **CALLER, "phone": "79240000000", "record": {"id": 1}}},
        read=read_new_call,
        strict=(200, "KeyError"),
        quirks=("wrapped",),
        with_quirks=CREATED,
    ),
    ClientRequest(
        client=PHP_CLASS,
        path=CREATE_RECORD,
        sent={"json": {**KEY, "name": "greeting", "source": "text", "text": "Hello"}},
        read=lambda response: response.json()["data"]["id"],
        strict=(200, "KeyError"),
        quirks=("wrapped",),
        with_quirks=(200, 1343),
    ),
    ClientRequest(
        client=CRON,
        path=f"{GET}?apiCallIdList[]=1",
        sent={"json": KEY, "headers": JSON},
        read=read_details,
        strict=(200, "KeyError"),
        quirks=("wrapped",),
        with_quirks=(200, ("79240000000", None, None)),
        before=((CREATE, {"json": {**KEY, **CALLER, **TEXT, "phone": "79240000000"}}),),
    ),
    ClientRequest(
        client=WEB_FORM,
        path=CREATE,
        sent={"json": {**KEY, **CALLER, **TEXT, "phone": "79240000000"}},
        read=read_new_call,
        strict=(200, "KeyError"),
        quirks=("wrapped",),
        with_quirks=CREATED,
    ),
    ClientRequest(
        client=WIDGET,
        path=CREATE,
        sent={
            "data": {
                **KEY,
                **CALLER,
                "record[id]": "1",
                "phones[]": ["79240000000", "79240000001"],
                "label": "amoCRM",
            }
        },
        read=lambda response: response.json()["status"],
        strict=(200, "TypeError"),
        quirks=("wrapped",),
        with_quirks=(200, "success"),
    ),
    ClientRequest(
        client=WIDGET,
        path="/apiCalls/getRecords",
        sent={"data": {**KEY, "forAmoGet": "1"}},
        read=read_names,
        strict=(200, ["Greeting", "Old record", "Second record"]),
    ),
    ClientRequest(
        client=WIDGET,
        path="/apiCalls/getPhones",
        sent={"data": {**KEY, "status": "available"}},
        read=lambda response: [item["phone"] for item in response.json()["data"]],
        strict=(200, ["99999999999", "99999999997"]),
    ),
    ClientRequest(
        client=LARAVEL,
        path=CREATE,
        sent={"json": {**KEY, PHONES: ["79240000000"], "record": {"id": "1"}}},
        read=read_message_or_ids,
        strict=NO_CALLER,
        quirks=("no-caller-number", "wrapped"),
        with_quirks=(200, [1]),
    ),
    ClientRequest(
        client=EDGE_FUNCTION,
        path=CREATE,
        sent={"json": {**KEY, "phone": 79240000000, "record": {"text": "Hello", "gender": 1}}},
        read=lambda response: (
            response.json()["status"],
            response.json()["data"][0].get("status"),
        ),
        strict=(422, "KeyError"),
        quirks=("no-caller-number", "wrapped"),
        with_quirks=(200, ("success", None)),
    ),
    ClientRequest(
        client=PYTHON_SESSION,
        path="/apiCalls/createWithTemplate",
        sent={
            "json": {
                **KEY,
                PHONES: ["79240000000"],
                "templateId": 1,
                "outgoingPhone": "",
                "webhookUrl": "http://localhost:3000/api/webhook",
            },
            "headers": JSON,
        },
        read=read_message_or_ids,
        strict=NO_CALLER,
        quirks=("no-caller-number", "wrapped"),
        with_quirks=(200, [1]),
    ),
    ClientRequest(
        client=PYTHON_SESSION,
        path=CREATE_RECORD,
        sent={
            "data": {**KEY, "name": "greeting", "source": "file"},
            "files": {"file": ("greeting.wav", b"RIFF", "audio/wav")},
        },
        read=lambda response: (response.json()["data"]["id"], response.json()["data"]["name"]),
        strict=(200, "KeyError"),
        quirks=("wrapped",),
        with_quirks=(200, (1343, "greeting")),
    ),
    ClientRequest(
        client=PYTHON_SESSION,
        path=GET,
        sent={"json": {**KEY, "apiCallIdList": [1]}, "headers": JSON},
        read=read_details,
        strict=(200, "KeyError"),
        quirks=("wrapped",),
        with_quirks=(200, ("79240000000", None, None)),
        before=((CREATE, {"json": {**KEY, **CALLER, **TEXT, "phone": "79240000000"}}),),
    ),
    ClientRequest(
        client=PYTHON_SESSION,
        path="/apiCalls/getTemplates",
        sent={"json": {**KEY, "onlyModerated": 0}, "headers": JSON},
        read=read_names,
        strict=(200, "TypeError"),
        quirks=("wrapped",),
        with_quirks=(200, ["Reminder", "Draft"]),
    ),
    ClientRequest(
        client=PYTHON_SESSION,
        path="/apiCalls/getPhones",
        sent={"json": {**KEY, "all": True}, "headers": JSON},
        read=lambda response: len(response.json()["data"]),
        strict=(200, 3),
    ),
    ClientRequest(
        client=DUTY_PHONE,
        path=CREATE,
        sent={"json": {**KEY, **TEXT, "phone": "79240000000", "dutyPhone": 1}},
        read=read_new_call,
        strict=(200, "KeyError"),
        quirks=("wrapped",),
        with_quirks=CREATED,
    ),
    ClientRequest(
        client=BALANCE_PAGE,
        path="/apiCalls/userInfo",
        sent={"data": KEY},
        read=lambda response: response.json()["data"]["balance"],
        strict=(200, "KeyError"),
        quirks=("wrapped",),
        with_quirks=(200, "100.00"),
    ),
    ClientRequest(
        client=PLUS,
        path=CREATE,
        sent={"json": {**KEY, **CALLER, **TEXT, "phone": "+79240000000"}},
        read=read_message_or_ids,
        strict=(422, "The phone field is invalid."),
    ),
    ClientRequest(
        client=PLUS,
        path="/apiCalls/info",
        sent={"json": {**KEY, "apiCallIdList": [1]}},
        read=lambda response: response.json()["nearest"],
        strict=(404, ["POST /apiCalls/userInfo"]),
    ),
)


@pytest.mark.parametrize("sent", with_quirks(REQUESTS), ids=lambda sent: sent.client)
def test_a_public_client_works_with_the_quirks_that_it_needs(
    site: SiteClient, sent: ClientRequest
) -> None:
    assert try_client(site, "effebot", sent, *sent.quirks) == sent.with_quirks


@pytest.mark.parametrize("sent", REQUESTS, ids=lambda sent: sent.client)
def test_a_public_client_without_quirks_meets_the_words_of_the_page(
    site: SiteClient, sent: ClientRequest
) -> None:
    assert try_client(site, "effebot", sent) == sent.strict


@pytest.mark.parametrize(
    ("phones", "status", "fault"),
    [
        ({"99999999995": None}, 422, "no-duty-phone"),
        ({"99999999999": None, "99999999995": None}, 422, "no-duty-phone"),
        ({}, 200, None),
    ],
)
def test_a_call_without_a_caller_number_needs_a_duty_phone(
    site: SiteClient, phones: dict[str, object], status: int, fault: str | None
) -> None:
    patch_account(site, "effebot", {"quirks": ["no-caller-number"], PHONES: phones})
    fields = {**KEY, **TEXT, "phone": "79240000000"}
    response = site.request("POST", f"/effebot{CREATE}", json=fields)
    assert (response.status_code, response.headers.get("x-mock-fault")) == (status, fault)


RECEIVER = "PHP receiver of webhooks"
RECEIVER_QUIRKS = ("call-ids",)
WEBHOOKS = {
    "webhookUrl": "http://localhost:3000/hook",
    "ivrs": [
        {
            "digit": 1,
            "webhookUrl": "http://localhost:3000/ivr",
            "webhookParameters": '{"tid": 7}',
        }
    ],
}


def read_status_webhook(body: Mapping[str, Any]) -> object:
    """A receiver that stores each call by its id and that of its request."""
    [details] = body["apiCalls"]
    return [(details["id"], item["id"], item["phone"]) for item in details["calls"]]


def read_action_webhook(body: Mapping[str, Any]) -> object:
    return body["call"]["apicallId"], body["call"]["answer"], body["tid"]


@pytest.mark.parametrize(
    ("kind", "read", "quirks", "expected"),
    [
        ("status", read_status_webhook, RECEIVER_QUIRKS, [(1, 1, "79240000000")]),
        ("action", read_action_webhook, RECEIVER_QUIRKS, (1, 1, 7)),
        ("status", read_status_webhook, (), "KeyError"),
        ("action", read_action_webhook, (), "KeyError"),
    ],
)
def test_a_public_receiver_finds_ids_in_both_webhooks_with_its_quirk(
    site: SiteClient,
    kind: str,
    read: Callable[[Mapping[str, Any]], object],
    quirks: tuple[str, ...],
    expected: object,
) -> None:
    patch_account(site, "effebot", {"quirks": list(quirks)})
    fields = {**KEY, **CALLER, **TEXT, **WEBHOOKS, "phone": "79240000000"}
    headers = {"x-mock-scenario": "presses-one"}
    assert (
        site.request("POST", f"/effebot{CREATE}", json=fields, headers=headers).status_code == 200
    )
    site.advance()
    bodies = [
        delivery.webhook.body
        for delivery in site.dispatcher.deliveries
        if delivery.webhook.kind == kind
    ]
    assert bodies
    assert [read_or_fail(read, body) for body in bodies if body] == [expected] * len(bodies)


def test_the_page_of_public_clients_names_those_of_effebot_with_their_quirks() -> None:
    documented = documented_clients("Effebot")
    assert documented == {**quirks_by_client(REQUESTS), RECEIVER: set(RECEIVER_QUIRKS)}
    assert set().union(*documented.values()) <= set(PROVIDER.quirks)
