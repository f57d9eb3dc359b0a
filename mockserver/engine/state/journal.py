"""The owner of the journal and of the exchanges, both bounded, and of who listens to them."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial

from mockserver.core.journal import JournalEntry
from mockserver.engine.bounded_log import MAX_ITEMS, MAX_UNCOUNTED, BoundedLog
from mockserver.engine.exchange import Exchange
from mockserver.engine.state.totals import Totals

Subscriber = Callable[[JournalEntry], None]


class Journal:
    """The entries and exchanges of a sandbox, oldest first, of which it keeps the newest.

    `entry_count` and `request_count` count all there ever were; `error_count` is not reset.
    Requests and errors also count in `totals`.
    """

    def __init__(self, max_entries: int = MAX_ITEMS, totals: Totals | None = None) -> None:
        self.totals = totals or Totals()
        self._max_entries = max_entries
        self._subscribers: list[Subscriber] = []
        self.subscribers: Sequence[Subscriber] = self._subscribers
        self.error_count = 0
        self.clear()

    def clear(self) -> None:
        """Forget all entries and exchanges; the subscribers stay."""
        self._entries: BoundedLog[JournalEntry] = BoundedLog(self._max_entries)
        self._exchanges: BoundedLog[Exchange] = BoundedLog()
        self._request_origins: OrderedDict[str, None] = OrderedDict()
        self.entries: Sequence[JournalEntry] = self._entries
        self.exchanges: Sequence[Exchange] = self._exchanges
        self.request_origins: Collection[str] = self._request_origins.keys()
        self.entry_count = 0
        self._last_at = 0
        self.request_count = 0

    @property
    def first_sequence(self) -> int:
        """The sequence number, from 1, of the oldest entry that is still kept."""
        return self.entry_count - len(self._entries) + 1

    @property
    def next_request_id(self) -> str:
        """The id of the next exchange that is recorded."""
        return f"r{self.request_count + 1}"

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` with every later entry; return the function that ends that.

        A subscriber that raises is not called again.
        """
        self._subscribers.append(subscriber)
        return partial(self._unsubscribe, subscriber)

    def append(self, entry: JournalEntry, size: int = 0) -> None:
        """Append an entry and notify the subscribers.

        Its time is never before that of the last one: a busy server records late what it runs late.
        `size` is the number of bytes that its payload keeps in memory.
        """
        if entry.at < self._last_at:
            entry = entry.replace(at=self._last_at)
        self._last_at = entry.at
        self._entries.append(entry)
        self.entry_count += 1
        if size > MAX_UNCOUNTED:
            self._entries.add_weight(self.entry_count, size)
        if entry.type == "error":
            self.error_count += 1
            self.totals.errors += 1
        if self._subscribers:
            self._notify_subscribers(entry)

    def record_exchange(self, exchange: Exchange) -> None:
        """Store the exchange, and append its entry."""
        self.request_count += 1
        self._record_origin(exchange.request.origin)
        self._exchanges.append(exchange)
        self._count(exchange, 1)
        size = 2 * len(exchange.request.body)  # the raw body and the parsed one
        if size > MAX_UNCOUNTED:
            self._exchanges.add_weight(self.request_count, size)
        call_id = exchange.call_ids[0] if exchange.call_ids else ""
        self.append(JournalEntry(exchange.at, "request", call_id, exchange), size)

    def correct_exchange(self, exchange: Exchange) -> None:
        """Replace the latest exchange, also in its entry, by what the client got in the end."""
        replaced, self._exchanges[-1] = self._exchanges[-1], exchange
        self._count(replaced, -1)
        self._count(exchange, 1)
        for index in range(-1, -len(self._entries) - 1, -1):
            if self._entries[index].payload is replaced:
                self._entries[index] = self._entries[index].replace(payload=exchange)
                return

    def _count(self, exchange: Exchange, by: int) -> None:
        status = exchange.response.status
        key = exchange.provider, exchange.operation, status, exchange.fault
        self.totals.requests[key] += by

    def _record_origin(self, origin: str) -> None:
        """Remember an origin; bounded like the exchanges, each of which has one."""
        self._request_origins[origin] = None
        if len(self._request_origins) > MAX_ITEMS:
            self._request_origins.popitem(last=False)

    def _notify_subscribers(self, entry: JournalEntry) -> None:
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(entry)
            except Exception:  # noqa: BLE001 - a failing subscriber must not stop the clock
                self._subscribers.remove(subscriber)

    def _unsubscribe(self, subscriber: Subscriber) -> None:
        with suppress(ValueError):  # it has raised, and is gone already
            self._subscribers.remove(subscriber)
