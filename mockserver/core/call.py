"""Calls, legs and events as immutable values, and the values derived from a call."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.behavior import LegBehavior
from mockserver.core.causes import CAUSES
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.value import Value

NORMAL_CAUSE: Final[Mapping[str, object]] = MappingProxyType({"cause": "normal"})
"""Data of the `hangup` event that ends a conversation."""


AWAITED_STATES: Final = ("idle", "ringing")
AWAITED_LEGS: Final = MappingProxyType({"queue": "b", "agent-first": "a"})
"""Call flow -> the leg of an agent whom the other leg waits for."""


class IllegalTransition(Exception):
    """The lifecycle does not allow this event now; nothing has changed."""


class CallSpec(Value):
    """What is fixed when the call is placed.

    `flow` is a key of `CALL_FLOWS`. `parameters` are what the call keeps of its request; for
    a batch, those of its item. A vendor's update of a call that has not begun may replace them.
    `created_at` is in ms. At `recording_url` the client finds the recording. `roles` maps legs to
    the vendor's words for them, also legs that are dialed later. `match_index` is the index of the
    planned call, and so of the match, among those of the request that placed the call.
    """

    id: str
    vendor_id: str
    provider: str
    account: str
    operation: str
    flow: str
    parameters: Mapping[str, object]
    created_at: int
    recording_url: str = ""
    roles: Mapping[str, str] = EMPTY_MAPPING
    match_index: int = 0


class PlannedCall(Value):
    """A call that a request would place.

    `flow` is a key of `CALL_FLOWS`. `numbers` maps legs to the numbers that would be dialed;
    `parameters` are those that the call would keep. `starts_at` is in ms, None for at once.
    """

    flow: str
    numbers: Mapping[str, str]
    parameters: Mapping[str, object]
    starts_at: int | None = None


class Leg(Value):
    """One side of a call. `role` is the vendor's word for it; times are in ms, None for not yet.

    A leg with `added_later` was not part of the call when it was placed, but dialed in its course.
    """

    name: str
    role: str
    number: str
    state: str = "idle"
    ringing_at: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    cause: str | None = None
    added_later: bool = False


class Event(Value):
    """What happened to a leg, or to the call as a whole if `leg` is empty; `at` is in ms.

    `source` is `control` for an event from the control API. `behavior` is that of the leg which
    the event dials; None leaves it to the scenario.
    """

    at: int
    type: str
    leg: str = ""
    data: Mapping[str, object] = EMPTY_MAPPING
    source: str = ""
    behavior: LegBehavior | None = None


class DialAttempt(Value):
    """One try to connect. Both indexes count from 0; times are in ms."""

    redial_index: int
    number_index: int
    started_at: int
    ended_at: int | None
    outcome: str | None
    legs: tuple[Leg, ...]


class Cursor(Value):
    """Where a track stands: the `position` of its next step, reached at `since` (ms).

    The condition of that step ignores the first `event_count` events of the call.
    """

    position: int
    since: int
    event_count: int


class Call(Value):
    """A call as it is now; times are in ms.

    `legs`, `cursors` (one for each track of the script), `outcome` and the times of the attempt
    belong to the current attempt. `attempts` are the earlier ones; `events` are those of all
    attempts. `state` is the provider's own value.
    """

    spec: CallSpec
    legs: tuple[Leg, ...]
    starts_at: int
    phase: str = "placed"
    redial_index: int = 0
    number_index: int = 0
    attempts: tuple[DialAttempt, ...] = ()
    cursors: tuple[Cursor, ...] = ()
    events: tuple[Event, ...] = ()
    attempt_started_at: int | None = None
    attempt_ended_at: int | None = None
    ended_at: int | None = None
    outcome: str | None = None
    state: object = None

    def leg(self, name: str) -> Leg | None:
        # a plain loop is fastest: this runs about thirty times per call
        for leg in self.legs:
            if leg.name == name:
                return leg
        return None

    def with_redial(self, at: int, number: str = "") -> "Call":
        """Return the call with a new attempt that begins at `at` (ms), its legs reset.

        If the A-leg has a list of numbers, `number` has to be the first of them.
        """
        return _next_attempt(self, at, number).replace(
            redial_index=self.redial_index + 1, number_index=0
        )

    def with_next_number(self, at: int, number: str) -> "Call":
        """Return the call with a new attempt at `at` (ms), to the next number of its A-leg."""
        return _next_attempt(self, at, number).replace(number_index=self.number_index + 1)


def build_dial_event(
    at: int, leg: str, role: str, number: str, behavior: LegBehavior | None = None
) -> Event:
    """Build the `ring` of a leg that the call does not have yet, or has with another number."""
    return Event(at, "ring", leg, {"role": role, "number": number}, behavior=behavior)


def current_attempt(call: Call) -> DialAttempt:
    """Return the current attempt; its outcome is None until it has ended."""
    ended = call.outcome or attempt_outcome(call) if call.attempt_ended_at is not None else None
    started = call.starts_at if call.attempt_started_at is None else call.attempt_started_at
    return DialAttempt(
        call.redial_index, call.number_index, started, call.attempt_ended_at, ended, call.legs
    )


def attempt_outcome(call: Call) -> str:
    """Return the outcome of the current attempt: `completed` if every leg has answered.

    Otherwise the first unanswered leg that has hung up decides by its cause; without one the
    attempt is `cancelled`.
    """
    unanswered = [leg for leg in call.legs if leg.answered_at is None]
    if not unanswered:
        return "completed"
    failed = next((leg for leg in unanswered if leg.cause), None)
    return CAUSES[failed.cause].outcome if failed and failed.cause else "cancelled"


def public_state(call: Call) -> str:
    """Return the public state: scheduled, queued, ringing, answered, bridged or ended.

    Where one leg waits for an agent, the state is that of the agent's leg: `queued` without one.
    """
    if call.phase in ("placed", "over"):
        return "scheduled" if call.starts_at > call.spec.created_at else "queued"
    if call.phase != "begun":
        return call.phase
    awaited = AWAITED_LEGS.get(call.spec.flow)
    states = {leg.state for leg in call.legs if leg.name == awaited or not awaited}
    return next((word for word in ("answered", "ringing") if word in states), "queued")


def conversation_start(call: Call, awaited_leg: str) -> int | None:
    """Return the time of the last answer, once no leg is awaited; None before.

    A leg is awaited until it is dialed and while it rings; `awaited_leg`, if any, whenever it is
    not connected. If that was dialed in the course of the call, the conversation starts with the
    bridge.
    """
    if awaited_leg:
        awaited = call.leg(awaited_leg)
        if awaited is None or awaited.state != "answered":
            return None
        if awaited.added_later:
            return _bridged_since(call)
    since: int | None = None
    for leg in call.legs:
        if leg.state in AWAITED_STATES:
            return None
        if leg.answered_at is not None and (since is None or leg.answered_at > since):
            since = leg.answered_at
    return since


def _bridged_since(call: Call) -> int | None:
    """Return the time of the last bridge, None unless the call is bridged."""
    if call.phase != "bridged":
        return None
    return next(event.at for event in reversed(call.events) if event.type == "bridge")


def _next_attempt(call: Call, at: int, number: str) -> Call:
    """Return the call with a new attempt at `at` (ms), without the legs added to the last one."""
    first, *others = (leg for leg in call.legs if not leg.added_later)
    dialed = (first.replace(number=number or first.number), *others)
    legs = tuple(Leg(leg.name, leg.role, leg.number) for leg in dialed)
    attempts = (*call.attempts, current_attempt(call))
    return call.replace(
        starts_at=at,
        phase="placed",
        legs=legs,
        attempts=attempts,
        cursors=(),
        attempt_started_at=None,
        attempt_ended_at=None,
        outcome=None,
    )
