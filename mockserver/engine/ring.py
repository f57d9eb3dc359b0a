"""What came last, bounded in number and in bytes: the oldest leave first."""

from collections import deque
from typing import Final, TypeVar

KEPT: Final = 10_000
ROOM: Final = 64_000_000  # bytes

T = TypeVar("T")


class Ring(deque[T]):
    """Most items weigh nothing to speak of; one that is larger than all the room is kept alone."""

    def __init__(self, most: int = KEPT, room: int = ROOM) -> None:
        super().__init__(maxlen=most)
        self.room = room
        self.size = 0
        self._heavy: deque[tuple[int, int]] = deque()

    def weigh(self, number: int, size: int) -> None:
        """The item that came last, the `number`-th of all, holds on to so many bytes."""
        self._heavy.append((number, size))
        self.size += size
        self._relieve(number)
        while self.size > self.room and len(self) > 1:
            self.popleft()
            self._relieve(number)

    def _relieve(self, number: int) -> None:
        """Forget the weight of those that have left."""
        while self._heavy and self._heavy[0][0] <= number - len(self):
            self.size -= self._heavy.popleft()[1]
