"""A receiver's door: who waits before it, and the connections that it has left open."""

import asyncio
from collections import deque
from collections.abc import Collection
from time import monotonic
from typing import Final

from mockserver.runtime.line import Line

PER_TARGET: Final = 8
"""How many attempts are under way to one host and port."""

MANY: Final = 64
"""The same where connections are left open: those that have been answered come on top."""

IDLE: Final = 1.0
"""Real seconds for which a connection is kept, fewer than any receiver waits before it ends one."""

REST: Final = 0.05
"""Real seconds after which a receiver would have ended it if it was about to."""


class Door:
    """Whoever ends a connection after an answer without a word there would lose the next webhook.

    So one must have rested before it is used again, until that has shown that they are left open.
    """

    def __init__(self) -> None:
        self._trusted = False
        self._inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._known: set[Line] = set()
        self._kept: dict[Line, tuple[float, asyncio.TimerHandle]] = {}

    async def __aenter__(self) -> None:
        """Whoever comes first goes first, as soon as there is room."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it had been let in just before
                self._left()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._left()

    def open(self, addresses: Collection[str]) -> Line | None:
        """A connection to one of these addresses, the one that has rested longest."""
        for line, (since, _) in tuple(self._kept.items()):
            if not self._trusted and monotonic() - since < REST:
                return None
            if line.address in addresses:
                self._taken(line)
                if line.quiet():
                    self._trusted = True
                    return line
                self._trusted = False
                line.cut()
        return None

    def leave(self, line: Line, room: bool) -> None:  # noqa: FBT001 - there is, or there is not
        """Keep it, or end it."""
        self._trusted = self._trusted and line.kept
        if line.kept and room and len(self._kept) < self._most:
            end = asyncio.get_running_loop().call_later(IDLE, line.cut)
            self._kept[line] = (monotonic(), end)
            self._known.add(line)
        else:
            line.cut()

    def gone(self, line: Line) -> None:
        """It has ended."""
        self._known.discard(line)
        if line in self._kept:
            self._taken(line)

    @property
    def _most(self) -> int:
        """Few stand before the door at once: a busy receiver opens it seldom."""
        return min(PER_TARGET + len(self._known), MANY) if self._trusted else PER_TARGET

    def _taken(self, line: Line) -> None:
        self._kept.pop(line)[1].cancel()

    def _left(self) -> None:
        self._inside -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._inside < self._most:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._inside += 1
