"""At the start of a server only those sandboxes are built in which something goes on."""

import asyncio
from pathlib import Path

import pytest

from tests.support.dispatchers import RecordingDispatcher, never_respond
from tests.support.sleeping_site import LIST, SleepingSite, run
from tests.support.stored_site import copy_file

DAY = 86_400.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.db"


def test_a_server_without_stored_sandboxes_says_nothing_of_them(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        assert (site.lines, await site.states()) == ([], {"default": "awake"})

    run(path, work)


def test_only_default_and_sandboxes_with_something_due_are_awake_after_a_start(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.click_to_call()
        for name, clock in (("flows", "real"), ("idle", "real"), ("stands", "manual")):
            await site.request("PUT", f"{LIST}/{name}", json={"clock": clock})
        for name in ("flows", "stands"):
            await site.click_to_call(f"/_sandbox/{name}")

    async def check(site: SleepingSite) -> None:
        assert site.lines == ["2 of 4 sandboxes go on: default, flows; 2 asleep until used"]
        awake, asleep = ("default", "flows"), ("idle", "stands")
        expected = {**dict.fromkeys(awake, "awake"), **dict.fromkeys(asleep, "asleep")}
        assert await site.states() == expected
        listed = (await site.request("GET", LIST)).json()["sandboxes"]
        assert {each["name"]: each["calls"] for each in listed} == {
            "default": 1, "flows": 1, "idle": 0, "stands": 1,
        }  # fmt: skip
        response = await site.click_to_call("/_sandbox/stands")
        assert response.headers["x-mock-request"] == "r2"

    run(path, work)
    run(path, check)


def test_a_sandbox_whose_webhook_was_on_its_way_is_awake_and_sends_it_again(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        scheduler = site.awake().scheduler
        advance = asyncio.create_task(scheduler.advance(None))
        await dispatcher.wait_for_deliveries(1)
        copy_file(path, path.with_name("killed.db"))
        advance.cancel()
        await asyncio.gather(advance, return_exceptions=True)

    async def check(site: SleepingSite) -> None:
        assert await site.states() == {"t1": "awake", "default": "awake"}
        await again.wait_for_deliveries(1)
        assert again.deliveries[0].webhook.headers["X-Mock-Repeated"] == "1"

    dispatcher, again = RecordingDispatcher(never_respond), RecordingDispatcher()
    run(path, work, dispatcher=dispatcher)
    run(path.with_name("killed.db"), check, dispatcher=again)


def test_time_goes_on_in_a_sandbox_that_sleeps_from_the_start(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.request("PUT", f"{LIST}/t1", json={"clock": "900000x"})
        times.append((await site.request("GET", LIST)).json()["sandboxes"][1]["now"])

    async def check(site: SleepingSite) -> None:
        times.append((await site.request("GET", LIST)).json()["sandboxes"][1]["now"])
        response = await site.request("GET", "/_sandbox/t1/_mock/calls")
        times.append(response.headers["x-mock-now"])
        assert times == sorted(set(times))

    times: list[str] = []
    run(path, work)
    run(path, check)


# --- how long an unused sandbox lasts ------------------------------------------------------------


def test_an_unused_sandbox_of_a_store_is_removed_after_thirty_days_of_servers(path: Path) -> None:
    async def use(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        await site.request("PUT", f"{LIST}/t2", json={"clock": "real"})
        await site.click_to_call("/_sandbox/t2")
        await site.pass_time(10 * DAY)

    async def look(site: SleepingSite) -> None:
        await site.pass_time(19 * DAY)
        assert await site.states() == {"default": "awake", "t2": "awake", "t1": "asleep"}

    async def end(site: SleepingSite) -> None:
        await site.pass_time(DAY - 1)
        assert {*await site.states()} == {"default", "t1", "t2"}
        await site.pass_time(1)
        assert await site.states() == {"default": "awake"}

    async def find(site: SleepingSite) -> None:
        assert site.lines == ["1 of 1 sandboxes go on: default"]

    for at, work in enumerate((use, look, end, find)):
        run(path, work, at=at * 1_000.0)  # the clock of a machine begins anew


def test_a_use_lets_a_sandbox_last_for_another_time(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.make_sleeping()
        await site.pass_time(29 * DAY)
        await site.request("GET", "/_sandbox/t1/_mock/calls")
        await site.pass_time(29 * DAY)
        assert (await site.states())["t1"] == "asleep"

    run(path, work)


def test_a_sandbox_that_only_was_read_lasts_as_long_after_a_restart(path: Path) -> None:
    async def read(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        await site.pass_time(20 * DAY)
        await site.request("GET", "/_sandbox/t1/_mock/calls")
        await site.pass_time(1 * DAY)

    async def check(site: SleepingSite) -> None:
        await site.pass_time(28 * DAY)
        assert (await site.states())["t1"] == "asleep"
        await site.pass_time(2 * DAY)
        assert "t1" not in await site.states()

    run(path, read)
    run(path, check)


def test_a_sandbox_that_is_never_removed_stays(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        site.sandboxes.time_to_live = float("inf")
        await site.make_sleeping()
        await site.pass_time(10_000 * DAY)
        assert (await site.states())["t1"] == "asleep"

    run(path, work)
