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
from mockserver.core.call import Call, CallSpec, Cursor, Event, Leg
from mockserver.core.call_flows import CALL_FLOWS, add_leg_tracks, compile_script
from mockserver.core.script import Condition, Script, Step, Track

TWO = CALL_FLOWS["b-after-a"]
HANGUP = Step(fixed_duration(5_000), "hangup", "b", {"cause": "busy"}, location="mine.yaml:3:5")
RING_B = Step(fixed_duration(1_000), "ring", "b")
DIALLED_A = Step(IMMEDIATELY, "ring", "a", condition=Condition("begun"))
DIALLED_B = Step(IMMEDIATELY, "ring", "b", condition=Condition("answered", "a"))


def answers(leg: str, after: int = 2_000) -> Step:
    return Step(fixed_duration(after), "answer", leg, condition=Condition("rang", leg))


def talked(leg: str, awaited: str = "") -> Step:
    return Step(
        fixed_duration(6_000), "hangup", leg, {"cause": "normal"}, Condition("talking", awaited)
    )


def test_compile_without_steps_has_no_track_for_them() -> None:
    assert [
        track.name for track in compile_script(TWO, {"a": DEFAULT_BEHAVIOR, "b": DEFAULT_BEHAVIOR})
    ] == ["a", "b"]


def test_compile_steps_stand_last_and_belong_to_no_leg() -> None:
    script = compile_script(TWO, {"a": STAY_ON_LINE, "b": STAY_ON_LINE}, (HANGUP,))
    assert script == (
        Track("a", (DIALLED_A, answers("a")), "a"),
        Track("b", (DIALLED_B, answers("b")), "b"),
        Track("steps", (HANGUP,)),
    )


def test_compile_a_leg_that_a_step_rings_is_dialled_by_that_step_alone() -> None:
    script = compile_script(TWO, {"a": STAY_ON_LINE, "b": STAY_ON_LINE}, (RING_B, HANGUP))
    assert script[1:] == (Track("b", (answers("b"),), "b"), Track("steps", (RING_B, HANGUP)))


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
            STAY_ON_LINE._replace(actions=(LegAction(IMMEDIATELY, "digits", {"digits": "1"}),)),
            ["answer", "digits"],
        ),
    ],
)
def test_compile_what_is_left_to_a_rung_person(how: LegBehavior, verbs: list[str]) -> None:
    [track, _] = compile_script(
        CALL_FLOWS["one-leg"], {"a": how}, (Step(IMMEDIATELY, "ring", "a"),)
    )
    assert [step.event_type for step in track.steps] == verbs


def test_compile_a_rung_person_hangs_up_by_the_clock_as_well() -> None:
    how = STAY_ON_LINE._replace(hangup=fixed_duration(7_000))
    script = compile_script(TWO, {"b": how}, (RING_B,))
    assert script[1] == Track(
        "b-hangup",
        (
            Step(
                fixed_duration(7_000),
                "hangup",
                "b",
                {"cause": "normal"},
                Condition("answered", "b"),
            ),
        ),
        "b",
    )


@pytest.mark.parametrize(
    ("shape", "awaited"), [("one-leg", ""), ("b-after-a", ""), ("branch", ""), ("queue", "b")]
)
def test_compile_who_talks_hangs_up_once_nobody_is_awaited(shape: str, awaited: str) -> None:
    assert compile_script(CALL_FLOWS[shape], {"a": DEFAULT_BEHAVIOR}) == (
        Track("a", (DIALLED_A, answers("a"), talked("a", awaited)), "a"),
    )


RINGS = Event(7_000, "ring", "b")
OLDER: Script = (
    Track("a", (DIALLED_A,), "a"),
    Track("b", (DIALLED_B,), "b"),
    Track("b-hangup", (HANGUP,), "b"),
    Track("steps", (HANGUP,)),
)


@pytest.mark.parametrize(
    ("events", "how", "new"),
    [
        ((RINGS,), None, ()),
        ((RINGS,), STAY_ON_LINE, (Track("b-1", (answers("b"),), "b"),)),
        ((RINGS,), DEFAULT_BEHAVIOR, (Track("b-1", (answers("b"), talked("b")), "b"),)),
        (
            (RINGS, Event(7_000, "ring", "a"), Event(7_000, "answer", "b"), RINGS),
            STAY_ON_LINE._replace(hangup=fixed_duration(9_000)),
            (
                Track("b-2", (answers("b"),), "b"),
                Track(
                    "b-hangup-2",
                    (
                        Step(
                            fixed_duration(9_000),
                            "hangup",
                            "b",
                            {"cause": "normal"},
                            Condition("answered", "b"),
                        ),
                    ),
                    "b",
                ),
            ),
        ),
    ],
)
def test_joined_has_new_tracks_for_whom_the_last_event_dialled(
    events: tuple[Event, ...], how: LegBehavior | None, new: Script
) -> None:
    legs = (Leg("a", "from", "1"), Leg("b", "to", "2", "ringing"))
    marks = tuple(Cursor(0, since, 0) for since in (1, 2, 3, 4))
    order = CallSpec("c1", "v1", "p", "shop", "c2c", "b-after-a", {}, 0)
    call = Call(order, legs, 0, "begun", cursors=marks, events=events)
    fresh = (Cursor(0, 7_000, len(events)),) * len(new)
    assert add_leg_tracks(OLDER, call, how) == (
        (OLDER[0], OLDER[3], *new),
        call._replace(cursors=(marks[0], marks[3], *fresh)),
    )


def test_stays_ends_nothing_itself() -> None:
    assert DEFAULT_BEHAVIOR._replace(talk=None) == STAY_ON_LINE
