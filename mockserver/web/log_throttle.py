"""What is said again and again, said less and less often."""

from collections import Counter
from collections.abc import Hashable
from typing import Final

UNTHROTTLED_COUNT: Final = 10
"""So often a thing is told each time; then the 20th, the 30th, the 100th, the 200th, ..."""

MAX_KEYS: Final = 1_000
"""So many are counted; then the counting begins anew."""


class LogThrottle:
    """Counts what has been said, by what makes two of them the same thing."""

    def __init__(self) -> None:
        self._counts: Counter[Hashable] = Counter()

    def limit(self, key: Hashable, text: str) -> str:
        """The text, with how often it has been so if that is often; empty where it is not worth it.

        A million of one thing are 55 lines.
        """
        if key not in self._counts and len(self._counts) == MAX_KEYS:
            self._counts.clear()
        self._counts[key] += 1
        nth = self._counts[key]
        if nth <= UNTHROTTLED_COUNT:
            return text
        return f"{text} ({nth:,} times so far)" if nth % 10 ** (len(str(nth)) - 1) == 0 else ""
