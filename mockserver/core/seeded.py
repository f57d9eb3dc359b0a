"""Randomness as a pure function of a seed and a purpose, so the order of draws does not matter."""

from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from math import erf, sqrt
from types import MappingProxyType
from typing import Final, TypeVar

LOWEST_SEED: Final = "\x00lowest"
HIGHEST_SEED: Final = "\x00highest"
FIXED_FRACTIONS: Final = MappingProxyType({LOWEST_SEED: 0.0, HIGHEST_SEED: 1 - 2**-53})
"""Seeds with a fixed result: a dry run uses the shortest durations, then the longest."""

_RANGE = 1 << 64
_Item = TypeVar("_Item")


def digest(seed: str, *purpose: object) -> bytes:
    """Return 16 bytes that depend on nothing but seed and purpose."""
    text = "\x1f".join(map(str, (seed, *purpose)))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def fraction(seed: str, *purpose: object) -> float:
    """Return a number in [0, 1)."""
    if seed in FIXED_FRACTIONS:
        return FIXED_FRACTIONS[seed]
    return (int.from_bytes(digest(seed, *purpose)[:8]) >> 11) / (_RANGE >> 11)


def normal_quantile(share: float) -> float:
    """Return how many standard deviations from the mean this share of normal draws is below.

    It is between -9 and 9, found by halving.
    """
    low, high = -9.0, 9.0
    for _ in range(60):
        middle = (low + high) / 2
        if (1 + erf(middle / sqrt(2))) / 2 < share:
            low = middle
        else:
            high = middle
    return high


def choice(items: Sequence[_Item], weights: Sequence[float], seed: str, *purpose: object) -> _Item:
    """Return one of the items, with probabilities in proportion to the weights."""
    sums = tuple(accumulate(weights))
    point = fraction(seed, *purpose) * sums[-1]
    return next(item for item, limit in zip(items, sums, strict=True) if point < limit)


def uuid(seed: str, *purpose: object) -> str:
    """Return a version 4 UUID in lower case with hyphens."""
    digits = digest(seed, *purpose).hex()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def recording_token(seed: str, call_id: str) -> str:
    """Return the name of a recording in its URL, which cannot be guessed without the seed."""
    return digest(seed, "media", call_id).hex()
