"""Requests of public clients to the CCAI Platform, with the quirks that they need."""

from typing import Any

import pytest

from mockserver.providers.ccai import PROVIDER
from tests.support.public_clients import (
    ClientRequest,
    documented_clients,
    quirks_by_client,
    try_client,
    with_quirks,
)
from tests.support.site_client import SiteClient

CALLS = "/apps/api/v1/calls"
AUTH = ("customer", "token")
NUMBER = "+1 800-555-0100"
LATER = "2026-09-02T14:30:00Z"
SCHEDULED = {
    "call_type": "Voice Scheduled (API)",
    "end_user_number": NUMBER,
    "scheduled_at": LATER,
}

EXPORT = "export into a data warehouse"
OLD_NAMES = "callback client with the older names"
ONE_FORM = "client with one form for all types"
IVR_SCHEDULER = "scheduler with IVR menus"
WEB_CALLER = "caller of web menus"


def read_type(response: Any) -> object:
    answer = response.json()
    return answer["message"] if response.is_error else (answer["call_type"], answer["status"])


def read_page(response: Any) -> object:
    """The number of calls on the page and in all, and the address of the next page."""
    return len(response.json()), int(response.headers["total"]), response.headers.get("link")


REQUESTS = (
    ClientRequest(
        client=EXPORT,
        method="GET",
        path="/manager/api/v1/calls",
        sent={
            "params": {
                "page": "1",
                "per": "100",
                "sort_column": "updated_at",
                "sort_direction": "ASC",
                "updated_at[from]": "2024-01-01T00:00:00Z",
            },
            "auth": AUTH,
            "headers": {"accept": "application/vnd.json"},
        },
        read=read_page,
        strict=(200, (1, 1, None)),
        before=((CALLS, {"json": {**SCHEDULED, "menu_id": 10}, "auth": AUTH}),),
    ),
    ClientRequest(
        client=EXPORT,
        method="GET",
        path="/manager/api/v1/settings/organization",
        sent={"auth": AUTH, "headers": {"accept": "application/json"}},
        read=lambda response: response.json()["nearest"],
        strict=(404, ["GET /manager/api/v1/calls"]),
    ),
    ClientRequest(
        client=OLD_NAMES,
        path=CALLS,
        sent={"json": {**SCHEDULED, "call_type": "ScheduledCall", "menu_id": 10}, "auth": AUTH},
        read=read_type,
        strict=(201, ("Voice Scheduled (API)", "scheduled")),
    ),
    ClientRequest(
        client=ONE_FORM,
        path=CALLS,
        sent={
            "json": {
                **SCHEDULED,
                "menu_id": 10,
                "call_id": None,
                "agent_email": None,
                "ticket_id": None,
                "outbound_number": None,
                "lang": None,
                "recording_permission": None,
            },
            "auth": AUTH,
        },
        read=read_type,
        strict=(201, ("Voice Scheduled (API)", "scheduled")),
    ),
    ClientRequest(
        client=IVR_SCHEDULER,
        path=CALLS,
        sent={"json": {**SCHEDULED, "menu_id": 9}, "auth": AUTH},
        read=read_type,
        strict=(400, "Only mobile and web menu IDs are permitted"),
        quirks=("scheduled-as-inbound",),
        with_quirks=(201, ("Voice Inbound (API)", "queued")),
    ),
    ClientRequest(
        client=WEB_CALLER,
        path=CALLS,
        sent={
            "json": {"call_type": "IncomingCall", "menu_id": 11, "end_user_number": NUMBER},
            "auth": AUTH,
        },
        read=read_type,
        strict=(400, "Only IVR and mobile menu IDs are permitted"),
        quirks=("inbound-web-menus",),
        with_quirks=(201, ("Voice Inbound (API)", "queued")),
    ),
)


@pytest.mark.parametrize("sent", with_quirks(REQUESTS), ids=lambda sent: sent.client)
def test_a_public_client_works_with_the_quirks_that_it_needs(
    site: SiteClient, sent: ClientRequest
) -> None:
    assert try_client(site, "ccai", sent, *sent.quirks) == sent.with_quirks


@pytest.mark.parametrize("sent", REQUESTS, ids=lambda sent: sent.client)
def test_a_public_client_without_quirks_meets_the_default(
    site: SiteClient, sent: ClientRequest
) -> None:
    assert try_client(site, "ccai", sent) == sent.strict


def test_the_page_of_public_clients_names_those_of_the_ccai_platform_with_their_quirks() -> None:
    documented = documented_clients("CCAI Platform")
    assert documented == quirks_by_client(REQUESTS)
    assert set().union(*documented.values()) <= set(PROVIDER.quirks)
