"""What is due next by a script, and who is waited for."""

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

ORDER = build_call_spec(account="shop", created_at=1_000)
A, B = Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2")
RINGS, TALKS = A._replace(state="ringing"), A._replace(state="answered", answered_at=2_000)
HANGUP = (WaitReason(reason="hangup"),)


def begun(*legs: Leg, marks: tuple[Cursor, ...] = (), phase: str = "begun") -> Call:
    return build_call(
        spec=ORDER,
        legs=legs or (A, B),
        starts_at=1_000,
        phase=phase,
        cursors=marks,
        attempt_started_at=1_500,
    )


def once(condition: str, leg: str = "") -> Script:
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


def test_steps_say_nothing_unless_told() -> None:
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


def test_advance_placed_begins_at_its_start() -> None:
    call = build_call(spec=ORDER, legs=(A, B), starts_at=7_000)
    coming, awaited = next_step(once("begun"), call, "seed")
    assert (coming, awaited) == (
        DueStep(at=7_000, track_index=-1, event=Event(at=7_000, type="begin"), location=""),
        (),
    )


@pytest.mark.parametrize("state", ["ended", "left"])
def test_advance_a_track_stops_when_its_leg_is_gone(state: str) -> None:
    script = (once("begun")[0]._replace(leg="b"),)
    call = begun(
        TALKS, B._replace(state=state), marks=(Cursor(position=0, since=0, event_count=0),)
    )
    assert next_step(script, call, "seed") == (None, HANGUP)


@pytest.mark.parametrize("phase", ["over", "ended"])
def test_advance_over_is_still(phase: str) -> None:
    assert next_step(once("begun"), begun(phase=phase), "seed") == (None, ())


@pytest.mark.parametrize(
    ("script", "call", "at"),
    [
        (once("begun"), begun(), 1_600),
        (once("answered", "a"), begun(TALKS, B), 2_100),
        (once("answered", "a"), begun(RINGS, B), None),
        (once("answered", "c"), begun(TALKS, B), None),
        (once("talking"), begun(TALKS, B), 2_100),
        (once("talking"), begun(TALKS, RINGS._replace(name="b")), None),
        (
            once("talking"),
            begun(TALKS, B._replace(state="answered", answered_at=9_000)),
            9_100,
        ),
        (once("talking"), begun(), None),
        (once("talking", "b"), begun(TALKS, B), None),
        (once("talking", "b"), begun(TALKS, B._replace(state="ended", answered_at=9_000)), None),
        (
            once("talking", "b"),
            begun(TALKS, B._replace(state="answered", answered_at=9_000)),
            9_100,
        ),
        (once("talking", "c"), begun(TALKS, B), None),
        (once("rang", "a"), begun(RINGS._replace(ringing_at=1_700), B), 1_800),
        (once("rang", "c"), begun(RINGS._replace(ringing_at=1_700), B), None),
        (once("settled", "a"), begun(TALKS, B), 2_100),
        (once("settled", "a"), begun(TALKS._replace(state="ended", ended_at=9_000), B), 2_100),
        (once("settled", "a"), begun(A._replace(state="ended", ended_at=1_900), B), 2_000),
        (once("settled", "a"), begun(RINGS, B), None),
        (once("settled", "c"), begun(TALKS, B), None),
    ],
)
@pytest.mark.parametrize("phase", ["begun", "bridged"])
def test_advance_waits_for_its_condition(
    script: Script, call: Call, at: int | None, phase: str
) -> None:
    call = call._replace(phase=phase, cursors=(Cursor(position=0, since=0, event_count=0),))
    coming, _ = next_step(script, call, "seed")
    assert (coming.at if coming else None) == at


@pytest.mark.parametrize(("since", "at"), [(1_000, 1_600), (1_500, 1_600), (1_501, 1_601)])
def test_advance_counts_from_the_later_of_step_and_condition(since: int, at: int) -> None:
    coming, _ = next_step(
        once("begun"), begun(marks=(Cursor(position=0, since=since, event_count=0),)), "seed"
    )
    assert coming == DueStep(
        at=at, track_index=0, event=Event(at=at, type="play", leg="b"), location=""
    )


def test_advance_of_two_at_one_time_the_earlier_track() -> None:
    step = Step(
        delay=fixed_duration(100),
        event_type="play",
        leg="a",
        data={"text": "x"},
        location="mine.yaml:3:1",
    )
    script = (
        Track(name="late", steps=(step._replace(delay=fixed_duration(101)),)),
        Track(name="one", steps=(step,)),
        Track(name="two", steps=(step,)),
    )
    coming, _ = next_step(
        script, begun(marks=(Cursor(position=0, since=50, event_count=0),) * 3), "seed"
    )
    assert coming == DueStep(
        at=150,
        track_index=1,
        event=Event(at=150, type="play", leg="a", data={"text": "x"}),
        location="mine.yaml:3:1",
    )


