"""Exchanges, webhooks and journal entries are printed key by key as the contract says."""

from typing import Any

import pytest

from mockserver.core.account import Retry
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.journal import Ignored, JournalEntry, RejectedEvent
from mockserver.core.selection import ScenarioSet
from mockserver.core.webhook import Delivery, DeliveryAttempt, DeliveryResult
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.redaction import mask
from mockserver.web.views.serializers import serialize_delivery, serialize_entry, serialize_exchange
from tests.support import read
from tests.support.builders import build_delivery, build_webhook
from tests.support.simulation import START, change_account, click_to_call, play_until_idle
from tests.support.site_client import key_structure

SALT = "seed"
T0 = "2026-01-01T09:00:00.000Z"
T2 = "2026-01-01T09:00:02.000Z"
T5 = "2026-01-01T09:00:05.000Z"

REQUEST = Request(
    method="POST",
    path="/c2c",
    headers={
        "host": "mock.test",
        "user-agent": "curl",
        "authorization": "Bearer k-123",
        "x-mock-scenario": "answered",
        "content-type": "application/json",
        "accept": "*/*",
    },
    query="access_token=k-123&a=1",
    body=b'{"token": "k-123", "to": "1"}',
)
EXCHANGE = Exchange(
    id="r1",
    at=START,
    provider="mobtexting",
    operation="c2c",
    request=REQUEST,
    response=Response(status=200, body={"ok": 1}),
    fault=None,
    explanation="",
    scenario_names=("answered",),
    scenarios=ScenarioSet({}, ""),
    call_ids=("c1",),
)
PRINTED = {
    "id": "r1",
    "at": T0,
    "provider": "mobtexting",
    "operation": "c2c",
    "method": "POST",
    "path": "/c2c",
    "query": f"access_token={mask('k-123', SALT)}&a=1",
    "headers": {
        "accept": "*/*",
        "content-type": "application/json",
        "x-mock-scenario": "answered",
    },
    "body": {"token": mask("k-123", SALT), "to": "1"},
    "status": 200,
    "response": {"ok": 1},
    "fault": None,
    "scenarios": ["answered"],
    "calls": ["c1"],
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"call_ids": ()}, {"calls": []}),
        ({"call_ids": ("c1", "c2")}, {"calls": ["c1", "c2"]}),
        ({"fault": "no-way", "scenario_names": ()}, {"fault": "no-way", "scenarios": []}),
        ({"response": Response(status=302, body=b"")}, {"status": 302, "response": ""}),
        ({"response": Response(status=200, body=b'{"a": 1}')}, {"response": {"a": 1}}),
        ({"response": Response(status=200, body=b"<html>\xff")}, {"response": "<html>�"}),
        ({"response": Response(status=200)}, {"response": None}),
        ({"request": REQUEST.replace(body=b"\xffa")}, {"body": "�a"}),
        ({"request": REQUEST.replace(query="", headers={})}, {"query": "", "headers": {}}),
    ],
)
def test_an_exchange_is_printed_with_every_key_in_order(
    configuration: Configuration, changes: dict[str, Any], expected: dict[str, object]
) -> None:
    printed = serialize_exchange(EXCHANGE.replace(**changes), configuration)
    assert list(printed.items()) == list((PRINTED | expected).items())


@pytest.mark.parametrize(
    "body",
    [
        b"access_token=k-123&to=1",
        b'{"access_token": "k-123", "to": ',
        b'--b\r\nContent-Disposition: form-data; name="access_token"\r\n\r\nk-123\r\n--b--\r\n',
    ],
    ids=["form", "broken JSON", "multipart"],
)
def test_credentials_in_a_body_other_than_json_are_masked(
    configuration: Configuration, body: bytes
) -> None:
    printed = serialize_exchange(
        EXCHANGE.replace(request=REQUEST.replace(body=body)), configuration
    )
    assert "k-123" not in repr(printed)


WEBHOOK = build_webhook(
    url="{origin}/x", body={"a": 1}, method="PUT", headers={"authorization": "Bearer k-123"}
)
PENDING = build_delivery(account="any", webhook=WEBHOOK, next_attempt_at=START)
ATTEMPTS = (
    DeliveryAttempt(
        number=1,
        at=START,
        result=DeliveryResult(status=500, error=None, body=b"\xff", duration_ms=3),
    ),
    DeliveryAttempt(
        number=2,
        at=START + 5_000,
        result=DeliveryResult(status=None, error="timeout", body=b"", duration_ms=10_000),
    ),
    DeliveryAttempt(
        number=3,
        at=START + 5_000,
        result=DeliveryResult(status=200, error=None, body=b'{"ok": true}', duration_ms=0),
    ),
)
PRINTED_ATTEMPTS = [
    {"number": 1, "at": T0, "status": 500, "error": None, "duration_ms": 3, "response": "�",
     "reason": None},
    {"number": 2, "at": T5, "status": None, "error": "timeout", "duration_ms": 10_000,
     "response": "", "reason": "the receiver did not respond in time"},
    {"number": 3, "at": T5, "status": 200, "error": None, "duration_ms": 0,
     "response": {"ok": True}, "reason": None},
]  # fmt: skip


