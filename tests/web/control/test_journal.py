"""The journal: every fact in order, the same from run to run."""

import json
from typing import Any, NoReturn

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.bounded_log import BoundedLog
from tests.support.simulation import CLICK_TO_CALL, START
from tests.support.site_client import (
    BEARER,
    CLICK_TO_CALL_PATH,
    HEADERS,
    SiteClient,
    build_site_client,
    read_problem,
)

MINE = "/_mock/accounts/mobtexting/mobtexting-default"


def facts(site: SiteClient, query: str = "") -> Any:
    return site.get_json(f"/_mock/journal{query}")["facts"]


def played(configuration: Configuration, origins: tuple[str, ...], millis: int) -> bytes:
    """A little of everything, and the journal of it."""

    async def receive(delivery: Delivery) -> DeliveryResult:
        return DeliveryResult(
            status=200 if delivery.webhook.call_id == "c1" else None,
            error=None,
            body=b"",
            duration_ms=millis,
        )

    site = build_site_client(configuration, origins=origins)
    site.dispatcher.receive = receive
    hook = {"webhooks": {"any": f"{origins[-1]}/_mock/inbox/x"}}
    site.request("PATCH", MINE, json={"retry": {"waits": ["5s"]}, "credentials": [BEARER]})
    site.click_to_call("callee-busy", mid=f"see {origins[0]}")
    site.request("PATCH", MINE, json=hook)
    site.advance(by="1m")
    site.click_to_call(to=None)
    site.click_to_call("no-answer")
    site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL))
    site.advance(until="idle")
    site.click_to_call()
    site.advance(by=5)
    site.request("POST", "/_mock/calls/c3/events", json={"event": "digits", "digits": "1"})
    site.request("PUT", "/_mock/clock", json={"mode": "manual"})
    return site.request("GET", "/_mock/journal").content


def test_an_empty_journal(site: SiteClient) -> None:
    assert site.get_json("/_mock/journal") == {"facts": [], "dropped": 0}
    assert site.request("GET", "/_mock/journal").headers["content-type"] == "application/json"


def test_every_fact_in_order(site: SiteClient) -> None:
    site.click_to_call("callee-busy")
    site.advance()
    told = facts(site)
    assert [fact["id"] for fact in told] == list(range(1, 13))
    assert {tuple(fact)[:4] for fact in told} == {("id", "at", "fact", "call")}
    assert [(fact["fact"], fact.get("event")) for fact in told] == [
        ("request", None), ("event", "placed"), ("event", "begin"), ("event", "ring"),
        ("event", "answer"), ("event", "ring"), ("event", "hangup"), ("event", "hangup"),
        ("event", "attempt-ended"), ("event", "ended"), ("attempt", None), ("clock", None),
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
def test_pages(site: SiteClient, query: str, expected: list[int]) -> None:
    site.click_to_call()
    site.click_to_call()
    assert [fact["id"] for fact in facts(site, query)] == expected


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("?limit=x", "limit is a whole number"),
        ("?limit=-1", "limit is a whole number"),
        ("?after=9", "nothing here has the id '9' to come after"),
    ],
)
def test_a_wrong_page(site: SiteClient, query: str, detail: str) -> None:
    answer = site.request("GET", f"/_mock/journal{query}")
    assert read_problem(answer) == (422, "unprocessable entity", detail)


def test_the_oldest_leave_first_and_are_counted(configuration: Configuration) -> None:
    site = build_site_client(configuration)
    site.sandbox.state.journal = BoundedLog(3)
    for number in range(5):
        site.sandbox.state.record(
            JournalEntry(at=START, type="clock", call_id="", payload={"number": number})
        )
    told = site.get_json("/_mock/journal")
    assert told["dropped"] == 2
    assert [(fact["id"], fact["number"]) for fact in told["facts"]] == [(3, 2), (4, 3), (5, 4)]
    assert [fact["id"] for fact in facts(site, "?after=3")] == [4, 5]


def test_same_seed_start_and_requests_give_the_same_bytes(configuration: Configuration) -> None:
    """Where the server listens, and how long receivers take, is not in it."""
    here = ("http://127.0.0.1:41000", "http://localhost:41000")
    there = ("http://[::1]:52000", "http://mock.test:52000")
    assert played(configuration, here, 3) == played(configuration, there, 40)


def test_the_journal_tells_no_real_time_and_no_secret(configuration: Configuration) -> None:
    told = played(configuration, ("http://mock.test:41000",), 98_765).decode()
    for secret in (BEARER, "98765", "mock.test", "41000"):
        assert secret not in told
    assert "{origin}/_mock/inbox/x" in told
    assert "see {origin}" in told


def test_headers_are_those_of_a_short_list(site: SiteClient) -> None:
    site.request(
        "POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers={**HEADERS, "x-odd": "1"}
    )
    expected = {"accept": "application/json", "content-type": "application/json"}
    assert facts(site)[0]["headers"] == expected


def test_another_s_origin_that_begins_like_ours_stays(configuration: Configuration) -> None:
    site = build_site_client(configuration, origins=("http://127.0.0.1:80",))
    site.request("PATCH", MINE, json={"webhooks": {"any": "http://127.0.0.1:8081/x"}})
    assert facts(site)[0]["body"]["webhooks"] == {"any": "http://127.0.0.1:8081/x"}


@pytest.mark.parametrize("path", ["/_mock/journal", "/_mock/requests"])
@pytest.mark.parametrize(
    "body",
    [b'{"a": "\\ud800"}', b"[" * 5_000, b'{"a":' * 400 + b"1" + b"}" * 400],
    ids=["surrogate", "very deep", "deep"],
)
def test_a_hostile_body_can_be_shown(site: SiteClient, body: bytes, path: str) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    assert (
        site.request("POST", CLICK_TO_CALL_PATH, content=body, headers=headers).status_code == 400
    )
    assert site.request("GET", path).status_code == 200


def no_json(name: str) -> NoReturn:
    raise ValueError(name)


@pytest.mark.parametrize("body", [b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": 1e999}'])
def test_a_journal_is_json(site: SiteClient, body: bytes) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    site.request("POST", CLICK_TO_CALL_PATH, content=body, headers=headers)
    json.loads(site.request("GET", "/_mock/journal").text, parse_constant=no_json)
