"""No request to the control API holds up the event loop, however much there is to show."""

import asyncio
import gc
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mockserver.core.http import Request
from mockserver.engine.own_refusals import OwnRefusal, record_refusal
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.log_lines import format_line
from tests.support import read
from tests.support.edge_site import EdgeSite, build_request
from tests.support.event_loop import measured_callbacks
from tests.support.event_stream import read_events
from tests.support.simulation import CLICK_TO_CALL_PATH, START
from tests.support.site import build_client

LONGEST = 0.1
"""CPU seconds that one callback of the event loop may take while other tests run beside it.

Alone, the longest takes 0.044 s; the promise is 0.05.
"""
TRIES = 3
"""A busy machine gets several: the best one counts."""
ACCOUNT_PATH = "/_mock/accounts/mobtexting/mobtexting-default"

REFUSAL = OwnRefusal(
    problem="unknown-scenario",
    status=422,
    explanation="no scenario is named x",
    provider="mobtexting",
    operation="c2c",
)

LONG_BODIES: dict[str, bytes] = {
    "many members": json.dumps(
        {f"name{n}": {"to": n, "by": f"b{n}"} for n in range(20_000)}
    ).encode(),
    "a long text": json.dumps({"mid": "see http://u:p@h/?token=abc&a=1 " * 30_000}).encode(),
    "bytes": bytes(range(1, 256)) * 4_000,
    "a form": b"&".join(b"name%d=value%%20%d" % (n, n) for n in range(40_000)),
}
LISTS = (
    "/_mock/explain/r1",
    *("/_mock/requests", "/_mock/journal", "/_mock/journal?format=jsonl", "/_mock/timeline"),
    "/_mock/timeline?format=mermaid",
)


def record_requests(state: SandboxState, count: int, body: bytes) -> None:
    """Record refused requests with this body."""
    for number in range(count):
        request = Request(
            method="POST", path=CLICK_TO_CALL_PATH, headers={"n": str(number)}, body=body
        )
        record_refusal(state, request, START, REFUSAL)


def longest_callback(edge: EdgeSite, request: httpx.Request, status: int) -> float:
    """Return the CPU seconds of the longest callback, in the best of some tries."""

    async def send() -> httpx.Response:
        async with build_client(edge.app) as client:
            return await client.send(request)

    longest = []
    for _ in range(TRIES):
        with measured_callbacks() as seconds:
            response = asyncio.run(send())
        assert response.status_code == status, response.text[:300]
        longest.append(max(seconds))
        if longest[-1] < LONGEST:
            break
    return min(longest)


@pytest.fixture(autouse=True)
def frozen_objects() -> Iterator[None]:
    """Spare the objects of other tests the collector, as a server does with those of its start."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("body", LONG_BODIES.values(), ids=LONG_BODIES)
def test_megabytes_of_requests_are_listed_in_slices(edge: EdgeSite, path: str, body: bytes) -> None:
    record_requests(edge.default.state, 3, body)
    assert longest_callback(edge, build_request("GET", path), 200) < LONGEST


@pytest.mark.parametrize("body", LONG_BODIES.values(), ids=LONG_BODIES)
def test_the_log_line_of_a_long_request_is_written_at_once(edge: EdgeSite, body: bytes) -> None:
    state = edge.default.state
    record_requests(state, 1, body)
    [entry] = read.journal(state)
    seconds = []
    for _ in range(TRIES):
        start = time.thread_time()
        line = format_line(entry, state)
        seconds.append(time.thread_time() - start)
        assert line == f"09:00:00 mobtexting r1 POST {CLICK_TO_CALL_PATH} 422 unknown-scenario"
    assert min(seconds) < LONGEST / 10


@pytest.mark.parametrize("path", LISTS)
def test_ten_thousand_entries_are_listed_in_slices(edge: EdgeSite, path: str) -> None:
    record_requests(edge.default.state, 10_000, b'{"to": "911", "from": "922"}')
    assert longest_callback(edge, build_request("GET", path), 200) < LONGEST


@pytest.mark.parametrize("body", LONG_BODIES.values(), ids=LONG_BODIES)
def test_megabytes_in_an_inbox_are_listed_in_slices(edge: EdgeSite, body: bytes) -> None:
    for _ in range(3):
        edge.request("POST", "/_mock/receive/x", content=body[:999_999])
    build = build_request("GET", "/_mock/inboxes/x")
    assert longest_callback(edge, build, 200) < LONGEST


@pytest.mark.parametrize("body", LONG_BODIES.values(), ids=LONG_BODIES)
@pytest.mark.parametrize(
    ("match", "status"), [({"status": 422}, 200), ({"status": 200}, 408)], ids=["met", "timeout"]
)
def test_a_wait_for_long_requests_compares_them_in_slices(
    edge: EdgeSite, body: bytes, match: dict[str, Any], status: int
) -> None:
    record_requests(edge.default.state, 3, body)
    wait = {"for": "request", "match": match, "timeout": 0.01}
    request = build_request("POST", "/_mock/wait", json=wait)
    assert longest_callback(edge, request, status) < LONGEST


@pytest.mark.parametrize(
    ("match", "status"), [({"status": 422}, 200), ({"status": 200}, 408)], ids=["met", "timeout"]
)
def test_a_wait_for_ten_thousand_requests_compares_them_in_slices(
    edge: EdgeSite, match: dict[str, Any], status: int
) -> None:
    record_requests(edge.default.state, 10_000, b'{"to": "911"}')
    wait = {"for": "request", "match": match, "count": 9_999, "timeout": 0.01}
    request = build_request("POST", "/_mock/wait", json=wait)
    assert longest_callback(edge, request, status) < LONGEST


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_fifty_thousand_unknown_keys_hold_up_nobody_and_give_a_hundred_problems(
    edge: EdgeSite, method: str
) -> None:
    body = {f"webhook{number}": 1 for number in range(50_000)}
    request = build_request(method, ACCOUNT_PATH, json=body)
    assert longest_callback(edge, request, 422) < LONGEST
    detail = edge.request(method, ACCOUNT_PATH, json=body).json()["detail"]
    assert detail.count("unknown key") == 100
    assert detail.endswith("there are more problems: these are the first 100")


@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_a_long_account_is_shown_in_slices(edge: EdgeSite, method: str) -> None:
    credentials = [f"credential-{number}" for number in range(40_000)]
    body = {"credentials": credentials}
    assert edge.request("PUT", ACCOUNT_PATH, json=body).status_code == 200
    options = {"json": body} if method == "PUT" else {}
    request = build_request(method, ACCOUNT_PATH, **options)
    assert longest_callback(edge, request, 200) < LONGEST


def test_a_viewer_that_was_away_gets_a_thousand_entries_in_slices(edge: EdgeSite) -> None:
    state = edge.default.state
    record_requests(state, 1_000, b'{"to": "911", "from": "922"}')
    longest = []
    for _ in range(TRIES):
        with measured_callbacks() as seconds:
            text = asyncio.run(read_events(edge.default))
        assert text.count("\nevent: request\n") == 1_000
        longest.append(max(seconds))
    assert min(longest) < LONGEST
