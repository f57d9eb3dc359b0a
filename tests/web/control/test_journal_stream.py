"""The journal stream sends entries as server-sent events, with replay, gaps and resets."""

import asyncio
import json
import time
from typing import Any

import httpx
import pytest

from mockserver.app import run_server
from mockserver.core.journal import JournalEntry
from mockserver.engine.bounded_log import MAX_ITEMS
from mockserver.settings import Settings
from mockserver.web.control import journal_stream, stream_views
from mockserver.web.control.stream_views import MAX_LAG
from tests.support import read
from tests.support.edge_site import EdgeSite
from tests.support.event_stream import EVENTS, StreamEvent, open_stream, run
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import HEADERS, build_client, read_problem
from tests.support.sockets import connect


def record_entry(edge: EdgeSite, number: int) -> None:
    edge.default.state.journal.append(
        JournalEntry(at=START, type="command", call_id="", payload={"number": number})
    )


def test_the_journal_stream_consists_of_server_sent_events(edge: EdgeSite) -> None:
    async def check() -> None:
        async with open_stream(edge) as reader:
            assert reader.status == 200
            assert reader.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert reader.headers["cache-control"] == "no-store"
            assert reader.headers["x-mock-now"] == "2026-01-01T09:00:00.000Z"

    run(check)


def test_the_stream_sends_every_entry_as_the_journal_shows_it(edge: EdgeSite) -> None:
    async def check() -> list[StreamEvent]:
        async with open_stream(edge) as reader, build_client(edge.app) as client:
            await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
            await client.post("/_mock/clock/advance", json={"until": "idle"})
            return await reader.take(read.entry_count(edge.default.state))

    events = asyncio.run(check())
    entries = edge.get_json("/_mock/journal")["entries"]
    assert [event.data for event in events] == entries
    assert [event.id for event in events] == [str(entry["id"]) for entry in entries]
    assert [event.event for event in events] == [entry["type"] for entry in entries]
    assert {event.event for event in events} == {"request", "event", "delivery-attempt", "clock"}


def test_a_new_client_receives_only_new_entries(edge: EdgeSite) -> None:
    record_entry(edge, 1)

    async def check() -> None:
        async with open_stream(edge) as reader:
            record_entry(edge, 2)
            assert (await reader.next()).id == "2"

    run(check)


@pytest.mark.parametrize(
    ("last", "ids"),
    [("0", ["1", "2", "3"]), ("1", ["2", "3"]), ("2", ["3"]), ("3", []), ("0002", ["3"])],
)
def test_last_event_id_replays_the_entries_after_it(
    edge: EdgeSite, last: str, ids: list[str]
) -> None:
    for number in (1, 2, 3):
        record_entry(edge, number)

    async def check() -> None:
        async with open_stream(edge, last) as reader:
            assert [event.id for event in await reader.take(len(ids))] == ids
            record_entry(edge, 4)
            assert await reader.next() == ("4", "command", {**expected_entry(4), "number": 4})

    run(check)


def expected_entry(number: int) -> dict[str, Any]:
    return {"id": number, "at": "2026-01-01T09:00:00.000Z", "type": "command", "call": None}


@pytest.mark.parametrize("last", ["3", "9", "9" * 15, "9" * 5_000])
def test_a_last_event_id_beyond_the_journal_sends_a_reset_and_all_entries(
    edge: EdgeSite, last: str
) -> None:
    """Such an id is from before a restart of the server or a reset of the sandbox."""
    record_entry(edge, 1)
    record_entry(edge, 2)

    async def check() -> None:
        async with open_stream(edge, last) as reader:
            assert await reader.next() == ("0", "reset", {})
            assert [event.id for event in await reader.take(2)] == ["1", "2"]

    run(check)


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
def test_a_client_too_far_behind_receives_the_number_of_missed_entries(
    edge: EdgeSite, last: str, recorded: int, missed: int
) -> None:
    for number in range(1, recorded + 1):
        record_entry(edge, number)

    async def check() -> None:
        async with open_stream(edge, last) as reader:
            if missed:
                assert await reader.next() == (None, "gap", {"missed": missed})
            first = int(last) + missed + 1
            received = [event.id for event in await reader.take(recorded - first + 1)]
            assert received == [str(number) for number in range(first, recorded + 1)]

    run(check)


