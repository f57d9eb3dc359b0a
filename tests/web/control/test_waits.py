"""A wait ends when enough calls, requests or webhooks match, or reports the nearest ones."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.time import HOUR, MAX_TIME, SECOND
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime import advances
from mockserver.web.control import waits
from mockserver.web.views.serializers import MARKS, REQUEST_FIELDS
from tests.support import read
from tests.support.dispatchers import RecordingDispatcher
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import HEADERS, build_client, read_problem

WAIT = "/_mock/wait"
NO_TIMEOUT: Mapping[str, Any] = {"timeout": 0}
DELIVERED_WEBHOOK = {"for": "webhook", "match": {"state": "delivered"}}


def wait(edge: EdgeSite, **body: Any) -> httpx.Response:
    return edge.request("POST", WAIT, json={**NO_TIMEOUT, **body})


def ids(response: httpx.Response, name: str) -> list[str]:
    assert response.status_code == 200, response.text
    assert response.json().keys() == {name}
    return [item["id"] for item in response.json()[name]]


async def wait_during(
    edge: EdgeSite, body: Mapping[str, Any], action: Callable[[httpx.AsyncClient], Awaitable[Any]]
) -> httpx.Response:
    """Start a wait, run `action` once it has subscribed, and return its response."""
    subscribed = asyncio.Event()
    subscribe = edge.default.state.journal.subscribe

    def signal_subscription(subscriber: Callable[[JournalEntry], None]) -> Callable[[], None]:
        subscribed.set()
        return subscribe(subscriber)

    edge.default.state.journal.subscribe = signal_subscription  # type: ignore[method-assign]
    async with build_client(edge.app) as client:
        pending = asyncio.create_task(client.post(WAIT, json={"timeout": 30, **body}))
        await subscribed.wait()
        await action(client)
        return await pending


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [("call", "calls", "/_mock/calls"), ("request", "requests", "/_mock/requests"),
     ("webhook", "webhooks", "/_mock/webhooks")],
)  # fmt: skip
def test_a_wait_returns_existing_items_at_once_as_their_list_shows_them(
    edge: EdgeSite, kind: str, name: str, path: str
) -> None:
    edge.click_to_call()
    edge.advance()
    response = wait(edge, **{"for": kind})
    assert response.status_code == 200
    assert {**response.json(), "evicted": 0, "total": 1} == edge.get_json(path)
    assert len(response.json()[name]) == 1


@pytest.mark.parametrize(
    ("match", "expected"),
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
        ({"parameters.to": "918867136003"}, ["c3"]),
        ({"attempts.0.number": 1}, ["c1", "c2", "c3"]),
        ({"attempts.0.number": "1"}, ["c1", "c2", "c3"]),
        ({"scenarios": ["callee-busy"]}, ["c2"]),
        ({"scenarios.0": "no-*"}, ["c3"]),
        ({"scenarios": "callee-busy"}, ["c2"]),
        ({"scenarios": "*answer*"}, ["c1", "c3"]),
        ({"webhooks": "w1"}, ["c2"]),
        ({"webhooks": "w9"}, []),
        ({"webhooks": []}, []),
    ],
)
def test_a_wait_returns_the_items_that_match_in_every_field(
    edge: EdgeSite, match: Mapping[str, Any], expected: list[str]
) -> None:
    edge.click_to_call("answered", to="918867136001")
    edge.click_to_call("callee-busy", to="918867136002")
    edge.click_to_call("no-answer", to="918867136003", attempts="0")
    edge.advance()
    response = wait(edge, **{"for": "call", "match": match})
    assert (ids(response, "calls") if response.is_success else []) == expected


def test_a_wait_finds_the_request_that_placed_a_call(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.click_to_call(to=None)
    edge.click_to_call()
    for call, request in (("c1", "r1"), ("c2", "r3")):
        assert ids(wait(edge, **{"for": "request", "match": {"calls": call}}), "requests") == [
            request
        ]


def test_a_wait_returns_all_matching_items_even_if_fewer_are_enough(edge: EdgeSite) -> None:
    for _ in range(3):
        edge.click_to_call()
    assert ids(wait(edge, **{"for": "call", "count": 2}), "calls") == ["c1", "c2", "c3"]


def test_a_wait_that_times_out_reports_how_many_items_matched(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.click_to_call("callee-busy")
    match = {"scenarios.0": "callee-busy"}
    response = wait(edge, **{"for": "call", "match": match, "count": 2})
    assert read_problem(response) == (408, "wait-timeout", "1 of 2 matched within 0 s")
    assert response.json()["found"] == 1
    assert response.json()["nearest"] == [
        {
            "id": "c1",
            "differs": [{"field": "scenarios.0", "expected": "callee-busy", "actual": "answered"}],
        }
    ]


def test_a_wait_that_times_out_reports_the_mismatches_of_the_nearest_items(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.click_to_call("callee-busy")
    edge.advance()
    match = {"body.status": "COMPLETED", "body.status2": "NOANSWER", "body.nothing": 1}
    response = wait(edge, **{"for": "webhook", "match": match, "timeout": "0s"})
    assert read_problem(response)[:2] == (408, "wait-timeout")
    assert response.json()["nearest"] == [
        {
            "id": "w2",
            "differs": [
                {"field": "body.status2", "expected": "NOANSWER", "actual": "ANSWER"},
                {"field": "body.nothing", "expected": 1, "actual": None},
            ],
        },
        {
            "id": "w1",
            "differs": [
                {"field": "body.status", "expected": "COMPLETED", "actual": "MISSED"},
                {"field": "body.status2", "expected": "NOANSWER", "actual": "BUSY"},
                {"field": "body.nothing", "expected": 1, "actual": None},
            ],
        },
    ]


def test_a_wait_that_times_out_without_any_items_reports_no_nearest_items(edge: EdgeSite) -> None:
    response = wait(edge, **{"for": "request", "match": {"status": 200}})
    assert (response.status_code, response.json()["nearest"]) == (408, [])


@pytest.mark.parametrize(
    ("advance", "status", "seconds"),
    [
        ("2h", 200, 5),
        (7200, 200, 5),
        ("5s", 200, 5),
        ("4s", 408, 4),
        (0, 408, 0),
    ],
)
def test_a_wait_advances_a_manual_clock_only_as_far_as_needed(
    edge: EdgeSite, advance: object, status: int, seconds: int
) -> None:
    """The agent answers after two seconds, the callee is busy after three more."""
    edge.click_to_call("callee-busy")
    assert wait(edge, **DELIVERED_WEBHOOK, advance=advance).status_code == status
    assert edge.default.clock.now() == START + seconds * SECOND


def test_a_wait_for_an_existing_item_does_not_advance_the_clock(edge: EdgeSite) -> None:
    edge.click_to_call()
    assert ids(wait(edge, **{"for": "call"}, advance="2h"), "calls") == ["c1"]
    assert edge.default.clock.now() == START


def test_a_wait_without_a_match_advances_the_clock_by_the_full_duration(edge: EdgeSite) -> None:
    assert wait(edge, **DELIVERED_WEBHOOK, advance="2h").status_code == 408
    assert edge.default.clock.now() == START + 2 * HOUR


@pytest.mark.parametrize("mode", ["real", "60x", "instant"])
def test_a_wait_does_not_advance_a_clock_that_runs_by_itself(
    configuration: Configuration, mode: str
) -> None:
    edge = build_edge_site(configuration, mode=mode)
    assert wait(edge, **DELIVERED_WEBHOOK, advance="2h").status_code == 408
    assert edge.default.clock.now() < START + HOUR


def test_a_wait_ends_as_soon_as_a_matching_call_is_placed(edge: EdgeSite) -> None:
    async def place(client: httpx.AsyncClient) -> None:
        assert (
            await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
        ).status_code == 200

    body = {"for": "call", "match": {"vendor_status": "queued"}}
    assert ids(asyncio.run(wait_during(edge, body, place)), "calls") == ["c1"]


def test_a_wait_ends_when_another_client_advances_the_clock(edge: EdgeSite) -> None:
    edge.click_to_call()

    async def advance(client: httpx.AsyncClient) -> None:
        await client.post("/_mock/clock/advance", json={"until": "idle"})

    assert ids(asyncio.run(wait_during(edge, DELIVERED_WEBHOOK, advance)), "webhooks") == ["w1"]


def test_a_wait_that_times_out_leaves_no_subscriber_behind(edge: EdgeSite) -> None:
    async def do_nothing(_: httpx.AsyncClient) -> None:
        """No webhook is delivered."""

    response = asyncio.run(wait_during(edge, {**DELIVERED_WEBHOOK, "timeout": 0.01}, do_nothing))
    assert (response.status_code, list(read.subscribers(edge.default.state))) == (408, [])


def test_a_wait_that_times_out_states_its_timeout_in_seconds(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(waits, "wait_until", never)
    problem = read_problem(wait(edge, **{"for": "call", "timeout": "1m30s"}))
    assert problem == (408, "wait-timeout", "0 of 1 matched within 90 s")


def test_a_reset_during_a_wait_removes_the_existing_items(edge: EdgeSite) -> None:
    edge.click_to_call()

    async def restart(client: httpx.AsyncClient) -> None:
        await client.post("/_mock/reset")
        await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
        await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)

    body = {"for": "call", "count": 2}
    assert ids(asyncio.run(wait_during(edge, body, restart)), "calls") == ["c1", "c2"]


def test_a_wait_with_advance_requested_by_a_webhook_receiver_is_a_conflict(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advances, "MAX_WAIT", 0.0)
    responses: list[httpx.Response] = []

    async def receive(_: Delivery) -> DeliveryResult:
        async with build_client(edge.app) as client:
            responses.append(
                await client.post(WAIT, json={"for": "call", "count": 9, "advance": 1})
            )
        return DeliveryResult(status=200)

    edge.default.scheduler.deliveries.dispatcher = RecordingDispatcher(receive)
    edge.click_to_call()
    edge.advance()
    detail = (
        "another advance of this sandbox waits for the answer to a webhook: if the receiver of it "
        "has sent this, it has to answer first"
    )
    assert [read_problem(response) for response in responses] == [(409, "advance-running", detail)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"for": None},
        {"for": "webhooks"},
        {"for": ["call"]},
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
def test_an_invalid_wait_is_rejected_with_the_expected_form(edge: EdgeSite, body: object) -> None:
    edge.click_to_call()
    status, _, detail = read_problem(edge.request("POST", WAIT, json=body))
    assert status == 422
    assert '"for": "webhook"' in detail


def test_a_leg_with_an_index_of_any_length_can_be_waited_for(edge: EdgeSite) -> None:
    edge.click_to_call()
    response = wait(edge, **{"for": "call", "match": {"legs." + "9" * 5_000: "x"}})
    assert response.status_code == 408


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"for": "call", "cuont": 1}, "a wait takes no 'cuont': did you mean 'count'?"),
        (
            {"for": "call", "x": 1},
            "a wait takes no 'x': it takes for, match, count, timeout, advance",
        ),
        ({"for": "call", "match": {"stat": "x"}}, "a call takes no 'stat': did you mean 'state'?"),
        (
            {"for": "webhook", "match": {"atempts.0.status": 200}},
            "a webhook takes no 'atempts': did you mean 'attempts'?",
        ),
        (
            {"for": "request", "match": {"": "x"}},
            f"a request takes no '': it takes {', '.join((*REQUEST_FIELDS, *MARKS))}",
        ),
    ],
    ids=str,
)
def test_an_unknown_key_or_field_of_a_wait_is_rejected_with_the_nearest(
    edge: EdgeSite, body: dict[str, object], detail: str
) -> None:
    assert read_problem(edge.request("POST", WAIT, json=body)) == (422, "invalid-body", detail)


def test_a_wait_advances_the_clock_at_most_to_its_latest_time(edge: EdgeSite) -> None:
    edge.advance(to="8999-12-31T00:00:00Z")
    assert wait(edge, **DELIVERED_WEBHOOK, advance="876000h").status_code == 408
    assert edge.default.clock.now() == MAX_TIME


@pytest.mark.parametrize(
    "match",
    [
        {"headers.authorization": HEADERS["authorization"]},
        {"body.session": "s-1"},
        {"body.variables": {"pin": 7, "auth_token": "t-1"}},
    ],
)
def test_a_wait_finds_a_secret_by_its_value(edge: EdgeSite, match: dict[str, Any]) -> None:
    """Items show its mask."""
    fields = {**CLICK_TO_CALL, "session": "s-1", "variables": {"pin": 7, "auth_token": "t-1"}}
    edge.request("POST", CLICK_TO_CALL_PATH, json=fields, headers=HEADERS)
    response = wait(edge, **{"for": "request", "match": match})
    assert ids(response, "requests") == ["r1"]


def test_a_wait_that_finds_no_secret_does_not_repeat_it(edge: EdgeSite) -> None:
    edge.request("POST", CLICK_TO_CALL_PATH, json=CLICK_TO_CALL, headers=HEADERS)
    response = wait(edge, **{"for": "request", "match": {"headers.authorization": "Bearer other"}})
    [nearest] = response.json()["nearest"]
    [difference] = nearest["differs"]
    assert difference["expected"].startswith("Bearer ***")
    assert difference["expected"] != difference["actual"]
