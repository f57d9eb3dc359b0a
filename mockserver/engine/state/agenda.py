"""The owner of the due items: a priority queue, the earliest item first."""

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush

from mockserver.core.call import Event
from mockserver.core.configuration import AccountKey
from mockserver.core.value import Value


class ScheduledEvent(Value):
    """An event that a provider scheduled, and the index of its dial attempt, from 0."""

    attempt: int
    event: Event


class AccountPatch(Value):
    """A JSON merge patch (RFC 7396) from an account's timeline."""

    account_key: AccountKey
    patch: Mapping[str, object]


class DueItem(Value, order=True):
    """An element of the agenda, ordered by time in ms and then by `serial`.

    `kind` is `script`, `event` (one that a provider scheduled), `delivery`, `attempt-end` (of a
    simulated attempt), `hold-end` (of a delivery that waits for another call) or `account`.
    `subject` is a call ID, for `account` the account's name, else a delivery ID.
    """

    at: int
    serial: int
    kind: str
    subject: str
    payload: ScheduledEvent | AccountPatch | None = None


class Agenda:
    """The due items of a sandbox; `SandboxState.drop_stale_items` takes what no longer holds."""

    def __init__(self) -> None:
        self._heap: list[DueItem] = []
        self._serial = 0

    def __iter__(self) -> Iterator[DueItem]:
        return iter(self._heap)

    def peek(self) -> DueItem | None:
        """Return the earliest due item without taking it; None if there is none."""
        return self._heap[0] if self._heap else None

    def schedule(
        self, at: int, kind: str, subject: str, payload: ScheduledEvent | AccountPatch | None = None
    ) -> int:
        """Add a due item; return its serial."""
        self._serial += 1
        heappush(self._heap, DueItem(at, self._serial, kind, subject, payload))
        return self._serial

    def take(self) -> DueItem | None:
        """Remove the earliest due item and return it; None if there is none."""
        return heappop(self._heap) if self._heap else None
