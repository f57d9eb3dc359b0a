"""Requests, webhooks and facts as the contract prints them, key by key."""

from typing import Any

import pytest

from mockserver.core.account import Retry
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.journal import IgnoredLeg, JournalEntry, RejectedEvent
from mockserver.core.webhook import Delivery, DeliveryAttempt, DeliveryResult, Webhook
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.redaction import mask
from mockserver.web.views.serializers import serialize_delivery, serialize_entry, serialize_exchange
from tests.support import read
from tests.support.simulation import START, change_account, click_to_call, play_until_idle
from tests.support.site_client import key_structure

SALT = "seed"
T0 = "2026-01-01T09:00:00.000Z"
T2 = "2026-01-01T09:00:02.000Z"
T5 = "2026-01-01T09:00:05.000Z"

ASKED = Request(
    "POST",
    "/c2c",
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
    "r1",
    START,
    "mobtexting",
    "c2c",
    ASKED,
    Response(200, {"ok": 1}),
    None,
    "",
    ("answered",),
    ("c1",),
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
    "answer": {"ok": 1},
    "fault": None,
    "scenario": ["answered"],
    "call": "c1",
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"call_ids": ()}, {"call": None}),
        ({"call_ids": ("c1", "c2")}, {"call": "c1"}),
        ({"fault": "no-way", "scenarios": ()}, {"fault": "no-way", "scenario": []}),
        ({"response": Response(302, b"")}, {"status": 302, "answer": ""}),
        ({"response": Response(200, b'{"a": 1}')}, {"answer": {"a": 1}}),
        ({"response": Response(200, b"<html>\xff")}, {"answer": "<html>�"}),
        ({"response": Response(200)}, {"answer": None}),
        ({"request": ASKED._replace(body=b"\xffa")}, {"body": "�a"}),
        ({"request": ASKED._replace(query="", headers={})}, {"query": "", "headers": {}}),
    ],
)
def test_a_request(
    configuration: Configuration, changes: dict[str, Any], expected: dict[str, object]
) -> None:
    told = serialize_exchange(EXCHANGE._replace(**changes), configuration)
    assert list(told.items()) == list((PRINTED | expected).items())


@pytest.mark.parametrize(
    "body",
    [
        b"access_token=k-123&to=1",
        b'{"access_token": "k-123", "to": ',
        b'--b\r\nContent-Disposition: form-data; name="access_token"\r\n\r\nk-123\r\n--b--\r\n',
    ],
    ids=["form", "broken JSON", "multipart"],
)
def test_credentials_in_a_body_that_is_not_json(configuration: Configuration, body: bytes) -> None:
    told = serialize_exchange(EXCHANGE._replace(request=ASKED._replace(body=body)), configuration)
    assert "k-123" not in repr(told)


HOOK = Webhook("c1", "completed", "{origin}/x", {"a": 1}, "PUT", {"authorization": "Bearer k-123"})
PENDING = Delivery("w1", "mobtexting", "any", HOOK, 0, "pending", START)
TRIED = (
    DeliveryAttempt(1, START, DeliveryResult(500, None, b"\xff", 3)),
    DeliveryAttempt(2, START + 5_000, DeliveryResult(None, "timeout", b"", 10_000)),
    DeliveryAttempt(3, START + 5_000, DeliveryResult(200, None, b'{"ok": true}', 0)),
)
TRIES = [
    {"number": 1, "at": T0, "status": 500, "error": None, "duration_ms": 3, "answer": "�"},
    {"number": 2, "at": T5, "status": None, "error": "timeout", "duration_ms": 10_000,
     "answer": ""},
    {"number": 3, "at": T5, "status": 200, "error": None, "duration_ms": 0,
     "answer": {"ok": True}},
]  # fmt: skip


@pytest.mark.parametrize(
    ("delivery", "state", "next_at", "attempts"),
    [
        (PENDING, "pending", T0, []),
        (
            PENDING._replace(state="delivered", next_attempt_at=None, attempts=TRIED),
            "delivered",
            None,
            TRIES,
        ),
        (
            PENDING._replace(next_attempt_at=START + 5_000, attempts=TRIED[:1]),
            "pending",
            T5,
            TRIES[:1],
        ),
    ],
)
def test_a_webhook(
    delivery: Delivery, state: str, next_at: str | None, attempts: list[dict[str, object]]
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
        "next_at": next_at,
        "attempts": attempts,
    }
    assert key_structure(serialize_delivery(delivery, SALT)) == key_structure(expected)
    assert serialize_delivery(delivery, SALT) == expected


ABOUT = {"at": T0, "fact": "any", "call": "c1"}


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (
            EXCHANGE,
            {
                **ABOUT,
                "request": "r1",
                **{name: value for name, value in PRINTED.items() if name not in ("id", "at")},
            },
        ),
        (Event(START, "ring", "a"), {**ABOUT, "event": "ring", "leg": "a"}),
        (
            PENDING._replace(state="failed", attempts=TRIED[:2]),
            {
                "at": T5,
                "fact": "any",
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
            },
        ),
        (
            RejectedEvent("ring", "b", "a.yaml:1:2", "so"),
            {**ABOUT, "verb": "ring", "leg": "b", "place": "a.yaml:1:2", "why": "so"},
        ),
        (IgnoredLeg("busy", "b"), {**ABOUT, "story": "busy", "leg": "b"}),
        ({"mode": "manual"}, {**ABOUT, "mode": "manual"}),
        (LookupError("oops"), {**ABOUT, "error": "LookupError('oops')"}),
    ],
    ids=["request", "event", "attempt", "moot", "skipped", "control", "error"],
)
def test_a_fact(configuration: Configuration, what: object, expected: dict[str, object]) -> None:
    told = serialize_entry(JournalEntry(START, "any", "c1", what), configuration)
    assert told == expected
    assert [name for name in told if name not in ("at", "call")] == [
        name for name in expected if name not in ("at", "call")
    ]


def test_a_fact_about_no_call(configuration: Configuration) -> None:
    assert (
        serialize_entry(JournalEntry(START, "clock", "", {"mode": "real"}), configuration)["call"]
        is None
    )


def test_a_journal_holds_no_real_time(state: SandboxState) -> None:
    change_account(state, retry=Retry((5_000,)))
    click_to_call(state)
    play_until_idle(state, lambda _: DeliveryResult(500, None, b"", 12_345))
    assert "12345" not in repr(
        [serialize_entry(fact, state.configuration) for fact in read.journal(state)]
    )
    assert (
        serialize_delivery(read.deliveries(state)["w1"], SALT)["attempts"][0]["duration_ms"]
        == 12_345
    )
