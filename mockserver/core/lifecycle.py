"""The lifecycle as two tables: what can happen to a leg, and to a call as a whole."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from mockserver.core.call import Call, Event, IllegalTransition, Leg, attempt_outcome, call_state

ACTIVE_PHASES: Final = ("begun", "bridged")
"""The phases in which something can happen to the legs."""

LEG_TRANSITIONS: Final = MappingProxyType(
    {
        ("idle", "ring"): "ringing",
        ("left", "ring"): "ringing",
        ("ringing", "answer"): "answered",
        ("ringing", "hangup"): "ended",
        ("answered", "hangup"): "ended",
        ("answered", "digits"): "answered",
        ("answered", "speech"): "answered",
        ("answered", "machine"): "answered",
        ("answered", "play"): "answered",
        ("answered", "sms"): "answered",
        ("answered", "leave"): "left",
    }
)
"""(state of the leg, verb) -> its next state.

Who leaves a conversation does not end it: the others stay, and the leg may be dialled anew. So may
one that has never answered."""

CALL_TRANSITIONS: Final = MappingProxyType(
    {
        ("placed", "begin"): "begun",
        ("begun", "bridge"): "bridged",
        ("begun", "attempt-ended"): "over",
        ("bridged", "attempt-ended"): "over",
        ("over", "ended"): "ended",
        ("placed", "ended"): "ended",  # cancelled before it began
        **{(phase, "continue"): phase for phase in ACTIVE_PHASES},
        **{(phase, "polled"): phase for phase in ("placed", *ACTIVE_PHASES, "over", "ended")},
    }
)
"""(phase of the call, verb) -> its next phase. A call in phase `over` may be placed again.

`polled` is a read of the call by its client, `continue` the go-ahead of whoever tests."""


def transition(call: Call, event: Event) -> Call:
    """The call after the event.

    Raises:
        Impossible: the tables forbid it; the sentence says what would be possible.
    """
    return _leg_transition(call, event) if event.leg else _call_transition(call, event)


def _leg_transition(call: Call, event: Event) -> Call:
    if event.type == "ring" and "number" in event.data:
        call = _add_leg(call, event)
    leg = call.leg(event.leg)
    if leg is None:
        names = " and ".join(leg.name for leg in call.legs)
        raise IllegalTransition(f"this call has no leg {event.leg}, only {names}")
    after = LEG_TRANSITIONS.get((leg.state, event.type))
    if after is None or call.phase not in ACTIVE_PHASES:
        raise IllegalTransition(_explain_rejection(leg, call, event))
    moved = _LEG_UPDATES.get(event.type, _leg_in_state)(leg, after, event)
    return Call(  # field by field, twice as fast as `_replace`: this is done at every event
        call.spec,
        tuple([moved if one is leg else one for one in call.legs]),
        call.starts_at,
        "begun" if after == "left" else call.phase,
        call.redial_index,
        call.number_index,
        call.attempts,
        call.cursors,
        (*call.events, event),
        call.attempt_started_at,
        call.attempt_ended_at,
        call.ended_at,
        call.outcome,
        call.state,
    )


def _add_leg(call: Call, event: Event) -> Call:
    """The call with the leg that is dialled, as new, unless that leg is on the line already."""
    known = call.leg(event.leg)
    if known and (known.state in ("ringing", "answered") or _is_finished(known)):
        return call
    role, number = (str(event.data[name]) for name in ("role", "number"))
    others = (one for one in call.legs if one.name != event.leg)
    legs = sorted((*others, Leg(event.leg, role, number, added_later=True)), key=_BY_NAME)
    return call._replace(legs=tuple(legs))


def _is_finished(leg: Leg) -> bool:
    return leg.state == "ended" and leg.answered_at is not None


def _call_transition(call: Call, event: Event) -> Call:
    phase = CALL_TRANSITIONS.get((call.phase, event.type))
    if phase is None:
        raise IllegalTransition(
            f"{event.type} is not possible while the call is {call_state(call)}"
        )
    at, verb = event.at, event.type
    return Call(
        call.spec,
        call.legs,
        call.starts_at,
        phase,
        call.redial_index,
        call.number_index,
        call.attempts,
        call.cursors,
        (*call.events, event),
        at if verb == "begin" else call.attempt_started_at,
        at if verb == "attempt-ended" else call.attempt_ended_at,
        at if verb == "ended" else call.ended_at,
        _event_outcome(call, event) if verb in ("attempt-ended", "ended") else call.outcome,
        call.state,
    )


def _event_outcome(call: Call, event: Event) -> str:
    told = event.data.get("outcome")
    return call.outcome or attempt_outcome(call) if told is None else str(told)


def _leg_in_state(leg: Leg, state: str, _: Event) -> Leg:
    return leg._replace(state=state)


def _leg_after_ring(leg: Leg, state: str, event: Event) -> Leg:
    name, role, number, _, _, answered_at, ended_at, cause, late = leg
    return Leg(name, role, number, state, event.at, answered_at, ended_at, cause, late)


def _leg_after_answer(leg: Leg, state: str, event: Event) -> Leg:
    name, role, number, _, rang_at, _, ended_at, cause, late = leg
    return Leg(name, role, number, state, rang_at, event.at, ended_at, cause, late)


def _leg_after_hangup(leg: Leg, state: str, event: Event) -> Leg:
    name, role, number, _, rang_at, answered_at, _, _, late = leg
    cause = str(event.data.get("cause", "normal"))
    return Leg(name, role, number, state, rang_at, answered_at, event.at, cause, late)


def _leg_after_leave(leg: Leg, state: str, event: Event) -> Leg:
    return leg._replace(state=state, ended_at=event.at, cause="normal")


_BY_NAME: Final = attrgetter("name")


_LEG_UPDATES: Final[Mapping[str, Callable[[Leg, str, Event], Leg]]] = MappingProxyType(
    {
        "ring": _leg_after_ring,
        "answer": _leg_after_answer,
        "hangup": _leg_after_hangup,
        "leave": _leg_after_leave,
    }
)
"""Verb -> the leg in its next state, where that is not all that is new about it."""


def _explain_rejection(leg: Leg, call: Call, event: Event) -> str:
    wanted = sorted({before for before, verb in LEG_TRANSITIONS if verb == event.type})
    if not wanted:
        return f"{event.type} is nothing that can happen to a leg"
    if call.phase not in ACTIVE_PHASES:
        return f"{event.type} is not possible while the call is {call_state(call)}"
    only = " or ".join(wanted)
    return f"{event.type} is not possible while leg {leg.name} is {leg.state}, only while {only}"
