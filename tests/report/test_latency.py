"""Percentiles of latencies."""

import pytest

from mockserver.report.latency import Latency, measure_latency


@pytest.mark.parametrize(
    ("durations", "latency"),
    [
        ([], None),
        ([7], Latency(p50=7, p99=7)),
        ([9, 1], Latency(p50=1, p99=9)),
        ([3, 1, 2], Latency(p50=2, p99=3)),
        ([*range(1, 101)], Latency(p50=50, p99=99)),
        ([*range(1, 102)], Latency(p50=51, p99=100)),
    ],
)
def test_a_percentile_is_the_nearest_rank(durations: list[int], latency: Latency | None) -> None:
    assert measure_latency(durations) == latency
