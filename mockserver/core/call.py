"""A call as a value."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.behavior import LegBehavior
from mockserver.core.causes import CAUSES
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.seeded import digest

NORMAL_CAUSE: Final[Mapping[str, object]] = MappingProxyType({"cause": "normal"})
"""What the hang-up says with which a conversation ends."""


class IllegalTransition(Exception):
    """The lifecycle forbids this event now; nothing has changed."""


class CallSpec(NamedTuple):
    """What never changes about a call.

    `created_at` in ms, `wanted` are the request's parameters, `recording` is the URL at which the
    call can be heard.
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


class Leg(NamedTuple):
    """One side. `role` is the vendor's word for it; times in ms, None for not yet.

    One that is `late` was not there when the call was placed, but dialled in its course.
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


class Event(NamedTuple):
    """`by` is control where somebody at the control API brought it about.

    `how` is the behaviour of whoever is dialled by it; None leaves that to the story.
    """

    at: int
    type: str
    leg: str = ""
    data: Mapping[str, object] = EMPTY_MAPPING
    source: str = ""
    behavior: LegBehavior | None = None


class DialAttempt(NamedTuple):
    """One ringing-through of a call: `redial` and `target` (number in turn) count from 0."""

    redial_index: int
    number_index: int
    started_at: int
    ended_at: int | None
    outcome: str | None
    legs: tuple[Leg, ...]


class Cursor(NamedTuple):
    """Where a track stands: its position, since when, and how many events it had seen then."""

    position: int
    since: int
    event_count: int


class Call(NamedTuple):
    """A call as it stands now; the legs and `cursor` are those of the current attempt."""

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
        # a loop: asked thirty times in the life of a call
        for leg in self.legs:
            if leg.name == name:
                return leg
        return None

    def with_cursors(self, cursors: tuple[Cursor, ...]) -> "Call":
        """The same call, elsewhere in its script."""
        return Call(  # field by field, twice as fast as `_replace`: a call moves on at every step
            self.spec,
            self.legs,
            self.starts_at,
            self.phase,
            self.redial_index,
            self.number_index,
            self.attempts,
            cursors,
            self.events,
            self.attempt_started_at,
            self.attempt_ended_at,
            self.ended_at,
            self.outcome,
            self.state,
        )

    def with_redial(self, at: int, number: str = "") -> "Call":
        """The same call, to be dialled once more at `at`: a new attempt, its legs as new.

        Of several numbers in turn it is the first again, which is then to be named.
        """
        return _next_attempt(self, at, number)._replace(
            redial_index=self.redial_index + 1, number_index=0
        )

    def with_next_number(self, at: int, number: str) -> "Call":
        """The same call, at `at` to the next number of its A-leg: a new attempt too."""
        return _next_attempt(self, at, number)._replace(number_index=self.number_index + 1)


def build_dial_event(
    at: int, leg: str, role: str, number: str, behavior: LegBehavior | None = None
) -> Event:
    """That a leg is dialled which the call does not have yet, or not with this number."""
    return Event(at, "ring", leg, {"role": role, "number": number}, behavior=behavior)


def current_attempt(call: Call) -> DialAttempt:
    """The current attempt."""
    ended = call.outcome or attempt_outcome(call) if call.attempt_ended_at is not None else None
    started = call.starts_at if call.attempt_started_at is None else call.attempt_started_at
    return DialAttempt(
        call.redial_index, call.number_index, started, call.attempt_ended_at, ended, call.legs
    )


def attempt_outcome(call: Call) -> str:
    """What became of an attempt: completed if everybody whom it needed has answered."""
    missing = [leg for leg in call.legs if leg.answered_at is None]
    if not missing:
        return "completed"
    tried = next((leg for leg in missing if leg.cause), None)
    return CAUSES[tried.cause].outcome if tried and tried.cause else "cancelled"


def call_state(call: Call) -> str:
    """scheduled, queued, ringing, answered, bridged or ended; read off the call, stored nowhere."""
    if call.phase in ("placed", "over"):
        return "scheduled" if call.starts_at > call.spec.created_at else "queued"
    if call.phase != "begun":
        return call.phase
    states = {leg.state for leg in call.legs}
    return next((word for word in ("answered", "ringing") if word in states), "queued")


def _next_attempt(call: Call, at: int, number: str) -> Call:
    """To be dialled at `at`; legs that joined in the course of the attempt are gone."""
    first, *others = (leg for leg in call.legs if not leg.added_later)
    sides = (first._replace(number=number or first.number), *others)
    legs = tuple(Leg(leg.name, leg.role, leg.number) for leg in sides)
    past = (*call.attempts, current_attempt(call))
    renewed = call._replace(phase="placed", legs=legs, attempts=past, cursors=(), outcome=None)
    return renewed._replace(starts_at=at, attempt_started_at=None, attempt_ended_at=None)


def recording_token(seed: str, call_id: str) -> str:
    """The name of a recording in its URL, which nobody guesses."""
    return digest(seed, "media", call_id).hex()


def parse_recording_token(url: str) -> str:
    """The token in the URL of a recording."""
    return url.rpartition("/")[2].removesuffix(".wav")
