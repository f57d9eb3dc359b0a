"""The lifecycle of legs and calls: two transition tables, and `transition`, which applies them.

The phases of a call (`Call.phase`):

- `placed`: accepted, not yet dialing. The attempt begins at `Call.starts_at`.
- `begun`: an attempt runs. Legs ring, answer, act and hang up.
- `bridged`: an attempt runs, and two legs are connected to each other, since `bridge`.
- `over`: the attempt has ended. This lasts no longer than the instant of `attempt-ended`: either
  the provider starts a new attempt then, or the event `ended` follows.
- `ended`: final; reached from `placed` if the call is canceled before it begins. The client can
  still read the call, and a vendor may still know events for it, such as a rating.

The states of a leg (`Leg.state`), which events change only in the phases `begun` and `bridged`:

- `idle`: not dialed yet in this attempt.
- `ringing`: dialed, neither answered nor hung up.
- `answered`: connected. Keys, words, prompts and texts leave it so.
- `ended`: hung up while ringing or after the answer; `Leg.cause` says why.
- `left`: left the conversation by the event `leave`, while the others go on.

Whether the end of a leg ends the attempt is no matter of these tables: `core.call_flows` decides
it and adds the events `bridge`, `hangup`, `attempt-ended` and `ended`. A `ring` with a number
(`build_dial_event`) dials a leg in the course of a call. It adds the leg, or replaces one that is
idle, has left, or has ended without an answer.

An attempt is one try to connect, from `begin` to `attempt-ended`. `Call.redial_index` counts how
often the whole call was tried again, `Call.number_index` which number of the A-leg's list is
being tried; both count from 0, and a redial starts again at the first number. `Call.with_redial`
and `Call.with_next_number` build the next attempt: they append the last one to `Call.attempts`,
reset the legs, drop those added in its course, and put the call back into `placed`.

Three words are derived from the call whenever they are needed, and stored nowhere:

- `call_state`, the public state, from the phase, the states of the legs and the planned start;
- `Provider.status`, the vendor's word, from the call as well, including `Call.state`, the value
  that the vendor's own events change;
- `attempt_outcome`, from the legs: `completed` if all have answered, else the outcome that
  belongs to the cause of the first leg that ended unanswered, `cancelled` if none did.

One exception: `Call.outcome` keeps the outcome of an attempt that has ended, as the event may know
better than the legs that the client canceled the call, or that a queued caller got no agent.

Three events need an explanation:

- `poll`: the client has read the call. It is legal in every phase and changes no state, but a
  step of a scenario can wait until it has happened n times.
- `continue`: comes from the control API alone and changes no state, but a step that waits for
  `control` goes on. Any other event from the control API lets it go on, too.
- `leave`: a leg leaves a conversation without ending the attempt, and may be dialed again; an
  agent who transfers a call leaves like this. A bridged call is `begun` again.

The rule: everything that affects the lifecycle is in these tables; an illegal event raises
`IllegalTransition` and changes nothing. A call is a value, and the engine stores no part of an
event's consequences before all of them are computed. Outside the tables are only the three cases
above (a `ring` that adds a leg, `leave` back to `begun`, a new attempt back to `placed`) and the
vendor's own events: those have conditions of their own (`VendorEvent`), raise the same exception,
and change nothing but `Call.state`.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from mockserver.core.call import Call, Event, IllegalTransition, Leg, attempt_outcome, public_state

ACTIVE_PHASES: Final = ("begun", "bridged")
"""The phases in which events of a leg are legal."""

LEG_TRANSITIONS: Final = MappingProxyType(
    {
        ("idle", "ring"): "ringing",
        ("left", "ring"): "ringing",
        ("ringing", "answer"): "answered",
        ("ringing", "hangup"): "ended",
        ("answered", "hangup"): "ended",
        ("answered", "press"): "answered",
        ("answered", "say"): "answered",
        ("answered", "machine"): "answered",
        ("answered", "play"): "answered",
        ("answered", "sms"): "answered",
        ("answered", "leave"): "left",
    }
)
"""(state of the leg, event type) -> its next state."""

CALL_TRANSITIONS: Final = MappingProxyType(
    {
        ("placed", "begin"): "begun",
        ("begun", "bridge"): "bridged",
        ("begun", "attempt-ended"): "over",
        ("bridged", "attempt-ended"): "over",
        ("over", "ended"): "ended",
        ("placed", "ended"): "ended",  # canceled before it began
        **{(phase, "continue"): phase for phase in ACTIVE_PHASES},
        **{(phase, "poll"): phase for phase in ("placed", *ACTIVE_PHASES, "over", "ended")},
    }
)
"""(phase of the call, event type) -> its next phase; a new attempt is `placed` again."""


def transition(call: Call, event: Event) -> Call:
    """Return the call after the event; an event without a leg is one of the call as a whole.

    Raises:
        IllegalTransition: the tables forbid the event; the message says when it would be legal.
    """
    return _leg_transition(call, event) if event.leg else _call_transition(call, event)


def _leg_transition(call: Call, event: Event) -> Call:
    if event.type == "ring" and "number" in event.data:
        call = _add_leg(call, event)
    leg = call.leg(event.leg)
    if leg is None:
        names = " and ".join(leg.name for leg in call.legs)
        raise IllegalTransition(f"this call has no leg {event.leg}, only {names}")
    next_state = LEG_TRANSITIONS.get((leg.state, event.type))
    if next_state is None or call.phase not in ACTIVE_PHASES:
        raise IllegalTransition(_explain_rejection(leg, call, event))
    updated_leg = _LEG_UPDATES.get(event.type, _leg_in_state)(leg, next_state, event)
    legs = tuple([updated_leg if other is leg else other for other in call.legs])
    phase = "begun" if next_state == "left" else call.phase
    return call.replace(legs=legs, phase=phase, events=(*call.events, event))


def _add_leg(call: Call, event: Event) -> Call:
    """Return the call with a new idle leg to dial; unchanged if the leg cannot be dialed again.

    A leg that rings, is connected, or has ended after an answer cannot be.
    """
    existing = call.leg(event.leg)
    if existing and (existing.state in ("ringing", "answered") or _is_finished(existing)):
        return call
    role, number = (str(event.data[name]) for name in ("role", "number"))
    others = (leg for leg in call.legs if leg.name != event.leg)
    legs = sorted((*others, Leg(event.leg, role, number, added_later=True)), key=_BY_NAME)
    return call.replace(legs=tuple(legs))


def _is_finished(leg: Leg) -> bool:
    return leg.state == "ended" and leg.answered_at is not None


def _call_transition(call: Call, event: Event) -> Call:
    phase = CALL_TRANSITIONS.get((call.phase, event.type))
    if phase is None:
        raise IllegalTransition(
            f"{event.type} is not possible while the call is {public_state(call)}"
        )
    changed = call.replace(phase=phase, events=(*call.events, event))
    if event.type == "begin":
        return changed.replace(attempt_started_at=event.at)
    if event.type == "attempt-ended":
        return changed.replace(attempt_ended_at=event.at, outcome=_event_outcome(call, event))
    if event.type == "ended":
        return changed.replace(ended_at=event.at, outcome=_event_outcome(call, event))
    return changed


def _event_outcome(call: Call, event: Event) -> str:
    outcome = event.data.get("outcome")
    return call.outcome or attempt_outcome(call) if outcome is None else str(outcome)


def _leg_in_state(leg: Leg, state: str, _: Event) -> Leg:
    return leg.replace(state=state)


def _leg_after_ring(leg: Leg, state: str, event: Event) -> Leg:
    return leg.replace(state=state, ringing_at=event.at)


def _leg_after_answer(leg: Leg, state: str, event: Event) -> Leg:
    return leg.replace(state=state, answered_at=event.at)


def _leg_after_hangup(leg: Leg, state: str, event: Event) -> Leg:
    cause = str(event.data.get("cause", "normal"))
    return leg.replace(state=state, ended_at=event.at, cause=cause)


def _leg_after_leave(leg: Leg, state: str, event: Event) -> Leg:
    return leg.replace(state=state, ended_at=event.at, cause="normal")


_BY_NAME: Final = attrgetter("name")


_LEG_UPDATES: Final[Mapping[str, Callable[[Leg, str, Event], Leg]]] = MappingProxyType(
    {
        "ring": _leg_after_ring,
        "answer": _leg_after_answer,
        "hangup": _leg_after_hangup,
        "leave": _leg_after_leave,
    }
)
"""Event type -> the leg after it: (leg, next state, event). Other events change only the state."""


def _explain_rejection(leg: Leg, call: Call, event: Event) -> str:
    legal_states = sorted(
        {state for state, event_type in LEG_TRANSITIONS if event_type == event.type}
    )
    if not legal_states:
        return f"{event.type} is nothing that can happen to a leg"
    if call.phase not in ACTIVE_PHASES:
        return f"{event.type} is not possible while the call is {public_state(call)}"
    states = " or ".join(legal_states)
    return f"{event.type} is not possible while leg {leg.name} is {leg.state}, only while {states}"
