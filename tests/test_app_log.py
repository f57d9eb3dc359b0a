"""The server logs each journal entry as text or as JSON."""

import json

import click
import pytest

from mockserver.app.output import PLAIN, LogLook, build_logger
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import DeliveryResult
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.settings import Settings
from mockserver.web.views.log_colors import DIM
from mockserver.web.views.log_lines import format_line
from mockserver.web.views.ring_details import serialize_with_ring
from tests.support import read
from tests.support.dispatchers import UnusedDispatcher
from tests.support.simulation import START, click_to_call, play_until_idle


@pytest.fixture
def sandbox(configuration: Configuration) -> Sandbox:
    return Sandbox("t1", configuration, Timing(mode="manual", start=START), UnusedDispatcher())


def log_lines_of(sandbox: Sandbox, log_format: str, look: LogLook = PLAIN) -> list[str]:
    """Return a list that gets every line logged from now on."""
    lines: list[str] = []
    sandbox.state.journal.subscribe(
        build_logger(sandbox, Settings(log_format=log_format), lines.append, look)
    )
    return lines


SCENARIOS = (
    "answered",
    "one-then-two",
    "says-yes",
    "answering-machine",
    "rush-hour",
    "lost-report",
    "doubled-report",
    "second-leg-no-answer",
    "third-time-lucky",
)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_json_log_has_every_journal_entry_of_a_call(sandbox: Sandbox, scenario: str) -> None:
    lines = log_lines_of(sandbox, "json")
    click_to_call(sandbox.state, scenario)
    play_until_idle(sandbox.state, lambda _: DeliveryResult(status=None, error="connect"))
    expected = [
        {"sandbox": "t1", **serialize_with_ring(entry, sandbox.state)}
        for entry in read.journal(sandbox.state)
    ]
    assert [json.loads(text) for text in lines] == expected
    assert len(lines) > 5


@pytest.mark.parametrize(
    "entry",
    [
        JournalEntry(at=START, type="error", call_id="c1", payload=ValueError("\x1b[31m\nred")),
        JournalEntry(
            at=START,
            type="command",
            call_id="",
            payload={"method": "PUT", "body": "\ud800 \u2028 \U0001f600"},
        ),
        JournalEntry(at=START, type="clock", call_id="", payload={"advance": {"by": 60.5}}),
        JournalEntry(
            at=START,
            type="account",
            call_id="",
            payload={"set": {"agents": {"a": [None, True]}}, "flaws": [("a", "b")]},
        ),
    ],
)
def test_a_json_log_entry_is_one_line_of_printable_ascii(
    sandbox: Sandbox, entry: JournalEntry
) -> None:
    lines = log_lines_of(sandbox, "json")
    sandbox.state.journal.append(entry)
    [text] = lines
    assert text.isascii()
    assert text.isprintable()
    logged = json.loads(text)
    assert (logged["sandbox"], logged["at"], logged["type"]) == (
        "t1",
        "2026-01-01T09:00:00.000Z",
        entry.type,
    )


def test_a_webhook_to_an_inbox_has_the_address_at_which_the_inbox_is_read(sandbox: Sandbox) -> None:
    lines = log_lines_of(sandbox, "text", LogLook(origin="http://127.0.0.1:80"))
    click_to_call(sandbox.state)
    play_until_idle(sandbox.state, lambda _: DeliveryResult(status=200))
    [attempt] = [line for line in lines if "attempt 1" in line]
    assert " http://127.0.0.1:80/_sandbox/t1/_mock/inboxes/mobtexting 200 delivered" in attempt


def test_lines_in_color_are_the_lines_without_and_have_a_dim_time(sandbox: Sandbox) -> None:
    plain = log_lines_of(sandbox, "text")
    colored = log_lines_of(sandbox, "text", LogLook(is_colored=True))
    click_to_call(sandbox.state, "lost-report")
    play_until_idle(sandbox.state, lambda _: DeliveryResult(status=None, error="connect"))
    assert [click.unstyle(line) for line in colored] == plain
    assert all(line.startswith(f"{DIM}09:00:") for line in colored)


def test_the_text_log_has_one_formatted_line_per_journal_entry(sandbox: Sandbox) -> None:
    lines = log_lines_of(sandbox, "text")
    click_to_call(sandbox.state)
    assert lines == [format_line(entry, sandbox.state) for entry in read.journal(sandbox.state)]
    assert lines[0] == "09:00:00 mobtexting c1 r1 POST /api/v2/voice/c2c 200"
