"""Steps that wait for the outside: control, reads, keys and words, and which of them count."""

import pytest

from mockserver.core.behavior import IMMEDIATELY, fixed_duration
from mockserver.core.call import Call, Cursor, Event, Leg
from mockserver.core.script import (
    CONDITION_TIMES,
    EXTERNAL_CONDITIONS,
    Condition,
    DueStep,
    Step,
    Track,
    WaitReason,
    advance,
    next_step,
)
from tests.support.builders import build_call, build_call_spec

ORDER = build_call_spec(account="shop")
A = Leg(name="a", role="from", number="1", state="answered", answered_at=10)
B = Leg(name="b", role="to", number="2", state="ringing", ringing_at=20)
HANGUP = Step(delay=fixed_duration(5), event_type="hangup", leg="a")


def wait(condition: str, leg: str = "", times: int = 1, after: int = 0) -> Step:
    return Step(
        delay=fixed_duration(after),
        event_type="",
        condition=Condition(type=condition, leg=leg, times=times),
        location="mine.yaml:1:1",
    )


def called(*events: Event, position: int = 0, since: int = 100, seen: int = 0) -> Call:
    mark = (Cursor(position=position, since=since, event_count=seen),)
    return build_call(
        spec=ORDER, legs=(A, B), phase="begun", events=events, cursors=mark, attempt_started_at=0
    )


def at(call: Call, *steps: Step) -> int | None:
    coming, _ = next_step((Track(name="steps", steps=steps),), call, "seed")
    return coming.at if coming else None


def keys(when: int, leg: str = "a", by: str = "") -> Event:
    return Event(at=when, type="digits", leg=leg, data={"digits": "1"}, source=by)


POLLS = tuple(Event(at=when, type="polled") for when in (110, 120, 130))


@pytest.mark.parametrize(
    ("step", "events", "due"),
    [
        (wait("control"), (), None),
        (wait("control"), (Event(at=150, type="continue", source="control"),), 150),
        (wait("control"), (keys(150, by="control"),), 150),
        (wait("control"), (keys(150), Event(at=160, type="answer", leg="b")), None),
        (wait("control", after=7), (Event(at=150, type="continue", source="control"),), 157),
        (wait("polled"), POLLS, 110),
        (wait("polled", times=2), POLLS, 120),
        (wait("polled", times=3, after=1), POLLS, 131),
        (wait("polled", times=4), POLLS, None),
        (wait("digits", "a"), (keys(150),), 150),
        (wait("digits", "b"), (keys(150),), None),
        (wait("digits", "a"), (Event(at=150, type="speech", leg="a"),), None),
        (wait("speech", "a"), (Event(at=150, type="speech", leg="a"),), 150),
        (wait("digits", "a"), (keys(50),), 100),
    ],
)
def test_wait_is_over_with_its_event(step: Step, events: tuple[Event, ...], due: int) -> None:
    assert at(called(*events), step, HANGUP) == due


@pytest.mark.parametrize(
    ("seen", "due"), [(0, 110), (1, 120), (2, 130), (3, None)], ids=["none", "one", "two", "all"]
)
def test_wait_counts_only_events_after_its_mark(seen: int, due: int | None) -> None:
    assert at(called(*POLLS, seen=seen), wait("polled")) == due


def test_wait_brings_about_nothing_itself() -> None:
    script = (Track(name="steps", steps=(wait("digits", "a"),)),)
    coming, _ = next_step(script, called(keys(150)), "seed")
    assert coming == DueStep(
        at=150, track_index=0, event=Event(at=150, type=""), location="mine.yaml:1:1"
    )


@pytest.mark.parametrize(
    ("steps", "events", "marks"),
    [
        ((wait("digits", "a"),) * 2, (keys(110), keys(110)), [(110, 1), (110, 2)]),
        ((wait("digits", "a"),) * 2, (keys(110), keys(120)), [(110, 1), (120, 2)]),
        ((wait("polled", times=2), wait("polled")), POLLS, [(120, 2), (130, 3)]),
        (
            (wait("digits", "a", after=50), wait("digits", "a")),
            (keys(110), Event(at=115, type="speech", leg="a"), keys(120)),
            [(160, 1), (160, 3)],
        ),
        ((HANGUP, wait("digits", "a")), (keys(101),), [(105, 1)]),
        (
            (
                Step(
                    delay=IMMEDIATELY,
                    event_type="ring",
                    leg="b",
                    condition=Condition(type="answered", leg="a"),
                ),
            ),
            (keys(101),),
            [(100, 1)],
        ),
    ],
)
def test_moved_keeps_what_came_after_the_event_that_was_awaited(
    steps: tuple[Step, ...], events: tuple[Event, ...], marks: list[tuple[int, int]]
) -> None:
    """Two keys at one instant are two keys: nobody presses slower because time stands still."""
    script, call = (Track(name="steps", steps=steps),), called(*events)
    found = []
    while (coming := next_step(script, call, "seed")[0]) is not None:
        call = advance(script, call, coming)
        found.append((call.cursors[0].since, call.cursors[0].event_count))
    assert found == marks


@pytest.mark.parametrize(
    ("step", "waiting"),
    [
        (wait("control"), WaitReason(reason="control")),
        (wait("polled", times=2), WaitReason(reason="polled")),
        (wait("digits", "a"), WaitReason(reason="digits", leg="a")),
        (wait("speech", "b"), WaitReason(reason="speech", leg="b")),
    ],
)
def test_advance_says_what_a_step_wants(step: Step, waiting: WaitReason) -> None:
    rings = (
        Track(
            name="b",
            steps=(
                Step(
                    delay=IMMEDIATELY,
                    event_type="answer",
                    leg="b",
                    condition=Condition(type="answered", leg="c"),
                ),
            ),
            leg="b",
        ),
    )
    script = (Track(name="steps", steps=(step, HANGUP)), *rings)
    coming, awaited = next_step(
        script, called()._replace(cursors=(Cursor(position=0, since=0, event_count=0),) * 2), "seed"
    )
    assert (coming, awaited) == (None, (WaitReason(reason="person", leg="b"), waiting))


def test_advance_waits_for_nothing_outside_when_a_state_is_awaited() -> None:
    script = (
        Track(
            name="steps",
            steps=(
                Step(
                    delay=IMMEDIATELY,
                    event_type="play",
                    leg="a",
                    condition=Condition(type="answered", leg="b"),
                ),
            ),
        ),
    )
    assert next_step(script, called(), "seed") == (None, (WaitReason(reason="person", leg="b"),))


def test_advance_waits_outside_while_somebody_else_still_goes_on() -> None:
    script = (
        Track(name="a", steps=(HANGUP,), leg="a"),
        Track(name="steps", steps=(wait("control"),)),
    )
    call = called()._replace(legs=(A,), cursors=(Cursor(position=0, since=100, event_count=0),) * 2)
    coming, awaited = next_step(script, call, "seed")
    assert (coming and coming.at, awaited) == (105, (WaitReason(reason="control"),))


@pytest.mark.parametrize(("position", "due"), [(0, 105), (1, None)])
def test_advance_has_nothing_past_the_end_of_a_track(position: int, due: int | None) -> None:
    assert at(called(position=position), HANGUP) == due


def test_conditions_of_the_outside_are_known() -> None:
    assert sorted(CONDITION_TIMES) == sorted(
        (*EXTERNAL_CONDITIONS, "begun", "rang", "answered", "talking", "settled")
    )
