"""The journal lists every entry in order and is reproducible."""

import json
from typing import Any, NoReturn

import pytest

from mockserver import __version__
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.state.journal import Journal
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import BEARER, HEADERS, read_problem
from tests.support.site_client import SiteClient, build_site_client

ACCOUNT_PATH = "/_mock/accounts/mobtexting/mobtexting-default"


def get_entries(site: SiteClient, query: str = "") -> Any:
    return site.get_json(f"/_mock/journal{query}")["entries"]


def record_journal(
    configuration: Configuration, origins: tuple[str, ...], duration_ms: int
) -> bytes:
    """Make requests and commands of many kinds, and return the journal."""

    async def receive(delivery: Delivery) -> DeliveryResult:
        return DeliveryResult(
            status=200 if delivery.webhook.call_id == "c1" else None,
            error=None,
            body=b"",
            duration_ms=duration_ms,
        )

    site = build_site_client(configuration, origins=origins)
    site.dispatcher.receive = receive
    patch = {"webhooks": {"any": f"{origins[-1]}/_mock/receive/x"}}
    site.request("PATCH", ACCOUNT_PATH, json={"retry": {"waits": ["5s"]}, "credentials": [BEARER]})
    site.click_to_call("callee-busy", mid=f"see {origins[0]}")
    site.request("PATCH", ACCOUNT_PATH, json=patch)
    site.advance(by="1m")
    site.click_to_call(to=None)
    site.click_to_call("no-answer")
    site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL))
    site.advance(until="idle")
    site.click_to_call()
    site.advance(by=5)
    site.request("POST", "/_mock/calls/c3/events", json={"event": "press", "digits": "1"})
    site.request("PUT", "/_mock/clock", json={"mode": "manual"})
    return site.request("GET", "/_mock/journal").content


def test_the_journal_is_empty_at_first(site: SiteClient) -> None:
    assert site.get_json("/_mock/journal") == {"entries": [], "evicted": 0}
    assert site.request("GET", "/_mock/journal").headers["content-type"] == "application/json"


def test_the_journal_lists_every_entry_in_order(site: SiteClient) -> None:
    site.click_to_call("callee-busy")
    site.advance()
    entries = get_entries(site)
    assert [entry["id"] for entry in entries] == list(range(1, 13))
    assert {tuple(entry)[:4] for entry in entries} == {("id", "at", "type", "call")}
    assert [(entry["type"], entry.get("event")) for entry in entries] == [
        ("request", None), ("event", "placed"), ("event", "begin"), ("event", "ring"),
        ("event", "answer"), ("event", "ring"), ("event", "hangup"), ("event", "hangup"),
        ("event", "attempt-ended"), ("event", "ended"), ("delivery-attempt", None), ("clock", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?limit=2", [1, 2]),
        ("?after=2", [3, 4]),
        ("?after=2&limit=1", [3]),
        ("?after=4", []),
        ("?limit=0", []),
    ],
)
def test_the_journal_is_paginated(site: SiteClient, query: str, expected: list[int]) -> None:
    site.click_to_call()
    site.click_to_call()
    assert [entry["id"] for entry in get_entries(site, query)] == expected


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("?limit=x", "limit must be a whole number"),
        ("?limit=-1", "limit must be a whole number"),
        ("?after=9", "nothing here has the id '9' to come after"),
    ],
)
def test_an_invalid_page_of_the_journal_is_rejected(
    site: SiteClient, query: str, detail: str
) -> None:
    response = site.request("GET", f"/_mock/journal{query}")
    assert read_problem(response) == (422, "invalid-query", detail)


def test_a_full_journal_evicts_the_oldest_entries_and_counts_them(
    configuration: Configuration,
) -> None:
    site = build_site_client(configuration)
    site.sandbox.state.journal = Journal(max_entries=3)
    for number in range(5):
        site.sandbox.state.journal.append(
            JournalEntry(at=START, type="clock", call_id="", payload={"number": number})
        )
    journal = site.get_json("/_mock/journal")
    assert journal["evicted"] == 2
    assert [(entry["id"], entry["number"]) for entry in journal["entries"]] == [
        (3, 2),
        (4, 3),
        (5, 4),
    ]
    assert [entry["id"] for entry in get_entries(site, "?after=3")] == [4, 5]


