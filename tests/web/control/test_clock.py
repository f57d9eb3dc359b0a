"""The sandbox's time over HTTP: how it runs, and forward it goes."""

import asyncio
from typing import Any

import httpx
import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario, ScenarioSet
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime import scheduler
from tests.support.site_client import SiteClient, build_site_client, read_problem

ADVANCE = "/_mock/clock/advance"
T0 = "2026-01-01T09:00:00.000Z"
T10 = "2026-01-01T09:00:10.000Z"
T70 = "2026-01-01T09:01:10.000Z"
FORMS = 'send {"by": "90s"}, {"to": "2026-01-01T12:00:00Z"} or {"until": "idle"}'
MODES = 'send {"mode": ...}, one of real, manual, instant, or a pace such as 60x'
IDLE = {"mode": "manual", "now": T0, "pending": 0, "next_at": None}


def put(site: SiteClient, body: object) -> httpx.Response:
    return site.request("PUT", "/_mock/clock", json=body)


def test_show(site: SiteClient) -> None:
    told = site.get_json("/_mock/clock")
    assert list(told.items()) == list(IDLE.items())
    site.click_to_call()
    assert site.get_json("/_mock/clock") == {**IDLE, "pending": 1, "next_at": T0}
    site.advance(by=3)
    now = {"now": "2026-01-01T09:00:03.000Z", "next_at": "2026-01-01T09:00:04.000Z"}
    assert site.get_json("/_mock/clock") == {**IDLE, **now, "pending": 1}


@pytest.mark.parametrize("mode", ["manual", "real", "instant", "60x", "1.5x"])
def test_change(site: SiteClient, mode: str) -> None:
    answer = put(site, {"mode": mode})
    assert (answer.status_code, list(answer.json())) == (200, list(IDLE))
    assert answer.json()["mode"] == site.sandbox.clock.mode == mode
    fact = site.get_json("/_mock/journal")["facts"][-1]
    assert (fact["fact"], fact["mode"], fact["at"]) == ("clock", mode, T0)


@pytest.mark.parametrize(
    "body",
    [{}, {"mode": ""}, {"mode": "fast"}, {"mode": None}, {"mode": "real", "now": T0}, {"rate": 1}],
)
def test_a_wrong_change(site: SiteClient, body: object) -> None:
    assert read_problem(put(site, body)) == (422, "unprocessable entity", MODES)
    assert site.get_json("/_mock/clock") == IDLE


@pytest.mark.parametrize(
    ("goal", "events", "now"),
    [
        ({"by": 70}, 7, T70),
        ({"by": 70.0}, 7, T70),
        ({"by": "70"}, 7, T70),
        ({"by": "1m10s"}, 7, T70),
        ({"to": "2026-01-01T09:01:10Z"}, 7, T70),
        ({"to": "2026-01-01T14:31:10+05:30"}, 7, T70),
        ({"until": "idle"}, 7, T10),
    ],
)
def test_advance(site: SiteClient, goal: dict[str, object], events: int, now: str) -> None:
    site.click_to_call()
    assert site.request("POST", ADVANCE, json=goal).json() == {
        "now": now,
        "events": events,
        "attempts": 1,
        "pending": 0,
        "next_at": None,
        "waiting": [],
        "stopped": None,
    }
    assert site.get_json("/_mock/clock")["now"] == now


@pytest.mark.parametrize("goal", [{"by": 0}, {"to": T0}, {"by": 0.001}])
def test_advance_by_next_to_nothing(site: SiteClient, goal: dict[str, object]) -> None:
    site.click_to_call()
    told = site.advance(**goal)
    assert (told["events"], told["pending"]) == (2, 1)
    assert told["next_at"] == "2026-01-01T09:00:02.000Z"


def test_advance_tells_in_the_order_of_the_contract(site: SiteClient) -> None:
    keys = ["now", "events", "attempts", "pending", "next_at", "waiting", "stopped"]
    assert list(site.advance()) == keys


def test_advance_tells_who_waits(configuration: Configuration) -> None:
    story = Scenario(name="people", legs={"a": PRESETS["person"]})
    site = build_site_client(
        configuration._replace(
            scenarios=ScenarioSet({"people": story}, "people", number_plan=False)
        )
    )
    site.click_to_call()
    site.click_to_call()
    told = site.advance()
    assert (told["waiting"], told["stopped"], told["pending"]) == (["c1", "c2"], None, 0)


def test_advance_until_idle_tells_of_its_limit(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "MAX_EVENTS", 3)
    site.click_to_call()
    told = site.advance()
    assert (told["stopped"], told["events"], told["pending"]) == ("limit", 3, 1)
    monkeypatch.undo()
    monkeypatch.setattr(scheduler, "HORIZON", 1)
    told = site.advance()
    assert (told["stopped"], told["events"], told["next_at"]) == (
        "limit",
        1,
        "2026-01-01T09:00:04.000Z",
    )


