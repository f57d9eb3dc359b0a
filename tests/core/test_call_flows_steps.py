"""Scripts with steps: whose phone a step rings, and what is left to the people."""

import pytest

from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    IMMEDIATELY,
    PRESETS,
    STAY_ON_LINE,
    LegAction,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.call import Cursor, Event, Leg
from mockserver.core.call_flows import CALL_FLOWS, add_leg_tracks, compile_script
from mockserver.core.script import Condition, Script, Step, Track
from tests.support.builders import build_call, build_call_spec

TWO = CALL_FLOWS["b-after-a"]
HANGUP = Step(
    delay=fixed_duration(5_000),
    event_type="hangup",
    leg="b",
    data={"cause": "busy"},
    location="mine.yaml:3:5",
)
RING_B = Step(delay=fixed_duration(1_000), event_type="ring", leg="b")
DIALLED_A = Step(delay=IMMEDIATELY, event_type="ring", leg="a", condition=Condition(type="begun"))
DIALLED_B = Step(
    delay=IMMEDIATELY, event_type="ring", leg="b", condition=Condition(type="answered", leg="a")
)


def answers(leg: str, after: int = 2_000) -> Step:
    return Step(
        delay=fixed_duration(after),
        event_type="answer",
        leg=leg,
        condition=Condition(type="rang", leg=leg),
    )


def talked(leg: str, awaited: str = "") -> Step:
    return Step(
        delay=fixed_duration(6_000),
        event_type="hangup",
        leg=leg,
        data={"cause": "normal"},
        condition=Condition(type="talking", leg=awaited),
    )


def test_compile_without_steps_has_no_track_for_them() -> None:
    assert [
        track.name for track in compile_script(TWO, {"a": DEFAULT_BEHAVIOR, "b": DEFAULT_BEHAVIOR})
    ] == ["a", "b"]


def test_compile_steps_stand_last_and_belong_to_no_leg() -> None:
    script = compile_script(TWO, {"a": STAY_ON_LINE, "b": STAY_ON_LINE}, (HANGUP,))
    assert script == (
        Track(name="a", steps=(DIALLED_A, answers("a")), leg="a"),
        Track(name="b", steps=(DIALLED_B, answers("b")), leg="b"),
        Track(name="steps", steps=(HANGUP,)),
    )


def test_compile_a_leg_that_a_step_rings_is_dialled_by_that_step_alone() -> None:
    script = compile_script(TWO, {"a": STAY_ON_LINE, "b": STAY_ON_LINE}, (RING_B, HANGUP))
    assert script[1:] == (
        Track(name="b", steps=(answers("b"),), leg="b"),
        Track(name="steps", steps=(RING_B, HANGUP)),
    )


def test_compile_nothing_else_happens_to_a_rung_leg_without_a_behaviour() -> None:
    script = compile_script(TWO, {"a": STAY_ON_LINE, "b": None}, (RING_B,))
    assert [track.name for track in script] == ["a", "steps"]


@pytest.mark.parametrize(
    ("how", "verbs"),
    [
        (PRESETS["person"], []),
        (PRESETS["busy"], ["hangup"]),
        (DEFAULT_BEHAVIOR, ["answer", "hangup"]),
        (PRESETS["machine"], ["answer", "machine", "hangup"]),
        (
            STAY_ON_LINE._replace(
                actions=(LegAction(delay=IMMEDIATELY, event_type="digits", data={"digits": "1"}),)
            ),
            ["answer", "digits"],
        ),
    ],
)
def test_compile_what_is_left_to_a_rung_person(how: LegBehavior, verbs: list[str]) -> None:
    [track, _] = compile_script(
        CALL_FLOWS["one-leg"], {"a": how}, (Step(delay=IMMEDIATELY, event_type="ring", leg="a"),)
    )
    assert [step.event_type for step in track.steps] == verbs


def test_compile_a_rung_person_hangs_up_by_the_clock_as_well() -> None:
    how = STAY_ON_LINE._replace(hangup=fixed_duration(7_000))
    script = compile_script(TWO, {"b": how}, (RING_B,))
    assert script[1] == Track(
        name="b-hangup",
        steps=(
            Step(
                delay=fixed_duration(7_000),
                event_type="hangup",
                leg="b",
                data={"cause": "normal"},
                condition=Condition(type="answered", leg="b"),
            ),
        ),
        leg="b",
    )


@pytest.mark.parametrize(
    ("shape", "awaited"), [("one-leg", ""), ("b-after-a", ""), ("branch", ""), ("queue", "b")]
)
def test_compile_who_talks_hangs_up_once_nobody_is_awaited(shape: str, awaited: str) -> None:
    assert compile_script(CALL_FLOWS[shape], {"a": DEFAULT_BEHAVIOR}) == (
        Track(name="a", steps=(DIALLED_A, answers("a"), talked("a", awaited)), leg="a"),
    )


RINGS = Event(at=7_000, type="ring", leg="b")
OLDER: Script = (
    Track(name="a", steps=(DIALLED_A,), leg="a"),
    Track(name="b", steps=(DIALLED_B,), leg="b"),
    Track(name="b-hangup", steps=(HANGUP,), leg="b"),
    Track(name="steps", steps=(HANGUP,)),
)


@pytest.mark.parametrize(
    ("events", "how", "new"),
    [
        ((RINGS,), None, ()),
        ((RINGS,), STAY_ON_LINE, (Track(name="b-1", steps=(answers("b"),), leg="b"),)),
        (
            (RINGS,),
            DEFAULT_BEHAVIOR,
            (Track(name="b-1", steps=(answers("b"), talked("b")), leg="b"),),
        ),
        (
            (
                RINGS,
                Event(at=7_000, type="ring", leg="a"),
                Event(at=7_000, type="answer", leg="b"),
                RINGS,
            ),
            STAY_ON_LINE._replace(hangup=fixed_duration(9_000)),
            (
                Track(name="b-2", steps=(answers("b"),), leg="b"),
                Track(
                    name="b-hangup-2",
                    steps=(
                        Step(
                            delay=fixed_duration(9_000),
                            event_type="hangup",
                            leg="b",
                            data={"cause": "normal"},
                            condition=Condition(type="answered", leg="b"),
                        ),
                    ),
                    leg="b",
                ),
            ),
        ),
    ],
)
def test_joined_has_new_tracks_for_whom_the_last_event_dialled(
    events: tuple[Event, ...], how: LegBehavior | None, new: Script
) -> None:
    legs = (
        Leg(name="a", role="from", number="1"),
        Leg(name="b", role="to", number="2", state="ringing"),
    )
    marks = tuple(Cursor(position=0, since=since, event_count=0) for since in (1, 2, 3, 4))
    order = build_call_spec(provider="p", account="shop")
    call = build_call(spec=order, legs=legs, phase="begun", cursors=marks, events=events)
    fresh = (Cursor(position=0, since=7_000, event_count=len(events)),) * len(new)
    assert add_leg_tracks(OLDER, call, how) == (
        (OLDER[0], OLDER[3], *new),
        call._replace(cursors=(marks[0], marks[3], *fresh)),
    )


def test_stays_ends_nothing_itself() -> None:
    assert DEFAULT_BEHAVIOR._replace(talk=None) == STAY_ON_LINE
