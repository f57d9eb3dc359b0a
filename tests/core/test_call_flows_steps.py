"""Scripts with steps: which step dials a leg, and what its behavior still does."""

import pytest

from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    IMMEDIATELY,
    PRESETS,
    LegAction,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.call import Cursor, Event, Leg
from mockserver.core.call_flows import CALL_FLOWS, add_leg_tracks, compile_script
from mockserver.core.script import Condition, Script, Step, Track
from tests.support.builders import STAY_ON_LINE, build_call, build_call_spec

FLOW = CALL_FLOWS["b-after-a"]
HANGUP = Step(
    delay=fixed_duration(5_000),
    event_type="hangup",
    leg="b",
    data={"cause": "busy"},
    location="mine.yaml:3:5",
)
RING_B = Step(delay=fixed_duration(1_000), event_type="ring", leg="b")
DIAL_A = Step(delay=IMMEDIATELY, event_type="ring", leg="a", condition=Condition(type="begun"))
DIAL_B = Step(
    delay=IMMEDIATELY, event_type="ring", leg="b", condition=Condition(type="answered", leg="a")
)


def answer_step(leg: str, delay: int = 2_000) -> Step:
    return Step(
        delay=fixed_duration(delay),
        event_type="answer",
        leg=leg,
        condition=Condition(type="rang", leg=leg),
    )


def hangup_after_talk(leg: str, awaited_leg: str = "") -> Step:
    return Step(
        delay=fixed_duration(6_000),
        event_type="hangup",
        leg=leg,
        data={"cause": "normal"},
        condition=Condition(type="talking", leg=awaited_leg),
    )


def test_a_script_without_steps_has_tracks_of_legs_only() -> None:
    assert [
        track.name for track in compile_script(FLOW, {"a": DEFAULT_BEHAVIOR, "b": DEFAULT_BEHAVIOR})
    ] == ["a", "b"]


def test_the_track_of_the_steps_is_last_and_belongs_to_no_leg() -> None:
    script = compile_script(FLOW, {"a": DEFAULT_BEHAVIOR, "b": DEFAULT_BEHAVIOR}, (HANGUP,))
    assert script == (
        Track(name="a", steps=(DIAL_A, answer_step("a")), leg="a"),
        Track(name="b", steps=(DIAL_B, answer_step("b")), leg="b"),
        Track(name="steps", steps=(HANGUP,)),
    )


def test_a_leg_that_a_step_rings_is_dialed_by_that_step_alone() -> None:
    script = compile_script(FLOW, {"a": DEFAULT_BEHAVIOR, "b": DEFAULT_BEHAVIOR}, (RING_B, HANGUP))
    assert script[1:] == (
        Track(name="b", steps=(answer_step("b"),), leg="b"),
        Track(name="steps", steps=(RING_B, HANGUP)),
    )


def test_a_leg_that_a_step_rings_has_no_track_without_a_behavior() -> None:
    script = compile_script(FLOW, {"a": STAY_ON_LINE, "b": None}, (RING_B,))
    assert [track.name for track in script] == ["a", "steps"]


@pytest.mark.parametrize(
    ("behavior", "event_types"),
    [
        (PRESETS["person"], []),
        (PRESETS["busy"], ["hangup"]),
        (DEFAULT_BEHAVIOR, ["answer"]),
        (PRESETS["machine"], ["answer", "machine"]),
        (
            STAY_ON_LINE.replace(
                actions=(LegAction(delay=IMMEDIATELY, event_type="press", data={"digits": "1"}),)
            ),
            ["answer", "press"],
        ),
    ],
)
def test_a_leg_that_a_step_rings_still_follows_its_behavior(
    behavior: LegBehavior, event_types: list[str]
) -> None:
    [track, _] = compile_script(
        CALL_FLOWS["one-leg"],
        {"a": behavior},
        (Step(delay=IMMEDIATELY, event_type="ring", leg="a"),),
    )
    assert [step.event_type for step in track.steps] == event_types


