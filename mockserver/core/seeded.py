"""Chance as a function of the seed and a purpose: no generator, so no order of asking matters."""

from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from types import MappingProxyType
from typing import Final, TypeVar

LOWEST_SEED: Final = "\x00lowest"
HIGHEST_SEED: Final = "\x00highest"
FIXED_FRACTIONS: Final = MappingProxyType({LOWEST_SEED: 0.0, HIGHEST_SEED: 1 - 2**-53})
"""Seeds that do not draw: a rehearsal plays the shortest spans, then the longest."""

_RANGE = 1 << 64
_Item = TypeVar("_Item")


def digest(seed: str, *purpose: object) -> bytes:
    """Sixteen bytes that depend on seed and purpose alone."""
    text = "\x1f".join(map(str, (seed, *purpose)))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def fraction(seed: str, *purpose: object) -> float:
    """A number in [0, 1)."""
    if seed in FIXED_FRACTIONS:
        return FIXED_FRACTIONS[seed]
    return (int.from_bytes(digest(seed, *purpose)[:8]) >> 11) / (_RANGE >> 11)


def choice(items: Sequence[_Item], weights: Sequence[float], seed: str, *purpose: object) -> _Item:
    """One of the items, each as likely as its weight says."""
    sums = tuple(accumulate(weights))
    drawn = fraction(seed, *purpose) * sums[-1]
    return next(item for item, limit in zip(items, sums, strict=True) if drawn < limit)


def uuid(seed: str, *purpose: object) -> str:
    """A version 4 UUID, as vendors print it."""
    made = digest(seed, *purpose).hex()
    variant = "89ab"[int(made[16], 16) % 4]
    return f"{made[:8]}-{made[8:12]}-4{made[13:16]}-{variant}{made[17:20]}-{made[20:]}"
