"""Activations while a scenario delays the response."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import httpx
import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.scenario import ApiBehavior, MatchRule, Scenario
from mockserver.web.vendor import admission, delays
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, read_problem
from tests.support.site_client import SiteClient, build_site_client
from tests.support.vendors import ccai

SLOW = Scenario(name="slow", match=MatchRule(), responses=(ApiBehavior(delay=1_000),))
ACTIVATIONS = "/_mock/activations"
DELAYED = {"responses": [{"after": "1s"}], "legs": {"callee": "busy"}}
ONCE = {"scenario": "callee-busy", "times": 1}


class Gate:
    """Stands for `asyncio` in the delay: its `sleep` lasts until the test opens the gate."""

    CancelledError = asyncio.CancelledError

    def __init__(self) -> None:
        self.arrivals = asyncio.Semaphore(0)
        self.is_open = asyncio.Event()

    async def sleep(self, _: float) -> None:
        self.arrivals.release()
        await self.is_open.wait()

    async def wait_for(self, count: int) -> None:
        for _ in range(count):
            await self.arrivals.acquire()


Steps = Callable[[httpx.AsyncClient, Gate], Awaitable[None]]


@pytest.fixture
def slow_site(configuration: Configuration) -> SiteClient:
    """A site on which every response is delayed."""
    scenarios = configuration.scenarios
    by_name = {**scenarios.by_name, "slow": SLOW}
    return build_site_client(configuration._replace(scenarios=scenarios._replace(by_name=by_name)))


def run_steps(site: SiteClient, monkeypatch: pytest.MonkeyPatch, steps: Steps) -> None:
    async def main() -> None:
        gate = Gate()
        monkeypatch.setattr(delays, "asyncio", gate)
        async with site.client() as client:
            await steps(client, gate)

    asyncio.run(main())


async def call(client: httpx.AsyncClient, **fields: object) -> httpx.Response:
    body = {**CLICK_TO_CALL, **fields}
    return await client.post(CLICK_TO_CALL_PATH, json=body, headers=HEADERS)


async def remaining(client: httpx.AsyncClient) -> list[int | None]:
    response = await client.get(ACTIVATIONS)
    return [activation["remaining"] for activation in response.json()["activations"]]


async def call_scenarios(client: httpx.AsyncClient) -> list[list[str]]:
    response = await client.get("/_mock/calls")
    return [each["scenarios"] for each in response.json()["calls"]]


def test_of_two_requests_at_once_one_gets_the_last_use_of_an_activation(
    slow_site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def steps(client: httpx.AsyncClient, gate: Gate) -> None:
        await client.post(ACTIVATIONS, json=ONCE)
        first, second = (asyncio.create_task(call(client)) for _ in range(2))
        await gate.wait_for(2)
        assert await remaining(client) == []
        gate.is_open.set()
        responses = await asyncio.gather(first, second)
        assert [response.status_code for response in responses] == [200, 200]
        assert sorted(await call_scenarios(client)) == [["answered"], ["callee-busy"]]
        assert await remaining(client) == []

    run_steps(slow_site, monkeypatch, steps)


def test_activations_that_are_deleted_during_a_delay_stay_deleted(
    slow_site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def steps(client: httpx.AsyncClient, gate: Gate) -> None:
        await client.post(ACTIVATIONS, json=ONCE)
        refused = asyncio.create_task(call(client, bridge="x"))
        await gate.wait_for(1)
        assert (await client.delete(ACTIVATIONS)).status_code == 204
        gate.is_open.set()
        assert (await refused).status_code == 422
        assert await remaining(client) == []

    run_steps(slow_site, monkeypatch, steps)


def test_a_refused_request_gives_an_activation_back_after_its_delay(
    slow_site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def steps(client: httpx.AsyncClient, gate: Gate) -> None:
        await client.post(ACTIVATIONS, json=ONCE)
        refused = asyncio.create_task(call(client, bridge="x"))
        await gate.wait_for(1)
        gate.is_open.set()
        assert (await refused).status_code == 422
        assert await remaining(client) == [1]

    run_steps(slow_site, monkeypatch, steps)


@pytest.mark.parametrize("is_reset", [False, True])
def test_a_request_that_is_canceled_during_its_delay_gives_an_activation_back(
    slow_site: SiteClient,
    monkeypatch: pytest.MonkeyPatch,
    is_reset: bool,  # noqa: FBT001 - whether a reset comes between
) -> None:
    """After a reset there is nothing to give back to; another activation has the same id."""

    async def steps(client: httpx.AsyncClient, gate: Gate) -> None:
        await client.post(ACTIVATIONS, json=ONCE)
        canceled = asyncio.create_task(call(client))
        await gate.wait_for(1)
        if is_reset:
            await client.post("/_mock/reset")
            await client.post(ACTIVATIONS, json=ONCE)
        canceled.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await canceled
        assert await remaining(client) == [1]
        assert await call_scenarios(client) == []

    run_steps(slow_site, monkeypatch, steps)


def test_a_request_is_matched_after_what_was_due_before_it(configuration: Configuration) -> None:
    """The ticket has another contact since an instant: that contact's number is dialed."""
    key = ("ccai", "ccai-default")
    patch = {"tickets": {"71450": {"contact": "389391400633"}}}
    account = configuration.accounts[key].replace(timeline=((1_000, patch),))
    site = build_site_client(
        configuration._replace(accounts={**configuration.accounts, key: account}), mode="instant"
    )
    body = {**ccai.EXAMPLES["create-inbound"], "ticket_id": "71450"}
    site.request("POST", "/ccai/apps/api/v1/calls", json=body, headers=ccai.HEADERS)
    [explained] = site.get_json("/_mock/explain/r1")["calls"]
    [leg] = site.get_json("/_mock/calls/c1")["legs"]
    assert (explained["numbers"]["a"], leg["number"]) == ("+82-10-6861-2345",) * 2


