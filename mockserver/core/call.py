"""A call as a value."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.causes import CAUSES
from mockserver.core.legs import Behaviour

EMPTY: Final[Mapping[str, object]] = MappingProxyType({})
NORMAL: Final[Mapping[str, object]] = MappingProxyType({"cause": "normal"})
"""What the hang-up says with which a conversation ends."""


class Impossible(Exception):
    """The lifecycle forbids this event now; nothing has changed."""


class Order(NamedTuple):
    """What never changes about a call.

    `created_at` in ms, `wanted` are the request's parameters, `recording` is the URL at which the
    call can be heard.
    """

    id: str
    vendor_id: str
    provider: str
    account: str
    operation: str
    shape: str
    wanted: Mapping[str, object]
    created_at: int
    recording: str = ""


class Leg(NamedTuple):
    """One side. `role` is the vendor's word for it; times in ms, None for not yet.

    One that is `late` was not there when the call was placed, but dialled in its course.
    """

    name: str
    role: str
    number: str
    state: str = "idle"
    rang_at: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    cause: str | None = None
    late: bool = False


class Event(NamedTuple):
    """`by` is control where somebody at the control API brought it about.

    `how` is the behaviour of whoever is dialled by it; None leaves that to the story.
    """

    at: int
    verb: str
    leg: str = ""
    data: Mapping[str, object] = EMPTY
    by: str = ""
    how: Behaviour | None = None


class Attempt(NamedTuple):
    """One ringing-through of a call: `redial` and `target` (number in turn) count from 0."""

    redial: int
    target: int
    started_at: int
    ended_at: int | None
    outcome: str | None
    legs: tuple[Leg, ...]


class Mark(NamedTuple):
    """Where a track stands: its position, since when, and how many events it had seen then."""

    position: int
    since: int
    seen: int


class Call(NamedTuple):
    """A call as it stands now; the legs and `cursor` are those of the current attempt."""

    order: Order
    legs: tuple[Leg, ...]
    starts_at: int
    phase: str = "placed"
    redial: int = 0
    target: int = 0
    attempts: tuple[Attempt, ...] = ()
    cursor: tuple[Mark, ...] = ()
    events: tuple[Event, ...] = ()
    began_at: int | None = None
    over_at: int | None = None
    ended_at: int | None = None
    outcome: str | None = None
    notes: object = None

    def leg(self, name: str) -> Leg | None:
        # a loop: asked thirty times in the life of a call
        for leg in self.legs:
            if leg.name == name:
                return leg
        return None

    def at(self, cursor: tuple[Mark, ...]) -> "Call":
        """The same call, elsewhere in its script."""
        return Call(  # field by field, twice as fast as `_replace`: a call moves on at every step
            self.order,
            self.legs,
            self.starts_at,
            self.phase,
            self.redial,
            self.target,
            self.attempts,
            cursor,
            self.events,
            self.began_at,
            self.over_at,
            self.ended_at,
            self.outcome,
            self.notes,
        )

    def again(self, at: int, number: str = "") -> "Call":
        """The same call, to be dialled once more at `at`: a new attempt, its legs as new.

        Of several numbers in turn it is the first again, which is then to be named.
        """
        return _renewed(self, at, number)._replace(redial=self.redial + 1, target=0)

    def onward(self, at: int, number: str) -> "Call":
        """The same call, at `at` to the next number of its A-leg: a new attempt too."""
        return _renewed(self, at, number)._replace(target=self.target + 1)


def dial(at: int, leg: str, role: str, number: str, how: Behaviour | None = None) -> Event:
    """That a leg is dialled which the call does not have yet, or not with this number."""
    return Event(at, "ring", leg, {"role": role, "number": number}, how=how)


def attempt(call: Call) -> Attempt:
    """The current attempt."""
    ended = call.outcome or outcome(call) if call.over_at is not None else None
    started = call.starts_at if call.began_at is None else call.began_at
    return Attempt(call.redial, call.target, started, call.over_at, ended, call.legs)


def outcome(call: Call) -> str:
    """What became of an attempt: completed if everybody whom it needed has answered."""
    missing = [leg for leg in call.legs if leg.answered_at is None]
    if not missing:
        return "completed"
    tried = next((leg for leg in missing if leg.cause), None)
    return CAUSES[tried.cause].outcome if tried and tried.cause else "cancelled"


def state(call: Call) -> str:
    """scheduled, queued, ringing, answered, bridged or ended; read off the call, stored nowhere."""
    if call.phase in ("placed", "over"):
        return "scheduled" if call.starts_at > call.order.created_at else "queued"
    if call.phase != "begun":
        return call.phase
    states = {leg.state for leg in call.legs}
    return next((word for word in ("answered", "ringing") if word in states), "queued")


def _renewed(call: Call, at: int, number: str) -> Call:
    """To be dialled at `at`; legs that joined in the course of the attempt are gone."""
    first, *others = (leg for leg in call.legs if not leg.late)
    sides = (first._replace(number=number or first.number), *others)
    legs = tuple(Leg(leg.name, leg.role, leg.number) for leg in sides)
    past = (*call.attempts, attempt(call))
    renewed = call._replace(phase="placed", legs=legs, attempts=past, cursor=(), outcome=None)
    return renewed._replace(starts_at=at, began_at=None, over_at=None)
