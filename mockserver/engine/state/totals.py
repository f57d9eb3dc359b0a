"""What a server counts for those who watch it: it only grows, whatever becomes of a sandbox."""

from bisect import bisect_left
from collections import Counter, defaultdict
from typing import Final

DURATION_BOUNDS: Final = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
"""Upper bounds of the buckets for how long attempts of webhooks take, in ms."""

UNSENT: Final = frozenset({"refused-target", "internal"})
"""Errors of attempts that reach no network, and so say nothing about a receiver."""


class Histogram:
    """Counts values by the lowest of `bounds` that is not below them; `total` is their sum.

    `counts` has one number for each bound, and a last one for what is above all of them.
    """

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Totals:
    """The counts of the sandboxes that share it; their owners of state add to it.

    Neither a reset nor the end of a sandbox takes anything away. The simulation reads none of it.

    - `requests`: (provider, operation, status, fault or None) -> how many requests. Provider and
      operation are empty for a path that no provider has.
    - `placed`: (provider, operation) -> how many calls; `ended`: (provider, outcome) -> the same.
    - `attempts`: (provider, status or error, whether simulated) -> how many attempts of webhooks.
    - `durations`: provider -> how long its attempts took, in ms.
    - `errors`: internal errors.
    """

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int, str | None]] = Counter()
        self.placed: Counter[tuple[str, str]] = Counter()
        self.ended: Counter[tuple[str, str | None]] = Counter()
        self.attempts: Counter[tuple[str, int | str | None, bool]] = Counter()
        self.durations: defaultdict[str, Histogram] = defaultdict(_new_durations)
        self.errors = 0


def _new_durations() -> Histogram:
    return Histogram(DURATION_BOUNDS)
