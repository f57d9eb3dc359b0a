"""The default hangup: when a conversation has one, who hangs up, and when."""

import pytest

from mockserver.core.behavior import IMMEDIATELY
from mockserver.core.call import Call, Cursor, Event, Leg
from mockserver.core.conversation import default_hangup, next_due_step
from mockserver.core.script import (
    NO_TRACK,
    Condition,
    DueStep,
    Script,
    Step,
    Track,
    WaitReason,
    advance,
)
from tests.support.builders import build_call, build_call_spec

A = Leg(name="a", role="from", number="1", state="answered", answered_at=2_000)
B = Leg(name="b", role="to", number="2", state="answered", answered_at=4_000)
BEGIN = Event(at=0, type="begin")
TRACK_A, TRACK_B = (Track(name=name, steps=(), leg=name) for name in ("a", "b"))
PENDING = Step(delay=IMMEDIATELY, event_type="hangup", leg="a", condition=Condition(type="never"))
STEPS = Track(name="steps", steps=(Step(delay=IMMEDIATELY, event_type="hangup", leg="a"),))


def press(at: int, leg: str) -> Event:
    return Event(at=at, type="press", leg=leg, data={"digits": "1"})


def build_conversation(
    *events: Event, legs: tuple[Leg, ...] = (A, B), flow: str = "b-after-a", since: int = 0
) -> Call:
    return build_call(
        spec=build_call_spec(flow=flow),
        legs=legs,
        phase="bridged",
        events=(BEGIN, *events),
        cursors=(Cursor(position=0, since=since, event_count=0),) * 2,
        attempt_started_at=0,
    )


def hangup_at(at: int, leg: str) -> DueStep:
    event = Event(at=at, type="hangup", leg=leg, data={"cause": "normal"})
    return DueStep(at=at, track_index=NO_TRACK, event=event, location="")


@pytest.mark.parametrize(
    ("call", "at", "leg"),
    [
        (build_conversation(), 10_000, "a"),
        (build_conversation(legs=(A,)), 8_000, "a"),
        (build_conversation(legs=(A.replace(answered_at=5_000), B)), 11_000, "b"),
        (build_conversation(legs=(A.replace(answered_at=4_000), B)), 10_000, "a"),
        (build_conversation(press(3_000, "a")), 10_000, "a"),
        (build_conversation(press(5_000, "b")), 11_000, "b"),
        (build_conversation(press(5_000, "b"), press(7_000, "a")), 13_000, "a"),
        (build_conversation(Event(at=5_000, type="say", leg="b")), 11_000, "b"),
        (build_conversation(Event(at=5_000, type="machine", leg="b")), 10_000, "a"),
        (build_conversation(press(5_000, "b"), BEGIN), 10_000, "a"),
        (build_conversation(flow="queue"), 10_000, "a"),
        (build_conversation(since=30_000), 30_000, "a"),
        (build_conversation().replace(events=()), 10_000, "a"),
    ],
)
def test_the_last_to_act_else_the_first_to_answer_hangs_up(call: Call, at: int, leg: str) -> None:
    assert default_hangup((TRACK_A, TRACK_B), call) == hangup_at(at, leg)


@pytest.mark.parametrize(
    ("call", "script", "expected"),
    [
        (build_conversation(), (TRACK_A.replace(stays=True), TRACK_B), (10_000, "b")),
        (build_conversation(), (TRACK_A, TRACK_B.replace(stays=True)), (10_000, "a")),
        (
            build_conversation(press(9_000, "a")),
            (TRACK_A.replace(stays=True), TRACK_B),
            (15_000, "b"),
        ),
        (
            build_conversation(),
            (TRACK_A.replace(stays=True), TRACK_B.replace(stays=True)),
            None,
        ),
        (build_conversation(), (TRACK_A.replace(is_person=True), TRACK_B), None),
        (build_conversation(), (TRACK_A.replace(steps=(PENDING,)), TRACK_B), None),
        (build_conversation(), (TRACK_A, STEPS), None),
        (build_conversation(legs=(A, B.replace(state="ringing", answered_at=None))), (), None),
        (build_conversation(legs=(A, B.replace(state="idle", answered_at=None))), (), None),
        (build_conversation(legs=(A,), flow="queue"), (), None),
        (build_conversation(legs=(A, B.replace(state="left")), flow="queue"), (), None),
        (
            build_conversation(press(9_000, "b"), legs=(A, B.replace(state="left"))),
            (TRACK_A, TRACK_B.replace(is_person=True, steps=(PENDING,))),
            (10_000, "a"),
        ),
        (build_conversation(), (), (10_000, "a")),
    ],
)
def test_a_leg_hangs_up_by_default_only_if_nothing_holds_the_conversation_open(
    call: Call, script: Script, expected: tuple[int, str] | None
) -> None:
    assert default_hangup(script, call) == (hangup_at(*expected) if expected else None)


@pytest.mark.parametrize(
    ("legs", "script", "expected"),
    [
        ((A, B), (TRACK_A, TRACK_B), (hangup_at(10_000, "a"), ())),
        ((A,), (TRACK_A.replace(stays=True),), (None, (WaitReason(reason="hangup"),))),
        (
            (A.replace(state="ringing", answered_at=None),),
            (TRACK_A,),
            (None, (WaitReason(reason="person", leg="a"),)),
        ),
        (
            (A,),
            (STEPS,),
            (
                DueStep(
                    at=0, track_index=0, event=Event(at=0, type="hangup", leg="a"), location=""
                ),
                (),
            ),
        ),
    ],
)
def test_the_default_hangup_is_due_only_if_the_script_has_no_next_step(
    legs: tuple[Leg, ...],
    script: Script,
    expected: tuple[DueStep | None, tuple[WaitReason, ...]],
) -> None:
    assert next_due_step(script, build_conversation(legs=legs), "seed") == expected


def test_the_default_hangup_is_on_no_track() -> None:
    call = build_conversation()
    assert advance((TRACK_A, TRACK_B), call, hangup_at(10_000, "a")) == call
