"""The control API shows the clock of a sandbox, changes its mode and advances it."""

import asyncio
from typing import Any

import httpx
import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.state.agenda import AccountPatch, ScheduledEvent
from mockserver.runtime import advances, phone_clock, scheduler
from tests.support.simulation import START
from tests.support.site import read_problem
from tests.support.site_client import SiteClient, build_site_client

ADVANCE = "/_mock/clock/advance"
T0 = "2026-01-01T09:00:00.000Z"
T10 = "2026-01-01T09:00:10.000Z"
T70 = "2026-01-01T09:01:10.000Z"
FORMS = (
    'send {"by": "90s"}, {"to": "2026-01-01T12:00:00Z"} or {"until": "idle"}; '
    "until takes idle, next or empty"
)
MODES = 'send {"mode": ...}, one of real, manual, instant, or a pace such as 60x'
IDLE = {"mode": "manual", "now": T0, "pending": 0, "next_at": None, "next": None, "while": None}
BEGIN: dict[str, Any] = {
    **IDLE, "pending": 1, "next_at": T0,
    "next": {"at": T0, "kind": "script", "call": "c1", "webhook": None, "account": None,
             "event": "begin", "leg": None},
}  # fmt: skip


def put(site: SiteClient, body: object) -> httpx.Response:
    return site.request("PUT", "/_mock/clock", json=body)


def test_the_clock_shows_its_mode_its_time_and_what_is_due_next(site: SiteClient) -> None:
    clock = site.get_json("/_mock/clock")
    assert list(clock.items()) == list(IDLE.items())
    site.click_to_call()
    assert site.get_json("/_mock/clock") == BEGIN
    site.advance(by=3)
    at = "2026-01-01T09:00:04.000Z"
    answer = {**BEGIN["next"], "at": at, "event": "answer", "leg": "b"}
    now = {"now": "2026-01-01T09:00:03.000Z", "next_at": at, "next": answer}
    assert site.get_json("/_mock/clock") == {**BEGIN, **now}


@pytest.mark.parametrize("mode", ["manual", "real", "instant", "60x", "1.5x"])
def test_the_clock_mode_can_be_changed_and_the_change_is_journaled(
    site: SiteClient, mode: str
) -> None:
    response = put(site, {"mode": mode})
    assert (response.status_code, list(response.json())) == (200, list(IDLE))
    assert response.json()["mode"] == site.sandbox.clock.mode == mode
    entry = site.get_json("/_mock/journal")["entries"][-1]
    assert (entry["type"], entry["mode"], entry["at"]) == ("clock", mode, T0)


@pytest.mark.parametrize(
    "body",
    [{}, {"mode": ""}, {"mode": "fast"}, {"mode": None}],
)
def test_an_invalid_clock_change_is_rejected_and_changes_nothing(
    site: SiteClient, body: object
) -> None:
    assert read_problem(put(site, body)) == (422, "invalid-body", MODES)
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
        ({"until": "empty"}, 7, T10),
    ],
)
def test_an_advance_runs_what_is_due_and_reports_it(
    site: SiteClient, goal: dict[str, object], events: int, now: str
) -> None:
    site.click_to_call()
    assert site.request("POST", ADVANCE, json=goal).json() == {
        "now": now,
        "events": events,
        "attempts": 1,
        "pending": 0,
        "next_at": None,
        "waiting": [],
        "stop_reason": None,
        "errors": 0,
    }
    assert site.get_json("/_mock/clock")["now"] == now


@pytest.mark.parametrize("goal", [{"by": 0}, {"to": T0}, {"by": 0.001}])
def test_an_advance_by_at_most_a_millisecond_runs_only_what_is_due_now(
    site: SiteClient, goal: dict[str, object]
) -> None:
    site.click_to_call()
    result = site.advance(**goal)
    assert (result["events"], result["pending"]) == (2, 1)
    assert result["next_at"] == "2026-01-01T09:00:02.000Z"


def test_an_advance_result_has_the_keys_of_the_contract_in_order(site: SiteClient) -> None:
    keys = ["now", "events", "attempts", "pending", "next_at", "waiting", "stop_reason", "errors"]
    assert list(site.advance()) == keys


def test_an_advance_reports_the_calls_that_wait(configuration: Configuration) -> None:
    scenario = Scenario(name="people", legs={"a": PRESETS["person"]})
    site = build_site_client(
        configuration._replace(
            scenarios=ScenarioSet({"people": scenario}, "people", number_plan=False)
        )
    )
    site.click_to_call()
    site.click_to_call()
    result = site.advance()
    assert (result["waiting"], result["stop_reason"], result["pending"]) == (["c1", "c2"], None, 0)


def test_an_advance_until_idle_reports_that_a_limit_stopped_it(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "MAX_EVENTS", 3)
    site.click_to_call()
    result = site.advance()
    assert (result["stop_reason"], result["events"], result["pending"]) == ("limit", 3, 1)
    monkeypatch.undo()
    monkeypatch.setattr(scheduler, "HORIZON", 1)
    result = site.advance()
    assert (result["stop_reason"], result["events"], result["next_at"]) == (
        "limit",
        1,
        "2026-01-01T09:00:04.000Z",
    )


