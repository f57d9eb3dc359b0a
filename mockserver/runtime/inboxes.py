"""Built-in webhook receivers: the requests they received, and their next responses."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence

from mockserver.core.value import Value

MAX_REQUESTS = 1_000
MAX_BYTES = 16_000_000
"""Bytes of the requests that one inbox keeps."""

MAX_TOTAL_BYTES = 64_000_000
"""Bytes of the requests that all inboxes of a server keep together."""

REQUEST_OVERHEAD = 2_000
"""Bytes that every request counts beside its texts; so the number of inboxes is bounded, too."""


MAX_INBOXES = 1_000
"""Inboxes of a sandbox; beyond them, those whose requests have all left are forgotten."""


class ReceivedRequest(Value):
    """A request that an inbox received, `at` in ms; `status` is that of its response."""

    at: int
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    status: int = 200

    @property
    def size(self) -> int:
        """The bytes that the request counts."""
        texts = (self.path, self.query, *self.headers, *self.headers.values(), self.body)
        return REQUEST_OVERHEAD + sum(map(len, texts))


class InboxStorage:
    """The requests of all inboxes of a server, in the order of their arrival.

    The oldest leave first.
    """

    def __init__(self, max_bytes: int = MAX_TOTAL_BYTES) -> None:
        self.max_bytes = max_bytes
        self._bytes = 0
        self._number = 0
        self._owners: OrderedDict[int, tuple[Inbox, int]] = OrderedDict()

    def add(self, inbox: "Inbox", size: int) -> int:
        """Make room for a request of an inbox, and return its number."""
        while self._owners and self._bytes + size > self.max_bytes:
            next(iter(self._owners.values()))[0].evict_oldest()
        self._number += 1
        self._owners[self._number] = (inbox, size)
        self._bytes += size
        return self._number

    def remove(self, number: int) -> int:
        """Forget a request, and return its size."""
        size = self._owners.pop(number)[1]
        self._bytes -= size
        return size


class Inbox:
    """A receiver that responds with the next of `statuses`, or 200 once there are none left.

    `delay` is in real seconds, before each response. Keeps the last `MAX_REQUESTS` requests, of
    `MAX_BYTES` at most. `evicted` counts those that have left.
    """

    def __init__(self, storage: InboxStorage | None = None) -> None:
        self.statuses: deque[int] = deque()
        self.delay = 0.0
        self.evicted = 0
        self._storage = storage or InboxStorage()
        self._bytes = 0
        self._requests: OrderedDict[int, ReceivedRequest] = OrderedDict()

    @property
    def is_unused(self) -> bool:
        """Whether nothing but `evicted` would be lost with the inbox."""
        return not (self._requests or self.statuses or self.delay)

    @property
    def requests(self) -> Sequence[ReceivedRequest]:
        return tuple(self._requests.values())

    def program(self, statuses: Iterable[int], delay: float) -> None:
        """Set the statuses of the next responses, and the delay before each."""
        self.statuses = deque(statuses)
        self.delay = delay

    def store(self, request: ReceivedRequest) -> int:
        """Store the request and return the status of the response."""
        status = self.statuses.popleft() if self.statuses else 200
        self._store(request.replace(status=status))
        return status

    async def pause(self) -> None:
        """Wait as long as the response is delayed."""
        if self.delay:
            await asyncio.sleep(self.delay)

    def evict_oldest(self) -> None:
        """Let the oldest request leave, and count it."""
        self._remove(next(iter(self._requests)))
        self.evicted += 1

    def clear(self) -> None:
        """Forget all requests; they do not count as evicted."""
        for number in tuple(self._requests):
            self._remove(number)

    def _store(self, request: ReceivedRequest) -> None:
        size = request.size
        self._requests[self._storage.add(self, size)] = request
        self._bytes += size
        while len(self._requests) > MAX_REQUESTS or self._bytes > MAX_BYTES:
            self.evict_oldest()

    def _remove(self, number: int) -> None:
        del self._requests[number]
        self._bytes -= self._storage.remove(number)
