"""Suggest the known word that was probably meant by an unknown one."""

from collections import deque
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

MIN_SIMILARITY: Final = 0.6  # difflib's default; below it, hints mislead more than they help
MAX_COMPARED: Final = 1_000
"""How many known words are compared; of more, such as ids of calls, the last ones."""
MAX_SIMILARITY_GAP: Final = 0.05  # how much less similar a second suggestion may be


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint such as `did you mean 'callee-busy'?`; empty if no known word is similar."""
    closest = closest_words(word, known)
    return f"did you mean {' or '.join(map(repr, closest))}?" if closest else ""


def closest_words(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the one or two most similar known words, none if none is similar enough."""
    folded, last = word.casefold(), set(deque(known, MAX_COMPARED))
    ranked = sorted((-_similarity(folded, other.casefold()), other) for other in last)
    closest = [
        other
        for negated, other in ranked
        if -negated >= MIN_SIMILARITY and negated - ranked[0][0] <= MAX_SIMILARITY_GAP
    ]
    return tuple(closest[:2])


def _similarity(word: str, other: str) -> float:
    shorter, longer = sorted((len(word), len(other)))
    # An upper bound from the lengths alone: a huge word costs nothing.
    if 2 * shorter < MIN_SIMILARITY * (shorter + longer):
        return 0.0
    return SequenceMatcher(None, other, word).ratio()
