"""The control API lists vendor requests with their responses."""

from typing import Any

import pytest

from mockserver.web.redaction import mask
from mockserver.web.views.log_lines import format_line
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import BEARER, HEADERS
from tests.support.site_client import SiteClient
from tests.support.vendors.phonon import CREATE_EXAMPLE, ITEM_EXAMPLE

KEYS = [
    "id", "at", "provider", "operation", "method", "path", "query", "headers", "body", "status",
    "response", "fault", "scenarios", "calls",
]  # fmt: skip


def test_the_request_list_is_empty_at_first(site: SiteClient) -> None:
    assert site.get_json("/_mock/requests") == {"requests": [], "evicted": 0, "total": 0}


def test_a_request_is_listed_with_its_response_and_a_redacted_credential(site: SiteClient) -> None:
    site.click_to_call("callee-busy")
    [entry] = site.get_json("/_mock/requests")["requests"]
    headers = entry.pop("headers")
    assert entry.pop("duration_ms") == site.sandbox.request_durations["r1"]
    assert entry == {
        "id": "r1",
        "at": "2026-01-01T09:00:00.000Z",
        "provider": "mobtexting",
        "operation": "c2c",
        "method": "POST",
        "path": CLICK_TO_CALL_PATH,
        "query": "",
        "body": dict(CLICK_TO_CALL),
        "status": 200,
        "response": {"status": 200, "message": "Call initiated successfully"},
        "fault": None,
        "scenarios": ["callee-busy"],
        "calls": ["c1"],
    }
    redacted = mask(BEARER, site.sandbox.state.configuration.seed)
    assert headers["authorization"] == f"Bearer {redacted}"
    assert (headers["host"], headers["x-mock-scenario"]) == ("mock.test", "callee-busy")


def test_a_request_has_the_keys_of_the_contract_in_order(site: SiteClient) -> None:
    site.click_to_call()
    assert list(site.get_json("/_mock/requests")["requests"][0])[: len(KEYS)] == KEYS


def test_the_duration_follows_the_contract_keys_of_a_request(site: SiteClient) -> None:
    site.click_to_call()
    [entry] = site.get_json("/_mock/requests")["requests"]
    assert list(entry) == [*KEYS, "duration_ms"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["r1", "r2", "r3", "r4"]),
        ("?provider=mobtexting", ["r1", "r2", "r3", "r4"]),
        ("?provider=phonon", []),
        ("?operation=c2c&status=200", ["r1", "r4"]),
        ("?operation=create", []),
        ("?status=422", ["r2"]),
        ("?status=405", ["r3"]),
        ("?call=c2", ["r4"]),
        ("?call=c3", []),
        ("?limit=1", ["r1"]),
        ("?after=r2", ["r3", "r4"]),
        ("?status=200&after=r1&limit=5", ["r4"]),
    ],
)
def test_requests_are_filtered_and_paginated(
    site: SiteClient, query: str, expected: list[str]
) -> None:
    site.click_to_call()
    site.click_to_call(to="nobody")
    site.request("PUT", CLICK_TO_CALL_PATH, headers=HEADERS)
    site.click_to_call()
    entries = site.get_json(f"/_mock/requests{query}")["requests"]
    assert [entry["id"] for entry in entries] == expected


def test_a_request_lists_all_its_calls_and_is_found_by_each_of_them(site: SiteClient) -> None:
    site.click_to_call()
    body = {**CREATE_EXAMPLE, "calls": [ITEM_EXAMPLE, {**ITEM_EXAMPLE, "client-identifier": "y"}]}
    path = "/phonon/kairos-apis/outbound/create"
    assert site.request("POST", path, json=body).status_code == 200
    entries = site.get_json("/_mock/requests")["requests"]
    assert [(entry["id"], entry["calls"]) for entry in entries] == [
        ("r1", ["c1"]),
        ("r2", ["c2", "c3"]),
    ]
    for call, request in (("c1", "r1"), ("c2", "r2"), ("c3", "r2")):
        [found] = site.get_json(f"/_mock/requests?call={call}")["requests"]
        assert found["id"] == request
    assert site.get_json("/_mock/requests?call=c")["requests"] == []


def test_the_call_filter_of_requests_combines_with_the_others(site: SiteClient) -> None:
    site.click_to_call()
    site.click_to_call(to="nobody")
    assert site.get_json("/_mock/requests?call=c1&status=422")["requests"] == []
    [unplaced] = site.get_json("/_mock/requests?call=")["requests"]
    assert unplaced["id"] == "r2"
    [found] = site.get_json("/_mock/requests?call=c1&status=200&provider=mobtexting")["requests"]
    assert found["id"] == "r1"


def test_a_request_to_an_unknown_path_is_listed_without_a_provider_and_others_with_it(
    site: SiteClient,
) -> None:
    site.request("GET", "/nowhere")
    site.click_to_call("qqqq")
    entries = site.get_json("/_mock/requests")["requests"]
    names = ("provider", "operation", "path", "status", "calls")
    assert [[entry[name] for name in names] for entry in entries] == [
        ["", "", "/nowhere", 404, []],
        ["mobtexting", "c2c", CLICK_TO_CALL_PATH, 422, []],
    ]


FIELDS = {name: str(value) for name, value in CLICK_TO_CALL.items()}


@pytest.mark.parametrize(
    "arguments",
    [
        {"json": dict(CLICK_TO_CALL), "headers": HEADERS},
        {"json": dict(CLICK_TO_CALL), "headers": {**HEADERS, "authorization": f"bearer  {BEARER}"}},
        {"json": {**CLICK_TO_CALL, "access_token": BEARER}},
        {"json": dict(CLICK_TO_CALL), "params": {"access_token": BEARER}},
        {"data": {**FIELDS, "access_token": BEARER}},
        {"json": dict(CLICK_TO_CALL), "path": f"{CLICK_TO_CALL_PATH}?access%5Ftoken={BEARER}"},
        {"files": {name: (None, value) for name, value in FIELDS.items()}
             | {"access_token": (None, BEARER)}},
    ],
    ids=["header", "odd header", "json", "query", "form", "encoded name", "multipart"],
)  # fmt: skip
def test_a_received_credential_is_in_no_control_response_and_in_no_log_line(
    site: SiteClient, arguments: dict[str, Any]
) -> None:
    """This holds for every place where the vendor accepts it, and for every control route."""
    log_lines, state = list[str](), site.sandbox.state
    state.journal.subscribe(lambda entry: log_lines.append(format_line(entry, state)))
    assert site.request("POST", **{"path": CLICK_TO_CALL_PATH, **arguments}).status_code == 200
    site.advance()
    paths = ("requests", "journal", "calls", "calls/c1", "webhooks", "accounts/mobtexting",
             "providers", "health", "clock")  # fmt: skip
    leaks = [path for path in paths if BEARER in site.request("GET", f"/_mock/{path}").text]
    assert (leaks, [line for line in log_lines if BEARER in line]) == ([], [])
    assert len(log_lines) == 14
