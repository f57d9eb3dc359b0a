"""The journal live: ids, replay, gaps, resets, and viewers that leave."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from mockserver.app import run_server
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.engine.bounded_log import MAX_ITEMS
from mockserver.settings import Settings
from mockserver.web.control.journal_stream import MAX_LAG
from tests.support import read
from tests.support.edge_site import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    EdgeSite,
    build_edge_site,
    read_problem,
)
from tests.support.simulation import CLICK_TO_CALL, START

EVENTS = "/_mock/events"
LISTENING = (None, None, None)


class Told(NamedTuple):
    """One event of the stream; a comment has none of the three."""

    id: str | None
    event: str | None
    data: Any


class Viewer:
    """Reads the stream as a browser does, at its own pace."""

    def __init__(self, edge: EdgeSite, last: str | None, path: str) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self._left = asyncio.Event()
        self._parts = asyncio.Queue[bytes]()
        self._ready = asyncio.Event()
        self._ready.set()
        told = [] if last is None else [(b"last-event-id", last.encode())]
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"localhost"), *told],
        }
        running: Any = edge.app(scope, self._receive, self._send)
        self.task: asyncio.Task[None] = asyncio.create_task(running)

    async def _receive(self) -> dict[str, str]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self._ready.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif message.get("body"):
            self._parts.put_nowait(message["body"])

    async def raw(self) -> str:
        return (await self._parts.get()).decode()

    async def next(self) -> Told:
        return parsed(await self.raw())

    async def listening(self) -> None:
        assert await self.next() == LISTENING

    async def take(self, count: int) -> list[Told]:
        return [await self.next() for _ in range(count)]

    def pause(self) -> None:
        """From now on nothing is taken off the wire."""
        self._ready.clear()

    def go_on(self) -> None:
        self._ready.set()

    async def leave(self) -> None:
        self._left.set()
        await self.task

    @property
    def behind(self) -> int:
        return self._parts.qsize()


def parsed(text: str) -> Told:
    assert text.endswith("\n\n")
    found = dict(line.split(": ", 1) for line in text.splitlines() if line[:1] not in ("", ":"))
    return Told(
        found.get("id"), found.get("event"), json.loads(found["data"]) if "data" in found else None
    )


@asynccontextmanager
async def viewing(
    edge: EdgeSite, last: str | None = None, path: str = EVENTS
) -> AsyncIterator[Viewer]:
    viewer = Viewer(edge, last, path)
    try:
        await viewer.listening()
        yield viewer
    finally:
        viewer.go_on()
        await viewer.leave()


def run(scenario: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(scenario(), 20))


def note(edge: EdgeSite, number: int) -> None:
    edge.default.state.record(
        JournalEntry(at=START, type="control", call_id="", payload={"number": number})
    )


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def test_the_stream_is_one_of_server_sent_events(edge: EdgeSite) -> None:
    async def scenario() -> None:
        async with viewing(edge) as viewer:
            assert viewer.status == 200
            assert viewer.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert viewer.headers["cache-control"] == "no-store"
            assert viewer.headers["x-mock-now"] == "2026-01-01T09:00:00.000Z"

    run(scenario)


def test_what_happens_is_told_as_the_journal_tells_it(edge: EdgeSite) -> None:
    async def scenario() -> list[Told]:
        async with viewing(edge) as viewer, ours(edge) as there:
            await there.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
            await there.post("/_mock/clock/advance", json={"until": "idle"})
            return await viewer.take(read.entry_count(edge.default.state))

    told = asyncio.run(scenario())
    facts = edge.get_json("/_mock/journal")["facts"]
    assert [one.data for one in told] == facts
    assert [one.id for one in told] == [str(one["id"]) for one in facts]
    assert [one.event for one in told] == [one["fact"] for one in facts]
    assert {one.event for one in told} == {"request", "event", "attempt", "clock"}


@asynccontextmanager
async def ours(edge: EdgeSite) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(edge.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as there:
        yield there


def test_a_new_viewer_sees_only_what_is_new(edge: EdgeSite) -> None:
    note(edge, 1)

    async def scenario() -> None:
        async with viewing(edge) as viewer:
            note(edge, 2)
            assert (await viewer.next()).id == "2"

    run(scenario)


@pytest.mark.parametrize(
    ("last", "ids"),
    [("0", ["1", "2", "3"]), ("1", ["2", "3"]), ("2", ["3"]), ("3", []), ("0002", ["3"])],
)
def test_last_event_id_replays_what_came_after_it(
    edge: EdgeSite, last: str, ids: list[str]
) -> None:
    for number in (1, 2, 3):
        note(edge, number)

    async def scenario() -> None:
        async with viewing(edge, last) as viewer:
            assert [one.id for one in await viewer.take(len(ids))] == ids
            note(edge, 4)
            assert await viewer.next() == ("4", "control", {**fact(4), "number": 4})

    run(scenario)


def fact(number: int) -> dict[str, Any]:
    return {"id": number, "at": "2026-01-01T09:00:00.000Z", "fact": "control", "call": None}


@pytest.mark.parametrize("last", ["3", "9", "9" * 15, "9" * 5_000])
def test_an_id_that_is_yet_to_come_is_of_another_life(edge: EdgeSite, last: str) -> None:
    """The server was started anew or the sandbox reset: told so, and all that there is."""
    note(edge, 1)
    note(edge, 2)

    async def scenario() -> None:
        async with viewing(edge, last) as viewer:
            assert await viewer.next() == (None, "reset", {})
            assert [one.id for one in await viewer.take(2)] == ["1", "2"]

    run(scenario)


@pytest.mark.parametrize(
    ("last", "recorded", "missed"),
    [
        ("0", MAX_LAG, 0),
        ("0", MAX_LAG + 1, 1),
        ("0", MAX_LAG + 500, 500),
        ("7", MAX_LAG + 7, 0),
        ("7", MAX_LAG + 10, 3),
        ("1", MAX_ITEMS + MAX_LAG, MAX_ITEMS - 1),
    ],
)
def test_who_is_too_far_behind_is_told_of_the_gap(
    edge: EdgeSite, last: str, recorded: int, missed: int
) -> None:
    for number in range(1, recorded + 1):
        note(edge, number)

    async def scenario() -> None:
        async with viewing(edge, last) as viewer:
            if missed:
                assert await viewer.next() == (None, "gap", {"missed": missed})
            first = int(last) + missed + 1
            told = [one.id for one in await viewer.take(recorded - first + 1)]
            assert told == [str(number) for number in range(first, recorded + 1)]

    run(scenario)


def test_a_viewer_that_does_not_read_costs_no_more_than_its_queue(edge: EdgeSite) -> None:
    async def scenario() -> None:
        async with viewing(edge) as slow, viewing(edge) as quick:
            note(edge, 1)
            assert [(await one.next()).id for one in (slow, quick)] == ["1", "1"]
            slow.pause()
            for number in range(2, MAX_LAG + 100):
                note(edge, number)
                assert (await quick.next()).id == str(number)
            assert slow.behind == 0
            slow.go_on()
            first, gap, *rest = await slow.take(2)
            assert (first.id, gap, rest) == ("2", (None, "gap", {"missed": 97}), [])
            assert (await slow.next()).id == "100"

    run(scenario)


def test_a_reset_is_told_and_ids_begin_anew(edge: EdgeSite) -> None:
    note(edge, 1)
    note(edge, 2)

    async def scenario() -> None:
        async with viewing(edge) as viewer:
            await edge.default.reset()
            note(edge, 1)
            assert await viewer.take(2) == [
                (None, "reset", {}),
                ("1", "control", {**fact(1), "number": 1}),
            ]

    run(scenario)


def test_a_viewer_that_leaves_takes_its_watcher_away(edge: EdgeSite) -> None:
    watchers = read.subscribers(edge.default.state)

    async def scenario() -> None:
        async with viewing(edge):
            async with viewing(edge):
                assert len(watchers) == 2
            assert len(watchers) == 1
        assert watchers == []

    run(scenario)


def test_a_watcher_that_was_taken_away_is_none_that_is_missed(edge: EdgeSite) -> None:
    async def scenario() -> None:
        async with viewing(edge):
            read.subscribers(edge.default.state).clear()

    run(scenario)


def test_each_sandbox_has_its_own_stream(edge: EdgeSite) -> None:
    async def scenario() -> None:
        path = "/_sandbox/t1/_mock/events"
        async with viewing(edge, path=path) as viewer, ours(edge) as there:
            await there.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
            await there.post(
                f"/_sandbox/t1{CLICK_TO_CALL_PATH}",
                json={**CLICK_TO_CALL, "mid": "mine"},
                headers=HEADERS,
            )
            mine = edge.registry.get("t1").state
            told = await viewer.take(read.entry_count(mine))
            assert told[0].data["body"]["mid"] == "mine"
            assert [one.id for one in told] == [str(n + 1) for n in range(read.entry_count(mine))]
            assert viewer.behind == 0

    run(scenario)


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\ndata: x", "\u2028\u2029\x85", "\x00\x1b[31m", "\ufffd"]
)
def test_what_was_captured_stays_within_its_line(edge: EdgeSite, text: str) -> None:
    edge.default.state.record(
        JournalEntry(at=START, type="control", call_id="", payload={"text": text})
    )

    async def scenario() -> None:
        async with viewing(edge, "0") as viewer:
            raw = await viewer.raw()
            assert raw.count("\n") + raw.count("\r") == 4
            [data] = [line for line in raw.split("\n") if line.startswith("data: ")]
            assert json.loads(data.removeprefix("data: "))["text"] == text

    run(scenario)


@pytest.mark.parametrize("last", ["x", "-1", "1.5", " 1", "²", "1 2", "0x1"])
def test_last_event_id_is_a_number(edge: EdgeSite, last: str) -> None:
    headers = {"last-event-id": last.encode("utf-8")}
    told = read_problem(edge.request("GET", EVENTS, headers=headers))
    assert (told[0], told[2]) == (422, "Last-Event-ID is the id of a fact")


def test_an_empty_last_event_id_is_none(edge: EdgeSite) -> None:
    note(edge, 1)

    async def scenario() -> None:
        async with viewing(edge, "") as viewer:
            note(edge, 2)
            assert (await viewer.next()).id == "2"

    run(scenario)


def test_head_tells_the_head_only(edge: EdgeSite) -> None:
    """Else whoever asks next on the same connection would wait for ever."""
    answer = edge.request("HEAD", EVENTS)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert read.subscribers(edge.default.state) == []


def test_over_a_socket_facts_arrive_while_the_stream_is_open() -> None:
    settings = Settings(port=0, clock="manual", seed="s", start=START, quiet=True)
    with run_server(settings) as origin, httpx.Client(base_url=origin, trust_env=False) as there:
        with there.stream("GET", EVENTS) as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": listening"
            there.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
            assert [next(lines) for _ in range(3)] == ["", "id: 1", "event: request"]
            assert json.loads(next(lines).removeprefix("data: "))["operation"] == "c2c"
        with there.stream("GET", EVENTS, headers={"last-event-id": "0"}) as stream:
            lines = stream.iter_lines()
            assert [next(lines) for _ in range(3)] == [": listening", "", "id: 1"]
