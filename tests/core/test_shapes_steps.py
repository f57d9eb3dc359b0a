"""Scripts with steps: whose phone a step rings, and what is left to the people."""

import pytest

from mockserver.core.call import Call, Event, Leg, Mark, Order
from mockserver.core.legs import ANSWERED, NOW, STAYS, WORDS, Behaviour, Deed, fixed
from mockserver.core.script import Once, Script, Step, Track
from mockserver.core.shapes import SHAPES, compile_legs, joined

TWO = SHAPES["b-after-a"]
HANGUP = Step(fixed(5_000), "hangup", "b", {"cause": "busy"}, place="mine.yaml:3:5")
RING_B = Step(fixed(1_000), "ring", "b")
DIALLED_A = Step(NOW, "ring", "a", once=Once("begun"))
DIALLED_B = Step(NOW, "ring", "b", once=Once("answered", "a"))


def answers(leg: str, after: int = 2_000) -> Step:
    return Step(fixed(after), "answer", leg, once=Once("rang", leg))


def talked(leg: str, awaited: str = "") -> Step:
    return Step(fixed(6_000), "hangup", leg, {"cause": "normal"}, Once("talking", awaited))


def test_compile_without_steps_has_no_track_for_them() -> None:
    assert [track.name for track in compile_legs(TWO, {"a": ANSWERED, "b": ANSWERED})] == ["a", "b"]


def test_compile_steps_stand_last_and_belong_to_no_leg() -> None:
    script = compile_legs(TWO, {"a": STAYS, "b": STAYS}, (HANGUP,))
    assert script == (
        Track("a", (DIALLED_A, answers("a")), "a"),
        Track("b", (DIALLED_B, answers("b")), "b"),
        Track("steps", (HANGUP,)),
    )


def test_compile_a_leg_that_a_step_rings_is_dialled_by_that_step_alone() -> None:
    script = compile_legs(TWO, {"a": STAYS, "b": STAYS}, (RING_B, HANGUP))
    assert script[1:] == (Track("b", (answers("b"),), "b"), Track("steps", (RING_B, HANGUP)))


def test_compile_nothing_else_happens_to_a_rung_leg_without_a_behaviour() -> None:
    script = compile_legs(TWO, {"a": STAYS, "b": None}, (RING_B,))
    assert [track.name for track in script] == ["a", "steps"]


@pytest.mark.parametrize(
    ("how", "verbs"),
    [
        (WORDS["person"], []),
        (WORDS["busy"], ["hangup"]),
        (ANSWERED, ["answer", "hangup"]),
        (WORDS["machine"], ["answer", "machine", "hangup"]),
        (
            STAYS._replace(deeds=(Deed(NOW, "digits", {"digits": "1"}),)),
            ["answer", "digits"],
        ),
    ],
)
def test_compile_what_is_left_to_a_rung_person(how: Behaviour, verbs: list[str]) -> None:
    [track, _] = compile_legs(SHAPES["one-leg"], {"a": how}, (Step(NOW, "ring", "a"),))
    assert [step.verb for step in track.steps] == verbs


def test_compile_a_rung_person_hangs_up_by_the_clock_as_well() -> None:
    how = STAYS._replace(hangup=fixed(7_000))
    script = compile_legs(TWO, {"b": how}, (RING_B,))
    assert script[1] == Track(
        "b-hangup",
        (Step(fixed(7_000), "hangup", "b", {"cause": "normal"}, Once("answered", "b")),),
        "b",
    )


@pytest.mark.parametrize(
    ("shape", "awaited"), [("one-leg", ""), ("b-after-a", ""), ("branch", ""), ("queue", "b")]
)
def test_compile_who_talks_hangs_up_once_nobody_is_awaited(shape: str, awaited: str) -> None:
    assert compile_legs(SHAPES[shape], {"a": ANSWERED}) == (
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
        ((RINGS,), STAYS, (Track("b-1", (answers("b"),), "b"),)),
        ((RINGS,), ANSWERED, (Track("b-1", (answers("b"), talked("b")), "b"),)),
        (
            (RINGS, Event(7_000, "ring", "a"), Event(7_000, "answer", "b"), RINGS),
            STAYS._replace(hangup=fixed(9_000)),
            (
                Track("b-2", (answers("b"),), "b"),
                Track(
                    "b-hangup-2",
                    (
                        Step(
                            fixed(9_000), "hangup", "b", {"cause": "normal"}, Once("answered", "b")
                        ),
                    ),
                    "b",
                ),
            ),
        ),
    ],
)
def test_joined_has_new_tracks_for_whom_the_last_event_dialled(
    events: tuple[Event, ...], how: Behaviour | None, new: Script
) -> None:
    legs = (Leg("a", "from", "1"), Leg("b", "to", "2", "ringing"))
    marks = tuple(Mark(0, since, 0) for since in (1, 2, 3, 4))
    order = Order("c1", "v1", "p", "shop", "c2c", "b-after-a", {}, 0)
    call = Call(order, legs, 0, "begun", cursor=marks, events=events)
    fresh = (Mark(0, 7_000, len(events)),) * len(new)
    assert joined(OLDER, call, how) == (
        (OLDER[0], OLDER[3], *new),
        call._replace(cursor=(marks[0], marks[3], *fresh)),
    )


def test_stays_ends_nothing_itself() -> None:
    assert ANSWERED._replace(talk=None) == STAYS
