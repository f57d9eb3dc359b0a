"""The journal: every fact in order, the same from run to run."""

import json
from typing import Any, NoReturn

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.bounded_log import BoundedLog
from tests.conftest import CLICK, START
from tests.web.conftest import BEARER, C2C, HEADERS, House, build, refusal

MINE = "/_mock/accounts/mobtexting/mobtexting-default"


def facts(house: House, query: str = "") -> Any:
    return house.read(f"/_mock/journal{query}")["facts"]


def played(world: Configuration, origins: tuple[str, ...], millis: int) -> bytes:
    """A little of everything, and the journal of it."""

    async def receive(delivery: Delivery) -> DeliveryResult:
        return DeliveryResult(200 if delivery.webhook.call_id == "c1" else None, None, b"", millis)

    house = build(world, origins=origins)
    house.postman.receive = receive
    hook = {"webhooks": {"any": f"{origins[-1]}/_mock/inbox/x"}}
    house.ask("PATCH", MINE, json={"retry": {"waits": ["5s"]}, "credentials": [BEARER]})
    house.place("callee-busy", mid=f"see {origins[0]}")
    house.ask("PATCH", MINE, json=hook)
    house.advance(by="1m")
    house.place(to=None)
    house.place("no-answer")
    house.ask("POST", C2C, json=dict(CLICK))
    house.advance(until="idle")
    house.place()
    house.advance(by=5)
    house.ask("POST", "/_mock/calls/c3/events", json={"event": "digits", "digits": "1"})
    house.ask("PUT", "/_mock/clock", json={"mode": "manual"})
    return house.ask("GET", "/_mock/journal").content


def test_an_empty_journal(house: House) -> None:
    assert house.read("/_mock/journal") == {"facts": [], "dropped": 0}
    assert house.ask("GET", "/_mock/journal").headers["content-type"] == "application/json"


def test_every_fact_in_order(house: House) -> None:
    house.place("callee-busy")
    house.advance()
    told = facts(house)
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
def test_pages(house: House, query: str, expected: list[int]) -> None:
    house.place()
    house.place()
    assert [fact["id"] for fact in facts(house, query)] == expected


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("?limit=x", "limit is a whole number"),
        ("?limit=-1", "limit is a whole number"),
        ("?after=9", "nothing here has the id '9' to come after"),
    ],
)
def test_a_wrong_page(house: House, query: str, detail: str) -> None:
    answer = house.ask("GET", f"/_mock/journal{query}")
    assert refusal(answer) == (422, "unprocessable entity", detail)


def test_the_oldest_leave_first_and_are_counted(world: Configuration) -> None:
    house = build(world)
    house.sandbox.state.journal = BoundedLog(3)
    for number in range(5):
        house.sandbox.state.record(JournalEntry(START, "clock", "", {"number": number}))
    told = house.read("/_mock/journal")
    assert told["dropped"] == 2
    assert [(fact["id"], fact["number"]) for fact in told["facts"]] == [(3, 2), (4, 3), (5, 4)]
    assert [fact["id"] for fact in facts(house, "?after=3")] == [4, 5]


def test_same_seed_start_and_requests_give_the_same_bytes(world: Configuration) -> None:
    """Where the server listens, and how long receivers take, is not in it."""
    here = ("http://127.0.0.1:41000", "http://localhost:41000")
    there = ("http://[::1]:52000", "http://mock.test:52000")
    assert played(world, here, 3) == played(world, there, 40)


def test_the_journal_tells_no_real_time_and_no_secret(world: Configuration) -> None:
    told = played(world, ("http://mock.test:41000",), 98_765).decode()
    for secret in (BEARER, "98765", "mock.test", "41000"):
        assert secret not in told
    assert "{origin}/_mock/inbox/x" in told
    assert "see {origin}" in told


def test_headers_are_those_of_a_short_list(house: House) -> None:
    house.ask("POST", C2C, json=dict(CLICK), headers={**HEADERS, "x-odd": "1"})
    expected = {"accept": "application/json", "content-type": "application/json"}
    assert facts(house)[0]["headers"] == expected


def test_another_s_origin_that_begins_like_ours_stays(world: Configuration) -> None:
    house = build(world, origins=("http://127.0.0.1:80",))
    house.ask("PATCH", MINE, json={"webhooks": {"any": "http://127.0.0.1:8081/x"}})
    assert facts(house)[0]["body"]["webhooks"] == {"any": "http://127.0.0.1:8081/x"}


@pytest.mark.parametrize("path", ["/_mock/journal", "/_mock/requests"])
@pytest.mark.parametrize(
    "body",
    [b'{"a": "\\ud800"}', b"[" * 5_000, b'{"a":' * 400 + b"1" + b"}" * 400],
    ids=["surrogate", "very deep", "deep"],
)
def test_a_hostile_body_can_be_shown(house: House, body: bytes, path: str) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    assert house.ask("POST", C2C, content=body, headers=headers).status_code == 400
    assert house.ask("GET", path).status_code == 200


def no_json(name: str) -> NoReturn:
    raise ValueError(name)


@pytest.mark.parametrize("body", [b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": 1e999}'])
def test_a_journal_is_json(house: House, body: bytes) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    house.ask("POST", C2C, content=body, headers=headers)
    json.loads(house.ask("GET", "/_mock/journal").text, parse_constant=no_json)
