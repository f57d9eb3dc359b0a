"""What is due next by a script, and who is waited for."""

import pytest

from mockserver.core.call import Call, Event, Leg, Mark, Order
from mockserver.core.legs import NOW, Span, fixed
from mockserver.core.script import (
    Next,
    Once,
    Script,
    Step,
    Track,
    Waiting,
    advance_script,
    moved,
)

ORDER = Order("c1", "v1", "mobtexting", "shop", "c2c", "b-after-a", {}, 1_000)
A, B = Leg("a", "from", "1"), Leg("b", "to", "2")
RINGS, TALKS = A._replace(state="ringing"), A._replace(state="answered", answered_at=2_000)
HANGUP = (Waiting("hangup"),)


def begun(*legs: Leg, marks: tuple[Mark, ...] = (), phase: str = "begun") -> Call:
    return Call(ORDER, legs or (A, B), 1_000, phase, cursor=marks, began_at=1_500)


def once(condition: str, leg: str = "") -> Script:
    return (Track("t", (Step(fixed(100), "play", "b", once=Once(condition, leg)),)),)


def test_steps_say_nothing_unless_told() -> None:
    assert Step(NOW, "play") == Step(NOW, "play", "", {}, None, "", None)
    assert (Once("begun"), Track("t", ())) == (Once("begun", "", 1), Track("t", (), ""))
    assert Waiting("hangup") == Waiting("hangup", "")


def test_advance_placed_begins_at_its_start() -> None:
    call = Call(ORDER, (A, B), 7_000)
    coming, awaited = advance_script(once("begun"), call, "seed")
    assert (coming, awaited) == (Next(7_000, -1, Event(7_000, "begin"), ""), ())


@pytest.mark.parametrize("state", ["ended", "left"])
def test_advance_a_track_stops_when_its_leg_is_gone(state: str) -> None:
    script = (once("begun")[0]._replace(leg="b"),)
    call = begun(TALKS, B._replace(state=state), marks=(Mark(0, 0, 0),))
    assert advance_script(script, call, "seed") == (None, HANGUP)


@pytest.mark.parametrize("phase", ["over", "ended"])
def test_advance_over_is_still(phase: str) -> None:
    assert advance_script(once("begun"), begun(phase=phase), "seed") == (None, ())


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
        (once("rang", "a"), begun(RINGS._replace(rang_at=1_700), B), 1_800),
        (once("rang", "c"), begun(RINGS._replace(rang_at=1_700), B), None),
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
    call = call._replace(phase=phase, cursor=(Mark(0, 0, 0),))
    coming, _ = advance_script(script, call, "seed")
    assert (coming.at if coming else None) == at


@pytest.mark.parametrize(("since", "at"), [(1_000, 1_600), (1_500, 1_600), (1_501, 1_601)])
def test_advance_counts_from_the_later_of_step_and_condition(since: int, at: int) -> None:
    coming, _ = advance_script(once("begun"), begun(marks=(Mark(0, since, 0),)), "seed")
    assert coming == Next(at, 0, Event(at, "play", "b"), "")


def test_advance_of_two_at_one_time_the_earlier_track() -> None:
    step = Step(fixed(100), "play", "a", {"text": "x"}, place="mine.yaml:3:1")
    script = (
        Track("late", (step._replace(after=fixed(101)),)),
        Track("one", (step,)),
        Track("two", (step,)),
    )
    coming, _ = advance_script(script, begun(marks=(Mark(0, 50, 0),) * 3), "seed")
    assert coming == Next(150, 1, Event(150, "play", "a", {"text": "x"}), "mine.yaml:3:1")


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
    script = (Track("t", (Step(NOW, "play", "a"),), track),)
    coming, _ = advance_script(script, begun(leg, B, marks=(Mark(0, 0, 0),)), "seed")
    assert (coming is None) is still


@pytest.mark.parametrize(
    ("legs", "script", "awaited"),
    [
        ((RINGS, B), (), (Waiting("person", "a"),)),
        (
            (RINGS, RINGS._replace(name="b")),
            (),
            (Waiting("person", "a"), Waiting("person", "b")),
        ),
        ((TALKS, B), (), HANGUP),
        ((A, B), (), HANGUP),
        ((RINGS, B), (Track("a", (Step(NOW, "answer", "a"),), "a"),), ()),
        ((TALKS, B), (Track("a", (Step(NOW, "hangup", "a"),), "a"),), ()),
        (
            (RINGS, RINGS._replace(name="b")),
            (Track("b", (Step(NOW, "answer", "b"),), "b"),),
            (Waiting("person", "a"),),
        ),
        ((TALKS, B), (Track("a", (), "a"),), HANGUP),
        ((RINGS, B), (Track("steps", (Step(NOW, "play", "b"),)),), ()),
    ],
)
def test_advance_says_who_is_awaited(
    legs: tuple[Leg, ...], script: Script, awaited: tuple[Waiting, ...]
) -> None:
    call = begun(*legs, marks=(Mark(0, 0, 0),) * len(script))
    assert advance_script(script, call, "seed")[1] == awaited


@pytest.mark.parametrize(
    "other",
    [
        begun()._replace(redial=1),
        begun()._replace(target=1),
        begun()._replace(order=ORDER._replace(id="c2")),
    ],
)
def test_advance_draws_anew_for_each_attempt_and_call(other: Call) -> None:
    script = (Track("t", (Step(Span(0, 10**9), "play", "a"),)),)
    marks = (Mark(0, 0, 0),)
    drawn = [
        advance_script(script, call._replace(cursor=marks), "seed")[0] for call in (begun(), other)
    ]
    again = advance_script(script, begun(marks=marks), "seed")[0]
    assert (drawn[0] == again, drawn[0] == drawn[1]) == (True, False)


def test_advance_draws_anew_for_each_track_and_step() -> None:
    step = Step(Span(0, 10**9), "play", "a")
    drawn = [
        advance_script((Track(name, (step,) * 2),), begun(marks=(Mark(position, 0, 0),)), "seed")[0]
        for name, position in (("t", 0), ("t", 1), ("u", 0))
    ]
    assert len({coming.at for coming in drawn if coming}) == 3


def test_moved_at_the_beginning_gives_each_track_its_mark() -> None:
    script = (Track("one", ()), Track("two", ()))
    call = Call(ORDER, (A, B), 7_000, events=(Event(1_000, "placed"),))
    beginning = Next(7_000, -1, Event(7_000, "begin"), "")
    assert moved(script, call, beginning).cursor == (Mark(0, 7_000, 1), Mark(0, 7_000, 1))


@pytest.mark.parametrize("track", [0, 1, 2])
def test_moved_moves_one_track_only(track: int) -> None:
    script = tuple(Track(name, (Step(NOW, "play", "a"),) * 6) for name in ("one", "two", "three"))
    marks = (Mark(0, 10, 0), Mark(3, 20, 0), Mark(5, 30, 0))
    call = begun(marks=marks)._replace(events=(Event(0, "placed"),) * 4)
    after = list(marks)
    after[track] = Mark(marks[track].position + 1, 99, 4)
    step = Next(99, track, Event(99, "play", "a"), "")
    assert moved(script, call, step) == call._replace(cursor=tuple(after))
