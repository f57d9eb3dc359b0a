"""Scripts: which step is due next, and what a call waits for."""

import pytest

from mockserver.core.behavior import IMMEDIATELY, DurationRange, fixed_duration
from mockserver.core.call import Call, Cursor, Event, Leg
from mockserver.core.script import (
    Condition,
    DueStep,
    Script,
    Step,
    Track,
    WaitReason,
    advance,
    next_step,
)
from tests.support.builders import build_call, build_call_spec

SPEC = build_call_spec(account="shop", created_at=1_000)
A, B = Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2")
RINGING_A, ANSWERED_A = A.replace(state="ringing"), A.replace(state="answered", answered_at=2_000)
HANGUP = (WaitReason(reason="hangup"),)


def build_begun_call(*legs: Leg, cursors: tuple[Cursor, ...] = (), phase: str = "begun") -> Call:
    return build_call(
        spec=SPEC,
        legs=legs or (A, B),
        starts_at=1_000,
        phase=phase,
        cursors=cursors,
        attempt_started_at=1_500,
    )


def script_with_condition(condition: str, leg: str = "") -> Script:
    return (
        Track(
            name="t",
            steps=(
                Step(
                    delay=fixed_duration(100),
                    event_type="play",
                    leg="b",
                    condition=Condition(type=condition, leg=leg),
                ),
            ),
        ),
    )


def test_steps_conditions_and_tracks_have_empty_defaults() -> None:
    assert Step(delay=IMMEDIATELY, event_type="play") == Step(
        delay=IMMEDIATELY,
        event_type="play",
        leg="",
        data={},
        condition=None,
        location="",
        behavior=None,
    )
    assert (Condition(type="begun"), Track(name="t", steps=())) == (
        Condition(type="begun", leg="", times=1),
        Track(name="t", steps=(), leg=""),
    )
    assert WaitReason(reason="hangup") == WaitReason(reason="hangup", leg="")


def test_the_next_step_of_a_placed_call_begins_it_at_its_start() -> None:
    call = build_call(spec=SPEC, legs=(A, B), starts_at=7_000)
    due_step, wait_reasons = next_step(script_with_condition("begun"), call, "seed")
    assert (due_step, wait_reasons) == (
        DueStep(at=7_000, track_index=-1, event=Event(at=7_000, type="begin"), location=""),
        (),
    )


@pytest.mark.parametrize("state", ["ended", "left"])
def test_a_track_stops_when_its_leg_has_ended_or_left(state: str) -> None:
    script = (script_with_condition("begun")[0].replace(leg="b"),)
    call = build_begun_call(
        ANSWERED_A, B.replace(state=state), cursors=(Cursor(position=0, since=0, event_count=0),)
    )
    assert next_step(script, call, "seed") == (None, HANGUP)


@pytest.mark.parametrize("phase", ["over", "ended"])
def test_a_call_that_is_over_has_no_next_step(phase: str) -> None:
    assert next_step(script_with_condition("begun"), build_begun_call(phase=phase), "seed") == (
        None,
        (),
    )