def test_an_advance_is_journaled(site: SiteClient) -> None:
    site.advance(by="1m")
    [entry] = site.get_json("/_mock/journal")["entries"]
    assert (entry["type"], entry["advance"]) == ("clock", {"by": "1m"})
    assert entry["at"] == "2026-01-01T09:01:00.000Z"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, FORMS),
        ({"by": 1, "to": T0}, FORMS),
        ({"until": "idle", "by": 1}, FORMS),
        ({"to": T0, "x": 1}, "an advance takes no 'x': it takes by, to, until"),
        ({"untill": "idle"}, "an advance takes no 'untill': did you mean 'until'?"),
        ({"until": "monday"}, FORMS),
        ({"by": None}, FORMS),
        ({"by": [1]}, FORMS),
        ({"to": 5}, FORMS),
        ({"by": -1}, f"-1 is not a duration: {FORMS}"),
        ({"by": True}, f"True is not a duration: {FORMS}"),
        ({"by": "soon"}, f"'soon' is not a duration: {FORMS}"),
        ({"by": "101y"}, f"'101y' is not a duration: {FORMS}"),
        ({"by": 10**12}, f"1000000000000 is not a duration: {FORMS}"),
        ({"to": "noon"}, f"'noon' is not an ISO 8601 time: {FORMS}"),
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
def test_an_invalid_advance_is_rejected_and_changes_nothing(
    site: SiteClient, body: dict[str, object], detail: str
) -> None:
    site.click_to_call()
    response = site.request("POST", ADVANCE, json=body)
    assert read_problem(response) == (422, "invalid-body", detail)
    assert site.get_json("/_mock/clock") == BEGIN


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
def test_the_clock_cannot_advance_beyond_the_year_9000(
    site: SiteClient, goal: dict[str, object]
) -> None:
    assert site.advance(to=LATEST)["now"] == LATEST
    response = site.request("POST", ADVANCE, json=goal)
    assert read_problem(response) == (422, "invalid-body", f"the clock cannot go beyond {LATEST}")
    assert site.advance(by=0)["now"] == LATEST


@pytest.mark.parametrize("goal", [{"by": 1}, {"until": "idle"}])
def test_a_call_that_runs_beyond_the_latest_clock_time_is_still_shown(
    site: SiteClient, goal: dict[str, object]
) -> None:
    """A call placed at the latest time ends after it."""
    site.advance(to=LATEST)
    site.click_to_call()
    site.request("POST", ADVANCE, json=goal)
    for path in ("calls", "journal", "webhooks", "clock"):
        assert site.request("GET", f"/_mock/{path}").status_code == 200
    site.request("POST", ADVANCE, json={"until": "idle"})
    assert site.get_json("/_mock/calls/c1")["ended_at"] == "9000-01-01T00:00:10.000Z"


def test_an_advance_requested_by_a_webhook_receiver_is_a_conflict(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advances, "MAX_WAIT", 0.0)
    responses: list[httpx.Response] = []

    async def receive(_: Delivery) -> DeliveryResult:
        async with site.client() as client:
            responses.append(await client.post(ADVANCE, json={"by": 1}))
        return DeliveryResult(status=200)

    site.dispatcher.receive = receive
    site.click_to_call()
    assert site.advance()["attempts"] == 1
    detail = (
        "another advance of this sandbox waits for the answer to a webhook: if the receiver of it "
        "has sent this, it has to answer first"
    )
    assert [read_problem(response) for response in responses] == [(409, "advance-running", detail)]
    assert site.advance(by=1)["events"] == 0


def test_a_webhook_receiver_sees_the_state_and_time_of_its_webhook(site: SiteClient) -> None:
    observed: list[Any] = []

    async def receive(_: Delivery) -> DeliveryResult:
        async with site.client() as client:
            observed.append((await client.get("/_mock/calls/c1")).json()["state"])
            observed.append((await client.get("/_mock/clock")).json()["now"])
        return DeliveryResult(status=200)

    site.dispatcher.receive = receive
    site.click_to_call()
    site.advance(by="2h")
    assert observed == ["ended", T10]


def test_a_second_concurrent_advance_is_a_conflict(site: SiteClient) -> None:
    async def advance_twice() -> list[int]:
        async with site.client() as client:
            first = asyncio.create_task(client.post(ADVANCE, json={"until": "idle"}))
            await started.wait()
            second = await client.post(ADVANCE, json={"until": "idle"})
            release.set()
            return [(await first).status_code, second.status_code]

    async def receive(_: Delivery) -> DeliveryResult:
        started.set()
        await release.wait()
        return DeliveryResult(status=200)

    started, release = asyncio.Event(), asyncio.Event()
    site.dispatcher.receive = receive
    site.click_to_call()
    assert asyncio.run(advance_twice()) == [200, 409]


