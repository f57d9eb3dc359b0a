"""Suggestions: the known words closest to a wrong one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.suggestions import did_you_mean

KNOWN = ("answered", "busy", "callee-busy", "caller-busy", "no-answer", "rejected", "unreachable")


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("calee-busy", "did you mean 'callee-busy'?"),
        ("callee_busy", "did you mean 'callee-busy'?"),
        ("Callee-Busy", "did you mean 'callee-busy'?"),
        ("bussy", "did you mean 'busy'?"),
        ("noanswer", "did you mean 'no-answer'?"),
        ("answerd", "did you mean 'answered'?"),
        ("unreachabel", "did you mean 'unreachable'?"),
        ("callex-busy", "did you mean 'callee-busy' or 'caller-busy'?"),
        ("piano", ""),
        ("", ""),
        ("x" * 1_000_000, ""),
    ],
)
def test_a_misspelled_word_suggests_the_known_words_close_to_it(word: str, hint: str) -> None:
    assert did_you_mean(word, KNOWN) == hint


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("abcxy", "abcde", "did you mean 'abcde'?"),
        ("abcxyz", "abcde", ""),
        ("abc", "abcdefg", "did you mean 'abcdefg'?"),
        ("abc", "abcdefgh", ""),
    ],
    ids=["six tenths", "less", "six tenths by length", "less by length"],
)
def test_a_word_is_suggested_from_a_similarity_of_six_tenths_on(
    word: str, known: str, hint: str
) -> None:
    assert did_you_mean(word, [known]) == hint


def test_of_many_known_words_the_last_thousand_are_compared() -> None:
    ids = [f"c{number}" for number in range(1, 2_001)]
    assert did_you_mean("c2.000", ids) == "did you mean 'c2000'?"
    assert did_you_mean("c1.000", ids) != "did you mean 'c1000'?"
    assert did_you_mean("c1.000", ids[:1_000]) == "did you mean 'c1000'?"


def test_without_known_words_there_is_no_suggestion() -> None:
    assert did_you_mean("busy", []) == ""


def test_at_most_two_words_are_suggested() -> None:
    assert did_you_mean("leg-x", ["leg-c", "leg-a", "leg-b", "leg-a"]) == (
        "did you mean 'leg-a' or 'leg-b'?"
    )


@given(st.text(max_size=12), st.permutations(KNOWN))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_known_words_does_not_change_the_suggestion(
    word: str, known: list[str]
) -> None:
    assert did_you_mean(word, iter(known)) == did_you_mean(word, KNOWN)