@pytest.mark.parametrize(
    ("script", "call", "at"),
    [
        (script_with_condition("begun"), build_begun_call(), 1_600),
        (script_with_condition("answered", "a"), build_begun_call(ANSWERED_A, B), 2_100),
        (script_with_condition("answered", "a"), build_begun_call(RINGING_A, B), None),
        (script_with_condition("answered", "c"), build_begun_call(ANSWERED_A, B), None),
        (script_with_condition("talking"), build_begun_call(ANSWERED_A), 2_100),
        (script_with_condition("talking"), build_begun_call(ANSWERED_A, B), None),
        (
            script_with_condition("talking"),
            build_begun_call(ANSWERED_A, RINGING_A.replace(name="b")),
            None,
        ),
        (
            script_with_condition("talking"),
            build_begun_call(ANSWERED_A, B.replace(state="answered", answered_at=9_000)),
            9_100,
        ),
        (script_with_condition("talking"), build_begun_call(), None),
        (script_with_condition("talking", "b"), build_begun_call(ANSWERED_A, B), None),
        (
            script_with_condition("talking", "b"),
            build_begun_call(ANSWERED_A, B.replace(state="ended", answered_at=9_000)),
            None,
        ),
        (
            script_with_condition("talking", "b"),
            build_begun_call(ANSWERED_A, B.replace(state="answered", answered_at=9_000)),
            9_100,
        ),
        (script_with_condition("talking", "c"), build_begun_call(ANSWERED_A, B), None),
        (
            script_with_condition("rang", "a"),
            build_begun_call(RINGING_A.replace(ringing_at=1_700), B),
            1_800,
        ),
        (
            script_with_condition("rang", "c"),
            build_begun_call(RINGING_A.replace(ringing_at=1_700), B),
            None,
        ),
        (script_with_condition("settled", "a"), build_begun_call(ANSWERED_A, B), 2_100),
        (
            script_with_condition("settled", "a"),
            build_begun_call(ANSWERED_A.replace(state="ended", ended_at=9_000), B),
            2_100,
        ),
        (
            script_with_condition("settled", "a"),
            build_begun_call(A.replace(state="ended", ended_at=1_900), B),
            2_000,
        ),
        (script_with_condition("settled", "a"), build_begun_call(RINGING_A, B), None),
        (script_with_condition("settled", "c"), build_begun_call(ANSWERED_A, B), None),
    ],
)
@pytest.mark.parametrize("phase", ["begun", "bridged"])
def test_a_step_is_due_once_its_condition_holds(
    script: Script, call: Call, at: int | None, phase: str
) -> None:
    call = call.replace(phase=phase, cursors=(Cursor(position=0, since=0, event_count=0),))
    due_step, _ = next_step(script, call, "seed")
    assert (due_step.at if due_step else None) == at


@pytest.mark.parametrize(("since", "at"), [(1_000, 1_600), (1_500, 1_600), (1_501, 1_601)])
def test_a_delay_counts_from_the_later_of_previous_step_and_condition(since: int, at: int) -> None:
    due_step, _ = next_step(
        script_with_condition("begun"),
        build_begun_call(cursors=(Cursor(position=0, since=since, event_count=0),)),
        "seed",
    )
    assert due_step == DueStep(
        at=at, track_index=0, event=Event(at=at, type="play", leg="b"), location=""
    )


def test_of_two_steps_due_at_one_time_the_earlier_track_is_first() -> None:
    step = Step(
        delay=fixed_duration(100),
        event_type="play",
        leg="a",
        data={"text": "x"},
        location="mine.yaml:3:1",
    )
    script = (
        Track(name="late", steps=(step.replace(delay=fixed_duration(101)),)),
        Track(name="one", steps=(step,)),
        Track(name="two", steps=(step,)),
    )
    due_step, _ = next_step(
        script, build_begun_call(cursors=(Cursor(position=0, since=50, event_count=0),) * 3), "seed"
    )
    assert due_step == DueStep(
        at=150,
        track_index=1,
        event=Event(at=150, type="play", leg="a", data={"text": "x"}),
        location="mine.yaml:3:1",
    )


@pytest.mark.parametrize(
    ("leg", "track", "stopped"),
    [
        (A.replace(state="ended"), "a", True),
        (A.replace(state="ended"), "", False),
        (A.replace(state="answered"), "a", False),
        (A.replace(state="ended"), "c", False),
    ],
)
def test_a_track_stops_only_with_the_end_of_its_own_leg(
    leg: Leg,
    track: str,
    stopped: bool,  # noqa: FBT001 - what the table expects
) -> None:
    script = (
        Track(name="t", steps=(Step(delay=IMMEDIATELY, event_type="play", leg="a"),), leg=track),
    )
    due_step, _ = next_step(
        script,
        build_begun_call(leg, B, cursors=(Cursor(position=0, since=0, event_count=0),)),
        "seed",
    )
    assert (due_step is None) is stopped