def test_after_a_reset_during_a_delay_the_request_meets_the_scenario_that_is_then_in_force(
    slow_site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The delayed disconnect of the activation is gone with it."""
    breaking = {"responses": [{"after": "1s", "break": "reset"}]}

    async def steps(client: httpx.AsyncClient, gate: Gate) -> None:
        await client.put("/_mock/scenarios/breaking", json=breaking)
        await client.post(ACTIVATIONS, json={"scenario": "breaking", "times": 1})
        delayed = asyncio.create_task(call(client))
        await gate.wait_for(1)
        await client.post("/_mock/reset")
        gate.is_open.set()
        assert (await delayed).status_code == 200
        assert await call_scenarios(client) == [["answered"]]

    run_steps(slow_site, monkeypatch, steps)


def test_a_scenario_that_a_reset_removes_during_the_delay_is_a_problem_where_the_header_names_it(
    slow_site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def steps(client: httpx.AsyncClient, gate: Gate) -> None:
        await client.put("/_mock/scenarios/mine", json=DELAYED)
        headers = {**HEADERS, "x-mock-scenario": "mine"}
        request = client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
        delayed = asyncio.create_task(request)
        await gate.wait_for(1)
        await client.post("/_mock/reset")
        gate.is_open.set()
        assert read_problem(await delayed)[:2] == (422, "unknown-scenario")
        assert await call_scenarios(client) == []

    run_steps(slow_site, monkeypatch, steps)


def test_a_scenario_that_is_deleted_during_the_delay_still_plays(
    slow_site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def steps(client: httpx.AsyncClient, gate: Gate) -> None:
        await client.put("/_mock/scenarios/mine", json=DELAYED)
        headers = {**HEADERS, "x-mock-scenario": "mine"}
        request = client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
        delayed = asyncio.create_task(request)
        await gate.wait_for(1)
        await client.delete("/_mock/scenarios/mine")
        gate.is_open.set()
        assert (await delayed).status_code == 200
        assert await call_scenarios(client) == [["mine"]]

    run_steps(slow_site, monkeypatch, steps)


def test_a_provider_that_fails_after_a_reset_during_the_delay_is_an_error_of_the_server(
    slow_site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    async def steps(client: httpx.AsyncClient, gate: Gate) -> None:
        delayed = asyncio.create_task(call(client))
        await gate.wait_for(1)
        await client.post("/_mock/reset")
        monkeypatch.setattr(admission, "match_request", fail)
        gate.is_open.set()
        assert read_problem(await delayed)[:2] == (500, "internal-error")

    run_steps(slow_site, monkeypatch, steps)
