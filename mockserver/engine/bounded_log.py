"""A log bounded in items and in bytes: the oldest items are evicted first."""

from collections import deque
from typing import Final, TypeVar

MAX_ITEMS: Final = 10_000
MAX_BYTES: Final = 64_000_000  # bytes

MAX_UNCOUNTED: Final = 1_000
"""The bytes of an item that need not be counted: `MAX_ITEMS` of them take 10 MB at most."""

T = TypeVar("T")


class BoundedLog(deque[T]):
    """A deque that evicts its oldest items above `max_items` or `max_bytes`.

    Only items passed to `add_weight` count in bytes; those of at most `MAX_UNCOUNTED` need not be.
    An item larger than `max_bytes` is kept alone.
    """

    def __init__(self, max_items: int = MAX_ITEMS, max_bytes: int = MAX_BYTES) -> None:
        super().__init__(maxlen=max_items)
        self.max_bytes = max_bytes
        self.byte_count = 0
        self._weights: deque[tuple[int, int]] = deque()

    def add_weight(self, number: int, size: int) -> None:
        """Add `size` bytes for the last item, the `number`-th ever appended (from 1)."""
        self._weights.append((number, size))
        self.byte_count += size
        self._remove_weights(number)
        while self.byte_count > self.max_bytes and len(self) > 1:
            self.popleft()
            self._remove_weights(number)

    def _remove_weights(self, number: int) -> None:
        """Subtract the weights of evicted items; `number` items have been appended so far."""
        while self._weights and self._weights[0][0] <= number - len(self):
            self.byte_count -= self._weights.popleft()[1]
