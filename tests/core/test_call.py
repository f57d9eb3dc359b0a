"""A call: its state, its attempts, what became of them."""

import pytest

from mockserver.core.behavior import STAY_ON_LINE, LegBehavior
from mockserver.core.call import (
    Call,
    Cursor,
    DialAttempt,
    Event,
    Leg,
    attempt_outcome,
    build_dial_event,
    call_state,
)
from mockserver.core.call import current_attempt as current
from tests.support.builders import build_call, build_call_spec

ORDER = build_call_spec(account="shop", created_at=1_000)
A, B = Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2")


def called(phase: str = "begun", *legs: Leg, starts_at: int = 1_000) -> Call:
    return build_call(spec=ORDER, legs=legs or (A, B), starts_at=starts_at, phase=phase)


@pytest.mark.parametrize(
    ("phase", "legs", "starts_at", "word"),
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
def test_state_of_a_call(phase: str, legs: tuple[str, str], starts_at: int, word: str) -> None:
    one, two = legs
    call = called(phase, A._replace(state=one), B._replace(state=two), starts_at=starts_at)
    assert call_state(call) == word


@pytest.mark.parametrize(
    ("legs", "word"),
    [
        ((A._replace(answered_at=1), B._replace(answered_at=2)), "completed"),
        ((A._replace(answered_at=1),), "completed"),
        ((A._replace(answered_at=1), B._replace(cause="normal")), "cancelled"),
        ((A._replace(answered_at=1), B._replace(cause="busy")), "busy"),
        ((A._replace(answered_at=1), B._replace(cause="network-failure")), "failed"),
        ((A._replace(answered_at=1), B), "cancelled"),
        ((A._replace(cause="no-answer"), B), "no-answer"),
        ((A, B._replace(cause="rejected")), "rejected"),
        ((A._replace(cause="unreachable"), B._replace(cause="busy")), "unreachable"),
        ((A._replace(cause="invalid-number"),), "invalid-number"),
        ((A, B), "cancelled"),
    ],
)
def test_outcome_of_an_attempt(legs: tuple[Leg, ...], word: str) -> None:
    assert attempt_outcome(called("over", *legs)) == word


def test_calls_say_nothing_unless_told() -> None:
    assert ORDER.recording_url == ""
    nothing = (None, None, None, None)
    assert Leg(name="a", role="from", number="1") == ("a", "from", "1", "idle", *nothing, False)
    assert Event(at=7, type="begin") == (7, "begin", "", {}, "", None)
    past = (0, 0, (), (), ())
    assert build_call(spec=ORDER, legs=(), starts_at=7) == (
        ORDER,
        (),
        7,
        "placed",
        *past,
        *nothing,
        None,
    )


@pytest.mark.parametrize("how", [None, STAY_ON_LINE])
def test_dial_says_whose_number_and_how_they_behave(how: LegBehavior | None) -> None:
    told = {"role": "manager", "number": "3"}
    assert build_dial_event(5, "c", "manager", "3", how) == Event(
        at=5, type="ring", leg="c", data=told, source="", behavior=how
    )


def test_leg_by_name() -> None:
    assert [called().leg(name) for name in ("a", "b", "c")] == [A, B, None]


def test_at_another_place_of_its_script_and_nothing_else() -> None:
    call = called("bridged", A)._replace(
        outcome="busy", attempt_ended_at=3, events=(Event(at=1, type="begin"),)
    )
    assert call.with_cursors((Cursor(position=1, since=2, event_count=3),)) == call._replace(
        cursors=(Cursor(position=1, since=2, event_count=3),)
    )


def test_again_keeps_the_attempt_and_begins_anew() -> None:
    rung = A._replace(state="ended", ringing_at=1, ended_at=2, cause="no-answer")
    events = (Event(at=1, type="begin"),)
    over = called("over", rung, B)._replace(
        attempt_started_at=1,
        attempt_ended_at=2,
        cursors=(Cursor(position=1, since=1, event_count=1),),
        events=events,
        state="kept",
        number_index=3,
    )
    assert over.with_redial(9_000) == called("placed", starts_at=9_000)._replace(
        attempts=(
            DialAttempt(
                redial_index=0,
                number_index=3,
                started_at=1,
                ended_at=2,
                outcome="no-answer",
                legs=(rung, B),
            ),
        ),
        events=events,
        state="kept",
        redial_index=1,
        number_index=0,
    )


def test_again_is_without_who_joined_late_and_without_the_outcome() -> None:
    over = called("over", A, B._replace(added_later=True))._replace(
        attempt_ended_at=2, outcome="no-answer"
    )
    assert over.with_redial(9_000) == called("placed", A, starts_at=9_000)._replace(
        attempts=(
            DialAttempt(
                redial_index=0,
                number_index=0,
                started_at=1_000,
                ended_at=2,
                outcome="no-answer",
                legs=over.legs,
            ),
        ),
        redial_index=1,
    )


def test_again_counts_its_attempts_from_zero() -> None:
    call = called("over")._replace(attempt_started_at=1, attempt_ended_at=2)
    for at in (10, 20):
        call = call.with_redial(at)._replace(
            phase="over", attempt_started_at=at, attempt_ended_at=at + 1
        )
    attempts = [(one.redial_index, one.started_at) for one in (*call.attempts, current(call))]
    assert attempts == [(0, 1), (1, 10), (2, 20)]


@pytest.mark.parametrize(
    ("call", "attempt"),
    [
        (
            called("placed"),
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
            called()._replace(attempt_started_at=1_500),
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
            called()._replace(
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
def test_attempt_that_is_current(call: Call, attempt: DialAttempt) -> None:
    assert current(call) == attempt