def test_a_client_that_does_not_read_uses_no_more_than_its_queue(edge: EdgeSite) -> None:
    async def check() -> None:
        async with open_stream(edge) as slow, open_stream(edge) as quick:
            record_entry(edge, 1)
            assert [(await reader.next()).id for reader in (slow, quick)] == ["1", "1"]
            slow.pause()
            for number in range(2, MAX_LAG + 100):
                record_entry(edge, number)
                assert (await quick.next()).id == str(number)
            assert slow.pending_chunks == 0
            slow.resume()
            first, gap, *rest = await slow.take(2)
            assert (first.id, gap, rest) == ("2", (None, "gap", {"missed": 97}), [])
            assert (await slow.next()).id == "100"

    run(check)


def test_a_client_that_does_not_read_is_not_subscribed(edge: EdgeSite) -> None:
    subscribers = read.subscribers(edge.default.state)

    async def check() -> None:
        async with open_stream(edge) as reader:
            reader.pause()
            record_entry(edge, 1)
            assert subscribers == []
            await asyncio.sleep(0)
            for number in range(2, 5):
                record_entry(edge, number)
                assert subscribers == []
            reader.resume()
            assert [event.id for event in await reader.take(4)] == ["1", "2", "3", "4"]

    run(check)


def test_an_entry_is_rendered_once_for_all_clients(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []

    def render(entry: JournalEntry, _: object) -> dict[str, Any]:
        rendered.append(entry.type)
        return {}

    monkeypatch.setattr(stream_views, "serialize_with_ring", render)

    async def check() -> None:
        async with open_stream(edge) as first, open_stream(edge) as second:
            record_entry(edge, 1)
            record_entry(edge, 2)
            for reader in (first, second):
                assert [event.id for event in await reader.take(2)] == ["1", "2"]

    run(check)
    assert len(rendered) == 2


def test_entries_that_come_together_are_sent_in_chunks(edge: EdgeSite) -> None:
    async def check() -> None:
        async with open_stream(edge) as reader:
            for number in range(1, 301):
                record_entry(edge, number)
            await reader.take(1)
            await asyncio.sleep(0)
            assert reader.pending_chunks < 5
            assert (await reader.take(299))[-1].id == "300"

    run(check)


def test_hundreds_of_clients_that_never_read_cost_an_advance_nothing() -> None:
    with run_server(Settings(port=0, clock="manual", seed="s", quiet=True)) as origin:
        port = int(origin.rpartition(":")[2])
        viewers = [connect(port) for _ in range(300)]
        for viewer in viewers:
            viewer.sendall(b"GET /_mock/events HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert viewer.recv(5) == b"HTTP/"
        with httpx.Client(base_url=origin, trust_env=False, headers=HEADERS) as client:
            started_at = time.process_time()
            for _ in range(100):
                client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL)).raise_for_status()
            client.post("/_mock/clock/advance", json={"until": "idle"}).raise_for_status()
        assert time.process_time() - started_at < 2
        for viewer in viewers:
            viewer.close()


def test_a_reset_is_sent_and_entry_ids_restart(edge: EdgeSite) -> None:
    record_entry(edge, 1)
    record_entry(edge, 2)

    async def check() -> None:
        async with open_stream(edge) as reader:
            await edge.default.reset()
            record_entry(edge, 1)
            assert await reader.take(2) == [
                ("1-0", "reset", {}),
                ("1-1", "command", {**expected_entry(1), "number": 1}),
            ]

    run(check)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("1", [("1-0", "reset"), ("1-1", "command"), ("1-2", "command")]),
        ("0-2", [("1-0", "reset"), ("1-1", "command"), ("1-2", "command")]),
        ("1-1", [("1-2", "command")]),
        ("1-7", [("1-0", "reset"), ("1-1", "command"), ("1-2", "command")]),
        ("01234567.1-1", [("1-0", "reset"), ("1-1", "command"), ("1-2", "command")]),
    ],
)
def test_a_client_that_resumes_after_a_reset_gets_that_event(
    edge: EdgeSite, last: str, expected: list[tuple[str | None, str]]
) -> None:
    """Even if the new life has as many entries by then; so after a restart of the server."""

    async def check() -> None:
        await edge.default.reset()
        for number in (1, 2):
            record_entry(edge, number)
        async with open_stream(edge, last) as reader:
            events = await reader.take(len(expected))
            assert [(event.id, event.event) for event in events] == expected

    run(check)