@pytest.mark.parametrize(
    ("legs", "script", "wait_reasons"),
    [
        ((RINGING_A, B), (), (WaitReason(reason="person", leg="a"),)),
        (
            (RINGING_A, RINGING_A.replace(name="b")),
            (),
            (WaitReason(reason="person", leg="a"), WaitReason(reason="person", leg="b")),
        ),
        ((ANSWERED_A, B), (), HANGUP),
        ((A, B), (), HANGUP),
        (
            (RINGING_A, B),
            (
                Track(
                    name="a",
                    steps=(Step(delay=IMMEDIATELY, event_type="answer", leg="a"),),
                    leg="a",
                ),
            ),
            (),
        ),
        (
            (ANSWERED_A, B),
            (
                Track(
                    name="a",
                    steps=(Step(delay=IMMEDIATELY, event_type="hangup", leg="a"),),
                    leg="a",
                ),
            ),
            (),
        ),
        (
            (RINGING_A, RINGING_A.replace(name="b")),
            (
                Track(
                    name="b",
                    steps=(Step(delay=IMMEDIATELY, event_type="answer", leg="b"),),
                    leg="b",
                ),
            ),
            (WaitReason(reason="person", leg="a"),),
        ),
        ((ANSWERED_A, B), (Track(name="a", steps=(), leg="a"),), HANGUP),
        (
            (RINGING_A, B),
            (Track(name="steps", steps=(Step(delay=IMMEDIATELY, event_type="play", leg="b"),)),),
            (),
        ),
    ],
)
def test_a_call_without_due_steps_names_its_wait_reasons(
    legs: tuple[Leg, ...], script: Script, wait_reasons: tuple[WaitReason, ...]
) -> None:
    call = build_begun_call(
        *legs, cursors=(Cursor(position=0, since=0, event_count=0),) * len(script)
    )
    assert next_step(script, call, "seed")[1] == wait_reasons


@pytest.mark.parametrize(
    "other",
    [
        build_begun_call().replace(redial_index=1),
        build_begun_call().replace(number_index=1),
        build_begun_call().replace(spec=SPEC.replace(id="c2")),
    ],
)
def test_each_attempt_and_call_draws_its_own_delays(other: Call) -> None:
    script = (
        Track(
            name="t",
            steps=(Step(delay=DurationRange(low=0, high=10**9), event_type="play", leg="a"),),
        ),
    )
    cursors = (Cursor(position=0, since=0, event_count=0),)
    drawn = [
        next_step(script, call.replace(cursors=cursors), "seed")[0]
        for call in (build_begun_call(), other)
    ]
    repeated = next_step(script, build_begun_call(cursors=cursors), "seed")[0]
    assert (drawn[0] == repeated, drawn[0] == drawn[1]) == (True, False)


def test_each_track_and_step_draws_its_own_delay() -> None:
    step = Step(delay=DurationRange(low=0, high=10**9), event_type="play", leg="a")
    drawn = [
        next_step(
            (Track(name=name, steps=(step,) * 2),),
            build_begun_call(cursors=(Cursor(position=position, since=0, event_count=0),)),
            "seed",
        )[0]
        for name, position in (("t", 0), ("t", 1), ("u", 0))
    ]
    assert len({due_step.at for due_step in drawn if due_step}) == 3


def test_the_beginning_of_a_call_gives_each_track_a_cursor() -> None:
    script = (Track(name="one", steps=()), Track(name="two", steps=()))
    call = build_call(
        spec=SPEC, legs=(A, B), starts_at=7_000, events=(Event(at=1_000, type="placed"),)
    )
    beginning = DueStep(at=7_000, track_index=-1, event=Event(at=7_000, type="begin"), location="")
    assert advance(script, call, beginning).cursors == (
        Cursor(position=0, since=7_000, event_count=1),
        Cursor(position=0, since=7_000, event_count=1),
    )


@pytest.mark.parametrize("track", [0, 1, 2])
def test_a_step_advances_the_cursor_of_its_track_only(track: int) -> None:
    script = tuple(
        Track(name=name, steps=(Step(delay=IMMEDIATELY, event_type="play", leg="a"),) * 6)
        for name in ("one", "two", "three")
    )
    cursors = (
        Cursor(position=0, since=10, event_count=0),
        Cursor(position=3, since=20, event_count=0),
        Cursor(position=5, since=30, event_count=0),
    )
    call = build_begun_call(cursors=cursors).replace(events=(Event(at=0, type="placed"),) * 4)
    expected = list(cursors)
    expected[track] = Cursor(position=cursors[track].position + 1, since=99, event_count=4)
    step = DueStep(at=99, track_index=track, event=Event(at=99, type="play", leg="a"), location="")
    assert advance(script, call, step) == call.replace(cursors=tuple(expected))
