"""Percentiles of how long receivers took to respond."""

from collections.abc import Sequence

from mockserver.core.value import Value


class Latency(Value):
    """Real milliseconds: half of the responses came within `p50`, 99 of 100 within `p99`."""

    p50: int
    p99: int


def measure_latency(durations: Sequence[int]) -> Latency | None:
    """Return the percentiles of durations in ms; None if there are none."""
    ranked = sorted(durations)
    return Latency(_percentile(ranked, 50), _percentile(ranked, 99)) if ranked else None


def _percentile(ranked: Sequence[int], percent: int) -> int:
    """Return the nearest rank: the least value that so many percent do not exceed."""
    return ranked[-(-len(ranked) * percent // 100) - 1]
