"""What the server logs of each sandbox, as text for people or as JSON for programs."""

import json
from typing import Any

import pytest

from mockserver.app.output import build_logger
from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import DeliveryResult
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.settings import Settings
from mockserver.web.views.log_lines import format_line
from mockserver.web.views.serializers import serialize_entry
from tests.support import read
from tests.support.simulation import START, click_to_call, play_until_idle


class NoCourier:
    """Nobody sends anything here."""

    async def deliver(self, _: Any) -> Any:
        raise AssertionError


@pytest.fixture
def box(configuration: Configuration) -> Sandbox:
    return Sandbox("t1", configuration, Timing(mode="manual", start=START), NoCourier())


def logged(box: Sandbox, form: str) -> list[str]:
    """What is logged from now on."""
    lines: list[str] = []
    read.subscribers(box.state).append(build_logger(box, Settings(log_format=form), lines.append))
    return lines


STORIES = ("answered", "one-then-two", "says-yes", "answering-machine", "rush-hour", "lost-report",
           "doubled-report", "second-leg-no-answer", "third-time-lucky")  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_log_in_json_has_every_fact_of_a_call(box: Sandbox, story: str) -> None:
    lines = logged(box, "json")
    click_to_call(box.state, story)
    play_until_idle(box.state, lambda _: DeliveryResult(status=None, error="connect"))
    told = [
        {"sandbox": "t1", **serialize_entry(fact, box.state.configuration)}
        for fact in read.journal(box.state)
    ]
    assert [json.loads(text) for text in lines] == told
    assert len(lines) > 5


@pytest.mark.parametrize(
    "fact",
    [
        JournalEntry(at=START, type="error", call_id="c1", payload=ValueError("\x1b[31m\nred")),
        JournalEntry(
            at=START,
            type="control",
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
def test_log_in_json_is_one_line_of_plain_letters(box: Sandbox, fact: JournalEntry) -> None:
    lines = logged(box, "json")
    box.state.record(fact)
    [text] = lines
    assert text.isascii()
    assert text.isprintable()
    told = json.loads(text)
    assert (told["sandbox"], told["at"], told["fact"]) == (
        "t1",
        "2026-01-01T09:00:00.000Z",
        fact.type,
    )


def test_log_in_text(box: Sandbox) -> None:
    lines = logged(box, "text")
    click_to_call(box.state)
    assert lines == [format_line(fact, box.state) for fact in read.journal(box.state)]
    assert lines[0] == "09:00:00 mobtexting c1 r1 POST /api/v2/voice/c2c 200"
