"""Built-in webhook receivers: the requests they received, and their next responses."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter

from mockserver.core.value import Value
from mockserver.store.records import InboxState

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


StoredRequests = tuple[str, InboxState, Mapping[int, ReceivedRequest]]
"""Name and state of an inbox, and its requests by number, the oldest first."""


class InboxStorage:
    """The requests of all inboxes of a server, in the order of their arrival.

    The oldest leave first. `last_number` is that of the latest request.
    """

    def __init__(self, max_bytes: int = MAX_TOTAL_BYTES, last_number: int = 0) -> None:
        self.max_bytes = max_bytes
        self.last_number = last_number
        self._bytes = 0
        self._owners: OrderedDict[int, tuple[Inbox, int]] = OrderedDict()

    def add(self, inbox: "Inbox", size: int) -> int:
        """Make room for a request of an inbox, and return its number."""
        self._make_room(size)
        self.last_number += 1
        self._owners[self.last_number] = (inbox, size)
        self._bytes += size
        return self.last_number

    def add_again(self, inbox: "Inbox", sizes: Mapping[int, int]) -> None:
        """Add requests of an inbox with the numbers that they had; `sizes` are by number."""
        self._bytes += sum(sizes.values())
        owners = {**self._owners, **{number: (inbox, size) for number, size in sizes.items()}}
        self._owners = OrderedDict(sorted(owners.items(), key=itemgetter(0)))
        self._make_room(0)

    def remove(self, number: int) -> int:
        """Forget a request, and return its size."""
        size = self._owners.pop(number)[1]
        self._bytes -= size
        return size

    def _make_room(self, size: int) -> None:
        while self._owners and self._bytes + size > self.max_bytes:
            next(iter(self._owners.values()))[0].evict_oldest()


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
        self._last = self._storage.last_number
        self._bytes = 0
        self._requests: OrderedDict[int, ReceivedRequest] = OrderedDict()
        self._state: InboxState | None = None

    @property
    def is_unused(self) -> bool:
        """Whether nothing but `evicted` would be lost with the inbox."""
        return not (self._requests or self.statuses or self.delay)

    @property
    def requests(self) -> Sequence[ReceivedRequest]:
        return tuple(self._requests.values())

    @property
    def state(self) -> InboxState:
        """All but the requests; the same object until it changes."""
        if self._state is None:
            first = next(iter(self._requests), self._last + 1)
            self._state = InboxState(
                tuple(self.statuses), self.delay, self.evicted, first, self._last
            )
        return self._state

    def requests_after(self, number: int) -> Iterator[tuple[int, ReceivedRequest]]:
        """Yield the requests with a higher number, the latest first."""
        for each in reversed(self._requests):
            if each <= number:
                return
            yield each, self._requests[each]

    def program(self, statuses: Iterable[int], delay: float) -> None:
        """Set the statuses of the next responses, and the delay before each."""
        self.statuses = deque(statuses)
        self.delay = delay
        self._state = None

    def restore(self, state: InboxState, requests: Mapping[int, ReceivedRequest]) -> None:
        """Make a new inbox what an earlier one was."""
        self.program(state.statuses, state.delay)
        self.evicted, self._last = state.evicted, state.last
        self._storage.last_number = max(self._storage.last_number, state.last)
        self._requests.update(requests)
        sizes = {number: each.size for number, each in requests.items()}
        self._bytes = sum(sizes.values())
        self._storage.add_again(self, sizes)

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
        self._last = self._storage.add(self, size)
        self._requests[self._last] = request
        self._bytes += size
        self._state = None
        while len(self._requests) > MAX_REQUESTS or self._bytes > MAX_BYTES:
            self.evict_oldest()

    def _remove(self, number: int) -> None:
        del self._requests[number]
        self._bytes -= self._storage.remove(number)
        self._state = None


class Inboxes(Mapping[str, Inbox]):
    """The inboxes of a sandbox by their names."""

    def __init__(self, storage: InboxStorage) -> None:
        self._storage = storage
        self._by_name: dict[str, Inbox] = {}

    def __getitem__(self, name: str) -> Inbox:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def states(self) -> dict[str, InboxState]:
        return {name: inbox.state for name, inbox in self._by_name.items()}

    def get_or_create(self, name: str) -> Inbox:
        """Return the inbox of a name; beyond `MAX_INBOXES`, those that are unused are forgotten."""
        if name not in self._by_name:
            if len(self._by_name) >= MAX_INBOXES:
                used = {each: box for each, box in self._by_name.items() if not box.is_unused}
                self._by_name.clear()
                self._by_name.update(used)
            self._by_name[name] = Inbox(self._storage)
        return self._by_name[name]

    def restore(self, inboxes: Iterable[StoredRequests]) -> None:
        """Take inboxes as they were before."""
        for name, state, requests in inboxes:
            self.get_or_create(name).restore(state, requests)

    def forget(self, name: str) -> None:
        """Forget what an inbox has received, and how it was programmed."""
        if name in self._by_name:
            self._by_name.pop(name).clear()

    def clear(self) -> None:
        """Forget all inboxes, so that their requests no longer count in the storage."""
        for inbox in self._by_name.values():
            inbox.clear()
        self._by_name.clear()
