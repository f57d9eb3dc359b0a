"""Leg behavior: how a leg rings, answers and talks; presets."""

from collections.abc import Mapping
from math import exp, log
from types import MappingProxyType
from typing import Final

from mockserver.core.causes import CAUSES
from mockserver.core.seeded import fraction, normal_quantile
from mockserver.core.time import SECOND
from mockserver.core.value import Value


class DurationRange(Value):
    """A duration in ms, fixed or drawn from `low` to `high`, both included.

    With a `median` and a `p95`, the draw is skewed (log-normal): half of all draws are below the
    median, and one in twenty is above `p95`.
    """

    low: int
    high: int
    median: int = 0
    p95: int = 0

    def draw(self, seed: str, *purpose: object) -> int:
        if self.low == self.high:
            return self.low
        if self.median:
            return self._skew(fraction(seed, *purpose))
        return self.low + int(fraction(seed, *purpose) * (self.high - self.low + 1))

    def _skew(self, share: float) -> int:
        """The duration that this share of all draws is below."""
        sigma = log(self.p95 / self.median) / P95_QUANTILE
        return min(self.high, round(self.median * exp(sigma * normal_quantile(share))))


P95_QUANTILE: Final = 1.6448536269514722
"""How many standard deviations above the mean 95 of 100 normal draws end."""
MAX_SKEW: Final = 100
"""A skewed draw is at most so many times its `p95`."""


def skewed_duration(median: int, p95: int) -> DurationRange:
    return DurationRange(0, MAX_SKEW * p95, median, p95)


def fixed_duration(milliseconds: int) -> DurationRange:
    return DurationRange(milliseconds, milliseconds)


IMMEDIATELY: Final = fixed_duration(0)
DEFAULT_RING: Final = fixed_duration(2 * SECOND)
NO_ANSWER_RING: Final = fixed_duration(25 * SECOND)  # how long an unanswered leg rings


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
    or a cause of hangup. `talk` counts from the beginning of the conversation, `hangup` from the
    answer of the leg. A leg with neither stays; only `core.conversation` may let it hang up by
    default, unless it `stays` because it is told to.
    """

    ring: DurationRange = DEFAULT_RING
    outcome: str = "answered"
    actions: tuple[LegAction, ...] = ()
    talk: DurationRange | None = None
    hangup: DurationRange | None = None
    stays: bool = False


DEFAULT_BEHAVIOR: Final = LegBehavior()
PRESETS: Final = MappingProxyType(
    {
        "answered": DEFAULT_BEHAVIOR,
        "machine": LegBehavior(outcome="machine"),
        "person": LegBehavior(outcome="person"),
        **{cause: LegBehavior(outcome=cause) for cause in CAUSES if cause != "normal"},
        "no-answer": LegBehavior(ring=NO_ANSWER_RING, outcome="no-answer"),
    }
)
