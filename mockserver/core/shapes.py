"""Shapes: who is dialled when, whose failure ends the call, what the legs bring about."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.call import NORMAL, Call, Event, Leg, Mark, outcome
from mockserver.core.legs import NOW, Behaviour
from mockserver.core.lifecycle import LIVE
from mockserver.core.script import Once, Script, Step, Track


class Shape(NamedTuple):
    """`begins` says since when a leg may be dialled; `callee` whom the client wanted to reach.

    A leg in `fatal` ends the call with its end, one in `parting` only if it has answered. `later`
    are legs that a provider dials in the course of the call; whoever talks waits for `awaited`.
    """

    begins: Mapping[str, Once]
    fatal: frozenset[str]
    callee: str
    later: tuple[str, ...] = ()
    parting: frozenset[str] = frozenset()
    awaited: str = ""


SHAPES: Final = MappingProxyType(
    {
        "one-leg": Shape({"a": Once("begun")}, frozenset("a"), "a"),
        "b-after-a": Shape(
            {"a": Once("begun"), "b": Once("answered", "a")}, frozenset({"a", "b"}), "b"
        ),
        "branch": Shape({"a": Once("begun")}, frozenset({"a", "b"}), "a", later=("b",)),
        "queue": Shape({"a": Once("begun")}, frozenset("a"), "a", ("b",), frozenset("b"), "b"),
    }
)
"""`branch`: keys or words decide whether b is dialled; `queue`: a waits until a b is found."""


QUIET: Final = frozenset({"begin", "ring", "bridge", "ended"})
"""Verbs after which the legs bring nothing about."""


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
        for track in _tracks(leg, once, how, leg in rung, shape.awaited)
    )
    return (*people, Track("steps", steps)) if steps else tuple(people)


def joined(script: Script, call: Call, how: Behaviour | None) -> tuple[Script, Call]:
    """Script and call with tracks for whom the call's last event has dialled, in place of older.

    Without a behaviour nothing happens to that leg by itself.
    """
    event = call.events[-1]
    others = [at for at, track in enumerate(script) if track.leg != event.leg]
    nth = sum((one.verb, one.leg) == ("ring", event.leg) for one in call.events)
    tracks = _tracks(event.leg, Once("begun"), how, True, "") if how else ()  # noqa: FBT003 - as below
    new = tuple(track._replace(name=f"{track.name}-{nth}") for track in tracks)
    start = Mark(0, event.at, len(call.events))
    cursor = (*(call.cursor[at] for at in others), *(start for _ in new))
    return (*(script[at] for at in others), *new), call._replace(cursor=cursor)


def follows(call: Call, at: int) -> Event | None:
    """What the legs bring about by themselves: bridge, the others hang up, over, ended."""
    if call.phase == "over":
        return Event(at, "ended", data={"outcome": call.outcome or outcome(call)})
    if call.phase not in LIVE:
        return None
    shape = SHAPES[call.order.shape]
    live, answered, over = "", 0, False
    for leg in call.legs:
        if leg.state == "answered":
            answered += 1
        if leg.state in ("ringing", "answered"):
            live = live or leg.name
        elif _fatal(leg, shape):
            over = True
    if not over:
        return Event(at, "bridge") if answered > 1 and call.phase == "begun" else None
    if live:
        return Event(at, "hangup", live, NORMAL)
    return Event(at, "attempt-ended", data={"outcome": _outcome(call, shape)})


def _fatal(leg: Leg, shape: Shape) -> bool:
    if leg.state != "ended":
        return False
    return leg.name in shape.fatal or (leg.name in shape.parting and leg.answered_at is not None)


def _outcome(call: Call, shape: Shape) -> str:
    """Who has waited in vain has not been answered."""
    awaited = call.leg(shape.awaited)
    in_vain = shape.awaited and (awaited is None or awaited.answered_at is None)
    reached = outcome(call if awaited is None else _without(call, awaited))
    return "no-answer" if in_vain and reached == "completed" else reached


def _without(call: Call, leg: Leg) -> Call:
    return call._replace(legs=tuple(one for one in call.legs if one is not leg))


@lru_cache(maxsize=1_024)
def _tracks(
    leg: str,
    once: Once,
    how: Behaviour,
    dialled: bool,  # noqa: FBT001 - a cache is quickest by position
    awaited: str,
) -> tuple[Track, ...]:
    """Most people behave like many others: their calls share one value, and the work for it."""
    track = Track(leg, tuple(_steps(leg, once, how, awaited))[dialled:], leg)
    if how.hangup is None:
        return (track,)
    gone = Step(how.hangup, "hangup", leg, NORMAL, Once("answered", leg))
    return track, Track(f"{leg}-hangup", (gone,), leg)


def _steps(leg: str, once: Once, how: Behaviour, awaited: str) -> Iterator[Step]:
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
        yield Step(how.talk, "hangup", leg, NORMAL, Once("talking", awaited))
