"""Suggest the known word that was probably meant by an unknown one."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

MIN_SIMILARITY: Final = 0.6  # difflib's default; below it, hints mislead more than they help
MAX_SIMILARITY_GAP: Final = 0.05  # how much less similar a second suggestion may be


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint such as `did you mean 'callee-busy'?`; empty if no known word is similar."""
    closest = closest_words(word, known)
    return f"did you mean {' or '.join(map(repr, closest))}?" if closest else ""


def closest_words(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the one or two most similar known words, none if none is similar enough."""
    ranked = sorted((-_similarity(word, other), other) for other in set(known))
    closest = [
        other
        for negated, other in ranked
        if -negated >= MIN_SIMILARITY and negated - ranked[0][0] <= MAX_SIMILARITY_GAP
    ]
    return tuple(closest[:2])


def _similarity(word: str, other: str) -> float:
    matcher = SequenceMatcher(None, other.casefold(), word.casefold())
    # The quick ratio is an upper bound from the lengths alone: a huge word costs nothing.
    return matcher.ratio() if matcher.real_quick_ratio() >= MIN_SIMILARITY else 0.0
