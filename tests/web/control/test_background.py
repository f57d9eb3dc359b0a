"""Scenarios and accounts that are put hold up nobody, and lose nothing that happens meanwhile."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from mockserver.runtime.background import Background
from tests.support import read
from tests.support.edge_site import EdgeSite, build_request
from tests.support.event_loop import measured_callbacks
from tests.support.simulation import change_account
from tests.support.site import build_client

LONGEST = 0.05
"""CPU seconds that one callback of the event loop may take."""
STEPS = "steps: [{wait: control}, {after: 5s..9s, hangup: a}]"
MANY_STEPS = f"steps: [{'{wait: control}, ' * 300}{{after: 5s..9s, hangup: a}}]"
PEOPLE = {"generate": {"contacts": 1_000, "agents": 20}}


def generated_agents(count: int) -> dict[str, object]:
    return {"generate": {"agents": count}}


async def send_all(edge: EdgeSite, *requests: httpx.Request) -> list[httpx.Response]:
    """Send the requests at the same time, in this event loop."""
    async with build_client(edge.app) as client:
        return await asyncio.gather(*map(client.send, requests))


def put_scenario(name: str, text: str = STEPS) -> httpx.Request:
    return build_request("PUT", f"/_mock/scenarios/{name}", content=text.encode())


@pytest.mark.parametrize(
    "build",
    [
        lambda number: put_scenario(f"mine{number}", MANY_STEPS),
        lambda number: build_request("PUT", f"/_mock/accounts/ccai/acme{number}", json=PEOPLE),
        lambda number: build_request(
            "PATCH",
            "/_mock/accounts/ccai/ccai-default",
            json=generated_agents(1_000 + number),
        ),
    ],
    ids=["a scenario", "an account", "a patch of an account"],
)
def test_a_put_never_holds_up_the_event_loop(
    edge: EdgeSite, build: Callable[[int], httpx.Request]
) -> None:
    """A busy machine gets three tries."""
    longest = []
    for number in range(3):
        with measured_callbacks() as seconds:
            [response] = asyncio.run(send_all(edge, build(number)))
        assert response.status_code == 200, response.text
        longest.append(max(seconds))
    assert min(longest) < LONGEST


def test_scenarios_that_are_put_at_the_same_time_are_all_kept(edge: EdgeSite) -> None:
    names = [f"mine{number}" for number in range(4)]
    responses = asyncio.run(send_all(edge, *map(put_scenario, names)))
    assert [response.status_code for response in responses] == [200] * 4
    assert list(edge.default.uploaded_scenarios) == names
    assert set(names) <= set(edge.default.state.configuration.scenarios.by_name)


def test_a_reset_while_a_scenario_is_compiled_comes_before_the_put(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, uploads = Background.run, []

    async def reset_meanwhile(background: Background, job: Callable[[], Any]) -> Any:
        result = await run(background, job)
        uploads.append([*edge.default.uploaded_scenarios])
        if len(uploads) == 2:
            await edge.default.reset()
        return result

    monkeypatch.setattr(Background, "run", reset_meanwhile)
    edge.send(put_scenario("first"))
    edge.send(put_scenario("second"))
    assert uploads == [[], ["first"], []]
    assert list(edge.default.uploaded_scenarios) == ["second"]
    assert "first" not in edge.default.state.configuration.scenarios.by_name


@pytest.mark.parametrize("changes", [1, 5])
def test_a_patch_is_applied_to_the_account_as_it_is_then(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch, changes: int
) -> None:
    """The balance changes each time while the patched account is read."""
    key, left = ("mobtexting", "mobtexting-default"), changes
    state, run = edge.default.state, Background.run

    async def change_meanwhile(background: Background, job: Callable[[], Any]) -> Any:
        nonlocal left
        result = await run(background, job)
        if left:
            left -= 1
            document = {**read.accounts(state)[key].document, "balance": str(left)}
            change_account(state, document=document)
        return result

    monkeypatch.setattr(Background, "run", change_meanwhile)
    patch: Mapping[str, object] = {"numbers": ["1"]}
    response = edge.request("PATCH", f"/_mock/accounts/{'/'.join(key)}", json=patch)
    assert response.status_code == 200, response.text
    assert response.json()["numbers"] == ["1"]
    assert response.json()["balance"] == str(max(changes - 3, 0))


def test_jobs_in_the_background_run_one_after_another() -> None:
    events: list[str] = []

    def job(name: str) -> Callable[[], str]:
        def work() -> str:
            events.append(f"{name} begins")
            events.append(f"{name} ends")
            return name

        return work

    async def main() -> list[str]:
        background = Background()
        return await asyncio.gather(*(background.run(job(name)) for name in "ab"))

    assert asyncio.run(main()) == ["a", "b"]
    assert events == ["a begins", "a ends", "b begins", "b ends"]
