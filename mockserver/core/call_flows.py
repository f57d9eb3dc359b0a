"""Shapes: who is dialled when, whose failure ends the call, what the legs bring about."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.behavior import IMMEDIATELY, LegBehavior
from mockserver.core.call import NORMAL_CAUSE, Call, Cursor, Event, Leg, attempt_outcome
from mockserver.core.lifecycle import ACTIVE_PHASES
from mockserver.core.script import Condition, Script, Step, Track


class CallFlow(NamedTuple):
    """`begins` says since when a leg may be dialled; `callee` whom the client wanted to reach.

    A leg in `fatal` ends the call with its end, one in `parting` only if it has answered. `later`
    are legs that a provider dials in the course of the call; whoever talks waits for `awaited`.
    """

    dial_conditions: Mapping[str, Condition]
    fatal_legs: frozenset[str]
    callee: str
    later_legs: tuple[str, ...] = ()
    fatal_after_answer: frozenset[str] = frozenset()
    awaited_leg: str = ""


CALL_FLOWS: Final = MappingProxyType(
    {
        "one-leg": CallFlow({"a": Condition("begun")}, frozenset("a"), "a"),
        "b-after-a": CallFlow(
            {"a": Condition("begun"), "b": Condition("answered", "a")}, frozenset({"a", "b"}), "b"
        ),
        "branch": CallFlow(
            {"a": Condition("begun")}, frozenset({"a", "b"}), "a", later_legs=("b",)
        ),
        "queue": CallFlow(
            {"a": Condition("begun")}, frozenset("a"), "a", ("b",), frozenset("b"), "b"
        ),
    }
)
"""`branch`: keys or words decide whether b is dialled; `queue`: a waits until a b is found."""


EVENTS_WITHOUT_FOLLOW_UP: Final = frozenset({"begin", "ring", "bridge", "ended"})
"""Verbs after which the legs bring nothing about."""


def compile_script(
    flow: CallFlow, behaviors: Mapping[str, LegBehavior | None], steps: tuple[Step, ...] = ()
) -> Script:
    """A track for each leg; a person who hangs up by the clock has a second one; then the steps.

    A leg that a step rings is dialled by that step alone; without a behaviour of its own nothing
    else happens to it.
    """
    rung = {step.leg for step in steps if step.event_type == "ring"}
    people = (
        track
        for leg, once in flow.dial_conditions.items()
        if (how := behaviors.get(leg))
        for track in _leg_tracks(leg, once, how, leg in rung, flow.awaited_leg)
    )
    return (*people, Track("steps", steps)) if steps else tuple(people)


def add_leg_tracks(script: Script, call: Call, behavior: LegBehavior | None) -> tuple[Script, Call]:
    """Script and call with tracks for whom the call's last event has dialled, in place of older.

    Without a behaviour nothing happens to that leg by itself.
    """
    event = call.events[-1]
    others = [at for at, track in enumerate(script) if track.leg != event.leg]
    nth = sum((one.type, one.leg) == ("ring", event.leg) for one in call.events)
    tracks = _leg_tracks(event.leg, Condition("begun"), behavior, True, "") if behavior else ()  # noqa: FBT003 - as below
    new = tuple(track._replace(name=f"{track.name}-{nth}") for track in tracks)
    start = Cursor(0, event.at, len(call.events))
    cursor = (*(call.cursors[at] for at in others), *(start for _ in new))
    return (*(script[at] for at in others), *new), call._replace(cursors=cursor)


def follow_up(call: Call, at: int) -> Event | None:
    """What the legs bring about by themselves: bridge, the others hang up, over, ended."""
    if call.phase == "over":
        return Event(at, "ended", data={"outcome": call.outcome or attempt_outcome(call)})
    if call.phase not in ACTIVE_PHASES:
        return None
    shape = CALL_FLOWS[call.spec.flow]
    live, answered, over = "", 0, False
    for leg in call.legs:
        if leg.state == "answered":
            answered += 1
        if leg.state in ("ringing", "answered"):
            live = live or leg.name
        elif _is_fatal(leg, shape):
            over = True
    if not over:
        return Event(at, "bridge") if answered > 1 and call.phase == "begun" else None
    if live:
        return Event(at, "hangup", live, NORMAL_CAUSE)
    return Event(at, "attempt-ended", data={"outcome": _flow_outcome(call, shape)})


def _is_fatal(leg: Leg, flow: CallFlow) -> bool:
    if leg.state != "ended":
        return False
    return leg.name in flow.fatal_legs or (
        leg.name in flow.fatal_after_answer and leg.answered_at is not None
    )


def _flow_outcome(call: Call, flow: CallFlow) -> str:
    """Who has waited in vain has not been answered."""
    awaited = call.leg(flow.awaited_leg)
    in_vain = flow.awaited_leg and (awaited is None or awaited.answered_at is None)
    reached = attempt_outcome(call if awaited is None else _without_leg(call, awaited))
    return "no-answer" if in_vain and reached == "completed" else reached


def _without_leg(call: Call, leg: Leg) -> Call:
    return call._replace(legs=tuple(one for one in call.legs if one is not leg))


@lru_cache(maxsize=1_024)
def _leg_tracks(
    leg: str,
    condition: Condition,
    behavior: LegBehavior,
    dialed: bool,  # noqa: FBT001 - a cache is quickest by position
    awaited_leg: str,
) -> tuple[Track, ...]:
    """Most people behave like many others: their calls share one value, and the work for it."""
    track = Track(leg, tuple(_leg_steps(leg, condition, behavior, awaited_leg))[dialed:], leg)
    if behavior.hangup is None:
        return (track,)
    gone = Step(behavior.hangup, "hangup", leg, NORMAL_CAUSE, Condition("answered", leg))
    return track, Track(f"{leg}-hangup", (gone,), leg)


def _leg_steps(
    leg: str, condition: Condition, behavior: LegBehavior, awaited_leg: str
) -> Iterator[Step]:
    yield Step(IMMEDIATELY, "ring", leg, condition=condition)
    rang, answered = Condition("rang", leg), Condition("answered", leg)
    if behavior.outcome in ("answered", "machine"):
        yield Step(behavior.ring, "answer", leg, condition=rang)
    elif behavior.outcome != "person":
        yield Step(behavior.ring, "hangup", leg, {"cause": behavior.outcome}, rang)
        return
    if behavior.outcome == "machine":
        yield Step(IMMEDIATELY, "machine", leg)
    yield from (
        Step(deed.delay, deed.event_type, leg, deed.data, answered) for deed in behavior.actions
    )
    if behavior.talk is not None:
        yield Step(behavior.talk, "hangup", leg, NORMAL_CAUSE, Condition("talking", awaited_leg))