def test_an_advance_is_a_fact(site: SiteClient) -> None:
    site.advance(by="1m")
    [fact] = site.get_json("/_mock/journal")["facts"]
    assert (fact["fact"], fact["advance"]) == ("clock", {"by": "1m"})
    assert fact["at"] == "2026-01-01T09:01:00.000Z"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, FORMS),
        ({"by": 1, "to": T0}, FORMS),
        ({"until": "idle", "by": 1}, FORMS),
        ({"to": T0, "x": 1}, FORMS),
        ({"until": "monday"}, FORMS),
        ({"by": None}, FORMS),
        ({"by": [1]}, FORMS),
        ({"to": 5}, FORMS),
        ({"by": -1}, f"-1 is no length of time: {FORMS}"),
        ({"by": True}, f"True is no length of time: {FORMS}"),
        ({"by": "soon"}, f"'soon' is no length of time: {FORMS}"),
        ({"by": "101y"}, f"'101y' is no length of time: {FORMS}"),
        ({"by": 10**12}, f"1000000000000 is no length of time: {FORMS}"),
        ({"to": "noon"}, f"'noon' is no ISO 8601 time: {FORMS}"),
        (
            {"to": "2026-01-01T10:00:00"},
            "'2026-01-01T10:00:00' has no time zone: end it with Z or +05:30",
        ),
        (
            {"to": "2026-01-01T08:59:59.999Z"},
            f"time only goes forward, and it is {T0} already",
        ),
        (
            {"to": "0001-01-01T00:00:00+23:59"},
            f"time only goes forward, and it is {T0} already",
        ),
    ],
)
def test_a_wrong_advance(site: SiteClient, body: dict[str, object], detail: str) -> None:
    site.click_to_call()
    answer = site.request("POST", ADVANCE, json=body)
    assert read_problem(answer) == (422, "unprocessable entity", detail)
    assert site.get_json("/_mock/clock") == {**IDLE, "pending": 1, "next_at": T0}


LATEST = "9000-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    "goal",
    [
        {"to": "9000-01-01T00:00:00.001Z"},
        {"to": "9999-12-31T23:59:59-23:59"},
        {"by": 0.001},
        {"by": "1d"},
        {"by": 36_525 * 86_400},
    ],
)
def test_clocks_end_at_the_year_9000(site: SiteClient, goal: dict[str, object]) -> None:
    assert site.advance(to=LATEST)["now"] == LATEST
    answer = site.request("POST", ADVANCE, json=goal)
    assert read_problem(answer) == (422, "unprocessable entity", f"clocks here end at {LATEST}")
    assert site.advance(by=0)["now"] == LATEST


@pytest.mark.parametrize("goal", [{"by": 1}, {"until": "idle"}])
def test_what_happens_at_the_end_of_all_clocks_can_be_told(
    site: SiteClient, goal: dict[str, object]
) -> None:
    """A call that is placed there runs beyond it, and is still printed."""
    site.advance(to=LATEST)
    site.click_to_call()
    site.request("POST", ADVANCE, json=goal)
    for path in ("calls", "journal", "webhooks", "clock"):
        assert site.request("GET", f"/_mock/{path}").status_code == 200
    site.request("POST", ADVANCE, json={"until": "idle"})
    assert site.get_json("/_mock/calls/c1")["ended_at"] == "9000-01-01T00:00:10.000Z"


def test_an_advance_from_inside_a_webhook_is_refused(site: SiteClient) -> None:
    refused: list[httpx.Response] = []

    async def receive(_: Delivery) -> DeliveryResult:
        async with site.client() as client:
            refused.append(await client.post(ADVANCE, json={"by": 1}))
        return DeliveryResult(status=200)

    site.dispatcher.receive = receive
    site.click_to_call()
    assert site.advance()["attempts"] == 1
    detail = "another advance of this sandbox is still running"
    assert [read_problem(one) for one in refused] == [(409, "conflict", detail)]
    assert site.advance(by=1)["events"] == 0


def test_what_a_receiver_asks_is_answered_at_the_instant_of_its_webhook(site: SiteClient) -> None:
    told: list[Any] = []

    async def receive(_: Delivery) -> DeliveryResult:
        async with site.client() as client:
            told.append((await client.get("/_mock/calls/c1")).json()["state"])
            told.append((await client.get("/_mock/clock")).json()["now"])
        return DeliveryResult(status=200)

    site.dispatcher.receive = receive
    site.click_to_call()
    site.advance(by="2h")
    assert told == ["ended", T10]


def test_of_two_advances_at_once_one_is_refused(site: SiteClient) -> None:
    async def scenario() -> list[int]:
        async with site.client() as client:
            first = asyncio.create_task(client.post(ADVANCE, json={"until": "idle"}))
            await out.wait()
            second = await client.post(ADVANCE, json={"until": "idle"})
            gate.set()
            return [(await first).status_code, second.status_code]

    async def receive(_: Delivery) -> DeliveryResult:
        out.set()
        await gate.wait()
        return DeliveryResult(status=200)

    out, gate = asyncio.Event(), asyncio.Event()
    site.dispatcher.receive = receive
    site.click_to_call()
    assert asyncio.run(scenario()) == [200, 409]


def interrupted(site: SiteClient) -> Any:
    """What an advance tells that a reset has ended."""

    async def scenario() -> Any:
        async with site.client() as client:
            moving = asyncio.create_task(client.post(ADVANCE, json={"by": 60}))
            await out.wait()
            await client.post("/_mock/reset")
            return (await moving).json()

    async def receive(_: Delivery) -> DeliveryResult:
        out.set()
        await asyncio.Event().wait()
        raise AssertionError

    out = asyncio.Event()
    site.dispatcher.receive = receive
    site.click_to_call()
    return asyncio.run(scenario())


def test_a_reset_during_an_advance_is_told(site: SiteClient) -> None:
    told = interrupted(site)
    assert (told["stopped"], told["pending"], told["next_at"]) == ("reset", 0, None)
    assert site.get_json("/_mock/journal")["facts"] == []
    assert site.get_json("/_mock/clock") == IDLE


def test_a_reset_during_an_advance_shows_the_new_time(site: SiteClient) -> None:
    """A request that comes in meanwhile is answered at the old time, in the new world."""
    assert interrupted(site)["now"] == T0
