"""How Innocalls says it: ids, and call status through the whole life of a bridge."""

import re

import pytest

from mockserver.core.http import Request
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.innocalls import PROVIDER, responses
from mockserver.providers.innocalls.request import is_status_request
from tests.conftest import START, play, until
from tests.providers.innocalls.conftest import ask, body, with_account

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.mark.parametrize(
    ("operation", "form"),
    [("bridge", f"{UUID}as"), ("dispatch", "[A-Za-z]{15}"), ("order-confirmation", "[A-Za-z]{15}")],
)
def test_new_id_is_as_in_the_samples(operation: str, form: str) -> None:
    ids = [responses.new_call_id(seed, nth, operation) for seed in "ab" for nth in range(50)]
    assert all(re.fullmatch(form, one) for one in ids)
    assert len(set(ids)) == 100
    assert responses.new_call_id("a", 0, operation) == ids[0]


def status(store: SandboxState, now: int = START) -> tuple[str, ...]:
    """Actual start, first, second, whole."""
    told = body(ask(store, "call-status", now=now, call_id=store.calls["c1"].spec.vendor_id))
    keys = ("actualDateTime", "firstRecipientStatus", "secondRecipientStatus", "callStatus")
    return tuple(told["data"]["callStatus"][key] for key in keys)


def test_call_status_through_the_life_of_a_bridge(store: SandboxState) -> None:
    ask(store, "bridge")
    began = "2026-01-01 11:00:00"
    assert status(store) == ("", "pending", "pending", "pending")
    lived = [
        (1_000, "ringing", "pending", "processing"),
        (3_000, "answered", "ringing", "processing"),
    ]
    lived += [
        (5_000, "answered", "answered", "in_progress"),
        (99_000, "answered", "answered", "completed"),
    ]
    for at, *words in lived:
        until(store, at)
        assert status(store, START + at) == (began, *words)


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("callee-busy", ("answered", "not_answered", "failed")),
        ("second-leg-no-answer", ("answered", "not_answered", "failed")),
        ("hangs-up-early", ("answered", "not_answered", "failed")),
    ],
)
def test_both_must_answer_for_success(
    store: SandboxState, story: str, words: tuple[str, ...]
) -> None:
    ask(store, "bridge", story)
    play(store)
    assert status(store)[1:] == words


def test_first_who_does_not_answer_spares_the_second(store: SandboxState) -> None:
    ask(store, "bridge", first_callee_number="20110030500")
    with_account(store, caller_id="19000")
    play(store)
    told = body(ask(store, "call-status", call_id=store.calls["c1"].spec.vendor_id))
    assert list(told["data"]["callStatus"].items()) == [
        ("scheduledDateTime", "2026-01-01 11:00:00"),
        ("actualDateTime", "2026-01-01 11:00:00"),
        ("callDuration", "2 Minutes"),
        ("callerId", "19000"),
        ("firstRecipientName", "first name"),
        ("firstRecipientNumber", "20110030500"),
        ("firstRecipientStatus", "answered"),
        ("secondRecipientName", "second name"),
        ("secondRecipientNumber", "201120000002"),
        ("secondRecipientStatus", "answered"),
        ("callStatus", "completed"),
        ("callId", store.calls["c1"].spec.vendor_id),
    ]


@pytest.mark.parametrize(
    ("zone", "starts"),
    [
        ("Africa/Cairo", 1_767_312_000_000),
        ("UTC", 1_767_319_200_000),
        ("Asia/Riyadh", 1_767_308_400_000),
    ],
)
def test_bridge_is_booked_in_the_account_s_time_zone(
    store: SandboxState, zone: str, starts: int
) -> None:
    with_account(store, time_zone=zone)
    ask(store, "bridge", call_time="2026-01-02 02:00:00")
    assert store.calls["c1"].starts_at == starts
    play(store)
    assert store.calls["c1"].attempt_started_at == starts
    assert status(store, starts)[0] == "2026-01-02 02:00:00"


def test_read_counts_as_a_poll(store: SandboxState) -> None:
    ask(store, "bridge")
    until(store, 0)
    status(store, START + 1_000)
    until(store, 1_000)
    assert [event.type for event in store.calls["c1"].events][-1] == "polled"


@pytest.mark.parametrize(
    ("fields", "status_asked"),
    [
        ({"call_id": "x"}, True),
        ({"call_id": "x", "call_flow_id": "y"}, True),
        ({"call_id": "x", "first_callee_number": "1"}, False),
        ({"call_flow_id": "y"}, False),
        ({}, False),
    ],
)
def test_post_to_the_path_of_bridging_may_ask_for_status(
    fields: dict[str, str], *, status_asked: bool
) -> None:
    assert is_status_request(Request("POST", "/", fields=fields)) == status_asked


def test_legs_have_the_words_of_their_operation(store: SandboxState) -> None:
    for operation in ("order-confirmation", "bridge", "dispatch"):
        ask(store, operation)
    ask(store, "webrtc-call", headers={"cookie": "innocalls_session=101:key"})
    roles = [tuple(leg.role for leg in call.legs) for call in store.calls.values()]
    assert roles == [
        ("phone",),
        ("first_callee", "second_callee"),
        ("phone",),
        ("extension", "phone"),
    ]
    assert PROVIDER.roles == {"a": "phone"}
