"""One line for each fact, as it stands in a terminal."""

from typing import Any

import pytest

from mockserver.core.call import Event
from mockserver.core.journal import IgnoredLeg, JournalEntry, RejectedEvent
from mockserver.core.webhook import DeliveryAttempt, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.log_lines import format_line
from tests.support import read
from tests.support.builders import build_delivery, build_webhook
from tests.support.simulation import START, click_to_call, play_until_idle

INBOX = "{origin}/_mock/inbox/mobtexting"


def watched(state: SandboxState) -> list[str]:
    lines: list[str] = []
    read.subscribers(state).append(lambda fact: lines.append(format_line(fact, state)))
    return lines


def test_lines_of_a_call_and_its_report(state: SandboxState) -> None:
    lines = watched(state)
    click_to_call(state, "callee-busy")
    play_until_idle(state)
    lines.pop(1)  # see below
    assert lines == [
        "09:00:00 mobtexting c1 r1 POST /api/v2/voice/c2c 200",
        "09:00:00 mobtexting c1 begin",
        "09:00:00 mobtexting c1 a ring",
        "09:00:02 mobtexting c1 a answer",
        "09:00:02 mobtexting c1 b ring",
        "09:00:05 mobtexting c1 b hangup busy",
        "09:00:05 mobtexting c1 a hangup normal",
        "09:00:05 mobtexting c1 attempt-ended busy",
        "09:00:05 mobtexting c1 ended busy",
        f"09:00:05 mobtexting c1 w1 completed attempt 1 {INBOX} 200 delivered",
    ]


def test_line_of_a_call_that_is_placed(state: SandboxState) -> None:
    lines = watched(state)
    click_to_call(state)
    assert lines[1] == "09:00:00 mobtexting c1 placed"


def test_line_of_a_refusal(state: SandboxState) -> None:
    lines = watched(state)
    click_to_call(state, to=None)
    assert lines == ["09:00:00 mobtexting r1 POST /api/v2/voice/c2c 422 to-required"]


HOOK = build_webhook(url="http://h/x", body={"a": 1})
FAILED = build_delivery(
    account="any",
    webhook=HOOK,
    state="failed",
    next_attempt_at=None,
    attempts=(
        DeliveryAttempt(number=1, at=START, result=DeliveryResult(status=None, error="dns")),
    ),
)


@pytest.mark.parametrize(
    ("kind", "what", "expected"),
    [
        ("event", Event(at=START, type="digits", leg="a", data={"digits": "12"}), "a digits 12"),
        ("attempt", FAILED, "w1 completed attempt 1 http://h/x dns failed"),
        (
            "moot",
            RejectedEvent(type="ring", leg="b", location="f:1:2", reason="so"),
            "moot verb ring leg b place f:1:2 why so",
        ),
        ("skipped", IgnoredLeg(scenario="s", leg="b"), "skipped story s leg b"),
        ("clock", {"mode": "60x"}, "clock mode 60x"),
        ("control", {"method": "PATCH", "body": {"a": 1}}, 'control method PATCH body {"a": 1}'),
        ("error", LookupError("oops"), "error error LookupError('oops')"),
    ],
)
def test_line_of_a_fact(state: SandboxState, kind: str, what: Any, expected: str) -> None:
    told = format_line(JournalEntry(at=START, type=kind, call_id="", payload=what), state)
    assert told.rstrip() == f"09:00:00 {expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", "a\\nb"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x00\x7f", "\\x00\\x7f"),
        ("a\r\tb", "a\\r\\tb"),
        ("\u202eabc", "\\u202eabc"),
        ("\ud800", "\\ud800"),
        ("ü 😀", "ü 😀"),
    ],
)
def test_control_characters_never_reach_the_terminal(
    state: SandboxState, text: str, expected: str
) -> None:
    fact = JournalEntry(
        at=START,
        type="event",
        call_id="",
        payload=Event(at=START, type="speech", leg="a", data={"words": text}),
    )
    assert format_line(fact, state) == f"09:00:00 a speech {expected}"
