"""No request to the control API holds up the event loop, however much there is to show."""

import asyncio
import gc
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mockserver.core.call import Event
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import DeliveryAttempt, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.log_lines import LEFT_OUT, format_json_line, format_line
from tests.support import answer_checks, read
from tests.support.builders import build_delivery, build_webhook
from tests.support.edge_site import EdgeSite, build_request
from tests.support.event_loop import measured_callbacks
from tests.support.event_stream import read_events
from tests.support.long_lists import (
    LONG_BODIES,
    TRIES,
    longest_callback,
    place_calls,
    record_requests,
)
from tests.support.simulation import CLICK_TO_CALL_PATH, START
from tests.support.vendors import phonon

LONGEST = 0.1
"""CPU seconds that one callback of the event loop may take while other tests run beside it.

Alone, the longest takes 0.02 s; `python -m tests.longest_callback` measures it at full size.
"""
ACCOUNT_PATH = "/_mock/accounts/mobtexting/mobtexting-default"

LISTS = (
    "/_mock/explain/r1",
    *("/_mock/requests", "/_mock/journal", "/_mock/journal?format=jsonl", "/_mock/timeline"),
    *("/_mock/timeline?format=mermaid", "/_mock/har", "/_mock/unexpected"),
    "/_mock/report",
)


def longest(edge: EdgeSite, request: httpx.Request, status: int) -> float:
    """Return the CPU seconds of the longest callback, in the best of some tries."""
    return longest_callback(edge.app, request, (status,), LONGEST)


