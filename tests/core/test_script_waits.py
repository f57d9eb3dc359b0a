"""Steps that wait for the outside: control, polls, key presses and speech."""

from functools import partial

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
from tests.support.builders import build_call, build_call_spec, build_wait_step

SPEC = build_call_spec(account="shop")
A = Leg(name="a", role="from", number="1", state="answered", answered_at=10)
B = Leg(name="b", role="to", number="2", state="ringing", ringing_at=20)
HANGUP = Step(delay=fixed_duration(5), event_type="hangup", leg="a")


wait = partial(build_wait_step, location="mine.yaml:1:1")


def build_active_call(
    *events: Event, position: int = 0, since: int = 100, event_count: int = 0
) -> Call:
    cursors = (Cursor(position=position, since=since, event_count=event_count),)
    return build_call(
        spec=SPEC, legs=(A, B), phase="begun", events=events, cursors=cursors, attempt_started_at=0
    )


def due_at(call: Call, *steps: Step) -> int | None:
    due_step, _ = next_step((Track(name="steps", steps=steps),), call, "seed")
    return due_step.at if due_step else None


def press_event(at: int, leg: str = "a", source: str = "") -> Event:
    return Event(at=at, type="press", leg=leg, data={"digits": "1"}, source=source)


POLLS = tuple(Event(at=at, type="poll") for at in (110, 120, 130))


@pytest.mark.parametrize(
    ("step", "events", "due"),
    [
        (wait("control"), (), None),
        (wait("control"), (Event(at=150, type="continue", source="control"),), 150),
        (wait("control"), (press_event(150, source="control"),), 150),
        (wait("control"), (press_event(150), Event(at=160, type="answer", leg="b")), None),
        (wait("control", after=7), (Event(at=150, type="continue", source="control"),), 157),
        (wait("poll"), POLLS, 110),
        (wait("poll", times=2), POLLS, 120),
        (wait("poll", times=3, after=1), POLLS, 131),
        (wait("poll", times=4), POLLS, None),
        (wait("press", "a"), (press_event(150),), 150),
        (wait("press", "b"), (press_event(150),), None),
        (wait("press", "a"), (Event(at=150, type="say", leg="a"),), None),
        (wait("say", "a"), (Event(at=150, type="say", leg="a"),), 150),
        (wait("press", "a"), (press_event(50),), 100),
    ],
)
def test_an_external_condition_holds_once_its_event_came(
    step: Step, events: tuple[Event, ...], due: int
) -> None:
    assert due_at(build_active_call(*events), step, HANGUP) == due


@pytest.mark.parametrize(
    ("event_count", "due"),
    [(0, 110), (1, 120), (2, 130), (3, None)],
    ids=["none", "one", "two", "all"],
)
def test_only_events_after_the_cursor_count_for_a_condition(
    event_count: int, due: int | None
) -> None:
    assert due_at(build_active_call(*POLLS, event_count=event_count), wait("poll")) == due


def test_a_step_that_only_waits_has_an_empty_event() -> None:
    script = (Track(name="steps", steps=(wait("press", "a"),)),)
    due_step, _ = next_step(script, build_active_call(press_event(150)), "seed")
    assert due_step == DueStep(
        at=150, track_index=0, event=Event(at=150, type=""), location="mine.yaml:1:1"
    )


@pytest.mark.parametrize(
    ("steps", "events", "expected"),
    [
        ((wait("press", "a"),) * 2, (press_event(110), press_event(110)), [(110, 1), (110, 2)]),
        ((wait("press", "a"),) * 2, (press_event(110), press_event(120)), [(110, 1), (120, 2)]),
        ((wait("poll", times=2), wait("poll")), POLLS, [(120, 2), (130, 3)]),
        (
            (wait("press", "a", after=50), wait("press", "a")),
            (press_event(110), Event(at=115, type="say", leg="a"), press_event(120)),
            [(160, 1), (160, 3)],
        ),
        ((HANGUP, wait("press", "a")), (press_event(101),), [(105, 1)]),
        (
            (
                Step(
                    delay=IMMEDIATELY,
                    event_type="ring",
                    leg="b",
                    condition=Condition(type="answered", leg="a"),
                ),
            ),
            (press_event(101),),
            [(100, 1)],
        ),
    ],
)
def test_events_after_the_awaited_one_count_for_the_next_condition(
    steps: tuple[Step, ...], events: tuple[Event, ...], expected: list[tuple[int, int]]
) -> None:
    """Two keys at one time count as two, because virtual time may stand still."""
    script, call = (Track(name="steps", steps=steps),), build_active_call(*events)
    positions = []
    while (due_step := next_step(script, call, "seed")[0]) is not None:
        call = advance(script, call, due_step)
        positions.append((call.cursors[0].since, call.cursors[0].event_count))
    assert positions == expected


@pytest.mark.parametrize(
    ("step", "wait_reason"),
    [
        (wait("control"), WaitReason(reason="control")),
        (wait("poll", times=2), WaitReason(reason="poll")),
        (wait("press", "a"), WaitReason(reason="press", leg="a")),
        (wait("say", "b"), WaitReason(reason="say", leg="b")),
    ],
)
def test_a_wait_reason_names_the_condition_of_the_step(step: Step, wait_reason: WaitReason) -> None:
    answer_tracks = (
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
    script = (Track(name="steps", steps=(step, HANGUP)), *answer_tracks)
    due_step, wait_reasons = next_step(
        script,
        build_active_call().replace(cursors=(Cursor(position=0, since=0, event_count=0),) * 2),
        "seed",
    )
    assert (due_step, wait_reasons) == (None, (WaitReason(reason="person", leg="b"), wait_reason))


def test_a_condition_on_a_state_is_no_external_wait_reason() -> None:
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
    assert next_step(script, build_active_call(), "seed") == (
        None,
        (WaitReason(reason="person", leg="b"),),
    )


def test_a_step_waits_for_the_outside_while_another_track_goes_on() -> None:
    script = (
        Track(name="a", steps=(HANGUP,), leg="a"),
        Track(name="steps", steps=(wait("control"),)),
    )
    call = build_active_call().replace(
        legs=(A,), cursors=(Cursor(position=0, since=100, event_count=0),) * 2
    )
    due_step, wait_reasons = next_step(script, call, "seed")
    assert (due_step and due_step.at, wait_reasons) == (105, (WaitReason(reason="control"),))


@pytest.mark.parametrize(("position", "due"), [(0, 105), (1, None)])
def test_a_track_has_no_next_step_past_its_end(position: int, due: int | None) -> None:
    assert due_at(build_active_call(position=position), HANGUP) == due


def test_the_external_conditions_are_known_conditions() -> None:
    assert sorted(CONDITION_TIMES) == sorted(
        (*EXTERNAL_CONDITIONS, "begun", "rang", "answered", "talking", "settled")
    )
