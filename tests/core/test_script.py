"""What is due next by a script, and who is waited for."""

import pytest

from mockserver.core.behavior import IMMEDIATELY, DurationRange, fixed_duration
from mockserver.core.call import Call, CallSpec, Cursor, Event, Leg
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

ORDER = CallSpec("c1", "v1", "mobtexting", "shop", "c2c", "b-after-a", {}, 1_000)
A, B = Leg("a", "from", "1"), Leg("b", "to", "2")
RINGS, TALKS = A._replace(state="ringing"), A._replace(state="answered", answered_at=2_000)
HANGUP = (WaitReason("hangup"),)


def begun(*legs: Leg, marks: tuple[Cursor, ...] = (), phase: str = "begun") -> Call:
    return Call(ORDER, legs or (A, B), 1_000, phase, cursors=marks, attempt_started_at=1_500)


def once(condition: str, leg: str = "") -> Script:
    return (
        Track("t", (Step(fixed_duration(100), "play", "b", condition=Condition(condition, leg)),)),
    )


def test_steps_say_nothing_unless_told() -> None:
    assert Step(IMMEDIATELY, "play") == Step(IMMEDIATELY, "play", "", {}, None, "", None)
    assert (Condition("begun"), Track("t", ())) == (Condition("begun", "", 1), Track("t", (), ""))
    assert WaitReason("hangup") == WaitReason("hangup", "")


def test_advance_placed_begins_at_its_start() -> None:
    call = Call(ORDER, (A, B), 7_000)
    coming, awaited = next_step(once("begun"), call, "seed")
    assert (coming, awaited) == (DueStep(7_000, -1, Event(7_000, "begin"), ""), ())


@pytest.mark.parametrize("state", ["ended", "left"])
def test_advance_a_track_stops_when_its_leg_is_gone(state: str) -> None:
    script = (once("begun")[0]._replace(leg="b"),)
    call = begun(TALKS, B._replace(state=state), marks=(Cursor(0, 0, 0),))
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
    call = call._replace(phase=phase, cursors=(Cursor(0, 0, 0),))
    coming, _ = next_step(script, call, "seed")
    assert (coming.at if coming else None) == at


@pytest.mark.parametrize(("since", "at"), [(1_000, 1_600), (1_500, 1_600), (1_501, 1_601)])
def test_advance_counts_from_the_later_of_step_and_condition(since: int, at: int) -> None:
    coming, _ = next_step(once("begun"), begun(marks=(Cursor(0, since, 0),)), "seed")
    assert coming == DueStep(at, 0, Event(at, "play", "b"), "")


def test_advance_of_two_at_one_time_the_earlier_track() -> None:
    step = Step(fixed_duration(100), "play", "a", {"text": "x"}, location="mine.yaml:3:1")
    script = (
        Track("late", (step._replace(delay=fixed_duration(101)),)),
        Track("one", (step,)),
        Track("two", (step,)),
    )
    coming, _ = next_step(script, begun(marks=(Cursor(0, 50, 0),) * 3), "seed")
    assert coming == DueStep(150, 1, Event(150, "play", "a", {"text": "x"}), "mine.yaml:3:1")


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
    script = (Track("t", (Step(IMMEDIATELY, "play", "a"),), track),)
    coming, _ = next_step(script, begun(leg, B, marks=(Cursor(0, 0, 0),)), "seed")
    assert (coming is None) is still


@pytest.mark.parametrize(
    ("legs", "script", "awaited"),
    [
        ((RINGS, B), (), (WaitReason("person", "a"),)),
        (
            (RINGS, RINGS._replace(name="b")),
            (),
            (WaitReason("person", "a"), WaitReason("person", "b")),
        ),
        ((TALKS, B), (), HANGUP),
        ((A, B), (), HANGUP),
        ((RINGS, B), (Track("a", (Step(IMMEDIATELY, "answer", "a"),), "a"),), ()),
        ((TALKS, B), (Track("a", (Step(IMMEDIATELY, "hangup", "a"),), "a"),), ()),
        (
            (RINGS, RINGS._replace(name="b")),
            (Track("b", (Step(IMMEDIATELY, "answer", "b"),), "b"),),
            (WaitReason("person", "a"),),
        ),
        ((TALKS, B), (Track("a", (), "a"),), HANGUP),
        ((RINGS, B), (Track("steps", (Step(IMMEDIATELY, "play", "b"),)),), ()),
    ],
)
def test_advance_says_who_is_awaited(
    legs: tuple[Leg, ...], script: Script, awaited: tuple[WaitReason, ...]
) -> None:
    call = begun(*legs, marks=(Cursor(0, 0, 0),) * len(script))
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
    script = (Track("t", (Step(DurationRange(0, 10**9), "play", "a"),)),)
    marks = (Cursor(0, 0, 0),)
    drawn = [
        next_step(script, call._replace(cursors=marks), "seed")[0] for call in (begun(), other)
    ]
    again = next_step(script, begun(marks=marks), "seed")[0]
    assert (drawn[0] == again, drawn[0] == drawn[1]) == (True, False)


def test_advance_draws_anew_for_each_track_and_step() -> None:
    step = Step(DurationRange(0, 10**9), "play", "a")
    drawn = [
        next_step((Track(name, (step,) * 2),), begun(marks=(Cursor(position, 0, 0),)), "seed")[0]
        for name, position in (("t", 0), ("t", 1), ("u", 0))
    ]
    assert len({coming.at for coming in drawn if coming}) == 3


def test_moved_at_the_beginning_gives_each_track_its_mark() -> None:
    script = (Track("one", ()), Track("two", ()))
    call = Call(ORDER, (A, B), 7_000, events=(Event(1_000, "placed"),))
    beginning = DueStep(7_000, -1, Event(7_000, "begin"), "")
    assert advance(script, call, beginning).cursors == (Cursor(0, 7_000, 1), Cursor(0, 7_000, 1))


@pytest.mark.parametrize("track", [0, 1, 2])
def test_moved_moves_one_track_only(track: int) -> None:
    script = tuple(
        Track(name, (Step(IMMEDIATELY, "play", "a"),) * 6) for name in ("one", "two", "three")
    )
    marks = (Cursor(0, 10, 0), Cursor(3, 20, 0), Cursor(5, 30, 0))
    call = begun(marks=marks)._replace(events=(Event(0, "placed"),) * 4)
    after = list(marks)
    after[track] = Cursor(marks[track].position + 1, 99, 4)
    step = DueStep(99, track, Event(99, "play", "a"), "")
    assert advance(script, call, step) == call._replace(cursors=tuple(after))
