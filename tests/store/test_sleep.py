"""An unused sandbox of a store leaves memory, and its next use builds it again."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from weakref import ref

import pytest

from mockserver.app.output import PLAIN, add_logger
from mockserver.compiler import build_configuration
from mockserver.core.configuration import recorded_options
from mockserver.core.seeded import recording_token
from mockserver.core.webhook_url import ParsedUrl
from mockserver.delivery.http_request import build_request
from mockserver.runtime import awake_sandboxes
from mockserver.runtime.loopback import deliver_to_inbox
from mockserver.runtime.sleep import SLEEP_AFTER, may_sleep
from mockserver.settings import Settings
from mockserver.store.records import Batch, StoreUnavailable
from mockserver.store.sqlite_file import SqliteFile
from mockserver.web.control.positions import parse_position
from tests.support.builders import build_webhook
from tests.support.dispatchers import RecordingDispatcher, never_respond
from tests.support.event_loop import yield_to_tasks
from tests.support.site import HEADERS, read_problem
from tests.support.sleeping_site import LIST, SleepingSite, run
from tests.support.stored_site import stored_settings

JOURNAL = "/_sandbox/t1/_mock/journal?format=jsonl"
BEARER = HEADERS["authorization"].removeprefix("Bearer ")
CLAIM = {"clock": "manual", "credentials": {"mobtexting": [BEARER]}}
FULL = (409, "too-many-sandboxes")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.db"


def refuse_to_write(_: SqliteFile, __: Batch) -> None:
    raise StoreUnavailable("the disk is full")


# --- falling asleep ------------------------------------------------------------------------------


@pytest.mark.parametrize(("unused", "state"), [(SLEEP_AFTER - 1, "awake"), (SLEEP_AFTER, "asleep")])
def test_a_sandbox_sleeps_once_nobody_has_used_it_for_five_minutes(
    path: Path, unused: float, state: str
) -> None:
    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        await site.pass_time(unused)
        assert await site.states() == {"default": "awake", "t1": state}

    assert SLEEP_AFTER == 300.0
    run(path, work)


@pytest.mark.parametrize("quiet", [True, False])
def test_the_memory_of_a_sandbox_that_sleeps_is_free_without_a_garbage_collection(
    path: Path, *, quiet: bool
) -> None:
    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        sandbox = site.awake()
        add_logger(Settings(quiet=quiet), site.lines.append, PLAIN, sandbox)
        parts = [ref(part) for part in (sandbox, sandbox.scheduler, sandbox.state)]
        del sandbox
        await site.pass_time()
        await yield_to_tasks()
        assert [part() for part in parts if part() is not None] == []

    gc.disable()
    try:
        run(path, work)
    finally:
        gc.enable()


def test_a_clock_that_flows_goes_on_while_its_sandbox_sleeps(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.request("PUT", f"{LIST}/t1", json={"clock": "60x"})
        clock = site.awake().clock
        await site.pass_time()
        assert (await site.states())["t1"] == "asleep"
        await site.request("GET", "/_sandbox/t1/_mock/calls")
        assert site.awake().clock is clock

    run(path, work)


def test_a_sandbox_whose_time_brings_something_stays_awake(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.request("PUT", f"{LIST}/t1", json={"clock": "real"})
        await site.click_to_call("/_sandbox/t1")
        await site.pass_time()
        assert (await site.states())["t1"] == "awake"

    run(path, work)


def test_a_sandbox_stays_awake_while_a_request_to_it_goes_on(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        body = {"for": "call", "count": 2, "timeout": 60}
        path = "/_sandbox/t1/_mock/wait"
        wait = asyncio.create_task(site.request("POST", path, json=body))
        await yield_to_tasks()
        await site.pass_time()
        assert (await site.states())["t1"] == "awake"
        wait.cancel()
        await asyncio.gather(wait, return_exceptions=True)
        await site.pass_time(0)
        assert (await site.states())["t1"] == "asleep"

    run(path, work)


def test_a_sandbox_stays_awake_while_somebody_is_on_the_phone_or_views_it(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1", **{"x-mock-scenario": "waits-for-a-person"})
        sandbox = site.awake()
        await sandbox.scheduler.advance(sandbox.clock.now() + 3_000)
        assert may_sleep(sandbox)
        sandbox.run_while_on_the_phone("60x")
        assert not may_sleep(sandbox)
        sandbox.phone_clock.cancel()
        sandbox.set_clock_mode("manual")
        assert may_sleep(sandbox)
        with sandbox.event_texts.viewer():
            assert not may_sleep(sandbox)

    run(path, work)


def test_a_sandbox_stays_awake_while_it_advances_or_a_webhook_is_on_its_way(path: Path) -> None:
    dispatcher = RecordingDispatcher(never_respond)

    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        sandbox = site.awake()
        advance = asyncio.create_task(sandbox.scheduler.advance(None))
        await dispatcher.wait_for_deliveries(1)
        assert not may_sleep(sandbox)
        advance.cancel()
        await asyncio.gather(advance, return_exceptions=True)
        assert not may_sleep(sandbox)

    run(path, work, dispatcher=dispatcher)


def test_a_sandbox_whose_log_was_given_up_stays_awake(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(site.awake().state.inputs, "is_complete", False)
            await site.pass_time()
        assert (await site.states())["t1"] == "awake"

    run(path, work)


def test_a_sandbox_sleeps_only_once_the_store_has_all_of_it(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        sandbox = site.awake()
        sandbox.record_clock({"mode": "manual"})  # the store does not have this yet
        assert not site.sandboxes.sleeping.take(sandbox)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SqliteFile, "write", refuse_to_write)
            await site.pass_time()
        assert site.sandboxes.find("t1") is sandbox
        await site.pass_time(0)
        assert "t1" in site.sandboxes.asleep

    run(path, work)


def test_others_sleep_while_one_sandbox_cannot_be_stored(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        site.sandboxes.default.record_clock({"mode": "manual"})  # the store does not have this yet
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(site.sandboxes.default.state.inputs, "is_complete", False)
            await site.pass_time()
        assert "t1" in site.sandboxes.asleep

    run(path, work)


# --- waking --------------------------------------------------------------------------------------


async def request_by_path(site: SleepingSite) -> int:
    return (await site.click_to_call("/_sandbox/t1")).status_code


async def request_by_header(site: SleepingSite) -> int:
    return (await site.click_to_call(**{"x-mock-sandbox": "t1"})).status_code


async def request_by_credential(site: SleepingSite) -> int:
    return (await site.click_to_call()).status_code


async def fork(site: SleepingSite) -> int:
    return (await site.request("PUT", f"{LIST}/t2", json={"from": "t1"})).status_code


async def fork_in_place(site: SleepingSite) -> int:
    return (await site.request("PUT", f"{LIST}/t1", json={"from": "t1"})).status_code


async def hear_recording(site: SleepingSite) -> int:
    token = recording_token("seed", "c1")
    response = await site.request("GET", f"/_media/t1/{token}.wav")
    return 200 if response.headers["x-mock-problem"] == "no-recording" else response.status_code


async def receive_webhook(site: SleepingSite) -> int:
    response = await site.request("POST", "/_sandbox/t1/_mock/receive/x")
    return response.status_code


async def receive_without_socket(site: SleepingSite) -> int:
    url = ParsedUrl(
        host="127.0.0.1", port=8080, is_secure=False, path="/_sandbox/t1/_mock/receive/x"
    )
    request = build_request(url, build_webhook(url=""))
    result = await deliver_to_inbox(site.sandboxes, request)
    return result.status or 0 if result else 0


def ask(method: str, path: str, **more: Any) -> Callable[[SleepingSite], Awaitable[int]]:
    async def use(site: SleepingSite) -> int:
        return (await site.request(method, path, **more)).status_code

    return use


USES = {
    "path": request_by_path,
    "header": request_by_header,
    "credential": request_by_credential,
    "route": ask("GET", "/_sandbox/t1/_mock/calls"),
    "reset": ask("POST", "/_sandbox/t1/_mock/reset"),
    "health": ask("GET", "/_sandbox/t1/_mock/health"),
    "sandbox": ask("GET", f"{LIST}/t1"),
    "snapshots": ask("GET", f"{LIST}/t1/snapshots"),
    "snapshot": ask("POST", f"{LIST}/t1/snapshots", json={"as": "x"}),
    "fork": fork,
    "fork in place": fork_in_place,
    "recording": hear_recording,
    "inbox": receive_webhook,
    "inbox without a socket": receive_without_socket,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_each_use_of_a_sandbox_wakes_it(
    path: Path, use: Callable[[SleepingSite], Awaitable[int]]
) -> None:
    async def work(site: SleepingSite) -> None:
        await site.request("PUT", f"{LIST}/t1", json=CLAIM)
        await site.make_sleeping()
        assert await use(site) in (200, 201)
        assert (await site.states())["t1"] == "awake"
        assert len(site.sandboxes.asleep) == 0

    run(path, work)


def test_a_sandbox_answers_after_its_sleep_as_before(path: Path) -> None:
    """With its journal, positions, inboxes, snapshots, uploads and durations of requests."""
    paths = [
        JOURNAL,
        "/_sandbox/t1/_mock/calls",
        "/_sandbox/t1/_mock/requests/r1",
        "/_sandbox/t1/_mock/inboxes/x",
        "/_sandbox/t1/_mock/inputs",
        "/_sandbox/t1/_mock/scenarios/mine",
        f"{LIST}/t1",
        f"{LIST}/t1/snapshots",
    ]

    async def answers(site: SleepingSite) -> list[tuple[int, str, str | None]]:
        responses = [await site.request("GET", each) for each in paths]
        return [
            (each.status_code, each.text, each.headers.get("x-mock-position")) for each in responses
        ]

    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        await site.request("POST", "/_sandbox/t1/_mock/reset")
        await site.request("PUT", "/_sandbox/t1/_mock/scenarios/mine", content="legs: {b: busy}")
        await site.click_to_call("/_sandbox/t1", **{"x-mock-scenario": "mine"})
        await site.request("POST", "/_sandbox/t1/_mock/receive/x", content=b"hello")
        await site.request("POST", f"{LIST}/t1/snapshots", json={"as": "seeded"})
        await site.request("POST", "/_sandbox/t1/_mock/clock/advance", json={"until": "idle"})
        before = await answers(site)
        assert {status for status, *_ in before} == {200}
        for _ in range(2):
            await site.pass_time()
            assert "t1" in site.sandboxes.asleep
            assert await answers(site) == before

    run(path, work)


def test_a_viewer_goes_on_at_its_position_after_a_sleep_and_begins_anew_after_a_restart(
    path: Path,
) -> None:
    texts: list[str] = []

    async def reads_on(site: SleepingSite) -> bool:
        response = await site.request("GET", "/_sandbox/t1/_mock/calls")
        texts.append(response.headers["x-mock-position"])
        position = parse_position(texts[0], site.awake())
        return position is not None and position.is_in_life_of(site.awake())

    async def sleep(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        await site.request("POST", "/_sandbox/t1/_mock/reset")
        assert await reads_on(site)
        await site.pass_time()
        assert await reads_on(site)
        assert texts[0] == texts[1]

    async def restart(site: SleepingSite) -> None:
        assert not await reads_on(site)

    run(path, sleep)
    run(path, restart)


def test_a_reload_reaches_a_sandbox_when_it_wakes(path: Path) -> None:
    """A reload by `--watch` changes the setup of new sandboxes, and of those awake."""

    async def work(site: SleepingSite) -> None:
        await site.make_sleeping()
        changed = build_configuration(stored_settings(path, number_plan=False))
        site.sandboxes.initial_setup = (changed, site.sandboxes.initial_setup[1])
        await site.request("GET", "/_sandbox/t1/_mock/calls")
        options = recorded_options(site.awake().state.configuration)
        assert options == recorded_options(changed)
        assert site.lines == ["t1 goes on with scenario files or options that have changed"]

    run(path, work)


def test_requests_at_once_build_a_sandbox_once_and_others_are_served_meanwhile(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.make_sleeping()
        build, may_go_on, builds = site.sandboxes.sleeping.build, asyncio.Event(), list[str]()

        async def build_later(sleeping: Any) -> None:
            builds.append(sleeping.record.name)
            await may_go_on.wait()
            await build(sleeping)

        site.sandboxes.sleeping.build = build_later
        requests = [asyncio.create_task(site.click_to_call("/_sandbox/t1")) for _ in range(3)]
        assert (await site.click_to_call("/_sandbox/t2")).headers["x-mock-request"] == "r1"
        assert not any(each.done() for each in requests)
        requests.pop().cancel()
        may_go_on.set()
        responses = await asyncio.gather(*requests)
        ids = sorted(each.headers["x-mock-request"] for each in responses)
        assert (ids, builds) == (["r2", "r3"], ["t1"])

    run(path, work)


@pytest.mark.parametrize("end", ["PUT", "DELETE"])
def test_a_sandbox_that_ends_while_it_is_built_does_not_come_back(path: Path, end: str) -> None:
    async def work(site: SleepingSite) -> None:
        await site.make_sleeping()
        waking = asyncio.create_task(site.sandboxes.wake("t1"))
        await asyncio.sleep(0)
        await site.request(end, f"{LIST}/t1", json={"clock": "manual"})
        await waking
        listed = (await site.request("GET", LIST)).json()["sandboxes"]
        calls = {each["name"]: each["calls"] for each in listed}
        assert calls == ({"default": 0, "t1": 0} if end == "PUT" else {"default": 0})

    run(path, work)


def test_a_server_ends_while_it_builds_a_sandbox(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.make_sleeping()

        async def never(_: object) -> None:
            await asyncio.Event().wait()

        site.sandboxes.sleeping.build = never
        request = asyncio.create_task(site.click_to_call("/_sandbox/t1"))
        await yield_to_tasks()
        await site.sandboxes.stop()
        await asyncio.gather(request, return_exceptions=True)

    async def find(site: SleepingSite) -> None:
        assert (await site.states())["t1"] == "asleep"

    run(path, work)
    run(path, find)


# --- what cannot be built ------------------------------------------------------------------------


async def spoil(site: SleepingSite) -> None:
    """Let a sandbox sleep whose log does not play as it was."""
    sleeping = await site.make_sleeping()
    place = sleeping.record.place._replace(steps=99)
    site.sandboxes.sleeping.add(sleeping._replace(record=sleeping.record._replace(place=place)))


def test_a_sandbox_that_cannot_be_built_is_refused_and_listed_with_the_reason(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await spoil(site)
        reason = "t1 does not go on as it was stored: before input 1, fewer than 99 items are due"
        for _ in range(2):
            response = await site.click_to_call("/_sandbox/t1")
            assert read_problem(response) == (409, "sandbox-refused", reason)
        response = await site.request("GET", f"{LIST}/t1")
        assert read_problem(response) == (409, "sandbox-refused", reason)
        refused = (await site.request("GET", LIST)).json()["sandboxes"][1]
        assert (refused["state"], refused["detail"], refused["calls"]) == ("refused", reason, 1)
        assert site.lines == [reason]
        await site.pass_time(31 * 86_400)  # it stays until it is removed
        assert (await site.request("DELETE", f"{LIST}/t1")).status_code == 204
        assert await site.states() == {"default": "awake"}

    run(path, work)


def test_a_sandbox_that_is_refused_is_made_anew_by_a_reset(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await spoil(site)
        await site.click_to_call("/_sandbox/t1")
        assert (await site.request("POST", "/_sandbox/t1/_mock/reset")).status_code == 200
        assert await site.states() == {"default": "awake", "t1": "awake"}

    run(path, work)


def test_an_error_of_the_server_while_it_builds_is_an_error_of_the_request(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.make_sleeping()

        async def fail(_: object) -> None:
            raise ZeroDivisionError

        site.sandboxes.sleeping.build, build = fail, site.sandboxes.sleeping.build
        assert (await site.click_to_call("/_sandbox/t1")).status_code == 500
        site.sandboxes.sleeping.build = build
        assert (await site.click_to_call("/_sandbox/t1")).status_code == 200

    run(path, work)


# --- room ----------------------------------------------------------------------------------------


@pytest.fixture
def room_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awake_sandboxes, "MAX_SANDBOXES", 2)


@pytest.mark.usefixtures("room_for_two")
def test_without_room_the_sandbox_that_was_used_longest_ago_sleeps_at_once(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        for name in ("t1", "t2", "t3"):
            await site.click_to_call(f"/_sandbox/{name}")
        awake = {"default": "awake", "t3": "awake"}
        assert await site.states() == {**awake, "t1": "asleep", "t2": "asleep"}
        await site.click_to_call("/_sandbox/t1")
        assert (await site.states())["t3"] == "asleep"

    run(path, work)


@pytest.mark.usefixtures("room_for_two")
@pytest.mark.parametrize(
    ("method", "path_of_request", "body"),
    [
        ("GET", "/_sandbox/t1/_mock/calls", None),
        ("POST", "/_sandbox/t1/_mock/reset", None),
        ("GET", "/_sandbox/t1/_mock/health", None),
        ("GET", f"{LIST}/t1", None),
        ("GET", f"{LIST}/t1/snapshots", None),
        ("PUT", f"{LIST}/t2", {"from": "t1"}),
        ("GET", "/_media/t1/token.wav", None),
        ("POST", "/_sandbox/t1/api/v2/voice/c2c", {}),
    ],
)
def test_a_sandbox_sleeps_on_while_all_others_are_busy(
    path: Path, method: str, path_of_request: str, body: object
) -> None:
    async def work(site: SleepingSite) -> None:
        await site.make_sleeping()
        await site.click_to_call("/_sandbox/t2")
        with site.awake("t2").event_texts.viewer():
            response = await site.request(method, path_of_request, json=body, headers=HEADERS)
            assert read_problem(response)[:2] == FULL
            assert (await site.states())["t1"] == "asleep"
            assert await receive_without_socket(site) == 0
        assert await receive_without_socket(site) == 200

    run(path, work)


@pytest.mark.usefixtures("room_for_two")
def test_a_sandbox_sleeps_on_if_its_room_is_taken_while_it_is_built(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.make_sleeping()
        waking = asyncio.create_task(site.sandboxes.wake("t1"))
        await asyncio.sleep(0)
        await site.click_to_call("/_sandbox/t2")
        with site.awake("t2").event_texts.viewer():
            await waking
        assert (await site.states())["t1"] == "asleep"

    run(path, work)


# --- the list ------------------------------------------------------------------------------------


def test_the_list_has_the_sandboxes_that_sleep_as_they_are_and_wakes_none(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.click_to_call("/_sandbox/t1")
        await site.request("POST", "/_sandbox/t1/_mock/clock/advance", json={"by": "1h"})
        awake = (await site.request("GET", LIST)).json()["sandboxes"]
        await site.pass_time()
        builds = site.count_builds()
        asleep = (await site.request("GET", LIST)).json()["sandboxes"]
        assert asleep == [awake[0], {**awake[1], "state": "asleep"}]
        assert (awake[1]["now"], awake[1]["calls"]) == ("2026-01-01T10:00:00.000Z", 1)
        assert builds == []

    run(path, work)


def test_a_sandbox_that_sleeps_is_deleted_and_replaced_without_being_built(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        builds = site.count_builds()
        await site.make_sleeping("t1")
        await site.make_sleeping("t2")
        assert (await site.request("DELETE", f"{LIST}/t1")).status_code == 204
        assert (await site.request("DELETE", f"{LIST}/t1")).status_code == 404
        await site.request("PUT", f"{LIST}/t2", json={"clock": "manual"})
        assert await site.states() == {"default": "awake", "t2": "awake"}
        assert builds == []

    async def restart(site: SleepingSite) -> None:
        assert (await site.request("GET", f"{LIST}/t2")).json()["calls"] == 0
        assert await site.states() == {"default": "awake", "t2": "awake"}

    run(path, work)
    run(path, restart)


def test_a_sandbox_that_sleeps_keeps_its_credentials(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.request("PUT", f"{LIST}/t1", json=CLAIM)
        await site.pass_time()
        response = await site.request("PUT", f"{LIST}/t2", json=CLAIM)
        assert read_problem(response)[:2] == (409, "credential-claimed")

    run(path, work)


def test_the_nearest_names_are_those_of_sleeping_sandboxes_too(path: Path) -> None:
    async def work(site: SleepingSite) -> None:
        await site.make_sleeping("mine")
        response = await site.request("GET", "/_sandbox/mime/_mock/calls")
        assert read_problem(response)[2] == "no sandbox is named mime: did you mean 'mine'?"

    run(path, work)
