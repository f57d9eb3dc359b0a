"""Presets of leg behaviors, and the durations drawn from their ranges."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.behavior import (
    PRESETS,
    DurationRange,
    LegBehavior,
    fixed_duration,
    skewed_duration,
)
from mockserver.core.seeded import HIGHEST_SEED, LOWEST_SEED


def test_the_presets_are_those_of_the_contract() -> None:
    ring, long_ring = fixed_duration(2_000), fixed_duration(25_000)
    unanswered = ("busy", "rejected", "unreachable", "invalid-number", "network-failure")
    assert dict(PRESETS) == {
        **{
            name: LegBehavior(ring=ring, outcome=name) for name in ("answered", "machine", "person")
        },
        **{name: LegBehavior(ring=ring, outcome=name) for name in unanswered},
        "no-answer": LegBehavior(ring=long_ring, outcome="no-answer"),
    }


def test_a_behavior_says_nothing_of_actions_and_of_its_end_by_itself() -> None:
    assert LegBehavior() == LegBehavior(
        ring=fixed_duration(2_000),
        outcome="answered",
        actions=(),
        talk=None,
        hangup=None,
        stays=False,
    )


def test_a_duration_range_draws_known_values() -> None:
    drawn = [DurationRange(low=2_000, high=6_000).draw("seed", number) for number in range(6)]
    assert drawn == [2313, 3036, 5968, 2085, 5329, 4714]


def test_a_duration_range_draws_both_its_ends() -> None:
    assert {DurationRange(low=1, high=3).draw("seed", number) for number in range(100)} == {1, 2, 3}


@pytest.mark.parametrize("purpose", [(), ("a"), ("b", 7)])
def test_a_fixed_duration_always_draws_itself(purpose: tuple[object, ...]) -> None:
    assert fixed_duration(2_000).draw("seed", *purpose) == 2_000


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.text())
@settings(max_examples=100, deadline=None)
def test_a_draw_never_leaves_its_duration_range(low: int, length: int, purpose: str) -> None:
    assert low <= DurationRange(low=low, high=low + length).draw("seed", purpose) <= low + length


@pytest.mark.parametrize(("seed", "drawn"), [(LOWEST_SEED, 2_000), (HIGHEST_SEED, 6_000)])
def test_the_lowest_and_highest_seeds_draw_the_ends_of_a_duration_range(
    seed: str, drawn: int
) -> None:
    assert DurationRange(low=2_000, high=6_000).draw(seed, "c1", 0) == drawn


def test_half_of_all_skewed_draws_are_below_the_median_and_one_in_twenty_above_the_p95() -> None:
    skewed = skewed_duration(3_000, 20_000)
    drawn = [skewed.draw("seed", number) for number in range(10_000)]
    assert sum(duration < 3_000 for duration in drawn) == 5_034
    assert sum(duration > 20_000 for duration in drawn) == 516


def test_a_skewed_duration_draws_known_values() -> None:
    skewed = skewed_duration(3_000, 20_000)
    assert [skewed.draw("seed", number) for number in range(6)] == [
        586,
        1424,
        47682,
        289,
        9106,
        5119,
    ]


@pytest.mark.parametrize(
    ("median", "p95", "lowest", "highest"),
    [
        (3_000, 20_000, 0, 2_000_000),
        (1, 1_000_000, 0, 100_000_000),
        (1_000, 1_001, 995, 1_005),
    ],
)
def test_the_lowest_and_highest_seeds_draw_the_ends_of_a_skewed_duration(
    median: int, p95: int, lowest: int, highest: int
) -> None:
    """The highest draw is a hundred times the p95, unless hardly any skew reaches it."""
    skewed = skewed_duration(median, p95)
    assert [skewed.draw(seed) for seed in (LOWEST_SEED, HIGHEST_SEED)] == [lowest, highest]
