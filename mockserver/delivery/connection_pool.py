"""A receiver's door: who waits before it, and the connections that it has left open."""

import asyncio
from collections import deque
from collections.abc import Collection
from time import monotonic
from typing import Final

from mockserver.delivery.connection import Connection

BASE_LIMIT: Final = 8
"""How many attempts are under way to one host and port."""

MAX_LIMIT: Final = 64
"""The same where connections are left open: those that have been answered come on top."""

IDLE_TIMEOUT: Final = 1.0
"""Real seconds for which a connection is kept, fewer than any receiver waits before it ends one."""

MIN_IDLE_BEFORE_REUSE: Final = 0.05
"""Real seconds after which a receiver would have ended it if it was about to."""


class ConnectionPool:
    """Whoever ends a connection after an answer without a word there would lose the next webhook.

    So one must have rested before it is used again, until that has shown that they are left open.
    """

    def __init__(self) -> None:
        self._is_keep_alive_proven = False
        self._active_count = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._persistent_connections: set[Connection] = set()
        self._idle_connections: dict[Connection, tuple[float, asyncio.TimerHandle]] = {}

    async def __aenter__(self) -> None:
        """Whoever comes first goes first, as soon as there is room."""
        turn = asyncio.get_running_loop().create_future()
        self._waiters.append(turn)
        self._fill_slots()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it had been let in just before
                self._free_slot()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._free_slot()

    def acquire(self, addresses: Collection[str]) -> Connection | None:
        """A connection to one of these addresses, the one that has rested longest."""
        for line, (since, _) in tuple(self._idle_connections.items()):
            if not self._is_keep_alive_proven and monotonic() - since < MIN_IDLE_BEFORE_REUSE:
                return None
            if line.address in addresses:
                self._remove_idle(line)
                if line.is_idle():
                    self._is_keep_alive_proven = True
                    return line
                self._is_keep_alive_proven = False
                line.abort()
        return None

    def release(self, connection: Connection, has_room: bool) -> None:  # noqa: FBT001 - there is, or there is not
        """Keep it, or end it."""
        self._is_keep_alive_proven = self._is_keep_alive_proven and connection.is_reusable
        if connection.is_reusable and has_room and len(self._idle_connections) < self._limit:
            end = asyncio.get_running_loop().call_later(IDLE_TIMEOUT, connection.abort)
            self._idle_connections[connection] = (monotonic(), end)
            self._persistent_connections.add(connection)
        else:
            connection.abort()

    def discard(self, connection: Connection) -> None:
        """It has ended."""
        self._persistent_connections.discard(connection)
        if connection in self._idle_connections:
            self._remove_idle(connection)

    @property
    def _limit(self) -> int:
        """Few stand before the door at once: a busy receiver opens it seldom."""
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
            turn = self._waiters.popleft()
            if not turn.done():
                turn.set_result(None)
                self._active_count += 1