def reset_during_advance(site: SiteClient) -> Any:
    """Reset the sandbox while an advance runs, and return the result of the advance."""

    async def advance_and_reset() -> Any:
        async with site.client() as client:
            advance = asyncio.create_task(client.post(ADVANCE, json={"by": 60}))
            await started.wait()
            await client.post("/_mock/reset")
            return (await advance).json()

    async def receive(_: Delivery) -> DeliveryResult:
        started.set()
        await asyncio.Event().wait()
        raise AssertionError

    started = asyncio.Event()
    site.dispatcher.receive = receive
    site.click_to_call()
    return asyncio.run(advance_and_reset())


def test_an_advance_reports_that_a_reset_stopped_it(site: SiteClient) -> None:
    result = reset_during_advance(site)
    assert (result["stop_reason"], result["pending"], result["next_at"]) == ("reset", 0, None)
    assert site.get_json("/_mock/journal")["entries"] == []
    assert site.get_json("/_mock/clock") == IDLE


def test_an_advance_that_a_reset_stopped_reports_the_new_time(site: SiteClient) -> None:
    """The result has the time after the reset, not the time that the advance had reached."""
    assert reset_during_advance(site)["now"] == T0


def test_the_clock_runs_for_as_long_as_a_person_is_on_the_phone(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_clock, "LOOK_EVERY", 0.05)

    async def run() -> list[Any]:
        async with site.client() as client:
            body = {"mode": "60x", "while": "on-the-phone"}
            put = (await client.put("/_mock/clock", json=body)).json()
            event = {"event": "hangup", "leg": "b"}
            await client.post("/_mock/calls/c1/events", json=event)
            await asyncio.sleep(3 * phone_clock.LOOK_EVERY)
            clock = (await client.get("/_mock/clock")).json()
        return [(each["mode"], each["while"]) for each in (put, clock)]

    site.click_to_call("waits-for-a-person")
    site.advance(by=3)
    assert asyncio.run(run()) == [("60x", "on-the-phone"), ("manual", None)]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"mode": "real", "while": "on-phone"}, "while must be on-the-phone, not 'on-phone'"),
        ({"mode": "real", "while": None}, "while must be on-the-phone, not None"),
        (
            {"mode": "manual", "while": "on-the-phone"},
            "in the mode manual no time passes by itself: while goes with real or 60x",
        ),
        ({"while": "on-the-phone"}, MODES),
    ],
)
def test_a_condition_that_cannot_be_is_refused(
    site: SiteClient, body: dict[str, object], detail: str
) -> None:
    site.click_to_call("waits-for-a-person")
    site.advance(by=3)
    assert read_problem(put(site, body)) == (422, "invalid-body", detail)
    assert site.sandbox.clock.mode == "manual"


def test_a_clock_cannot_run_while_nobody_is_on_the_phone(site: SiteClient) -> None:
    site.click_to_call()
    response = put(site, {"mode": "real", "while": "on-the-phone"})
    detail = "no leg waits for a person: GET /_mock/phones lists those that do"
    assert read_problem(response) == (409, "nobody-on-the-phone", detail)


def next_due(site: SiteClient) -> Any:
    due = site.get_json("/_mock/clock")["next"]
    return due and tuple(due[name] for name in ("kind", "call", "webhook", "event", "leg"))


def test_the_clock_tells_what_is_due_next(site: SiteClient) -> None:
    """After a webhook that is sent later comes the next attempt of it, which is simulated."""
    webhooks = {"completed": {"after": "5s", "attempts": ["timeout"]}}
    site.request("PUT", "/_mock/scenarios/later", json={"webhooks": webhooks})
    site.click_to_call("later")
    seen = []
    while due := next_due(site):
        seen.append(due)
        site.advance(until="next")
    assert seen == [
        ("script", "c1", None, "begin", None),
        ("script", "c1", None, "answer", "a"),
        ("script", "c1", None, "answer", "b"),
        ("script", "c1", None, "hangup", "a"),
        ("delivery", "c1", "w1", None, None),
        ("attempt-end", "c1", "w1", None, None),
    ]


def test_the_clock_tells_of_an_event_that_the_vendor_has_planned(site: SiteClient) -> None:
    site.click_to_call("waits-for-a-person")
    site.advance()
    state, at = site.sandbox.state, site.sandbox.clock.now() + 1
    event = Event(at=at, type="hangup", leg="b")
    state.agenda.schedule(at, "event", "c1", ScheduledEvent(attempt=0, event=event))
    assert next_due(site) == ("event", "c1", None, "hangup", "b")


def test_the_clock_tells_of_a_change_of_an_account(site: SiteClient) -> None:
    patch = AccountPatch(account_key=("mobtexting", "mobtexting-default"), patch={})
    site.sandbox.state.agenda.schedule(START, "account", "mobtexting-default", patch)
    assert next_due(site) == ("account", None, None, None, None)
    assert site.get_json("/_mock/clock")["next"]["account"] == "mobtexting-default"