@pytest.mark.parametrize(
    ("leg", "track", "still"),
    [
        (A._replace(state="ended"), "a", True),
        (A._replace(state="ended"), "", False),
        (A._replace(state="answered"), "a", False),
        (A._replace(state="ended"), "c", False),
    ],
)
def test_advance_track_stops_with_its_leg(
    leg: Leg,
    track: str,
    still: bool,  # noqa: FBT001 - what the table expects
) -> None:
    script = (
        Track(name="t", steps=(Step(delay=IMMEDIATELY, event_type="play", leg="a"),), leg=track),
    )
    coming, _ = next_step(
        script, begun(leg, B, marks=(Cursor(position=0, since=0, event_count=0),)), "seed"
    )
    assert (coming is None) is still


@pytest.mark.parametrize(
    ("legs", "script", "awaited"),
    [
        ((RINGS, B), (), (WaitReason(reason="person", leg="a"),)),
        (
            (RINGS, RINGS._replace(name="b")),
            (),
            (WaitReason(reason="person", leg="a"), WaitReason(reason="person", leg="b")),
        ),
        ((TALKS, B), (), HANGUP),
        ((A, B), (), HANGUP),
        (
            (RINGS, B),
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
            (TALKS, B),
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
            (RINGS, RINGS._replace(name="b")),
            (
                Track(
                    name="b",
                    steps=(Step(delay=IMMEDIATELY, event_type="answer", leg="b"),),
                    leg="b",
                ),
            ),
            (WaitReason(reason="person", leg="a"),),
        ),
        ((TALKS, B), (Track(name="a", steps=(), leg="a"),), HANGUP),
        (
            (RINGS, B),
            (Track(name="steps", steps=(Step(delay=IMMEDIATELY, event_type="play", leg="b"),)),),
            (),
        ),
    ],
)
def test_advance_says_who_is_awaited(
    legs: tuple[Leg, ...], script: Script, awaited: tuple[WaitReason, ...]
) -> None:
    call = begun(*legs, marks=(Cursor(position=0, since=0, event_count=0),) * len(script))
    assert next_step(script, call, "seed")[1] == awaited


@pytest.mark.parametrize(
    "other",
    [
        begun()._replace(redial_index=1),
        begun()._replace(number_index=1),
        begun()._replace(spec=ORDER._replace(id="c2")),
    ],
)
def test_advance_draws_anew_for_each_attempt_and_call(other: Call) -> None:
    script = (
        Track(
            name="t",
            steps=(Step(delay=DurationRange(low=0, high=10**9), event_type="play", leg="a"),),
        ),
    )
    marks = (Cursor(position=0, since=0, event_count=0),)
    drawn = [
        next_step(script, call._replace(cursors=marks), "seed")[0] for call in (begun(), other)
    ]
    again = next_step(script, begun(marks=marks), "seed")[0]
    assert (drawn[0] == again, drawn[0] == drawn[1]) == (True, False)


def test_advance_draws_anew_for_each_track_and_step() -> None:
    step = Step(delay=DurationRange(low=0, high=10**9), event_type="play", leg="a")
    drawn = [
        next_step(
            (Track(name=name, steps=(step,) * 2),),
            begun(marks=(Cursor(position=position, since=0, event_count=0),)),
            "seed",
        )[0]
        for name, position in (("t", 0), ("t", 1), ("u", 0))
    ]
    assert len({coming.at for coming in drawn if coming}) == 3


def test_moved_at_the_beginning_gives_each_track_its_mark() -> None:
    script = (Track(name="one", steps=()), Track(name="two", steps=()))
    call = build_call(
        spec=ORDER, legs=(A, B), starts_at=7_000, events=(Event(at=1_000, type="placed"),)
    )
    beginning = DueStep(at=7_000, track_index=-1, event=Event(at=7_000, type="begin"), location="")
    assert advance(script, call, beginning).cursors == (
        Cursor(position=0, since=7_000, event_count=1),
        Cursor(position=0, since=7_000, event_count=1),
    )


@pytest.mark.parametrize("track", [0, 1, 2])
def test_moved_moves_one_track_only(track: int) -> None:
    script = tuple(
        Track(name=name, steps=(Step(delay=IMMEDIATELY, event_type="play", leg="a"),) * 6)
        for name in ("one", "two", "three")
    )
    marks = (
        Cursor(position=0, since=10, event_count=0),
        Cursor(position=3, since=20, event_count=0),
        Cursor(position=5, since=30, event_count=0),
    )
    call = begun(marks=marks)._replace(events=(Event(at=0, type="placed"),) * 4)
    after = list(marks)
    after[track] = Cursor(position=marks[track].position + 1, since=99, event_count=4)
    step = DueStep(at=99, track_index=track, event=Event(at=99, type="play", leg="a"), location="")
    assert advance(script, call, step) == call._replace(cursors=tuple(after))