@pytest.fixture(autouse=True)
def unchecked_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not check answers against their schemas, which takes longer than to build them."""
    monkeypatch.setattr(answer_checks, "check_answer", lambda *_: None)


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
    assert longest(edge, build_request("GET", path), 200) < LONGEST


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


LONG = "a" * 999_000
LONG_ENTRIES: dict[str, tuple[JournalEntry, str]] = {
    "an event": (
        JournalEntry(
            at=START, type="event", call_id="", payload=Event(at=START, type="x", data={"d": LONG})
        ),
        "d",
    ),
    "an account": (
        JournalEntry(at=START, type="account", call_id="", payload={"set": {"x": [LONG] * 9}}),
        "set",
    ),
    "a webhook": (
        JournalEntry(
            at=START,
            type="delivery-attempt",
            call_id="",
            payload=build_delivery(
                webhook=build_webhook(body={f"n{n}": LONG[:50] for n in range(20_000)}),
                attempts=(DeliveryAttempt(number=1, at=START, result=DeliveryResult(status=200)),),
            ),
        ),
        "body",
    ),
}


@pytest.mark.parametrize(("entry", "name"), LONG_ENTRIES.values(), ids=LONG_ENTRIES)
@pytest.mark.parametrize("write", [format_line, format_json_line])
def test_the_log_line_of_a_long_entry_is_written_at_once(
    state: SandboxState,
    write: Callable[[JournalEntry, SandboxState], str],
    entry: JournalEntry,
    name: str,
) -> None:
    start = time.thread_time()
    line = write(entry, state)
    assert time.thread_time() - start < LONGEST
    assert len(line) < 1_000
    if write is format_json_line:
        assert json.loads(line)[name] == LEFT_OUT


@pytest.mark.parametrize("body", LONG_BODIES.values(), ids=LONG_BODIES)
def test_the_line_of_a_long_request_in_the_json_log_has_all_but_its_body(
    edge: EdgeSite, body: bytes
) -> None:
    state = edge.default.state
    record_requests(state, 1, body)
    [entry] = read.journal(state)
    start = time.thread_time()
    line = json.loads(format_json_line(entry, state))
    assert time.thread_time() - start < LONGEST
    assert (line["request"], line["status"], line["body"]) == ("r1", 422, LEFT_OUT)


def test_a_short_request_is_whole_in_the_json_log(edge: EdgeSite) -> None:
    state = edge.default.state
    record_requests(state, 1, b'{"to": "911"}')
    [entry] = read.journal(state)
    assert json.loads(format_json_line(entry, state))["body"] == {"to": "911"}


def test_corrections_of_hundreds_of_values_are_tried_in_slices(edge: EdgeSite) -> None:
    """A batch of Phonon breaks one rule at each of its items."""
    items = [phonon.build_item(f"number-{number}") for number in range(300)]
    body = {**phonon.CREATE_EXAMPLE, "calls": items}
    assert edge.request("POST", "/phonon/kairos-apis/outbound/create", json=body).status_code == 200
    assert longest(edge, build_request("GET", "/_mock/explain/r1"), 200) < LONGEST
    hints = edge.get_json("/_mock/explain/r1")["hints"]
    assert hints[-1] == "corrections were tried at 20 places, and not at 80 more"


def test_the_nearest_operations_of_a_long_path_are_found_at_once(edge: EdgeSite) -> None:
    path = "/mobtexting/api" * 4_000
    assert longest(edge, build_request("GET", path), 404) < LONGEST / 2


def test_thousands_of_calls_of_one_advance_are_played_in_a_fork_in_slices(edge: EdgeSite) -> None:
    """Nothing but due items comes between the last request and the end of the advance."""
    state = edge.default.state
    place_calls(edge.app, 2_000, "lost-report", every=2_000)
    request = build_request("PUT", "/_mock/sandboxes/copy", json={"from": "default"})
    assert longest(edge, request, 200) < LONGEST
    [copied] = [each for each in edge.registry if each.name == "copy"]
    assert read.entry_count(copied.state) == read.entry_count(state)


@pytest.mark.parametrize("path", LISTS)
def test_ten_thousand_entries_are_listed_in_slices(edge: EdgeSite, path: str) -> None:
    record_requests(edge.default.state, 10_000, b'{"to": "911", "from": "922"}')
    assert longest(edge, build_request("GET", path), 200) < LONGEST


@pytest.mark.parametrize("body", LONG_BODIES.values(), ids=LONG_BODIES)
def test_megabytes_in_an_inbox_are_listed_in_slices(edge: EdgeSite, body: bytes) -> None:
    for _ in range(3):
        edge.request("POST", "/_mock/receive/x", content=body[:999_999])
    build = build_request("GET", "/_mock/inboxes/x")
    assert longest(edge, build, 200) < LONGEST


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
    assert longest(edge, request, status) < LONGEST


@pytest.mark.parametrize(
    ("match", "status"), [({"status": 422}, 200), ({"status": 200}, 408)], ids=["met", "timeout"]
)
def test_a_wait_for_ten_thousand_requests_compares_them_in_slices(
    edge: EdgeSite, match: dict[str, Any], status: int
) -> None:
    record_requests(edge.default.state, 10_000, b'{"to": "911"}')
    wait = {"for": "request", "match": match, "count": 9_999, "timeout": 0.01}
    request = build_request("POST", "/_mock/wait", json=wait)
    assert longest(edge, request, status) < LONGEST


VERIFICATIONS = [
    pytest.param({"match": {"body": "*"}}, 200, id="met"),
    pytest.param({"match": {"body": "*"}, "times": {"exactly": 0}}, 417, id="too many"),
    pytest.param({"match": {"body": "none"}}, 417, id="too few"),
    pytest.param({"order": [{"body": "*"}, {"body": "none"}]}, 417, id="out of order"),
]


@pytest.mark.parametrize("body", LONG_BODIES.values(), ids=LONG_BODIES)
@pytest.mark.parametrize(("verification", "status"), VERIFICATIONS)
def test_a_verification_of_long_requests_compares_them_in_slices(
    edge: EdgeSite, body: bytes, verification: dict[str, Any], status: int
) -> None:
    record_requests(edge.default.state, 3, body)
    request = build_request("POST", "/_mock/verify", json={"for": "request", **verification})
    assert longest(edge, request, status) < LONGEST


@pytest.mark.parametrize(("verification", "status"), VERIFICATIONS)
def test_a_verification_of_ten_thousand_requests_compares_them_in_slices(
    edge: EdgeSite, verification: dict[str, Any], status: int
) -> None:
    record_requests(edge.default.state, 10_000, b'{"to": "911"}')
    request = build_request("POST", "/_mock/verify", json={"for": "request", **verification})
    assert longest(edge, request, status) < LONGEST


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_fifty_thousand_unknown_keys_hold_up_nobody_and_give_a_hundred_problems(
    edge: EdgeSite, method: str
) -> None:
    body = {f"webhook{number}": 1 for number in range(50_000)}
    request = build_request(method, ACCOUNT_PATH, json=body)
    assert longest(edge, request, 422) < LONGEST
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
    assert longest(edge, request, 200) < LONGEST


def test_a_viewer_that_was_away_gets_a_thousand_entries_in_slices(edge: EdgeSite) -> None:
    state = edge.default.state
    record_requests(state, 1_000, b'{"to": "911", "from": "922"}')
    held = []
    for _ in range(TRIES):
        with measured_callbacks() as seconds:
            text = asyncio.run(read_events(edge.default))
        assert text.count("\nevent: request\n") == 1_000
        held.append(max(seconds))
    assert min(held) < LONGEST
