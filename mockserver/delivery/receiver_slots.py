"""How many attempts are made at once, per host, port and TLS: a FIFO limit."""

import asyncio
from collections import deque
from typing import Final

BASE_LIMIT: Final = 6
"""Attempts at once, unless the receiver has shown that it serves more.

So many connections wait in the queue of Python's `http.server`; of one more, the system repeats
the attempt to connect after a second.
"""

MAX_LIMIT: Final = 64
"""Attempts at once at most."""

SLOWED_DOWN: Final = 1.5
"""An attempt that takes this many times as long as the quickest one had to wait for others."""

MAX_QUICK: Final = 1.0
"""Seconds beyond which no attempt counts as quick: two receivers that hold `MAX_LIMIT` slots each
for long would leave none for all others."""


class ReceiverSlots:
    """The slots of one receiver; `async with` waits for one of them.

    The base is low because a receiver that serves one at a time lets the others wait. The limit
    doubles when as many attempts in a row, all made while no slot was free, took hardly longer than
    the quickest, and no longer than `MAX_QUICK`. One that was slowed down brings back the base.
    """

    def __init__(self) -> None:
        self._active_count = 0
        self._limit = BASE_LIMIT
        self._quick_count = 0
        self._quickest = float("inf")
        self._waiters: deque[asyncio.Future[None]] = deque()

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

    def record(self, seconds: float) -> None:
        """Note how long an attempt took that still has its slot, and adapt the limit."""
        self._quickest = min(self._quickest, seconds)
        if seconds > self._quickest * SLOWED_DOWN:
            self._limit, self._quick_count = BASE_LIMIT, 0
        elif self._active_count >= self._limit and seconds <= MAX_QUICK:
            self._quick_count += 1
        if self._quick_count == self._limit:
            self._limit, self._quick_count = min(2 * self._limit, MAX_LIMIT), 0

    def _free_slot(self) -> None:
        self._active_count -= 1
        self._fill_slots()

    def _fill_slots(self) -> None:
        while self._waiters and self._active_count < self._limit:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                self._active_count += 1
