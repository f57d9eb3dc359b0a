"""A receiver's door: who waits before it, and the connections that it has left open."""

import asyncio
from collections.abc import Collection
from time import monotonic
from typing import Final

from mockserver.runtime.line import Line

PER_TARGET: Final = 8
"""How many attempts are under way to one host and port."""

IDLE: Final = 1.0
"""Real seconds for which a connection is kept, fewer than any receiver waits before it ends one."""

REST: Final = 0.05
"""Real seconds after which a receiver would have ended it if it was about to."""


class Door:
    """Whoever ends a connection after an answer without a word there would lose the next webhook.

    So one must have rested before it is used again, until that has shown that they are left open.
    """

    def __init__(self) -> None:
        self.queue = asyncio.Semaphore(PER_TARGET)
        self._trusted = False
        self._kept: dict[Line, tuple[float, asyncio.TimerHandle]] = {}

    def open(self, addresses: Collection[str]) -> Line | None:
        """A connection to one of these addresses, the one that has rested longest."""
        for line, (since, _) in tuple(self._kept.items()):
            if not self._trusted and monotonic() - since < REST:
                return None
            if line.address in addresses:
                self.gone(line)
                if line.quiet():
                    self._trusted = True
                    return line
                self._trusted = False
                line.cut()
        return None

    def leave(self, line: Line, room: bool) -> None:  # noqa: FBT001 - there is, or there is not
        """Keep it, or end it."""
        self._trusted = self._trusted and line.kept
        if line.kept and room and len(self._kept) < PER_TARGET:
            end = asyncio.get_running_loop().call_later(IDLE, line.cut)
            self._kept[line] = (monotonic(), end)
        else:
            line.cut()

    def gone(self, line: Line) -> None:
        """It is not kept any more."""
        if line in self._kept:
            self._kept.pop(line)[1].cancel()