def test_a_stream_without_events_sends_heartbeats(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_stream, "HEARTBEAT", 0.01)

    async def check() -> None:
        async with open_stream(edge) as reader:
            beat = f": heartbeat\nid: {edge.default.instance}.0-0\n\n"
            assert [await reader.raw() for _ in range(2)] == [beat] * 2

    run(check)


def test_a_client_that_disconnects_is_unsubscribed(edge: EdgeSite) -> None:
    subscribers = read.subscribers(edge.default.state)

    async def check() -> None:
        async with open_stream(edge):
            async with open_stream(edge):
                assert len(subscribers) == 2
            assert len(subscribers) == 1
        assert subscribers == []

    run(check)


def test_a_client_whose_subscription_is_gone_can_still_disconnect(edge: EdgeSite) -> None:
    async def check() -> None:
        async with open_stream(edge):
            read.subscribers(edge.default.state).clear()

    run(check)


def test_each_sandbox_has_its_own_journal_stream(edge: EdgeSite) -> None:
    async def check() -> None:
        path = "/_sandbox/t1/_mock/events"
        edge.registry.get_or_create("t1")
        async with open_stream(edge, path=path) as reader, build_client(edge.app) as client:
            await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
            await client.post(
                f"/_sandbox/t1{CLICK_TO_CALL_PATH}",
                json={**CLICK_TO_CALL, "mid": "mine"},
                headers=HEADERS,
            )
            state = edge.registry.get_or_create("t1").state
            events = await reader.take(read.entry_count(state))
            assert events[0].data["body"]["mid"] == "mine"
            assert [event.id for event in events] == [
                str(n + 1) for n in range(read.entry_count(state))
            ]
            assert reader.pending_chunks == 0

    run(check)


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\ndata: x", "\u2028\u2029\x85", "\x00\x1b[31m", "\ufffd"]
)
def test_captured_text_stays_within_its_data_line(edge: EdgeSite, text: str) -> None:
    edge.default.state.journal.append(
        JournalEntry(at=START, type="command", call_id="", payload={"text": text})
    )

    async def check() -> None:
        async with open_stream(edge, "0") as reader:
            raw = await reader.raw()
            assert raw.count("\n") + raw.count("\r") == 4
            [data] = [line for line in raw.split("\n") if line.startswith("data: ")]
            assert json.loads(data.removeprefix("data: "))["text"] == text

    run(check)


@pytest.mark.parametrize(
    "last", ["x", "-1", "1.2", "1-2", "0123456.1-2", "1.5.2", "1.", ".5", " 1", "²", "1 2", "0x1"]
)
def test_a_last_event_id_that_no_event_has_is_rejected(edge: EdgeSite, last: str) -> None:
    headers = {"last-event-id": last.encode("utf-8")}
    problem = read_problem(edge.request("GET", EVENTS, headers=headers))
    assert (problem[0], problem[2]) == (422, "Last-Event-ID is the id of an event of this stream")


def test_an_empty_last_event_id_is_ignored(edge: EdgeSite) -> None:
    record_entry(edge, 1)

    async def check() -> None:
        async with open_stream(edge, "") as reader:
            record_entry(edge, 2)
            assert (await reader.next()).id == "2"

    run(check)


def test_a_head_request_for_the_stream_ends_after_the_headers(edge: EdgeSite) -> None:
    """Otherwise the next request on the same connection would wait forever."""
    response = edge.request("HEAD", EVENTS)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert read.subscribers(edge.default.state) == []


def test_entries_arrive_over_a_socket_while_the_stream_is_open() -> None:
    settings = Settings(port=0, clock="manual", seed="s", start=START, quiet=True)
    with run_server(settings) as origin, httpx.Client(base_url=origin, trust_env=False) as client:
        with client.stream("GET", EVENTS) as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": listening"
            position = next(lines).removeprefix("id: ")
            client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
            first = position.replace("-0", "-1")
            assert [next(lines) for _ in range(3)] == ["", f"id: {first}", "event: request"]
            assert json.loads(next(lines).removeprefix("data: "))["operation"] == "c2c"
        with client.stream("GET", EVENTS, headers={"last-event-id": "0"}) as stream:
            lines = stream.iter_lines()
            expected = [": listening", f"id: {position}", "", f"id: {first}"]
            assert [next(lines) for _ in range(4)] == expected
