"""Ready-made webhook receivers: what came in, and how they answer next."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

KEPT = 1_000


class Received(NamedTuple):
    at: int
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    status: int = 200


@dataclass(slots=True)
class Inbox:
    """Answers 200, or as programmed; `delay` in real seconds before each answer."""

    answers: deque[int] = field(default_factory=deque)
    delay: float = 0.0
    received: deque[Received] = field(default_factory=lambda: deque(maxlen=KEPT))

    async def take(self, come: Received) -> int:
        """The status of the answer, once it may leave."""
        status = self.answers.popleft() if self.answers else 200
        self.received.append(come._replace(status=status))
        if self.delay:
            await asyncio.sleep(self.delay)
        return status
