"""The known word that a wrong word was probably meant to be."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

ALIKE: Final = 0.6  # below this, difflib's own default, a hint misleads more than it helps
RIVAL: Final = 0.05  # a second word is worth naming only if it is nearly as near as the first


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint like `did you mean 'callee-busy'?`, or nothing when nothing is near."""
    ranked = sorted((-_likeness(word, other), other) for other in set(known))
    near = [other for score, other in ranked if -score >= ALIKE and score - ranked[0][0] <= RIVAL]
    return f"did you mean {' or '.join(map(repr, near[:2]))}?" if near else ""


def _likeness(word: str, other: str) -> float:
    pair = SequenceMatcher(None, word.casefold(), other.casefold())
    # The quick ratio is an upper bound that only looks at lengths: a huge word costs little.
    return pair.ratio() if pair.real_quick_ratio() >= ALIKE else 0.0
