"""The words for people, and the spans that are drawn for them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.chance import HIGHEST, LOWEST
from mockserver.core.legs import WORDS, Behaviour, Span, fixed


def test_words_of_the_contract() -> None:
    ring, patience, talk = fixed(2_000), fixed(25_000), fixed(6_000)
    assert dict(WORDS) == {
        "answered": Behaviour(ring, "answered", (), talk, None),
        "machine": Behaviour(ring, "machine", (), talk, None),
        "person": Behaviour(ring, "person", (), None, None),
        "busy": Behaviour(ring, "busy", (), talk, None),
        "no-answer": Behaviour(patience, "no-answer", (), talk, None),
        "rejected": Behaviour(ring, "rejected", (), talk, None),
        "unreachable": Behaviour(ring, "unreachable", (), talk, None),
        "invalid-number": Behaviour(ring, "invalid-number", (), talk, None),
        "network-failure": Behaviour(ring, "network-failure", (), talk, None),
    }


def test_span_known_draws() -> None:
    drawn = [Span(2_000, 6_000).drawn("seed", number) for number in range(6)]
    assert drawn == [2313, 3036, 5968, 2085, 5329, 4714]


def test_span_reaches_both_ends() -> None:
    assert {Span(1, 3).drawn("seed", number) for number in range(100)} == {1, 2, 3}


@pytest.mark.parametrize("purpose", [(), ("a",), ("b", 7)])
def test_span_fixed_is_itself(purpose: tuple[object, ...]) -> None:
    assert fixed(2_000).drawn("seed", *purpose) == 2_000


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.text())
@settings(max_examples=100, deadline=None)
def test_span_is_never_left(low: int, length: int, purpose: str) -> None:
    assert low <= Span(low, low + length).drawn("seed", purpose) <= low + length


@pytest.mark.parametrize(("seed", "drawn"), [(LOWEST, 2_000), (HIGHEST, 6_000)])
def test_span_at_the_extremes(seed: str, drawn: int) -> None:
    assert Span(2_000, 6_000).drawn(seed, "c1", 0) == drawn
