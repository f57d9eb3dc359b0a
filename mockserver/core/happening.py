"""What becomes of a call when something happens to it, as the two tables of the lifecycle say."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from mockserver.core.call import Call, Event, Impossible, Leg, outcome, state
from mockserver.core.lifecycle import CALL, LEG, LIVE


def apply(call: Call, event: Event) -> Call:
    """The call after the event.

    Raises:
        Impossible: the tables forbid it; the sentence says what would be possible.
    """
    return _to_leg(call, event) if event.leg else _to_call(call, event)


def _to_leg(call: Call, event: Event) -> Call:
    if event.verb == "ring" and "number" in event.data:
        call = _joined(call, event)
    leg = call.leg(event.leg)
    if leg is None:
        names = " and ".join(leg.name for leg in call.legs)
        raise Impossible(f"this call has no leg {event.leg}, only {names}")
    after = LEG.get((leg.state, event.verb))
    if after is None or call.phase not in LIVE:
        raise Impossible(_why(leg, call, event))
    moved = _MOVED.get(event.verb, _unstamped)(leg, after, event)
    return Call(  # field by field, twice as fast as `_replace`: this is done at every event
        call.order,
        tuple([moved if one is leg else one for one in call.legs]),
        call.starts_at,
        "begun" if after == "left" else call.phase,
        call.redial,
        call.target,
        call.attempts,
        call.cursor,
        (*call.events, event),
        call.began_at,
        call.over_at,
        call.ended_at,
        call.outcome,
        call.notes,
    )


def _joined(call: Call, event: Event) -> Call:
    """The call with the leg that is dialled, as new, unless that leg is on the line already."""
    known = call.leg(event.leg)
    if known and (known.state in ("ringing", "answered") or _done(known)):
        return call
    role, number = (str(event.data[name]) for name in ("role", "number"))
    others = (one for one in call.legs if one.name != event.leg)
    legs = sorted((*others, Leg(event.leg, role, number, late=True)), key=_NAME)
    return call._replace(legs=tuple(legs))


def _done(leg: Leg) -> bool:
    return leg.state == "ended" and leg.answered_at is not None


def _to_call(call: Call, event: Event) -> Call:
    phase = CALL.get((call.phase, event.verb))
    if phase is None:
        raise Impossible(f"{event.verb} is not possible while the call is {state(call)}")
    at, verb = event.at, event.verb
    return Call(
        call.order,
        call.legs,
        call.starts_at,
        phase,
        call.redial,
        call.target,
        call.attempts,
        call.cursor,
        (*call.events, event),
        at if verb == "begin" else call.began_at,
        at if verb == "attempt-ended" else call.over_at,
        at if verb == "ended" else call.ended_at,
        _told(call, event) if verb in ("attempt-ended", "ended") else call.outcome,
        call.notes,
    )


def _told(call: Call, event: Event) -> str:
    told = event.data.get("outcome")
    return call.outcome or outcome(call) if told is None else str(told)


def _unstamped(leg: Leg, state: str, _: Event) -> Leg:
    return leg._replace(state=state)


def _rang(leg: Leg, state: str, event: Event) -> Leg:
    name, role, number, _, _, answered_at, ended_at, cause, late = leg
    return Leg(name, role, number, state, event.at, answered_at, ended_at, cause, late)


def _answered(leg: Leg, state: str, event: Event) -> Leg:
    name, role, number, _, rang_at, _, ended_at, cause, late = leg
    return Leg(name, role, number, state, rang_at, event.at, ended_at, cause, late)


def _gone(leg: Leg, state: str, event: Event) -> Leg:
    name, role, number, _, rang_at, answered_at, _, _, late = leg
    cause = str(event.data.get("cause", "normal"))
    return Leg(name, role, number, state, rang_at, answered_at, event.at, cause, late)


def _left(leg: Leg, state: str, event: Event) -> Leg:
    return leg._replace(state=state, ended_at=event.at, cause="normal")


_NAME: Final = attrgetter("name")
_MOVED: Final[Mapping[str, Callable[[Leg, str, Event], Leg]]] = MappingProxyType(
    {"ring": _rang, "answer": _answered, "hangup": _gone, "leave": _left}
)
"""Verb -> the leg in its next state, where that is not all that is new about it."""


def _why(leg: Leg, call: Call, event: Event) -> str:
    wanted = sorted({before for before, verb in LEG if verb == event.verb})
    if not wanted:
        return f"{event.verb} is nothing that can happen to a leg"
    if call.phase not in LIVE:
        return f"{event.verb} is not possible while the call is {state(call)}"
    only = " or ".join(wanted)
    return f"{event.verb} is not possible while leg {leg.name} is {leg.state}, only while {only}"
