"""Shapes: who is dialled when, whose failure ends the call, what the legs bring about."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.call import LIVE, Call, Event, outcome
from mockserver.core.legs import NOW, Behaviour
from mockserver.core.script import Once, Script, Step, Track


class Shape(NamedTuple):
    """`begins` says since when a leg may be dialled; `callee` whom the client wanted to reach."""

    begins: Mapping[str, Once]
    fatal: frozenset[str]
    callee: str


SHAPES: Final = MappingProxyType(
    {
        "one-leg": Shape({"a": Once("begun")}, frozenset("a"), "a"),
        "b-after-a": Shape(
            {"a": Once("begun"), "b": Once("answered", "a")}, frozenset({"a", "b"}), "b"
        ),
    }
)


def compile_legs(
    shape: Shape, behaviours: Mapping[str, Behaviour | None], steps: tuple[Step, ...] = ()
) -> Script:
    """A track for each leg; a person who hangs up by the clock has a second one; then the steps.

    A leg that a step rings is dialled by that step alone; without a behaviour of its own nothing
    else happens to it.
    """
    rung = {step.leg for step in steps if step.verb == "ring"}
    people = (
        track
        for leg, once in shape.begins.items()
        if (how := behaviours.get(leg))
        for track in _tracks(leg, once, how, dialled=leg in rung)
    )
    return (*people, Track("steps", steps)) if steps else tuple(people)


def follows(call: Call, at: int) -> Event | None:
    """What the legs bring about by themselves: bridge, the others hang up, over, ended."""
    if call.phase == "over":
        return Event(at, "ended", data={"outcome": outcome(call)})
    if call.phase not in LIVE:
        return None
    shape = SHAPES[call.order.shape]
    live = [leg for leg in call.legs if leg.state in ("ringing", "answered")]
    if any(leg.state == "ended" and leg.name in shape.fatal for leg in call.legs):
        if not live:
            return Event(at, "attempt-ended", data={"outcome": outcome(call)})
        return Event(at, "hangup", live[0].name, {"cause": "normal"})
    answered = sum(leg.state == "answered" for leg in call.legs)
    return Event(at, "bridge") if answered > 1 and call.phase == "begun" else None


def _tracks(leg: str, once: Once, how: Behaviour, *, dialled: bool) -> Iterator[Track]:
    yield Track(leg, tuple(_steps(leg, once, how))[dialled:], leg)
    if how.hangup is not None:
        gone = Step(how.hangup, "hangup", leg, {"cause": "normal"}, Once("answered", leg))
        yield Track(f"{leg}-hangup", (gone,), leg)


def _steps(leg: str, once: Once, how: Behaviour) -> Iterator[Step]:
    yield Step(NOW, "ring", leg, once=once)
    rang, answered = Once("rang", leg), Once("answered", leg)
    if how.then in ("answered", "machine"):
        yield Step(how.ring, "answer", leg, once=rang)
    elif how.then != "person":
        yield Step(how.ring, "hangup", leg, {"cause": how.then}, rang)
        return
    if how.then == "machine":
        yield Step(NOW, "machine", leg)
    yield from (Step(deed.after, deed.verb, leg, deed.data, answered) for deed in how.deeds)
    if how.talk is not None:
        yield Step(how.talk, "hangup", leg, {"cause": "normal"}, Once("talking"))
