"""How Innocalls says it: ids, and call status through the whole life of a bridge."""

import re

import pytest

from mockserver.core.http import Request
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.innocalls import PROVIDER, responses
from mockserver.providers.innocalls.request import is_status_request
from tests.support import read
from tests.support.simulation import START, play_until_idle, run_for
from tests.support.vendors.innocalls import change_account, request, response_body

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


def status(state: SandboxState, now: int = START) -> tuple[str, ...]:
    """Actual start, first, second, whole."""
    told = response_body(
        request(state, "call-status", now=now, call_id=read.calls(state)["c1"].spec.vendor_id)
    )
    keys = ("actualDateTime", "firstRecipientStatus", "secondRecipientStatus", "callStatus")
    return tuple(told["data"]["callStatus"][key] for key in keys)


def test_call_status_through_the_life_of_a_bridge(state: SandboxState) -> None:
    request(state, "bridge")
    began = "2026-01-01 11:00:00"
    assert status(state) == ("", "pending", "pending", "pending")
    lived = [
        (1_000, "ringing", "pending", "processing"),
        (3_000, "answered", "ringing", "processing"),
    ]
    lived += [
        (5_000, "answered", "answered", "in_progress"),
        (99_000, "answered", "answered", "completed"),
    ]
    for at, *words in lived:
        run_for(state, at)
        assert status(state, START + at) == (began, *words)


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("callee-busy", ("answered", "not_answered", "failed")),
        ("second-leg-no-answer", ("answered", "not_answered", "failed")),
        ("hangs-up-early", ("answered", "not_answered", "failed")),
    ],
)
def test_both_must_answer_for_success(
    state: SandboxState, story: str, words: tuple[str, ...]
) -> None:
    request(state, "bridge", story)
    play_until_idle(state)
    assert status(state)[1:] == words


def test_first_who_does_not_answer_spares_the_second(state: SandboxState) -> None:
    request(state, "bridge", first_callee_number="20110030500")
    change_account(state, caller_id="19000")
    play_until_idle(state)
    told = response_body(
        request(state, "call-status", call_id=read.calls(state)["c1"].spec.vendor_id)
    )
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
        ("callId", read.calls(state)["c1"].spec.vendor_id),
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
    state: SandboxState, zone: str, starts: int
) -> None:
    change_account(state, time_zone=zone)
    request(state, "bridge", call_time="2026-01-02 02:00:00")
    assert read.calls(state)["c1"].starts_at == starts
    play_until_idle(state)
    assert read.calls(state)["c1"].attempt_started_at == starts
    assert status(state, starts)[0] == "2026-01-02 02:00:00"


def test_read_counts_as_a_poll(state: SandboxState) -> None:
    request(state, "bridge")
    run_for(state, 0)
    status(state, START + 1_000)
    run_for(state, 1_000)
    assert [event.type for event in read.calls(state)["c1"].events][-1] == "polled"


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
    assert is_status_request(Request(method="POST", path="/", fields=fields)) == status_asked


def test_legs_have_the_words_of_their_operation(state: SandboxState) -> None:
    for operation in ("order-confirmation", "bridge", "dispatch"):
        request(state, operation)
    request(state, "webrtc-call", headers={"cookie": "innocalls_session=101:key"})
    roles = [tuple(leg.role for leg in call.legs) for call in read.calls(state).values()]
    assert roles == [
        ("phone",),
        ("first_callee", "second_callee"),
        ("phone",),
        ("extension", "phone"),
    ]
    assert PROVIDER.roles == {"a": "phone"}
