"""The event stream shows what concerns one call, or the calls that have changed, with counts."""

import asyncio
from typing import Any

import pytest

from mockserver.core.journal import JournalEntry
from mockserver.web.control import journal_stream, stream_views
from mockserver.web.control.positions import POSITION_HEADER
from mockserver.web.views.summaries import CALL_SUMMARY
from tests.support import read
from tests.support.edge_site import EdgeSite
from tests.support.event_stream import EVENTS, open_stream, run
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import HEADERS, build_client, read_problem

CALLS_VIEW = f"{EVENTS}?view=calls"


def record_entry(edge: EdgeSite, call_id: str, number: int = 0) -> None:
    entry = JournalEntry(at=START, type="command", call_id=call_id, payload={"number": number})
    edge.default.state.journal.append(entry)


async def place_call(edge: EdgeSite, scenario: str = "answered") -> None:
    async with build_client(edge.app) as client:
        headers = {**HEADERS, "x-mock-scenario": scenario}
        await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)


def test_an_answer_tells_its_position_behind_which_the_stream_goes_on(edge: EdgeSite) -> None:
    edge.click_to_call()
    response = edge.request("GET", "/_mock/calls")
    position = f"{edge.default.instance}.0-{read.entry_count(edge.default.state)}"
    assert response.headers[POSITION_HEADER] == position

    async def check() -> None:
        async with open_stream(edge, position) as reader:
            record_entry(edge, "c1", 7)
            assert (await reader.next()).data["number"] == 7

    run(check)


def test_the_position_of_an_answer_is_that_before_the_request(edge: EdgeSite) -> None:
    """What the request itself brings is streamed behind it."""
    response = edge.request("PUT", "/_mock/clock", json={"mode": "manual"})
    assert response.headers[POSITION_HEADER] == f"{edge.default.instance}.0-0"


def test_a_sandbox_made_anew_under_a_name_has_other_positions(edge: EdgeSite) -> None:
    def read_position() -> str:
        edge.request("PUT", "/_mock/sandboxes/t1", json={})
        return edge.request("GET", "/_sandbox/t1/_mock/calls").headers[POSITION_HEADER]

    assert read_position() != read_position()


def test_a_stream_of_one_call_has_the_entries_that_concern_it(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.click_to_call()
    edge.advance()

    async def check() -> list[tuple[str | None, Any]]:
        position = f"{edge.default.instance}.0-0"
        async with open_stream(edge, position, f"{EVENTS}?call=c2") as reader:
            return [(event.event, event.data["call"]) for event in await reader.take(3)]

    events = asyncio.run(check())
    assert events == [("request", "c2"), ("event", "c2"), ("event", "c2")]


def test_a_stream_of_one_call_beats_while_others_change(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_stream, "HEARTBEAT", 0.1)
    edge.click_to_call()
    count = read.entry_count(edge.default.state)

    async def check() -> None:
        async with open_stream(edge, path=f"{EVENTS}?call=c1") as reader:
            for number in range(5):
                record_entry(edge, "", number)
                await asyncio.sleep(0.01)
            beat = f": heartbeat\nid: {edge.default.instance}.0-{count + 5}\n\n"
            assert await reader.raw() == beat

    run(check)


def test_a_stream_of_calls_has_the_summary_of_each_call_that_has_changed(edge: EdgeSite) -> None:
    edge.click_to_call()

    async def check() -> None:
        async with open_stream(edge, path=CALLS_VIEW) as reader:
            await place_call(edge, "waits-for-a-person")
            event = await reader.next()
            assert event.event == "calls"
            assert [call["id"] for call in event.data["calls"]] == ["c2"]
            assert list(event.data["calls"][0]) == list(CALL_SUMMARY)
            assert event.data["counts"] == {"total": 2, "evicted": 0, "queued": 2, "ended": 0}

    run(check)


def test_changes_within_a_quarter_of_a_second_are_one_message(edge: EdgeSite) -> None:
    async def check() -> None:
        async with open_stream(edge, path=CALLS_VIEW) as reader:
            await asyncio.gather(*(place_call(edge) for _ in range(5)))
            event, position = await reader.take(2)
            assert len(event.data["calls"]) == 5
            count = read.entry_count(edge.default.state)
            assert (event.id, position) == (None, (str(count), None, None))

    run(check)


def test_a_stream_of_calls_is_silent_about_what_changes_no_call(edge: EdgeSite) -> None:
    async def check() -> None:
        async with open_stream(edge, path=CALLS_VIEW) as reader:
            record_entry(edge, "")
            record_entry(edge, "c9")
            await asyncio.sleep(2 * stream_views.CALLS_REST)
            assert reader.pending_chunks == 0

    run(check)


def test_many_changed_calls_are_several_messages(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_views, "MAX_SUMMARIES", 2)

    async def check() -> list[int]:
        for _ in range(5):
            await place_call(edge)
        async with open_stream(edge, "0", CALLS_VIEW) as reader:
            return [len(event.data["calls"]) for event in await reader.take(3)]

    assert asyncio.run(check()) == [2, 2, 1]


def test_a_stream_of_calls_tells_of_a_gap_only_when_entries_have_left_the_journal(
    edge: EdgeSite,
) -> None:
    edge.click_to_call()
    for number in range(10_100):
        record_entry(edge, "c1", number)
    evicted = read.entry_count(edge.default.state) - 10_000

    async def check() -> list[Any]:
        async with open_stream(edge, "0", CALLS_VIEW) as reader:
            return [(event.event, event.data) for event in await reader.take(2)]

    gap, calls = asyncio.run(check())
    assert gap == ("gap", {"missed": evicted})
    assert [call["id"] for call in calls[1]["calls"]] == ["c1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("view=call", (422, "invalid-query", "there is no view 'call': did you mean 'calls'?")),
        (
            "view=x",
            (422, "invalid-query", "there is no view 'x': it is one of entries, calls"),
        ),
        ("call=c9", (404, "unknown-call", "no call is named c9: GET /_mock/calls lists them")),
        (
            "cal=c1",
            (
                422,
                "invalid-query",
                "/_mock/events takes no query parameter 'cal': did you mean 'call'?",
            ),
        ),
    ],
)
def test_a_view_or_call_that_is_not_there_is_refused(
    edge: EdgeSite, query: str, expected: tuple[int, str, str]
) -> None:
    assert read_problem(edge.request("GET", f"{EVENTS}?{query}")) == expected
