"""How the person on a leg behaves."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.causes import CAUSES
from mockserver.core.chance import fraction
from mockserver.core.time import SECOND


class Span(NamedTuple):
    """A length of time in ms, fixed or anything from `low` to `high`."""

    low: int
    high: int

    def drawn(self, seed: str, *purpose: object) -> int:
        if self.low == self.high:
            return self.low
        return self.low + int(fraction(seed, *purpose) * (self.high - self.low + 1))


def fixed(millis: int) -> Span:
    return Span(millis, millis)


NOW: Final = fixed(0)
RING: Final = fixed(2 * SECOND)
PATIENCE: Final = fixed(25 * SECOND)  # how long an unanswered leg rings
TALK: Final = fixed(6 * SECOND)


class Deed(NamedTuple):
    """Something a person does `after` answering, or after the deed before."""

    after: Span
    verb: str
    data: Mapping[str, str]


class Behaviour(NamedTuple):
    """Rings so long, then does what `then` says.

    `then` is `answered`, `machine`, `person` (waits for a human at the control API) or a cause.
    `talk` counts from when there is nobody left to wait for; None means until the other side ends
    it. `hangup` counts from the answer, whatever else happens.
    """

    ring: Span = RING
    then: str = "answered"
    deeds: tuple[Deed, ...] = ()
    talk: Span | None = TALK
    hangup: Span | None = None

    def __hash__(self) -> int:
        """Of what can be hashed; what deeds say cannot."""
        return hash((self.ring, self.then, len(self.deeds), self.talk, self.hangup))


ANSWERED: Final = Behaviour()
STAYS: Final = Behaviour(talk=None)  # whom a story with steps does not speak of
WORDS: Final = MappingProxyType(
    {
        "answered": ANSWERED,
        "machine": Behaviour(then="machine"),
        "person": Behaviour(then="person", talk=None),
        **{cause: Behaviour(then=cause) for cause in CAUSES if cause != "normal"},
        "no-answer": Behaviour(ring=PATIENCE, then="no-answer"),
    }
)
