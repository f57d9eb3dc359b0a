"""Throttles repeated log messages: 1 to 10, then 20, 30, ..., 100, 200, ..."""

from collections import Counter
from collections.abc import Hashable
from typing import Final

UNTHROTTLED_COUNT: Final = 10
"""How often a message is logged each time; then only the 20th, 30th, ..., 100th, 200th, ..."""

MAX_KEYS: Final = 1_000
"""The number of keys that are counted; one more clears all counts."""


class LogThrottle:
    """Counts messages by a key that equal messages share."""

    def __init__(self) -> None:
        self._counts: Counter[Hashable] = Counter()

    def limit(self, key: Hashable, text: str) -> str:
        """Count a message; return the text to log, or an empty one to log nothing.

        From the 20th repetition on, the text states the count. A million repetitions of one
        message give 55 lines.
        """
        if key not in self._counts and len(self._counts) == MAX_KEYS:
            self._counts.clear()
        self._counts[key] += 1
        count = self._counts[key]
        if count <= UNTHROTTLED_COUNT:
            return text
        return (
            f"{text} ({count:,} times so far)" if count % 10 ** (len(str(count)) - 1) == 0 else ""
        )