def test_the_heading_of_an_export_states_format_2_and_how_many_entries_are_evicted(
    configuration: Configuration,
) -> None:
    site = build_site_client(configuration)
    site.sandbox.state.journal = Journal(max_entries=3)
    for _ in range(5):
        site.sandbox.state.journal.append(
            JournalEntry(at=START, type="clock", call_id="", payload={"mode": "manual"})
        )
    response = site.request("GET", "/_mock/journal?format=jsonl")
    heading, *lines = map(json.loads, response.text.splitlines())
    assert list(heading.items()) == [
        ("journal", 2),
        ("version", __version__),
        ("sandbox", "default"),
        ("seed", configuration.seed),
        ("start_at", "2026-01-01T09:00:00.000Z"),
        ("evicted", 2),
    ]
    assert [(line["id"], line["type"]) for line in lines] == [
        (3, "clock"),
        (4, "clock"),
        (5, "clock"),
    ]


def test_the_same_seed_start_and_requests_give_the_same_journal_bytes(
    configuration: Configuration,
) -> None:
    """The journal depends neither on the server's origin nor on the receivers' speed."""
    first_origins = ("http://127.0.0.1:41000", "http://localhost:41000")
    second_origins = ("http://[::1]:52000", "http://mock.test:52000")
    assert record_journal(configuration, first_origins, 3) == record_journal(
        configuration, second_origins, 40
    )


def test_the_journal_contains_no_real_time_no_own_origin_and_no_secret(
    configuration: Configuration,
) -> None:
    journal = record_journal(configuration, ("http://mock.test:41000",), 98_765).decode()
    for secret in (BEARER, "98765", "mock.test", "41000"):
        assert secret not in journal
    assert "{origin}/_mock/receive/x" in journal
    assert "see {origin}" in journal


def test_a_journaled_request_keeps_only_a_few_known_headers(site: SiteClient) -> None:
    site.request(
        "POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers={**HEADERS, "x-odd": "1"}
    )
    expected = {"accept": "application/json", "content-type": "application/json"}
    assert get_entries(site)[0]["headers"] == expected


def test_a_foreign_origin_that_starts_like_the_own_one_is_kept(
    configuration: Configuration,
) -> None:
    site = build_site_client(configuration, origins=("http://127.0.0.1:80",))
    site.request("PATCH", ACCOUNT_PATH, json={"webhooks": {"any": "http://127.0.0.1:8081/x"}})
    assert get_entries(site)[0]["body"]["webhooks"] == {"any": "http://127.0.0.1:8081/x"}


@pytest.mark.parametrize("path", ["/_mock/journal", "/_mock/requests"])
@pytest.mark.parametrize(
    "body",
    [b'{"a": "\\ud800"}', b"[" * 5_000, b'{"a":' * 400 + b"1" + b"}" * 400],
    ids=["surrogate", "very deep", "deep"],
)
def test_the_journal_and_the_request_list_can_show_a_hostile_body(
    site: SiteClient, body: bytes, path: str
) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    assert (
        site.request("POST", CLICK_TO_CALL_PATH, content=body, headers=headers).status_code == 400
    )
    assert site.request("GET", path).status_code == 200


def reject_constant(name: str) -> NoReturn:
    raise ValueError(name)


@pytest.mark.parametrize("body", [b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": 1e999}'])
def test_the_journal_is_strict_json(site: SiteClient, body: bytes) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    site.request("POST", CLICK_TO_CALL_PATH, content=body, headers=headers)
    json.loads(site.request("GET", "/_mock/journal").text, parse_constant=reject_constant)


@pytest.mark.parametrize("name", ["xml", "", "JSON"])
def test_an_unknown_format_of_the_journal_is_rejected(site: SiteClient, name: str) -> None:
    response = site.request("GET", f"/_mock/journal?format={name}")
    assert read_problem(response) == (422, "invalid-query", "format must be one of json, jsonl")
