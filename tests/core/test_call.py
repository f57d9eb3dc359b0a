"""Calls: their state, legs, dial attempts and redials."""

from typing import Any

import pytest

from mockserver.core.behavior import LegBehavior
from mockserver.core.call import (
    Call,
    Cursor,
    DialAttempt,
    Event,
    Leg,
    attempt_outcome,
    build_dial_event,
    current_attempt,
    public_state,
)
from tests.support.builders import STAY_ON_LINE, build_call, build_call_spec

SPEC = build_call_spec(account="shop", created_at=1_000)
A, B = Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2")


def call_in_phase(phase: str = "begun", *legs: Leg, starts_at: int = 1_000) -> Call:
    return build_call(spec=SPEC, legs=legs or (A, B), starts_at=starts_at, phase=phase)


@pytest.mark.parametrize(
    ("phase", "leg_states", "starts_at", "expected"),
    [
        ("placed", ("idle", "idle"), 1_000, "queued"),
        ("placed", ("idle", "idle"), 1_001, "scheduled"),
        ("begun", ("idle", "idle"), 1_000, "queued"),
        ("begun", ("ringing", "idle"), 9_000, "ringing"),
        ("begun", ("answered", "idle"), 1_000, "answered"),
        ("begun", ("answered", "ringing"), 1_000, "answered"),
        ("begun", ("ended", "answered"), 1_000, "answered"),
        ("bridged", ("answered", "answered"), 1_000, "bridged"),
        ("over", ("ended", "ended"), 1_000, "queued"),
        ("over", ("ended", "ended"), 1_001, "scheduled"),
        ("ended", ("ended", "ended"), 9_000, "ended"),
    ],
)
def test_the_state_of_a_call_follows_from_its_phase_legs_and_start(
    phase: str, leg_states: tuple[str, str], starts_at: int, expected: str
) -> None:
    state_a, state_b = leg_states
    call = call_in_phase(
        phase, A.replace(state=state_a), B.replace(state=state_b), starts_at=starts_at
    )
    assert public_state(call) == expected


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        ((A.replace(answered_at=1), B.replace(answered_at=2)), "completed"),
        ((A.replace(answered_at=1),), "completed"),
        ((A.replace(answered_at=1), B.replace(cause="normal")), "cancelled"),
        ((A.replace(answered_at=1), B.replace(cause="busy")), "busy"),
        ((A.replace(answered_at=1), B.replace(cause="network-failure")), "failed"),
        ((A.replace(answered_at=1), B), "cancelled"),
        ((A.replace(cause="no-answer"), B), "no-answer"),
        ((A, B.replace(cause="rejected")), "rejected"),
        ((A.replace(cause="unreachable"), B.replace(cause="busy")), "unreachable"),
        ((A.replace(cause="invalid-number"),), "invalid-number"),
        ((A, B), "cancelled"),
    ],
)
def test_the_outcome_of_an_attempt_follows_from_its_legs(
    legs: tuple[Leg, ...], expected: str
) -> None:
    assert attempt_outcome(call_in_phase("over", *legs)) == expected


def test_calls_legs_and_events_have_empty_defaults() -> None:
    assert SPEC.recording_url == ""
    leg = Leg(name="a", role="from", number="1")
    times: dict[str, Any] = dict.fromkeys(("ringing_at", "answered_at", "ended_at"))
    assert leg == leg.replace(state="idle", **times, cause=None, added_later=False)
    event = Event(at=7, type="begin")
    assert event == event.replace(leg="", data={}, source="", behavior=None)
    call = build_call(spec=SPEC, legs=(), starts_at=7)
    assert call == call.replace(
        phase="placed",
        redial_index=0,
        number_index=0,
        attempts=(),
        cursors=(),
        events=(),
        attempt_started_at=None,
        attempt_ended_at=None,
        ended_at=None,
        outcome=None,
        state=None,
    )


@pytest.mark.parametrize("behavior", [None, STAY_ON_LINE])
def test_a_dial_event_has_the_role_number_and_behavior_of_the_leg(
    behavior: LegBehavior | None,
) -> None:
    data = {"role": "manager", "number": "3"}
    assert build_dial_event(5, "c", "manager", "3", behavior) == Event(
        at=5, type="ring", leg="c", data=data, source="", behavior=behavior
    )


def test_a_leg_is_found_by_its_name() -> None:
    assert [call_in_phase().leg(name) for name in ("a", "b", "c")] == [A, B, None]


def test_a_redial_keeps_the_ended_attempt_and_starts_a_new_one() -> None:
    unanswered = A.replace(state="ended", ringing_at=1, ended_at=2, cause="no-answer")
    events = (Event(at=1, type="begin"),)
    call = call_in_phase("over", unanswered, B).replace(
        attempt_started_at=1,
        attempt_ended_at=2,
        cursors=(Cursor(position=1, since=1, event_count=1),),
        events=events,
        state="kept",
        number_index=3,
    )
    assert call.with_redial(9_000) == call_in_phase("placed", starts_at=9_000).replace(
        attempts=(
            DialAttempt(
                redial_index=0,
                number_index=3,
                started_at=1,
                ended_at=2,
                outcome="no-answer",
                legs=(unanswered, B),
            ),
        ),
        events=events,
        state="kept",
        redial_index=1,
        number_index=0,
    )


def test_a_redial_drops_legs_added_later_and_the_outcome() -> None:
    call = call_in_phase("over", A, B.replace(added_later=True)).replace(
        attempt_ended_at=2, outcome="no-answer"
    )
    assert call.with_redial(9_000) == call_in_phase("placed", A, starts_at=9_000).replace(
        attempts=(
            DialAttempt(
                redial_index=0,
                number_index=0,
                started_at=1_000,
                ended_at=2,
                outcome="no-answer",
                legs=call.legs,
            ),
        ),
        redial_index=1,
    )


def test_attempts_are_counted_from_zero() -> None:
    call = call_in_phase("over").replace(attempt_started_at=1, attempt_ended_at=2)
    for at in (10, 20):
        call = call.with_redial(at).replace(
            phase="over", attempt_started_at=at, attempt_ended_at=at + 1
        )
    attempts = [
        (attempt.redial_index, attempt.started_at)
        for attempt in (*call.attempts, current_attempt(call))
    ]
    assert attempts == [(0, 1), (1, 10), (2, 20)]


@pytest.mark.parametrize(
    ("call", "attempt"),
    [
        (
            call_in_phase("placed"),
            DialAttempt(
                redial_index=0,
                number_index=0,
                started_at=1_000,
                ended_at=None,
                outcome=None,
                legs=(A, B),
            ),
        ),
        (
            call_in_phase().replace(attempt_started_at=1_500),
            DialAttempt(
                redial_index=0,
                number_index=0,
                started_at=1_500,
                ended_at=None,
                outcome=None,
                legs=(A, B),
            ),
        ),
        (
            call_in_phase().replace(
                attempt_started_at=1_500, attempt_ended_at=2_000, redial_index=1, number_index=2
            ),
            DialAttempt(
                redial_index=1,
                number_index=2,
                started_at=1_500,
                ended_at=2_000,
                outcome="cancelled",
                legs=(A, B),
            ),
        ),
    ],
)
def test_the_current_attempt_has_the_times_outcome_and_legs_of_the_call(
    call: Call, attempt: DialAttempt
) -> None:
    assert current_attempt(call) == attempt
