"""The vendor requests that came in, and what they got."""

from typing import Any

import pytest

from mockserver.web.views.log_lines import format_line
from mockserver.web.views.redaction import mask
from tests.support import read
from tests.support.simulation import CLICK_TO_CALL
from tests.support.site_client import BEARER, CLICK_TO_CALL_PATH, HEADERS, SiteClient

KEYS = [
    "id", "at", "provider", "operation", "method", "path", "query", "headers", "body", "status",
    "answer", "fault", "scenario", "call",
]  # fmt: skip


def test_no_requests(site: SiteClient) -> None:
    assert site.get_json("/_mock/requests") == {"requests": [], "dropped": 0}


def test_a_request(site: SiteClient) -> None:
    site.click_to_call("callee-busy")
    [told] = site.get_json("/_mock/requests")["requests"]
    headers = told.pop("headers")
    assert told.pop("duration_ms") == site.sandbox.request_durations["r1"]
    assert told == {
        "id": "r1",
        "at": "2026-01-01T09:00:00.000Z",
        "provider": "mobtexting",
        "operation": "c2c",
        "method": "POST",
        "path": CLICK_TO_CALL_PATH,
        "query": "",
        "body": dict(CLICK_TO_CALL),
        "status": 200,
        "answer": {"status": 200, "message": "Call initiated successfully"},
        "fault": None,
        "scenario": ["callee-busy"],
        "call": "c1",
    }
    masked = mask(BEARER, site.sandbox.state.configuration.seed)
    assert headers["authorization"] == f"Bearer {masked}"
    assert (headers["host"], headers["x-mock-scenario"]) == ("mock.test", "callee-busy")


def test_the_order_of_its_keys(site: SiteClient) -> None:
    site.click_to_call()
    assert list(site.get_json("/_mock/requests")["requests"][0])[: len(KEYS)] == KEYS


def test_how_long_it_took(site: SiteClient) -> None:
    site.click_to_call()
    [told] = site.get_json("/_mock/requests")["requests"]
    assert list(told) == [*KEYS, "duration_ms"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["r1", "r2", "r3", "r4"]),
        ("?provider=mobtexting", ["r1", "r2", "r3", "r4"]),
        ("?provider=phonon", []),
        ("?operation=c2c&status=200", ["r1", "r4"]),
        ("?operation=call", []),
        ("?status=422", ["r2"]),
        ("?status=405", ["r3"]),
        ("?call=c2", ["r4"]),
        ("?call=c3", []),
        ("?limit=1", ["r1"]),
        ("?after=r2", ["r3", "r4"]),
        ("?status=200&after=r1&limit=5", ["r4"]),
    ],
)
def test_filters_and_pages(site: SiteClient, query: str, expected: list[str]) -> None:
    site.click_to_call()
    site.click_to_call(to="nobody")
    site.request("GET", CLICK_TO_CALL_PATH, headers=HEADERS)
    site.click_to_call()
    told = site.get_json(f"/_mock/requests{query}")["requests"]
    assert [one["id"] for one in told] == expected


def test_an_unknown_path_is_on_record_as_nobody_s(site: SiteClient) -> None:
    site.request("GET", "/nowhere")
    site.click_to_call("qqqq")
    [lost] = site.get_json("/_mock/requests")["requests"]
    told = ("provider", "operation", "path", "status", "call")
    assert [lost[name] for name in told] == ["", "", "/nowhere", 404, None]


FIELDS = {name: str(value) for name, value in CLICK_TO_CALL.items()}


@pytest.mark.parametrize(
    "asked",
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
def test_a_credential_is_in_no_answer(site: SiteClient, asked: dict[str, Any]) -> None:
    """Wherever the vendor lets it stand, and in every list of the control API."""
    lines, state = list[str](), site.sandbox.state
    read.subscribers(state).append(lambda fact: lines.append(format_line(fact, state)))
    assert site.request("POST", **{"path": CLICK_TO_CALL_PATH, **asked}).status_code == 200
    site.advance()
    paths = ("requests", "journal", "calls", "calls/c1", "webhooks", "accounts/mobtexting",
             "providers", "health", "clock")  # fmt: skip
    leaks = [path for path in paths if BEARER in site.request("GET", f"/_mock/{path}").text]
    assert (leaks, [told for told in lines if BEARER in told]) == ([], [])
    assert len(lines) == 14