@pytest.mark.parametrize(
    ("delivery", "state", "next_attempt_at", "attempts"),
    [
        (PENDING, "pending", T0, []),
        (
            PENDING.replace(state="delivered", next_attempt_at=None, attempts=ATTEMPTS),
            "delivered",
            None,
            PRINTED_ATTEMPTS,
        ),
        (
            PENDING.replace(next_attempt_at=START + 5_000, attempts=ATTEMPTS[:1]),
            "pending",
            T5,
            PRINTED_ATTEMPTS[:1],
        ),
    ],
)
def test_a_webhook_is_printed_with_its_delivery_attempts(
    delivery: Delivery, state: str, next_attempt_at: str | None, attempts: list[dict[str, object]]
) -> None:
    expected = {
        "id": "w1",
        "provider": "mobtexting",
        "call": "c1",
        "kind": "completed",
        "method": "PUT",
        "url": "{origin}/x",
        "headers": {"authorization": f"Bearer {mask('k-123', SALT)}"},
        "body": {"a": 1},
        "state": state,
        "next_attempt_at": next_attempt_at,
        "attempts": attempts,
        "copy_of": None,
        "altered": None,
    }
    assert key_structure(serialize_delivery(delivery, SALT)) == key_structure(expected)
    assert serialize_delivery(delivery, SALT) == expected


ENTRY_HEAD = {"at": T0, "type": "any", "call": "c1"}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (
            EXCHANGE,
            {
                **ENTRY_HEAD,
                "request": "r1",
                **{name: value for name, value in PRINTED.items() if name not in ("id", "at")},
            },
        ),
        (Event(at=START, type="ring", leg="a"), {**ENTRY_HEAD, "event": "ring", "leg": "a"}),
        (
            PENDING.replace(state="failed", attempts=ATTEMPTS[:2]),
            {
                "at": T0,
                "type": "any",
                "call": "c1",
                "webhook": "w1",
                "kind": "completed",
                "state": "failed",
                "method": "PUT",
                "url": "{origin}/x",
                "body": {"a": 1},
                "number": 2,
                "status": None,
                "error": "timeout",
                "reason": "the receiver did not respond in time",
            },
        ),
        (
            RejectedEvent(type="ring", leg="b", location="a.yaml:1:2", reason="so"),
            {**ENTRY_HEAD, "event": "ring", "leg": "b", "location": "a.yaml:1:2", "reason": "so"},
        ),
        (
            Ignored(scenario="s", what="legs.b", reason="so", call_id="c1"),
            {
                **ENTRY_HEAD,
                "request": None,
                "webhook": None,
                "scenario": "s",
                "what": "legs.b",
                "reason": "so",
                "strict": True,
            },
        ),
        ({"mode": "manual"}, {**ENTRY_HEAD, "mode": "manual"}),
        (LookupError("oops"), {**ENTRY_HEAD, "error": "LookupError('oops')"}),
    ],
    ids=[
        "request",
        "event",
        "delivery-attempt",
        "event-rejected",
        "ignored",
        "command",
        "error",
    ],
)
def test_a_journal_entry_is_printed_with_its_payload(
    configuration: Configuration, payload: object, expected: dict[str, object]
) -> None:
    printed = serialize_entry(
        JournalEntry(at=START, type="any", call_id="c1", payload=payload), configuration
    )
    assert printed == expected
    assert [name for name in printed if name not in ("at", "call")] == [
        name for name in expected if name not in ("at", "call")
    ]


def test_the_call_of_a_journal_entry_without_a_call_is_null(configuration: Configuration) -> None:
    assert (
        serialize_entry(
            JournalEntry(at=START, type="clock", call_id="", payload={"mode": "real"}),
            configuration,
        )["call"]
        is None
    )


def test_the_journal_holds_no_real_durations(state: SandboxState) -> None:
    change_account(state, retry=Retry(waits=(5_000,)))
    click_to_call(state)
    play_until_idle(
        state, lambda _: DeliveryResult(status=500, error=None, body=b"", duration_ms=12_345)
    )
    assert "12345" not in repr(
        [serialize_entry(entry, state.configuration) for entry in read.journal(state)]
    )
    assert (
        serialize_delivery(read.deliveries(state)["w1"], SALT)["attempts"][0]["duration_ms"]
        == 12_345
    )
