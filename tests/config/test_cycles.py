"""Scenarios that lead back to themselves are found, each way once."""

import pytest

from mockserver.config.cycles import find_cycles, rotate_cycle


@pytest.mark.parametrize(
    ("leads", "ways"),
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
def test_circles(leads: dict[str, list[str]], ways: list[str]) -> None:
    assert ["".join(way) for way in find_cycles(leads)] == ways


def test_circles_of_a_long_chain() -> None:
    chain = {str(at): [str(at + 1)] for at in range(20_000)}
    assert list(find_cycles(chain)) == []


@pytest.mark.parametrize(("where", "told"), [(0, "abca"), (1, "bcab"), (2, "cabc")])
def test_beginning_tells_the_same_circle(where: int, told: str) -> None:
    assert "".join(rotate_cycle(tuple("abca"), where)) == told
