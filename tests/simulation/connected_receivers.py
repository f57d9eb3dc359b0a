"""Receivers as the code that delivers meets them: how each treats its connections."""

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random
from typing import Final, Literal, NamedTuple

from tests.simulation.virtual_loop import AttemptKey, SenderTransport

BACKLOG: Final = 6
"""Connections that wait to be accepted, as those of Python's `http.server` do."""

REPEATED_AFTER: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds after which the system tries again to connect while the backlog is full."""

End = Literal["keeps", "closes", "half-closes", "resets"]


class Manner(NamedTuple):
    """What a receiver does with a connection; all times are in real seconds.

    It responds after `takes` with `status`; None stands for no response, and 0 for half of one.
    Then, after `rests`, it ends the connection as `end` says. A body with a length does not need
    that end. It serves `at_once` connections at the same time.
    """

    name: str
    status: int | None = 200
    takes: float = 0.01
    end: End = "closes"
    rests: float = 0.0
    has_length: bool = True
    at_once: int = 1_000
    reads: bool = True
    listens: bool = True


GOOD: Final = (
    Manner("closes"),
    Manner("closes late", rests=0.5),
    Manner("ends its body by a close", has_length=False),
    Manner("takes long", takes=4.0),
    Manner("keeps", end="keeps", rests=5.0),
    Manner("keeps, one at a time", end="keeps", rests=5.0, takes=0.2, at_once=1),
    Manner("quick, one at a time", end="keeps", rests=5.0, takes=0.0, at_once=1),
    Manner("half-closes", end="half-closes"),
    Manner("half-closes late", end="half-closes", rests=0.5),
    Manner("ends its body by a half-close", end="half-closes", rests=0.5, has_length=False),
    Manner("half-closes, one at a time", end="half-closes", takes=1.0, at_once=1),
    Manner("resets at rest", end="resets", rests=0.5),
    Manner("resets at once", end="resets"),
    Manner("resets, one at a time", end="resets", rests=1.0, takes=0.1, at_once=1),
)
"""Each takes every webhook of a fresh client."""

BAD: Final = (
    Manner("broken", status=500, end="keeps", rests=5.0),
    Manner("overloaded", status=503, takes=9.0, at_once=1),
    Manner("half-closes before a response", status=None, end="half-closes"),
    Manner("resets before a response", status=None, end="resets"),
    Manner("resets before a request", status=None, end="resets", takes=0.0, reads=False),
    Manner("resets within a response", status=0, end="resets"),
    Manner("half-closes within a response", status=0, end="half-closes"),
    Manner("silent", status=None, takes=60.0),
    Manner("silent, one at a time", status=None, takes=30.0, at_once=1),
    Manner("too late", takes=12.0),
    Manner("not there", listens=False),
)


class Received:
    """What all receivers know of the attempts: how often each came, and how it was answered."""

    def __init__(self) -> None:
        self.counts: Counter[AttemptKey] = Counter()
        self.statuses: dict[AttemptKey, int] = {}
        self.manners: Counter[str] = Counter()


class Receiver:
    """Listens at one port; with `moods`, it treats some connections in a manner of `BAD`."""

    def __init__(self, manner: Manner, received: Received, moods: Random | None = None) -> None:
        self.manner = manner
        self._received = received
        self._moods = moods
        self._places = asyncio.Semaphore(manner.at_once)
        self._queued = 0
        self.tasks: set[asyncio.Task[None]] = set()

    @property
    def is_good(self) -> bool:
        """Whether it takes every webhook of a fresh client."""
        return self.manner in GOOD and self._moods is None

    async def connect(self) -> None:
        if not self.manner.listens:
            self._received.manners[f"receiver {self.manner.name}"] += 1
            raise ConnectionRefusedError
        for pause in REPEATED_AFTER:
            if self._queued < BACKLOG:
                return
            await asyncio.sleep(pause)
        raise TimeoutError

    def accept(self, connection: SenderTransport) -> None:
        self._queued += 1
        task = asyncio.create_task(self._serve(connection))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _serve(self, connection: SenderTransport) -> None:
        async with self._places:
            self._queued -= 1
            manner = self._choose_manner()
            self._received.manners[f"receiver {manner.name}"] += 1
            if manner.reads and not await self._read(connection):
                return
            await asyncio.sleep(manner.takes)
            self._respond(connection, manner)
            with suppress(TimeoutError):
                await asyncio.wait_for(connection.closed.wait(), manner.rests)
            await self._end(connection, manner.end)

    def _choose_manner(self) -> Manner:
        if self._moods and self._moods.random() < 0.3:
            return self._moods.choice([each for each in BAD if each.listens and each.at_once > 1])
        return self.manner

    async def _read(self, connection: SenderTransport) -> bool:
        """Read the request; the sender may have closed the connection before it has sent one."""
        await asyncio.wait((connection.request,))
        if connection.request.cancelled():
            return False
        self._received.counts[connection.attempt] += 1
        return True

    def _respond(self, connection: SenderTransport, manner: Manner) -> None:
        if manner.status is None or connection.is_closing():
            return
        head = f"HTTP/1.1 {manner.status or 200} X\r\nserver: x\r\n".encode()
        length = b"content-length: 2\r\n" if manner.has_length else b""
        whole = head + length + b"\r\nok"
        if manner.status == 0:
            connection.respond(whole[:-1])
            return
        self._received.statuses[connection.attempt] = manner.status
        connection.respond(whole)

    async def _end(self, connection: SenderTransport, end: End) -> None:
        if end == "resets":
            connection.reset()
        else:
            connection.half_close()  # a sender cannot tell it from a close
        if end == "half-closes":
            await connection.closed.wait()
