"""Each journal entry is logged as one line of text."""

from typing import Any

import pytest

from mockserver.core.call import Event
from mockserver.core.journal import Ignored, JournalEntry, RejectedEvent
from mockserver.core.webhook import (
    ERROR_REASONS,
    SIMULATED_REASON,
    DeliveryAttempt,
    DeliveryResult,
)
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.log_lines import format_line
from tests.support.builders import build_delivery, build_webhook
from tests.support.log_lines import record_log_lines
from tests.support.simulation import START, click_to_call, play_until_idle

INBOX = "/_mock/receive/mobtexting"


def test_a_call_and_its_webhook_are_logged_line_by_line(state: SandboxState) -> None:
    lines = record_log_lines(state)
    click_to_call(state, "callee-busy")
    play_until_idle(state)
    lines.pop(1)  # the placed call, which has a test of its own
    assert lines == [
        "09:00:00 mobtexting c1 r1 POST /api/v2/voice/c2c 200",
        "09:00:00 mobtexting c1 begin",
        "09:00:00 mobtexting c1 a ring 918867135000 (from)",
        "09:00:02 mobtexting c1 a answer",
        "09:00:02 mobtexting c1 b ring 918867136000 (to)",
        "09:00:05 mobtexting c1 b hangup busy",
        "09:00:05 mobtexting c1 a hangup normal",
        "09:00:05 mobtexting c1 attempt-ended busy",
        "09:00:05 mobtexting c1 ended busy",
        f"09:00:05 mobtexting c1 w1 completed attempt 1 {INBOX} 200 delivered",
    ]


def test_a_placed_call_has_a_log_line(state: SandboxState) -> None:
    lines = record_log_lines(state)
    click_to_call(state)
    assert lines[1] == "09:00:00 mobtexting c1 placed"


def test_a_refusal_is_logged_with_its_status_and_fault(state: SandboxState) -> None:
    lines = record_log_lines(state)
    click_to_call(state, to=None)
    assert lines == ["09:00:00 mobtexting r1 POST /api/v2/voice/c2c 422 to-required"]


WEBHOOK = build_webhook(url="http://h/x", body={"a": 1})
FAILED_DELIVERY = build_delivery(
    account="any",
    webhook=WEBHOOK,
    state="failed",
    next_attempt_at=None,
    attempts=(
        DeliveryAttempt(number=1, at=START, result=DeliveryResult(status=None, error="dns")),
    ),
)
SIMULATED_DELIVERY = FAILED_DELIVERY.replace(
    attempts=(
        DeliveryAttempt(number=1, at=START, result=DeliveryResult(status=503, simulated=True)),
    )
)


@pytest.mark.parametrize(
    ("entry_type", "payload", "expected"),
    [
        ("event", Event(at=START, type="press", leg="a", data={"digits": "12"}), "a press 12"),
        (
            "delivery-attempt",
            FAILED_DELIVERY,
            f"w1 completed attempt 1 http://h/x dns failed ({ERROR_REASONS['dns']})",
        ),
        (
            "event-rejected",
            RejectedEvent(type="ring", leg="b", location="f:1:2", reason="so"),
            "event-rejected event ring leg b location f:1:2 reason so",
        ),
        (
            "ignored",
            Ignored(scenario="s", what="legs.b", reason="so", request_id="r1", webhook_id="w1"),
            "r1 w1 ignored: scenario s: legs.b: so",
        ),
        (
            "delivery-attempt",
            SIMULATED_DELIVERY,
            f"w1 completed attempt 1 http://h/x 503 failed ({SIMULATED_REASON})",
        ),
        (
            "webhook-dropped",
            {"webhook": "w1", "kind": "completed"},
            "webhook-dropped webhook w1 kind completed",
        ),
        ("clock", {"mode": "60x"}, "clock mode 60x"),
        (
            "received",
            {"inbox": "reports", "method": "POST", "bytes": 13, "status": 503},
            "inbox reports received POST 13 bytes 503",
        ),
        (
            "activation-used-up",
            {"activation": "a1", "scenario": "callee-busy", "request": "r2"},
            "r2 activation a1 of callee-busy is used up",
        ),
        ("command", {"method": "PATCH", "body": {"a": 1}}, 'command method PATCH body {"a": 1}'),
        ("error", LookupError("oops"), "error error LookupError('oops')"),
    ],
)
def test_a_journal_entry_of_every_type_has_a_log_line(
    state: SandboxState, entry_type: str, payload: Any, expected: str
) -> None:
    line = format_line(JournalEntry(at=START, type=entry_type, call_id="", payload=payload), state)
    assert line.rstrip() == f"09:00:00 {expected}"


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
def test_control_characters_are_escaped_in_log_lines(
    state: SandboxState, text: str, expected: str
) -> None:
    entry = JournalEntry(
        at=START,
        type="event",
        call_id="",
        payload=Event(at=START, type="say", leg="a", data={"words": text}),
    )
    assert format_line(entry, state) == f"09:00:00 a say {expected}"
