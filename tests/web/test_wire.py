"""Calls, requests, webhooks and facts as the contract prints them, key by key."""

from dataclasses import replace
from typing import Any

import pytest

from mockserver.core.account import Retry
from mockserver.core.call import Event
from mockserver.core.facts import Fact, Moot, Skipped
from mockserver.core.http import Reply, Request
from mockserver.core.legs import WORDS
from mockserver.core.story import Stories, Story
from mockserver.core.time import SECOND
from mockserver.core.webhook import Answer, Attempt, Delivery, Webhook
from mockserver.engine.simulation import step
from mockserver.engine.store import Exchange, Store, World
from mockserver.web.masking import mask
from mockserver.web.wire import call_json, event_json, fact_json, request_json, webhook_json
from tests.conftest import CLICK, START, click, play, with_account

SALT = "salt"
T0 = "2026-01-01T09:00:00.000Z"
T2 = "2026-01-01T09:00:02.000Z"
T5 = "2026-01-01T09:00:05.000Z"
LEG_A = {
    "name": "a", "role": "from", "number": "918867135000", "state": "ended",
    "answered_at": T2, "ended_at": T5, "cause": "normal",
}  # fmt: skip
LEG_B = {
    "name": "b", "role": "to", "number": "918867136000", "state": "ended",
    "answered_at": None, "ended_at": T5, "cause": "busy",
}  # fmt: skip
BUSY = {
    "id": "c1",
    "vendor_id": "a1d75043-6986-4e76-b7e9-79f1d76f14ef",
    "provider": "mobtexting",
    "account": "mobtexting-default",
    "operation": "c2c",
    "scenario": ["callee-busy"],
    "state": "ended",
    "outcome": "busy",
    "vendor_status": "MISSED",
    "created_at": T0,
    "starts_at": T0,
    "ended_at": T5,
    "waiting": [],
    "legs": [LEG_A, LEG_B],
    "attempts": [
        {
            "number": 1, "redial": 0, "target": 0, "started_at": T0, "ended_at": T5,
            "outcome": "busy", "legs": [LEG_A, LEG_B],
        }
    ],
    "events": [
        {"at": T0, "event": "placed", "leg": None},
        {"at": T0, "event": "begin", "leg": None},
        {"at": T0, "event": "ring", "leg": "a"},
        {"at": T2, "event": "answer", "leg": "a"},
        {"at": T2, "event": "ring", "leg": "b"},
        {"at": T5, "event": "hangup", "leg": "b", "cause": "busy", "q850": 17},
        {"at": T5, "event": "hangup", "leg": "a", "cause": "normal", "q850": 16},
        {"at": T5, "event": "attempt-ended", "leg": None, "outcome": "busy"},
        {"at": T5, "event": "ended", "leg": None, "outcome": "busy"},
    ],
    "wanted": CLICK,
    "webhooks": ["w1"],
}  # fmt: skip


def shape(value: Any) -> Any:
    """The keys in their order, all the way down."""
    if isinstance(value, list):
        return [shape(one) for one in value]
    return [(key, shape(inner)) for key, inner in value.items()] if isinstance(value, dict) else ""


def test_a_call_that_is_over(store: Store) -> None:
    click(store, "callee-busy")
    play(store)
    told = call_json(store, store.calls["c1"])
    assert told == BUSY
    assert shape(told) == shape(BUSY)


def test_a_call_that_has_not_begun(store: Store) -> None:
    click(store)
    told = call_json(store, store.calls["c1"])
    idle = {"state": "idle", "answered_at": None, "ended_at": None, "cause": None}
    legs = [LEG_A | idle, LEG_B | idle]
    attempt = {**BUSY["attempts"][0], "ended_at": None, "outcome": None, "legs": legs}  # type: ignore[index] # a list
    assert told == {
        **BUSY,
        "scenario": ["answered"],
        "state": "queued",
        "outcome": None,
        "vendor_status": "queued",
        "ended_at": None,
        "legs": legs,
        "attempts": [attempt],
        "events": [{"at": T0, "event": "placed", "leg": None}],
        "webhooks": [],
    }


@pytest.mark.parametrize(
    ("behaviour", "until", "expected"),
    [
        ("person", 2 * SECOND, [{"for": "person", "leg": "b"}]),
        ("answered", 2 * SECOND, []),
    ],
)
def test_whom_a_call_waits_for(
    world: World, behaviour: str, until: int, expected: list[dict[str, str]]
) -> None:
    story = Story("s", {"callee": WORDS[behaviour]})
    store = Store(replace(world, stories=Stories({"s": story}, "s")))
    click(store)
    while (due := store.peek()) and due.at <= START + until:
        step(store)
    assert call_json(store, store.calls["c1"])["waiting"] == expected


def test_a_call_that_only_waits_for_a_hangup(world: World) -> None:
    forever = replace(WORDS["answered"], talk=None)
    story = Story("s", {"a": forever, "b": forever})
    store = Store(replace(world, stories=Stories({"s": story}, "s")))
    click(store)
    play(store)
    assert call_json(store, store.calls["c1"])["waiting"] == [{"for": "hangup", "leg": None}]


def test_every_attempt_of_a_call(store: Store) -> None:
    click(store, "no-answer", attempts=1)
    play(store)
    told = call_json(store, store.calls["c1"])
    assert [one["number"] for one in told["attempts"]] == [1, 2]
    assert [(one["started_at"], one["ended_at"]) for one in told["attempts"]] == [
        (T0, "2026-01-01T09:00:27.000Z"),
        ("2026-01-01T09:01:27.000Z", "2026-01-01T09:01:54.000Z"),
    ]
    assert told["attempts"][1]["legs"] == told["legs"]


