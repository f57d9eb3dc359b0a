"""A day that is interrupted by restarts is the same day as one without."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from tests.support.dispatchers import never_respond
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.stored_sites import Host, StoredSite, describe, open_host, vary_results

ACCOUNT = "/_mock/accounts/mobtexting/mobtexting-default"
SANDBOX = "/_sandbox/other"
CLAIMED = {**HEADERS, "authorization": "Bearer key-of-other"}
Step = Callable[[StoredSite], Any]


@pytest.fixture
def host(configuration: Configuration) -> Iterator[Host]:
    with open_host(configuration) as host:
        host.receive = vary_results
        yield host


def send(method: str, path: str, body: Any = None) -> Step:
    """Build a step that sends a request, which must be accepted."""

    def step(site: StoredSite) -> None:
        response = site.request(method, path, json=body)
        assert response.status_code < 300, response.text

    return step


def call(*scenarios: str, headers: Mapping[str, str] = HEADERS, **fields: Any) -> Step:
    """Build a step that places a call, with any scenarios."""
    more = {"x-mock-scenario": ", ".join(scenarios)} if scenarios else {}

    def step(site: StoredSite) -> None:
        body = {**CLICK_TO_CALL, **fields}
        site.request("POST", CLICK_TO_CALL_PATH, json=body, headers={**headers, **more})

    return step


def advance(prefix: str = "", **goal: Any) -> Step:
    return send("POST", f"{prefix}/_mock/clock/advance", goal or {"until": "idle"})


def leave_before_the_response(site: StoredSite) -> None:
    """Send a request whose response is delayed, and go; or the server ends before it."""

    async def send_and_leave() -> None:
        task = asyncio.create_task(
            site.send("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
        )
        while inputs.count == known:
            await asyncio.wait((task,), timeout=0.01)
        await site.send("GET", "/_mock/clock")
        if not site.registry.durability:
            task.cancel()
        await asyncio.wait((task,), timeout=0)

    headers, inputs = {**HEADERS, "x-mock-scenario": "late"}, site.registry.default.state.inputs
    known = inputs.count
    site.run(send_and_leave())


DAY: tuple[Step, ...] = (
    send("PATCH", ACCOUNT, {"retry": {"waits": ["5s", "1m", "10m"]}, "credentials": ["key-1"]}),
    send("PATCH", ACCOUNT, {"credentials": None}),
    send("PUT", "/_mock/scenarios/mine", {"legs": {"callee": {"ring": "2s..9s", "then": "busy"}}}),
    send("PUT", "/_mock/scenarios/late", {"responses": [{"after": "60s"}]}),
    send("POST", "/_mock/activations", {"scenario": "no-answer", "times": 2}),
    send("PATCH", "/_mock/receivers", {"http://app.test": "localhost:4123"}),
    call(),
    send("POST", "/_mock/sandboxes/default/snapshots", {"as": "before"}),
    advance(by="3s"),
    call("mine"),
    call("waits-for-a-person"),
    advance(by="40s"),
    send("POST", "/_mock/calls/c3/events", {"event": "hangup", "leg": "a"}),
    advance(by="4s"),
    advance(by="30s"),
    call("doubled-report"),
    advance(by="20s"),
    send(
        "PUT",
        "/_mock/sandboxes/other",
        {
            "clock": "manual",
            "seed": "other",
            "start_at": "2026-03-01T00:00:00Z",
            "credentials": {"mobtexting": ["key-of-other"]},
        },
    ),
    call(headers=CLAIMED),
    call("mine", headers=CLAIMED),
    advance(SANDBOX, by="8s"),
    send("POST", "/_mock/activations", {"scenario": "callee-busy", "times": 3}),
    leave_before_the_response,
    call(),
    advance(by="2m"),
    send("DELETE", "/_mock/scenarios/mine"),
    send("PUT", "/_mock/sandboxes/copy", {"from": "default", "snapshot": "before"}),
    send("POST", "/_sandbox/copy/_mock/clock/advance", {"until": "idle"}),
    send("POST", "/_mock/sandboxes/default/snapshots", {"as": "evening"}),
    advance(),
    send("POST", "/_mock/webhooks/w1/redeliver"),
    advance(by="1s"),
    advance(),
)
NIGHT: tuple[Step, ...] = (
    send("POST", "/_mock/reset"),
    call("callee-busy"),
    send("POST", "/_mock/sandboxes/default/snapshots", {"as": "after"}),
    send("PUT", "/_mock/sandboxes/copy", {"from": "default", "snapshot": "evening"}),
    send("PUT", "/_mock/sandboxes/copy2", {"from": "default", "snapshot": "after"}),
    send("PUT", "/_mock/sandboxes/copy3", {"from": "default", "snapshot": "before"}),
    send("DELETE", "/_mock/sandboxes/copy3"),
    call(),
    advance(),
    advance("/_sandbox/copy"),
    advance("/_sandbox/copy2"),
    call(headers=CLAIMED),
    advance(SANDBOX),
)


def play(host: Host, ends: Mapping[int, str], **store: str) -> Iterator[dict[str, Any]]:
    """Play day and night, and describe what there is after each.

    `ends` maps the numbers of steps to how the server ends after them, to begin again.
    """
    site, number = host.start(**store), 0
    for steps in (DAY, NIGHT):
        for step in steps:
            step(site)
            if number in ends:
                getattr(site, ends[number])()
                site = host.start(**store)
            number += 1
        yield describe(site)
    site.kill()


def test_a_day_with_a_restart_after_each_step_is_the_day_in_one_go(
    host: Host, tmp_path: Path
) -> None:
    ends = {number: ("kill", "stop")[number % 2] for number in range(len(DAY) + len(NIGHT))}
    in_one_go = [*play(host, {})]
    restarted = [*play(host, ends, store=str(tmp_path / "calls.db"))]
    for expected, found in zip(in_one_go, restarted, strict=True):
        for key, value in expected.items():
            assert found[key] == value, key
        assert found.keys() == expected.keys()


def test_an_advance_that_the_end_of_the_server_has_cut_short_goes_on_with_the_next_one(
    host: Host, tmp_path: Path
) -> None:
    """The receiver never answers the first webhook, so the advance stands still there."""

    async def advance_until_a_webhook_is_out(site: StoredSite) -> None:
        goal = {"until": "idle"}
        task = asyncio.create_task(site.send("POST", "/_mock/clock/advance", json=goal))
        await site.dispatcher.wait_for_deliveries(1)
        assert not task.done()

    steps = (
        send("PATCH", ACCOUNT, {"retry": {"waits": ["5s", "1m"]}}),
        call(),
        call("callee-busy"),
    )
    with host.start() as site:
        for step in (*steps, advance()):
            step(site)
        in_one_go = describe(site)
    store, host.receive = {"store": str(tmp_path / "calls.db")}, never_respond
    with host.start(**store) as site:
        for step in steps:
            step(site)
        site.run(advance_until_a_webhook_is_out(site))
    host.receive = vary_results
    with host.start(**store) as site:
        advance()(site)
        for key, value in describe(site).items():
            assert value == in_one_go[key], key
        headers = [each.webhook.headers for each in site.dispatcher.deliveries]
        marks = [each.get("X-Mock-Repeated") for each in headers]
        assert (marks[0], {*marks[1:]}) == ("1", {None})
