"""Call flows: when each leg is dialed, which leg ends the attempt, which events follow."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.behavior import (
    IMMEDIATELY,
    NO_ANSWER_RING,
    DurationRange,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.call import (
    AWAITED_LEGS,
    NORMAL_CAUSE,
    Call,
    Cursor,
    Event,
    Leg,
    attempt_outcome,
)
from mockserver.core.lifecycle import ACTIVE_PHASES
from mockserver.core.script import Condition, Script, Step, Track
from mockserver.core.time import SECOND


class CallFlow(NamedTuple):
    """How the legs of a call depend on each other.

    `dial_conditions` has a condition for each leg dialed from the start; `callee` is the leg that
    the client wants to reach. A leg in `fatal_legs` ends the attempt when it ends, one in
    `fatal_after_answer` only if it has answered. `later_legs` are those that a provider dials in
    the course of the call. A leg in both fatal sets is fatal like those of the second one once it
    has been dialed again. A conversation begins only once `awaited_leg`, if any, has answered; if
    that was dialed in the course of the call, the provider bridges the legs. It rings for
    `offer_ring` then if nobody answers; None is as long as any leg.
    """

    dial_conditions: Mapping[str, Condition]
    fatal_legs: frozenset[str]
    callee: str
    later_legs: tuple[str, ...] = ()
    fatal_after_answer: frozenset[str] = frozenset()
    awaited_leg: str = ""
    offer_ring: DurationRange | None = None


OFFER_RING: Final = fixed_duration(30 * SECOND)

CALL_FLOWS: Final = MappingProxyType(
    {
        "one-leg": CallFlow({"a": Condition("begun")}, frozenset("a"), "a"),
        "b-after-a": CallFlow(
            {"a": Condition("begun"), "b": Condition("answered", "a")}, frozenset({"a", "b"}), "b"
        ),
        "callee-first": CallFlow(
            {"a": Condition("begun"), "b": Condition("answered", "a")}, frozenset({"a", "b"}), "a"
        ),
        "branch": CallFlow(
            {"a": Condition("begun")}, frozenset({"a", "b"}), "a", later_legs=("b",)
        ),
        "queue": CallFlow(
            {"a": Condition("begun")},
            frozenset("a"),
            "a",
            ("b",),
            frozenset("b"),
            AWAITED_LEGS["queue"],
            OFFER_RING,
        ),
        "agent-first": CallFlow(
            {"a": Condition("begun"), "b": Condition("answered", "a")},
            frozenset({"a", "b"}),
            "b",
            (),
            frozenset("a"),
            AWAITED_LEGS["agent-first"],
            OFFER_RING,
        ),
    }
)
"""In `callee-first`, a is the callee, who is forwarded to b. In `branch`, keys or words decide
whether b is dialed; in `queue`, a waits for a free b; in `agent-first`, a is an agent who may hand
b over to another one."""


EVENTS_WITHOUT_FOLLOW_UP: Final = frozenset({"begin", "ring", "bridge", "ended"})
"""Types of events after which the legs cause no other event."""


def compile_script(
    flow: CallFlow, behaviors: Mapping[str, LegBehavior | None], steps: tuple[Step, ...] = ()
) -> Script:
    """Build the tracks of the legs, and a track for the steps of the scenario.

    Talk and hangup of a leg have tracks of their own. A leg that a step rings is dialed by that
    step alone; without a behavior it has no track, so only steps affect it.
    """
    rung_legs = {step.leg for step in steps if step.event_type == "ring"}
    leg_tracks = (
        track
        for leg, condition in flow.dial_conditions.items()
        if (behavior := behaviors.get(leg))
        for track in _leg_tracks(leg, condition, behavior, leg in rung_legs, flow.awaited_leg)
    )
    return (*leg_tracks, Track("steps", steps)) if steps else tuple(leg_tracks)


@lru_cache(maxsize=1_024)
def compile_stepless_script(
    flow: str, behaviors: tuple[tuple[str, LegBehavior | None], ...]
) -> Script:
    """Build the tracks of a call without a scenario's steps, from pairs of a leg and its behavior.

    `flow` is a key of `CALL_FLOWS`. Cached: calls with equal behaviors share their script.
    """
    return compile_script(CALL_FLOWS[flow], dict(behaviors))


def add_leg_tracks(script: Script, call: Call, behavior: LegBehavior | None) -> tuple[Script, Call]:
    """Return script and call with tracks for the leg that the call's last event has dialed.

    They replace the leg's older tracks. Without a behavior it has none: nothing happens to it
    by itself.
    """
    event = call.events[-1]
    others = [index for index, track in enumerate(script) if track.leg != event.leg]
    ring_count = sum((past.type, past.leg) == ("ring", event.leg) for past in call.events)
    awaited = CALL_FLOWS[call.spec.flow].awaited_leg
    tracks = _leg_tracks(event.leg, Condition("begun"), behavior, True, awaited) if behavior else ()  # noqa: FBT003 - as below
    new = tuple(track.replace(name=f"{track.name}-{ring_count}") for track in tracks)
    start = Cursor(0, event.at, len(call.events))
    cursors = (*(call.cursors[index] for index in others), *(start for _ in new))
    return (*(script[index] for index in others), *new), call.replace(cursors=cursors)


def follow_up(call: Call, at: int) -> Event | None:
    """Return the event that the states of the legs cause at `at` (ms), if any.

    Two answered legs are bridged. Once a leg that is fatal has ended, the others hang up one by
    one, then the attempt ends, then the call.
    """
    if call.phase == "over":
        return Event(at, "ended", data={"outcome": call.outcome or attempt_outcome(call)})
    if call.phase not in ACTIVE_PHASES:
        return None
    flow = CALL_FLOWS[call.spec.flow]
    live_leg, answered_count, is_over = "", 0, False
    for leg in call.legs:
        if leg.state == "answered":
            answered_count += 1
        if leg.state in ("ringing", "answered"):
            live_leg = live_leg or leg.name
        elif _is_fatal(leg, flow):
            is_over = True
    if not is_over:
        bridges = answered_count > 1 and call.phase == "begun"
        return Event(at, "bridge") if bridges and not _waits_for_provider(call, flow) else None
    if live_leg:
        return Event(at, "hangup", live_leg, NORMAL_CAUSE)
    return Event(at, "attempt-ended", data={"outcome": _flow_outcome(call, flow)})


def _waits_for_provider(call: Call, flow: CallFlow) -> bool:
    """Whether the awaited leg was dialed in the course of the call: its provider bridges it."""
    awaited = call.leg(flow.awaited_leg) if flow.awaited_leg else None
    return awaited is not None and awaited.added_later


def _is_fatal(leg: Leg, flow: CallFlow) -> bool:
    if leg.state != "ended":
        return False
    if leg.name in flow.fatal_legs and not (leg.added_later and flow.awaited_leg == leg.name):
        return True
    return leg.name in flow.fatal_after_answer and leg.answered_at is not None


def offered_behavior(call: Call, leg: str, behavior: LegBehavior | None) -> LegBehavior | None:
    """Return the behavior of a leg that is dialed in the course of a call.

    A leg that is awaited and does not answer rings as long as an offer, unless its behavior says
    how long.
    """
    flow = CALL_FLOWS[call.spec.flow]
    if behavior is None or leg != flow.awaited_leg or flow.offer_ring is None:
        return behavior
    is_ignored = behavior.outcome == "no-answer" and behavior.ring == NO_ANSWER_RING
    return behavior.replace(ring=flow.offer_ring) if is_ignored else behavior


def _flow_outcome(call: Call, flow: CallFlow) -> str:
    """Return the outcome of the attempt: `no-answer` if only the awaited leg has not answered."""
    if flow.awaited_leg not in flow.later_legs:
        return attempt_outcome(call)
    awaited = call.leg(flow.awaited_leg)
    is_missing = awaited is None or awaited.answered_at is None
    outcome = attempt_outcome(call if awaited is None else _without_leg(call, awaited))
    return "no-answer" if is_missing and outcome == "completed" else outcome


def _without_leg(call: Call, leg: Leg) -> Call:
    return call.replace(legs=tuple(other for other in call.legs if other is not leg))


@lru_cache(maxsize=1_024)
def _leg_tracks(
    leg: str,
    condition: Condition,
    behavior: LegBehavior,
    dialed: bool,  # noqa: FBT001 - a cache is fastest with positional arguments
    awaited_leg: str,
) -> tuple[Track, ...]:
    """Build the tracks of a leg; with `dialed` its ring is left out, as something else rings it.

    Cached: legs with equal behaviors share their tracks.
    """
    steps = tuple(_leg_steps(leg, condition, behavior))[dialed:]
    track = Track(leg, steps, leg, behavior.stays, behavior.outcome == "person")
    ends = (
        ("talk", behavior.talk, Condition("talking", awaited_leg)),
        ("hangup", behavior.hangup, Condition("answered", leg)),
    )
    hangup_tracks = (
        Track(f"{leg}-{key}", (Step(duration, "hangup", leg, NORMAL_CAUSE, since),), leg)
        for key, duration, since in ends
        if duration is not None
    )
    return track, *hangup_tracks


def _leg_steps(leg: str, condition: Condition, behavior: LegBehavior) -> Iterator[Step]:
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
        Step(action.delay, action.event_type, leg, action.data, answered)
        for action in behavior.actions
    )
