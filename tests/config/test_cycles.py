"""Scenarios that lead back to themselves: each cycle is found once."""

import pytest

from mockserver.config.cycles import find_cycles, rotate_cycle


@pytest.mark.parametrize(
    ("edges", "cycles"),
    [
        ({}, []),
        ({"a": ["b"], "b": [], "c": ["a", "b"]}, []),
        ({"a": ["nowhere"]}, []),
        ({"a": ["a"]}, ["aa"]),
        ({"a": ["b"], "b": ["a"]}, ["aba"]),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, ["bcb"]),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, []),
        ({"a": ["b", "c"], "b": ["a"], "c": ["a", "c"]}, ["aba", "aca", "cc"]),
        ({"x": ["x"], "a": ["b"], "b": ["a", "x"]}, ["xx", "aba"]),
    ],
)
def test_each_cycle_of_references_is_found_once(
    edges: dict[str, list[str]], cycles: list[str]
) -> None:
    assert ["".join(cycle) for cycle in find_cycles(edges)] == cycles


def test_a_long_chain_without_a_cycle_has_none() -> None:
    chain = {str(at): [str(at + 1)] for at in range(20_000)}
    assert list(find_cycles(chain)) == []


@pytest.mark.parametrize(("start", "expected"), [(0, "abca"), (1, "bcab"), (2, "cabc")])
def test_a_cycle_is_rotated_to_begin_at_an_index(start: int, expected: str) -> None:
    assert "".join(rotate_cycle(tuple("abca"), start)) == expected
