"""The bounded log keeps the newest items, by number and by size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.engine.bounded_log import BoundedLog


def fill_log(max_items: int, max_bytes: int, sizes: list[int]) -> BoundedLog[int]:
    log: BoundedLog[int] = BoundedLog(max_items, max_bytes)
    for number, size in enumerate(sizes, 1):
        log.append(number)
        if size:
            log.add_weight(number, size)
    return log


@pytest.mark.parametrize(
    ("max_items", "max_bytes", "sizes", "kept"),
    [
        (3, 100, [0, 0, 0, 0], [2, 3, 4]),
        (9, 10, [5, 5], [1, 2]),
        (9, 10, [5, 5, 1], [2, 3]),
        (9, 10, [5, 0, 0, 6], [2, 3, 4]),
        (2, 10, [9, 0, 0, 9], [3, 4]),
        (9, 10, [3, 3, 3, 10], [4]),
    ],
)
def test_the_log_keeps_the_newest_items_within_both_limits(
    max_items: int, max_bytes: int, sizes: list[int], kept: list[int]
) -> None:
    assert list(fill_log(max_items, max_bytes, sizes)) == kept


@pytest.mark.parametrize(("sizes", "kept"), [([1, 99], [2]), ([99, 0, 0], [1, 2, 3])])
def test_an_item_larger_than_the_log_is_kept_until_a_weighed_item_follows(
    sizes: list[int], kept: list[int]
) -> None:
    assert list(fill_log(9, 10, sizes)) == kept


def test_the_log_has_default_limits() -> None:
    log: BoundedLog[int] = BoundedLog()
    assert (log.maxlen, log.max_bytes) == (10_000, 64_000_000)


@given(st.integers(1, 6), st.integers(1, 20), st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_the_log_keeps_the_longest_tail_that_fits(
    max_items: int, max_bytes: int, sizes: list[int]
) -> None:
    """The last item has a weight: at the end the log is within its limits."""
    weights = [*sizes, 1]
    log = fill_log(max_items, max_bytes, weights)
    fitting = [
        length
        for length in range(1, min(max_items, len(weights)) + 1)
        if sum(weights[-length:]) <= max_bytes
    ]
    assert list(log) == list(range(1, len(weights) + 1))[-max(fitting) :]
    assert log.byte_count == sum(weights[-max(fitting) :])