def test_a_leg_that_a_step_rings_hangs_up_after_its_hangup_duration() -> None:
    behavior = STAY_ON_LINE.replace(hangup=fixed_duration(7_000))
    script = compile_script(FLOW, {"b": behavior}, (RING_B,))
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
    ("flow", "awaited_leg"), [("one-leg", ""), ("b-after-a", ""), ("branch", ""), ("queue", "b")]
)
def test_a_leg_talks_only_once_the_leg_that_it_awaits_has_answered(
    flow: str, awaited_leg: str
) -> None:
    behavior = DEFAULT_BEHAVIOR.replace(talk=fixed_duration(6_000))
    assert compile_script(CALL_FLOWS[flow], {"a": behavior}) == (
        Track(name="a", steps=(DIAL_A, answer_step("a")), leg="a"),
        Track(name="a-talk", steps=(hangup_after_talk("a", awaited_leg),), leg="a"),
    )


@pytest.mark.parametrize(
    ("behavior", "stays", "is_person"),
    [
        (DEFAULT_BEHAVIOR, False, False),
        (PRESETS["machine"], False, False),
        (STAY_ON_LINE, True, False),
        (PRESETS["person"], False, True),
    ],
)
def test_a_track_marks_a_leg_that_stays_and_a_person(
    behavior: LegBehavior,
    stays: bool,  # noqa: FBT001 - what the table expects
    is_person: bool,  # noqa: FBT001 - what the table expects
) -> None:
    [track] = compile_script(CALL_FLOWS["one-leg"], {"a": behavior})
    assert (track.stays, track.is_person) == (stays, is_person)


RING_EVENT = Event(at=7_000, type="ring", leg="b")
OLD_SCRIPT: Script = (
    Track(name="a", steps=(DIAL_A,), leg="a"),
    Track(name="b", steps=(DIAL_B,), leg="b"),
    Track(name="b-hangup", steps=(HANGUP,), leg="b"),
    Track(name="steps", steps=(HANGUP,)),
)


@pytest.mark.parametrize(
    ("events", "behavior", "new_tracks"),
    [
        ((RING_EVENT,), None, ()),
        (
            (RING_EVENT,),
            STAY_ON_LINE,
            (Track(name="b-1", steps=(answer_step("b"),), leg="b", stays=True),),
        ),
        (
            (RING_EVENT,),
            DEFAULT_BEHAVIOR.replace(talk=fixed_duration(6_000)),
            (
                Track(name="b-1", steps=(answer_step("b"),), leg="b"),
                Track(name="b-talk-1", steps=(hangup_after_talk("b"),), leg="b"),
            ),
        ),
        (
            (
                RING_EVENT,
                Event(at=7_000, type="ring", leg="a"),
                Event(at=7_000, type="answer", leg="b"),
                RING_EVENT,
            ),
            DEFAULT_BEHAVIOR.replace(hangup=fixed_duration(9_000)),
            (
                Track(name="b-2", steps=(answer_step("b"),), leg="b"),
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
def test_a_leg_added_later_gets_new_tracks_in_place_of_its_old_ones(
    events: tuple[Event, ...], behavior: LegBehavior | None, new_tracks: Script
) -> None:
    legs = (
        Leg(name="a", role="from", number="1"),
        Leg(name="b", role="to", number="2", state="ringing"),
    )
    cursors = tuple(Cursor(position=0, since=since, event_count=0) for since in (1, 2, 3, 4))
    spec = build_call_spec(provider="p", account="shop")
    call = build_call(spec=spec, legs=legs, phase="begun", cursors=cursors, events=events)
    new_cursors = (Cursor(position=0, since=7_000, event_count=len(events)),) * len(new_tracks)
    assert add_leg_tracks(OLD_SCRIPT, call, behavior) == (
        (OLD_SCRIPT[0], OLD_SCRIPT[3], *new_tracks),
        call.replace(cursors=(cursors[0], cursors[3], *new_cursors)),
    )
