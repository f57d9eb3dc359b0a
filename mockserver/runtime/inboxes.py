"""Built-in webhook receivers: the requests they received, and their next responses."""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mockserver.core.value import Value

MAX_REQUESTS = 1_000


class ReceivedRequest(Value):
    """A request that an inbox received, `at` in ms; `status` is that of its response."""

    at: int
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    status: int = 200


@dataclass(slots=True)
class Inbox:
    """A receiver that responds with the next of `statuses`, or 200 once there are none left.

    `delay` is in real seconds, before each response. Keeps the last `MAX_REQUESTS` requests.
    """

    statuses: deque[int] = field(default_factory=deque)
    delay: float = 0.0
    requests: deque[ReceivedRequest] = field(default_factory=lambda: deque(maxlen=MAX_REQUESTS))

    def program(self, statuses: Iterable[int], delay: float) -> None:
        """Set the statuses of the next responses, and the delay before each."""
        self.statuses = deque(statuses)
        self.delay = delay

    async def receive(self, request: ReceivedRequest) -> int:
        """Store the request and return the status of the response, after the delay."""
        status = self.statuses.popleft() if self.statuses else 200
        self.requests.append(request.replace(status=status))
        if self.delay:
            await asyncio.sleep(self.delay)
        return status
