"""A connection pool per (host, port, TLS): FIFO limit and idle keep-alive connections."""

import asyncio
from collections import deque
from collections.abc import Collection
from time import monotonic
from typing import Final

from mockserver.delivery.connection import Connection

BASE_LIMIT: Final = 8
"""Concurrent attempts per pool, unless connections have proved reusable."""

MAX_LIMIT: Final = 64
"""Concurrent attempts at most: each connection kept open after a response adds one to the base."""

IDLE_TIMEOUT: Final = 1.0
"""Real seconds until an idle connection is closed: less than the idle timeout of any receiver."""

MIN_IDLE_BEFORE_REUSE: Final = 0.05
"""Real seconds in which a receiver would have closed a connection that it does not keep alive."""


class ConnectionPool:
    """The connections to one receiver; `async with` waits for one of its slots.

    A receiver may close an idle connection without having sent `Connection: close`. A POST sent
    then is lost and must not be retried (RFC 9110 9.2.2). So a connection is reused only after
    `MIN_IDLE_BEFORE_REUSE`, until one reuse has proved that the receiver keeps them alive.
    """

    def __init__(self) -> None:
        self._is_keep_alive_proven = False
        self._active_count = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._persistent_connections: set[Connection] = set()
        self._idle_connections: dict[Connection, tuple[float, asyncio.TimerHandle]] = {}

    async def __aenter__(self) -> None:
        """Wait for a free slot, in the order of arrival."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._fill_slots()
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():  # it got its slot just before, and must give it back
                self._free_slot()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._free_slot()

    def acquire(self, addresses: Collection[str]) -> Connection | None:
        """Return the longest idle reusable connection to one of the addresses, or None."""
        for connection, (since, _) in tuple(self._idle_connections.items()):
            if not self._is_keep_alive_proven and monotonic() - since < MIN_IDLE_BEFORE_REUSE:
                return None
            if connection.address in addresses:
                self._remove_idle(connection)
                if connection.is_still_open():
                    self._is_keep_alive_proven = True
                    return connection
                self._is_keep_alive_proven = False
                connection.abort()
        return None

    def release(self, connection: Connection, has_room: bool) -> None:  # noqa: FBT001 - a plain flag
        """Keep the connection for reuse if it allows that and `has_room`; close it otherwise."""
        self._is_keep_alive_proven = self._is_keep_alive_proven and connection.is_reusable
        if connection.is_reusable and has_room and len(self._idle_connections) < self._limit:
            timer = asyncio.get_running_loop().call_later(IDLE_TIMEOUT, connection.abort)
            self._idle_connections[connection] = (monotonic(), timer)
            self._persistent_connections.add(connection)
        else:
            connection.abort()

    def discard(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        self._persistent_connections.discard(connection)
        if connection in self._idle_connections:
            self._remove_idle(connection)

    @property
    def _limit(self) -> int:
        """Concurrent attempts: 8, or up to 64 once connections have proved reusable.

        The base is low because a busy receiver accepts new connections slowly.
        """
        return (
            min(BASE_LIMIT + len(self._persistent_connections), MAX_LIMIT)
            if self._is_keep_alive_proven
            else BASE_LIMIT
        )

    def _remove_idle(self, connection: Connection) -> None:
        self._idle_connections.pop(connection)[1].cancel()

    def _free_slot(self) -> None:
        self._active_count -= 1
        self._fill_slots()

    def _fill_slots(self) -> None:
        while self._waiters and self._active_count < self._limit:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                self._active_count += 1
