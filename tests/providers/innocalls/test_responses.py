"""Innocalls responses: call ids, and the call status during the lifecycle of a bridge."""

import re

import pytest

from mockserver.core.http import Request
from mockserver.core.read_model import EMPTY_READ_MODEL
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.innocalls import PROVIDER, responses
from mockserver.providers.innocalls.request import is_status_request
from tests.support import read
from tests.support.builders import build_request_context
from tests.support.simulation import START, play_until_idle, run_for
from tests.support.vendors import response_body
from tests.support.vendors.innocalls import change_account, request

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@pytest.mark.parametrize(
    ("operation", "pattern"),
    [("bridge", f"{UUID}as"), ("dispatch", "[A-Za-z]{15}"), ("order-confirmation", "[A-Za-z]{15}")],
)
def test_call_ids_have_the_form_of_the_documented_samples(operation: str, pattern: str) -> None:
    contexts = [
        build_request_context(operation=operation, read_model=EMPTY_READ_MODEL._replace(seed=seed))
        for seed in "ab"
    ]
    ids = [responses.new_call_id(context, number) for context in contexts for number in range(50)]
    assert all(re.fullmatch(pattern, call_id) for call_id in ids)
    assert len(set(ids)) == 100
    assert responses.new_call_id(contexts[0], 0) == ids[0]


def status(state: SandboxState, now: int = START) -> tuple[str, ...]:
    """Return the actual start and the statuses of first callee, second callee and call."""
    body = response_body(
        request(state, "call-status", now=now, call_id=read.calls(state)["c1"].spec.vendor_id)
    )
    keys = ("actualDateTime", "firstRecipientStatus", "secondRecipientStatus", "callStatus")
    return tuple(body["data"]["callStatus"][key] for key in keys)


def test_call_status_follows_the_lifecycle_of_a_bridge(state: SandboxState) -> None:
    request(state, "bridge")
    started_at = "2026-01-01 11:00:00"
    assert status(state) == ("", "pending", "pending", "pending")
    statuses = [
        (1_000, "ringing", "pending", "processing"),
        (3_000, "answered", "ringing", "processing"),
    ]
    statuses += [
        (5_000, "answered", "answered", "in_progress"),
        (99_000, "answered", "answered", "completed"),
    ]
    for at, *words in statuses:
        run_for(state, at)
        assert status(state, START + at) == (started_at, *words)


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("callee-busy", ("answered", "not_answered", "failed")),
        ("second-leg-no-answer", ("answered", "not_answered", "failed")),
        ("hangs-up-early", ("answered", "not_answered", "failed")),
    ],
)
def test_a_bridge_succeeds_only_if_both_callees_answer(
    state: SandboxState, scenario: str, words: tuple[str, ...]
) -> None:
    request(state, "bridge", scenario)
    play_until_idle(state)
    assert status(state)[1:] == words


def test_call_status_has_the_documented_keys_for_a_completed_bridge(state: SandboxState) -> None:
    request(state, "bridge", first_callee_number="20110030500")
    change_account(state, caller_id="19000")
    play_until_idle(state)
    body = response_body(
        request(state, "call-status", call_id=read.calls(state)["c1"].spec.vendor_id)
    )
    assert list(body["data"]["callStatus"].items()) == [
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
    ("zone", "starts_at"),
    [
        ("Africa/Cairo", 1_767_312_000_000),
        ("UTC", 1_767_319_200_000),
        ("Asia/Riyadh", 1_767_308_400_000),
    ],
)
def test_call_time_is_read_in_the_time_zone_of_the_account(
    state: SandboxState, zone: str, starts_at: int
) -> None:
    change_account(state, time_zone=zone)
    request(state, "bridge", call_time="2026-01-02 02:00:00")
    assert read.calls(state)["c1"].starts_at == starts_at
    play_until_idle(state)
    assert read.calls(state)["c1"].attempt_started_at == starts_at
    assert status(state, starts_at)[0] == "2026-01-02 02:00:00"


def test_reading_the_call_status_counts_as_a_poll(state: SandboxState) -> None:
    request(state, "bridge")
    run_for(state, 0)
    status(state, START + 1_000)
    run_for(state, 1_000)
    assert [event.type for event in read.calls(state)["c1"].events][-1] == "poll"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"call_id": "x"}, True),
        ({"call_id": "x", "call_flow_id": "y"}, True),
        ({"call_id": "x", "first_callee_number": "1"}, False),
        ({"call_flow_id": "y"}, False),
        ({}, False),
    ],
)
def test_a_post_to_the_bridge_path_with_a_call_id_and_no_callee_asks_for_status(
    fields: dict[str, str], *, expected: bool
) -> None:
    assert is_status_request(Request(method="POST", path="/", fields=fields)) == expected


def test_legs_have_the_roles_of_their_operation(state: SandboxState) -> None:
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
