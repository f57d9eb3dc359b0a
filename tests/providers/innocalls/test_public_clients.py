"""Requests of public clients to Innocalls: none needs a quirk, and some speak to another API."""

from typing import Any

import pytest

from tests.support.public_clients import (
    ClientRequest,
    documented_clients,
    quirks_by_client,
    try_client,
)
from tests.support.site_client import SiteClient

PATH = "/api/v1/order/confirmation"
FLOW = "5f0a1b2c3d4e5f6071829304"
HEADERS = {"authorization": f"Bearer {'h' * 36}.{'p' * 120}.{'s' * 43}"}
ORDER = {"phone": "201012345678", "call_flow_id": FLOW, "order_number": "1001"}
QUEUED = (200, "Call in queue")

SHOP = "shop in PHP"
CAMPAIGN = "campaign job in PHP"
MESSAGE = "message service"


def read_message(response: Any) -> object:
    return response.json()["data"]["message"]


def read_nearest(response: Any) -> object:
    return response.json()["nearest"]


REQUESTS = (
    ClientRequest(
        client=SHOP,
        path=PATH,
        sent={
            "json": {**ORDER, "type": "order_cost", "order_cost": 250.5, "order_currency": "SAR"},
            "headers": HEADERS,
        },
        read=read_message,
        strict=QUEUED,
    ),
    ClientRequest(
        client=SHOP,
        path=PATH,
        sent={
            "json": {**ORDER, "type": "order_number.order_cost", "order_cost": "250"},
            "headers": HEADERS,
        },
        read=read_message,
        strict=QUEUED,
    ),
    ClientRequest(
        client=SHOP,
        path="/api-gateway.innocalls.com/api/order-confirmation",
        sent={"json": ORDER, "headers": HEADERS},
        read=read_nearest,
        strict=(404, ["POST /api/v1/order/confirmation"]),
    ),
    ClientRequest(
        client=CAMPAIGN,
        path="/api-gateway.innocalls.com/api/call-campaign/v1/call",
        sent={
            "json": {"phone": "201012345678", "call_flow_id": FLOW, "sound_id": 7},
            "headers": HEADERS,
        },
        read=lambda response: response.json()["title"],
        strict=(404, "unknown path"),
    ),
    ClientRequest(
        client=MESSAGE,
        path="/platform.innocalls.com/api/v1/call",
        sent={
            "json": {"phone": "201012345678", "call_flow_id": FLOW, "message": "Hello"},
            "headers": HEADERS,
        },
        read=lambda response: response.json()["title"],
        strict=(404, "unknown path"),
    ),
)


@pytest.mark.parametrize("sent", REQUESTS, ids=lambda sent: sent.client)
def test_a_public_client_meets_the_words_of_the_page(site: SiteClient, sent: ClientRequest) -> None:
    assert try_client(site, "innocalls", sent) == sent.strict


@pytest.mark.parametrize("form", ["params", "data", "json"])
def test_an_order_is_taken_from_query_form_and_json_alike(site: SiteClient, form: str) -> None:
    response = site.request("POST", f"/innocalls{PATH}", headers=HEADERS, **{form: ORDER})
    assert (response.status_code, read_message(response)) == QUEUED


def test_the_page_of_public_clients_names_those_of_innocalls() -> None:
    assert documented_clients("Innocalls") == quirks_by_client(REQUESTS)
