"""The newest stay, by number and by weight."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.engine.bounded_log import BoundedLog


def filled(most: int, room: int, sizes: list[int]) -> BoundedLog[int]:
    ring: BoundedLog[int] = BoundedLog(most, room)
    for number, size in enumerate(sizes, 1):
        ring.append(number)
        if size:
            ring.add_weight(number, size)
    return ring


@pytest.mark.parametrize(
    ("most", "room", "sizes", "left"),
    [
        (3, 100, [0, 0, 0, 0], [2, 3, 4]),
        (9, 10, [5, 5], [1, 2]),
        (9, 10, [5, 5, 1], [2, 3]),
        (9, 10, [5, 0, 0, 6], [2, 3, 4]),
        (9, 10, [1, 99], [2]),
        (9, 10, [99, 0, 0], [1, 2, 3]),
        (2, 10, [9, 0, 0, 9], [3, 4]),
        (9, 10, [3, 3, 3, 10], [4]),
    ],
)
def test_the_newest_stay(most: int, room: int, sizes: list[int], left: list[int]) -> None:
    assert list(filled(most, room, sizes)) == left


def test_so_many_stay_unless_it_says_otherwise() -> None:
    ring: BoundedLog[int] = BoundedLog()
    assert (ring.maxlen, ring.max_bytes) == (10_000, 64_000_000)


@given(st.integers(1, 6), st.integers(1, 20), st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_what_stays_is_the_longest_end_that_fits(most: int, room: int, sizes: list[int]) -> None:
    ring = filled(most, room, [*sizes, 1])
    weights = dict(enumerate([*sizes, 1], 1))
    assert list(ring) == list(range(len(weights) - len(ring) + 1, len(weights) + 1))
    assert ring.byte_count == sum(weights[number] for number in ring)
    assert ring.byte_count <= room or len(ring) == 1
