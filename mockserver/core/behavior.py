"""Leg behavior: how a leg rings, answers and talks; presets."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mockserver.core.causes import CAUSES
from mockserver.core.seeded import fraction
from mockserver.core.time import SECOND
from mockserver.core.value import Value


class DurationRange(Value):
    """A duration in ms, fixed or drawn from `low` to `high`, both included."""

    low: int
    high: int

    def draw(self, seed: str, *purpose: object) -> int:
        if self.low == self.high:
            return self.low
        return self.low + int(fraction(seed, *purpose) * (self.high - self.low + 1))


def fixed_duration(milliseconds: int) -> DurationRange:
    return DurationRange(milliseconds, milliseconds)


IMMEDIATELY: Final = fixed_duration(0)
DEFAULT_RING: Final = fixed_duration(2 * SECOND)
NO_ANSWER_RING: Final = fixed_duration(25 * SECOND)  # how long an unanswered leg rings
DEFAULT_TALK: Final = fixed_duration(6 * SECOND)


class LegAction(Value):
    """An event on an answered leg, such as a pressed key.

    `delay` counts from the answer, or from the action before.
    """

    delay: DurationRange
    event_type: str
    data: Mapping[str, str]

    def __hash__(self) -> int:
        """Hash the fields without the data, which is not hashable."""
        return hash((self.delay, self.event_type))


class LegBehavior(Value):
    """How a leg behaves: it rings for `ring`, then does what `outcome` says.

    `outcome` is `answered`, `machine`, `person` (rings until the control API or a step answers)
    or a cause of hangup. `talk` counts from the moment at which no other leg is awaited; None
    means until the other side hangs up. `hangup` counts from the answer, whatever else happens.
    """

    ring: DurationRange = DEFAULT_RING
    outcome: str = "answered"
    actions: tuple[LegAction, ...] = ()
    talk: DurationRange | None = DEFAULT_TALK
    hangup: DurationRange | None = None


DEFAULT_BEHAVIOR: Final = LegBehavior()
STAY_ON_LINE: Final = LegBehavior(talk=None)  # for legs that a scenario with steps does not mention
PRESETS: Final = MappingProxyType(
    {
        "answered": DEFAULT_BEHAVIOR,
        "machine": LegBehavior(outcome="machine"),
        "person": LegBehavior(outcome="person", talk=None),
        **{cause: LegBehavior(outcome=cause) for cause in CAUSES if cause != "normal"},
        "no-answer": LegBehavior(ring=NO_ANSWER_RING, outcome="no-answer"),
    }
)
