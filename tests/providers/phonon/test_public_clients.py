"""Requests to Phonon in the shapes of its pages over the years, with the quirks that they need."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.providers.phonon import PROVIDER
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
from tests.support.vendors.phonon import CREATE_EXAMPLE, build_item

PATH = "/kairos-apis/outbound/create"
BULK_PATH = f"/central-api.phonon.io{PATH}"
JSON = {"content-type": "application/json"}

REAL_TIME = "real-time client"
BULK = "bulk client"
STATUS_READER = "client that reads the HTTP status"
OLD_REPORT = "receiver of the older report"
NEW_REPORT = "receiver of the newer report"
MATCHER = "receiver that finds its own identifier"


def body(*items: Mapping[str, object]) -> dict[str, object]:
    return {**CREATE_EXAMPLE, "calls": list(items)}


ORDINARY = build_item("918867136000", client_identifier="a")
LEGACY = build_item(
    "8867136000", client_identifier="b", start_time="2026-01-01T23:48:07.111Z+05:30", keys=[]
)
WITH_KEYS = build_item(
    "918867136000",
    "918867136001",
    client_identifier="c",
    start_time="2026-01-01T23:48:07+05:30",
    keys=[{"name": "$flow.key.name", "value": "Ann"}],
)


def read_identifiers(response: Any) -> object:
    found = response.json()
    details = found["call-details"]
    return found["api-response-code"], [detail["client-identifier"] for detail in details]


def read_receipt(response: Any) -> object:
    found = response.json()
    return found["api-response-code"], found["call-details"], len(found["request-id"])


def read_status_alone(response: Any) -> object:
    """A client that takes any 2xx for success."""
    return "refused" if response.is_error else "placed"


REQUESTS = (
    ClientRequest(
        client=REAL_TIME,
        path=PATH,
        sent={"json": body(ORDINARY, WITH_KEYS), "headers": JSON},
        read=read_identifiers,
        strict=(200, (200, ["a", "c"])),
    ),
    ClientRequest(
        client=REAL_TIME,
        path=PATH,
        sent={"json": body(LEGACY), "headers": JSON},
        read=read_identifiers,
        strict=(200, (200, ["b"])),
    ),
    ClientRequest(
        client=BULK,
        path=BULK_PATH,
        sent={"json": body(*[ORDINARY] * 500), "headers": JSON},
        read=read_receipt,
        strict=(202, (202, None, 36)),
    ),
    ClientRequest(
        client=BULK,
        path=BULK_PATH,
        sent={"json": body(*[ORDINARY] * 501), "headers": JSON},
        read=lambda response: response.json()["api-response-code"],
        strict=(200, 303),
    ),
    ClientRequest(
        client=STATUS_READER,
        path=PATH,
        sent={"json": {**CREATE_EXAMPLE, "calls": "text"}, "headers": JSON},
        read=read_status_alone,
        strict=(200, "placed"),
        quirks=("status-as-code",),
        with_quirks=(400, "refused"),
    ),
    ClientRequest(
        client=STATUS_READER,
        path=PATH,
        sent={"json": body(ORDINARY), "headers": JSON},
        read=read_status_alone,
        strict=(200, "placed"),
        quirks=("status-as-code",),
        with_quirks=(401, "refused"),
        account={"ip_allow_list": ["192.0.2.0/24"]},
    ),
)


@pytest.mark.parametrize("sent", with_quirks(REQUESTS), ids=lambda sent: sent.client)
def test_a_public_client_works_with_the_quirks_that_it_needs(
    site: SiteClient, sent: ClientRequest
) -> None:
    assert try_client(site, "phonon", sent, *sent.quirks) == sent.with_quirks


@pytest.mark.parametrize("sent", REQUESTS, ids=lambda sent: sent.client)
def test_a_public_client_without_quirks_meets_the_default(
    site: SiteClient, sent: ClientRequest
) -> None:
    assert try_client(site, "phonon", sent) == sent.strict


def read_old_report(report: Any) -> object:
    """A receiver that books whole seconds."""
    return report["callDetails"][0]["duration"], report["phonon-uuid"] != ""


def read_new_report(report: Any) -> object:
    """A receiver that reads the wrapper, and milliseconds as text."""
    return report["body"]["callDetails"][0]["duration"], report["body"]["phonon-uuid"] != ""


def read_old_identifier(report: Any) -> object:
    return report["client-identifier"]


def read_new_identifier(report: Any) -> object:
    return report["body"]["client-identifier"]


RECEIVERS = (
    (read_new_identifier, ("client-identifier",), "a"),
    (read_new_identifier, (), "KeyError"),
    (read_old_identifier, ("client-identifier", "report-2020"), "a"),
    (read_old_identifier, ("report-2020",), "KeyError"),
    (read_old_report, ("report-2020",), (6, True)),
    (read_old_report, (), "KeyError"),
    (read_new_report, (), ("6000", True)),
    (read_new_report, ("report-2020",), "KeyError"),
)


@pytest.mark.parametrize(("read", "quirks", "expected"), RECEIVERS)
@pytest.mark.parametrize("path", [PATH, BULK_PATH])
def test_a_receiver_reads_the_report_whose_form_it_knows(
    site: SiteClient, read: Any, quirks: tuple[str, ...], expected: object, path: str
) -> None:
    patch_account(
        site, "phonon", {"quirks": list(quirks), "webhooks": {"any": "http://localhost:3000/r"}}
    )
    site.request("POST", f"/phonon{path}", json=body(ORDINARY), headers=JSON)
    site.advance()
    [delivery] = site.dispatcher.deliveries
    assert read_or_fail(read, delivery.webhook.body) == expected


def test_the_page_of_public_clients_names_those_of_phonon_with_their_quirks() -> None:
    documented = documented_clients("Phonon")
    receivers = {
        OLD_REPORT: {"report-2020"},
        NEW_REPORT: set[str](),
        MATCHER: {"client-identifier"},
    }
    assert documented == {**quirks_by_client(REQUESTS), **receivers}
    assert set().union(*documented.values()) <= set(PROVIDER.quirks)
