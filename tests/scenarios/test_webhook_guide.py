"""The how-to on webhooks: its scenarios do what it says, at a server with a real receiver."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mock_calls import MockServer
from mockserver.app import run_server
from mockserver.settings import parse_settings
from tests.support.config_files import check_texts
from tests.support.fetch import fetch_bytes, fetch_json
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "webhooks.md"
[TEXT] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
START = datetime.fromisoformat("2026-01-01T12:00:00+00:00")


@contextmanager
def serve(folder: Path, clock: str = "manual", text: str = TEXT) -> Iterator[MockServer]:
    file = folder / "mine.yaml"
    file.write_text(text, "utf-8")
    options = {"port": "0", "seed": "s", "quiet": True, "start_at": "2026-01-01T12:00:00Z"}
    settings = parse_settings({**options, "clock": clock, "scenarios": (str(file),)}, {})
    with run_server(settings) as origin, MockServer(origin) as server:
        yield server


def place(server: MockServer, *scenarios: str) -> None:
    """Place a call that is over after 3 s: then its report is due."""
    headers = {"x-mock-scenario": ", ".join((*scenarios, "rejected-at-once"))}
    body = {**CLICK_TO_CALL, "attempts": 0}
    fetch_json(f"{server.origin}{CLICK_TO_CALL_PATH}", body, **headers)


def attempts(server: MockServer) -> dict[str, list[tuple[float, Any]]]:
    """Return id -> (seconds since the start, status or error) of each attempt."""
    return {
        webhook.id: [
            (_seconds(attempt.at), attempt.status or attempt.error) for attempt in webhook.attempts
        ]
        for webhook in server.webhooks()
    }


def _seconds(at: datetime) -> float:
    return (at - START).total_seconds()


REJECTED = "\n  rejected-at-once: {legs: {a: {ring: 3s, then: rejected}}}\n"
FILE = TEXT.rstrip() + REJECTED


def test_the_scenarios_of_the_page_have_no_problem() -> None:
    assert check_texts(FILE) == []


@pytest.mark.parametrize(
    ("scenario", "expected", "received"),
    [
        ("lost-then-retried", {"w1": [(3, "timeout"), (73, 200)]}, 1),
        ("receiver-down", {"w1": [(3, 500), (63, "reset"), (363, "timeout")]}, 0),
        ("slow-receiver", {"w1": [(3, 503), (66, 200)]}, 1),
        ("never-arrives", {"w1": []}, 0),
        ("copy-a-minute-later", {"w1": [(3, 200)], "w2": [(63, 200)]}, 2),
        (
            "copies-meet-a-broken-receiver",
            {"w1": [(3, 500), (63, 200)], "w2": [(93, 500), (153, 200)]},
            2,
        ),
        ("swapped-with-the-next-call", {"w1": [(63, 200)]}, 1),
        ("half-a-body", {"w1": [(3, 200)]}, 1),
    ],
)
def test_a_scenario_of_the_page_plays_to_the_millisecond(
    tmp_path: Path, scenario: str, expected: dict[str, list[tuple[float, Any]]], received: int
) -> None:
    with serve(tmp_path, text=FILE) as server:
        place(server, scenario)
        result = server.finish()
        assert attempts(server) == expected
        assert len(server.inbox("mobtexting")) == received
        assert result.attempts == sum(map(len, expected.values()))


def test_lost_then_retried_is_the_same_ten_times(tmp_path: Path) -> None:
    runs = []
    with serve(tmp_path, text=FILE) as server:
        for _ in range(10):
            server.reset()
            place(server, "lost-then-retried")
            server.finish()
            runs.append((attempts(server), server.journal()))
    assert runs == [runs[0]] * 10
    assert runs[0][0] == {"w1": [(3, "timeout"), (73, 200)]}


def test_a_late_report_comes_within_its_span_and_one_before_the_reply_at_once(
    tmp_path: Path,
) -> None:
    text = FILE.replace("{ring: 3s, then: rejected}", "{ring: 0s, then: rejected}")
    with serve(tmp_path, text=text) as server:
        place(server, "before-the-reply")
        assert attempts(server) == {"w1": [(0, 200)]}
        place(server, "late")
        server.finish()
        [(late, _)] = attempts(server)["w2"]
        assert 300 <= late <= 600


@pytest.mark.parametrize("clock", ["manual", "instant", "1000x"])
def test_simulated_attempts_take_virtual_time_on_every_clock(tmp_path: Path, clock: str) -> None:
    with serve(tmp_path, clock, FILE) as server:
        place(server, "receiver-down")
        server.finish()
        [webhook] = server.webhooks()
        first, *others = [_seconds(attempt.at) for attempt in webhook.attempts]
        assert [round(other - first, 3) for other in others] == [60, 360]
        durations = [attempt["duration_ms"] for attempt in webhook.raw["attempts"]]
        assert durations == [0, 0, 10_000]
        assert (server.inbox("mobtexting"), webhook.state) == ([], "failed")


def test_two_calls_swap_their_reports(tmp_path: Path) -> None:
    with serve(tmp_path, text=FILE) as server:
        for _ in range(2):
            place(server, "swapped-with-the-next-call")
            server.advance("1s")
        server.finish()
        assert attempts(server) == {"w1": [(4, 200)], "w2": [(4, 200)]}
        order = [
            entry["webhook"] for entry in server.journal() if entry["type"] == "delivery-attempt"
        ]
        assert (order, len(server.inbox("mobtexting"))) == (["w2", "w1"], 2)


def test_what_is_ignored_stands_in_journal_timeline_and_diagram(tmp_path: Path) -> None:
    text = FILE.replace("    retry: {waits: [60s, 300s]}", "    limits: {requests: 9, per: 1s}")
    with serve(tmp_path, text=text) as server:
        place(server, "lost-then-retried")
        server.finish()
        [entry] = [entry for entry in server.journal() if entry["type"] == "ignored"]
        diagram = fetch_bytes(f"{server.origin}/_mock/calls/c1/timeline").decode()
        reason = "no attempt reaches item 2: the webhook is failed after 1 attempt"
        assert (entry["scenario"], entry["what"], entry["reason"]) == (
            "lost-then-retried",
            "webhooks.any.attempts",
            reason,
        )
        assert "12:00:13 mobtexting c1 r1 w1 ignored: " in server.timeline()
        assert f"scenario lost-then-retried: webhooks.any.attempts: {reason}" in server.timeline()
        assert "Note over mock: 12:00:13 w1 timeout (attempt 1), simulated" in diagram
        assert "Note over mock: 12:00:13 ignored webhooks.any.attempts: no attempt" in diagram
        assert "receiver" not in diagram
