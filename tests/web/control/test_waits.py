"""Waiting for calls, requests and webhooks, and what came nearest when nothing came."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.time import HOUR, MAX_TIME, SECOND
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.web.control import waits
from tests.support import read
from tests.support.edge_site import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    EdgeSite,
    build_client,
    build_edge_site,
    read_problem,
)
from tests.support.simulation import CLICK_TO_CALL, START

WAIT = "/_mock/wait"
NOW: Mapping[str, Any] = {"timeout": 0}
SENT = {"for": "webhook", "match": {"state": "delivered"}}


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def wait(edge: EdgeSite, **body: Any) -> httpx.Response:
    return edge.request("POST", WAIT, json={**NOW, **body})


def ids(answer: httpx.Response, name: str) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {name}
    return [one["id"] for one in answer.json()[name]]


async def meanwhile(
    edge: EdgeSite, body: Mapping[str, Any], act: Callable[[httpx.AsyncClient], Awaitable[Any]]
) -> httpx.Response:
    """The answer to a wait while which something is done, once it is waiting."""
    waiting = asyncio.Event()
    watchers = read.subscribers(edge.default.state)

    class Seen(list[Any]):
        def append(self, one: Any) -> None:
            super().append(one)
            waiting.set()

    edge.default.state.subscribers = Seen(watchers)
    async with build_client(edge.app) as there:
        asked = asyncio.create_task(there.post(WAIT, json={"timeout": 30, **body}))
        await waiting.wait()
        await act(there)
        return await asked


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [("call", "calls", "/_mock/calls"), ("request", "requests", "/_mock/requests"),
     ("webhook", "webhooks", "/_mock/webhooks")],
)  # fmt: skip
def test_what_is_there_already_is_told_at_once_as_its_list_tells_it(
    edge: EdgeSite, kind: str, name: str, path: str
) -> None:
    edge.click_to_call()
    edge.advance()
    answer = wait(edge, **{"for": kind})
    assert answer.status_code == 200
    assert {**answer.json(), "dropped": 0} == edge.get_json(path)
    assert len(answer.json()[name]) == 1


@pytest.mark.parametrize(
    ("match", "found"),
    [
        ({}, ["c1", "c2", "c3"]),
        ({"outcome": "busy"}, ["c2"]),
        ({"outcome": "b*"}, ["c2"]),
        ({"outcome": "[bc]*"}, ["c1", "c2"]),
        ({"outcome": "?????????"}, ["c1", "c3"]),
        ({"outcome": "*"}, ["c1", "c2", "c3"]),
        ({"legs.1.number": "91886713600[23]"}, ["c2", "c3"]),
        ({"legs.1.cause": "busy", "state": "ended"}, ["c2"]),
        ({"legs.1.cause": None}, []),
        ({"wanted.to": "918867136003"}, ["c3"]),
        ({"attempts.0.number": 1}, ["c1", "c2", "c3"]),
        ({"attempts.0.number": "1"}, ["c1", "c2", "c3"]),
        ({"scenario": ["callee-busy"]}, ["c2"]),
        ({"scenario.0": "no-*"}, ["c3"]),
        ({"webhooks": []}, []),
    ],
)
def test_match(edge: EdgeSite, match: Mapping[str, Any], found: list[str]) -> None:
    edge.click_to_call("answered", to="918867136001")
    edge.click_to_call("callee-busy", to="918867136002")
    edge.click_to_call("no-answer", to="918867136003", attempts="0")
    edge.advance()
    answer = wait(edge, **{"for": "call", "match": match})
    assert (ids(answer, "calls") if answer.is_success else []) == found


def test_all_that_match_are_told_even_if_fewer_are_enough(edge: EdgeSite) -> None:
    for _ in range(3):
        edge.click_to_call()
    assert ids(wait(edge, **{"for": "call", "count": 2}), "calls") == ["c1", "c2", "c3"]


def test_too_few_name_how_many_there_are(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.click_to_call("callee-busy")
    match = {"scenario.0": "callee-busy"}
    answer = wait(edge, **{"for": "call", "match": match, "count": 2})
    assert read_problem(answer) == (408, "not in time", "1 of 2 matched within 0 s")
    assert answer.json()["found"] == 1
    assert answer.json()["nearest"] == [
        {
            "id": "c1",
            "differs": [{"field": "scenario.0", "wanted": "callee-busy", "found": "answered"}],
        }
    ]


def test_the_nearest_misses_name_the_fields_that_differed(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.click_to_call("callee-busy")
    edge.advance()
    match = {"body.status": "COMPLETED", "body.status2": "NOANSWER", "body.nothing": 1}
    answer = wait(edge, **{"for": "webhook", "match": match, "timeout": "0s"})
    assert read_problem(answer)[:2] == (408, "not in time")
    assert answer.json()["nearest"] == [
        {
            "id": "w2",
            "differs": [
                {"field": "body.status2", "wanted": "NOANSWER", "found": "ANSWER"},
                {"field": "body.nothing", "wanted": 1, "found": None},
            ],
        },
        {
            "id": "w1",
            "differs": [
                {"field": "body.status", "wanted": "COMPLETED", "found": "MISSED"},
                {"field": "body.status2", "wanted": "NOANSWER", "found": "BUSY"},
                {"field": "body.nothing", "wanted": 1, "found": None},
            ],
        },
    ]


def test_nothing_at_all_has_no_nearest(edge: EdgeSite) -> None:
    answer = wait(edge, **{"for": "request", "match": {"status": 200}})
    assert (answer.status_code, answer.json()["nearest"]) == (408, [])


@pytest.mark.parametrize(
    ("advance", "status", "moved"),
    [
        ("2h", 200, 5),
        (7200, 200, 5),
        ("5s", 200, 5),
        ("4s", 408, 4),
        (0, 408, 0),
    ],
)
def test_advance_moves_a_manual_clock_only_as_far_as_needed(
    edge: EdgeSite, advance: object, status: int, moved: int
) -> None:
    """The agent answers after two seconds, the callee is busy after three more."""
    edge.click_to_call("callee-busy")
    assert wait(edge, **SENT, advance=advance).status_code == status
    assert edge.default.clock.now() == START + moved * SECOND


def test_advance_moves_nothing_for_what_is_there_already(edge: EdgeSite) -> None:
    edge.click_to_call()
    assert ids(wait(edge, **{"for": "call"}, advance="2h"), "calls") == ["c1"]
    assert edge.default.clock.now() == START


def test_advance_moves_on_to_its_end_for_what_never_comes(edge: EdgeSite) -> None:
    assert wait(edge, **SENT, advance="2h").status_code == 408
    assert edge.default.clock.now() == START + 2 * HOUR


@pytest.mark.parametrize("mode", ["real", "60x", "instant"])
def test_advance_leaves_a_clock_that_runs_by_itself_alone(
    configuration: Configuration, mode: str
) -> None:
    edge = build_edge_site(configuration, mode=mode)
    assert wait(edge, **SENT, advance="2h").status_code == 408
    assert edge.default.clock.now() < START + HOUR


def test_wait_goes_on_as_soon_as_a_call_is_placed(edge: EdgeSite) -> None:
    async def place(there: httpx.AsyncClient) -> None:
        assert (
            await there.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
        ).status_code == 200

    body = {"for": "call", "match": {"vendor_status": "queued"}}
    assert ids(asyncio.run(meanwhile(edge, body, place)), "calls") == ["c1"]


def test_wait_goes_on_when_somebody_else_moves_the_clock(edge: EdgeSite) -> None:
    edge.click_to_call()

    async def move(there: httpx.AsyncClient) -> None:
        await there.post("/_mock/clock/advance", json={"until": "idle"})

    assert ids(asyncio.run(meanwhile(edge, SENT, move)), "webhooks") == ["w1"]


def test_who_has_waited_leaves_no_watcher_behind(edge: EdgeSite) -> None:
    async def nothing(_: httpx.AsyncClient) -> None:
        """What is waited for never comes."""

    answer = asyncio.run(meanwhile(edge, {**SENT, "timeout": 0.01}, nothing))
    assert (answer.status_code, list(read.subscribers(edge.default.state))) == (408, [])


def test_what_is_not_met_is_told_with_its_patience(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(waits, "wait_until", never)
    told = read_problem(wait(edge, **{"for": "call", "timeout": "1m30s"}))
    assert told == (408, "not in time", "0 of 1 matched within 90 s")


def test_a_reset_meanwhile_takes_what_was_there(edge: EdgeSite) -> None:
    edge.click_to_call()

    async def restart(there: httpx.AsyncClient) -> None:
        await there.post("/_mock/reset")
        await there.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
        await there.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)

    body = {"for": "call", "count": 2}
    assert ids(asyncio.run(meanwhile(edge, body, restart)), "calls") == ["c1", "c2"]


def test_only_one_advances_at_a_time(edge: EdgeSite) -> None:
    """409 for a wait that would advance from inside a webhook that an advance delivers."""
    told: list[httpx.Response] = []

    async def carry(_: Delivery) -> DeliveryResult:
        async with build_client(edge.app) as there:
            told.append(
                await there.post(WAIT, json={**NOW, "for": "call", "count": 9, "advance": 1})
            )
        return DeliveryResult(status=200)

    edge.default.scheduler.dispatcher = type("Nosy", (), {"deliver": staticmethod(carry)})()
    edge.click_to_call()
    edge.advance()
    detail = "another advance of this sandbox is still running"
    assert [read_problem(one) for one in told] == [(409, "conflict", detail)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"for": None},
        {"for": "webhooks"},
        {"for": ["call"]},
        {"for": "call", "unknown": 1},
        {"for": "call", "match": None},
        {"for": "call", "match": []},
        {"for": "call", "match": "state"},
        {"for": "call", "count": 0},
        {"for": "call", "count": -1},
        {"for": "call", "count": 1.0},
        {"for": "call", "count": "1"},
        {"for": "call", "count": True},
        {"for": "call", "count": None},
        {"for": "call", "timeout": "soon"},
        {"for": "call", "timeout": -1},
        {"for": "call", "timeout": None},
        {"for": "call", "timeout": True},
        {"for": "call", "timeout": 601},
        {"for": "call", "timeout": "11m"},
        {"for": "call", "advance": "soon"},
        {"for": "call", "advance": None},
        {"for": "call", "advance": -1},
        {"for": "call", "advance": 1e300},
    ],
    ids=str,
)
def test_what_cannot_be_waited_for_is_refused_with_the_form(edge: EdgeSite, body: object) -> None:
    edge.click_to_call()
    code, _, detail = read_problem(edge.request("POST", WAIT, json=body))
    assert code == 422
    assert '"for": "webhook"' in detail


@pytest.mark.parametrize("field", ["legs." + "9" * 5_000, "legs.²", ".", "a..b", "legs.-1", ""])
def test_an_odd_field_is_nowhere(edge: EdgeSite, field: str) -> None:
    edge.click_to_call()
    answer = wait(edge, **{"for": "call", "match": {field: "x"}})
    assert answer.status_code == 408
    [near] = answer.json()["nearest"]
    assert near["differs"] == [{"field": field, "wanted": "x", "found": None}]


def test_an_advance_stops_at_the_end_of_the_clocks(edge: EdgeSite) -> None:
    edge.advance(to="8999-12-31T00:00:00Z")
    assert wait(edge, **SENT, advance="876000h").status_code == 408
    assert edge.default.clock.now() == MAX_TIME
