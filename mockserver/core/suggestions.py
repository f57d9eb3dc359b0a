"""The known word that a wrong word was probably meant to be."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

MIN_SIMILARITY: Final = 0.6  # below this, difflib's own default, a hint misleads more than it helps
MAX_SIMILARITY_GAP: Final = (
    0.05  # a second word is worth naming only if it is nearly as near as the first
)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint like `did you mean 'callee-busy'?`, or nothing when nothing is near."""
    near = closest_words(word, known)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else ""


def closest_words(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The one or two known words that come nearest, if any is near at all."""
    ranked = sorted((-_similarity(word, other), other) for other in set(known))
    near = [
        other
        for score, other in ranked
        if -score >= MIN_SIMILARITY and score - ranked[0][0] <= MAX_SIMILARITY_GAP
    ]
    return tuple(near[:2])


def _similarity(word: str, other: str) -> float:
    pair = SequenceMatcher(None, other.casefold(), word.casefold())
    # The quick ratio is an upper bound that only looks at lengths: a huge word costs nothing.
    return pair.ratio() if pair.real_quick_ratio() >= MIN_SIMILARITY else 0.0