@pytest.mark.xfail(
    strict=True, reason="Call.again counts up before core.call.renewed keeps the attempt that ended"
)
def test_redials_count_from_nought(store: Store) -> None:
    click(store, "no-answer", attempts=2)
    play(store)
    told = call_json(store, store.calls["c1"])
    assert [one["redial"] for one in told["attempts"]] == [0, 1, 2]


def test_credentials_among_the_parameters_are_masked(store: Store) -> None:
    click(store, access_token="k-123")
    wanted = call_json(store, store.calls["c1"])["wanted"]
    assert wanted == {**CLICK, "access_token": mask("k-123", store.world.seed)}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Event(START, "placed"), {"at": T0, "event": "placed", "leg": None}),
        (
            Event(START, "digits", "a", {"digits": "1"}),
            {"at": T0, "event": "digits", "leg": "a", "digits": "1"},
        ),
        (
            Event(START, "hangup", "b", {"cause": "rejected"}),
            {"at": T0, "event": "hangup", "leg": "b", "cause": "rejected", "q850": 21},
        ),
    ],
)
def test_an_event(event: Event, expected: dict[str, object]) -> None:
    assert list(event_json(event).items()) == list(expected.items())


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
    "r1", START, "mobtexting", "c2c", ASKED, Reply(200, {"ok": 1}), None, "", ("answered",), ("c1",)
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
        ({"calls": ()}, {"call": None}),
        ({"calls": ("c1", "c2")}, {"call": "c1"}),
        ({"fault": "no-way", "stories": ()}, {"fault": "no-way", "scenario": []}),
        ({"reply": Reply(302, b"")}, {"status": 302, "answer": ""}),
        ({"reply": Reply(200, b'{"a": 1}')}, {"answer": {"a": 1}}),
        ({"reply": Reply(200, b"<html>\xff")}, {"answer": "<html>�"}),
        ({"reply": Reply(200)}, {"answer": None}),
        ({"request": replace(ASKED, body=b"\xffa")}, {"body": "�a"}),
        ({"request": replace(ASKED, query="", headers={})}, {"query": "", "headers": {}}),
    ],
)
def test_a_request(changes: dict[str, Any], expected: dict[str, object]) -> None:
    told = request_json(EXCHANGE._replace(**changes), SALT)
    assert list(told.items()) == list((PRINTED | expected).items())


@pytest.mark.xfail(strict=True, reason="only bodies that are JSON are masked")
@pytest.mark.parametrize(
    "body",
    [
        b"access_token=k-123&to=1",
        b'{"access_token": "k-123", "to": ',
        b'--b\r\nContent-Disposition: form-data; name="access_token"\r\n\r\nk-123\r\n--b--\r\n',
    ],
    ids=["form", "broken JSON", "multipart"],
)
def test_credentials_in_a_body_that_is_not_json(body: bytes) -> None:
    told = request_json(EXCHANGE._replace(request=replace(ASKED, body=body)), SALT)
    assert "k-123" not in repr(told)


HOOK = Webhook("c1", "completed", "{origin}/x", {"a": 1}, "PUT", {"authorization": "Bearer k-123"})
PENDING = Delivery("w1", "mobtexting", "any", HOOK, 0, "pending", START)
TRIED = (
    Attempt(1, START, Answer(500, None, b"\xff", 3)),
    Attempt(2, START + 5_000, Answer(None, "timeout", b"", 10_000)),
    Attempt(3, START + 5_000, Answer(200, None, b'{"ok": true}', 0)),
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
        (PENDING._replace(state="delivered", due=None, attempts=TRIED), "delivered", None, TRIES),
        (PENDING._replace(due=START + 5_000, attempts=TRIED[:1]), "pending", T5, TRIES[:1]),
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
    assert shape(webhook_json(delivery, SALT)) == shape(expected)
    assert webhook_json(delivery, SALT) == expected


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
            Moot("ring", "b", "a.yaml:1:2"),
            {**ABOUT, "verb": "ring", "leg": "b", "place": "a.yaml:1:2"},
        ),
        (Skipped("busy", "b"), {**ABOUT, "story": "busy", "leg": "b"}),
        ({"mode": "manual"}, {**ABOUT, "mode": "manual"}),
        (LookupError("oops"), {**ABOUT, "error": "LookupError('oops')"}),
    ],
    ids=["request", "event", "attempt", "moot", "skipped", "control", "error"],
)
def test_a_fact(what: object, expected: dict[str, object]) -> None:
    told = fact_json(Fact(START, "any", "c1", what), SALT)
    assert told == expected
    assert [name for name in told if name not in ("at", "call")] == [
        name for name in expected if name not in ("at", "call")
    ]


def test_a_fact_about_no_call() -> None:
    assert fact_json(Fact(START, "clock", "", {"mode": "real"}), SALT)["call"] is None


def test_a_journal_holds_no_real_time(store: Store) -> None:
    with_account(store, retry=Retry((5_000,)))
    click(store)
    play(store, lambda _: Answer(500, None, b"", 12_345))
    assert "12345" not in repr([fact_json(fact, SALT) for fact in store.journal])
    assert webhook_json(store.deliveries["w1"], SALT)["attempts"][0]["duration_ms"] == 12_345
