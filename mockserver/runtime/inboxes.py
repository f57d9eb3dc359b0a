"""Ready-made webhook receivers: what came in, and how they answer next."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_REQUESTS = 1_000


class ReceivedRequest(NamedTuple):
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

    statuses: deque[int] = field(default_factory=deque)
    delay: float = 0.0
    requests: deque[ReceivedRequest] = field(default_factory=lambda: deque(maxlen=MAX_REQUESTS))

    async def receive(self, request: ReceivedRequest) -> int:
        """The status of the answer, once it may leave."""
        status = self.statuses.popleft() if self.statuses else 200
        self.requests.append(request._replace(status=status))
        if self.delay:
            await asyncio.sleep(self.delay)
        return status
