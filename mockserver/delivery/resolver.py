"""Resolves host names on a bounded number of daemon threads."""

from asyncio import timeout, wrap_future
from concurrent.futures import Future
from queue import SimpleQueue
from socket import SOCK_STREAM, getaddrinfo
from threading import Thread
from time import monotonic
from typing import Final

Addresses = tuple[str, ...]
Lookup = Future[Addresses]
MAX_THREADS: Final = 16
"""How many names are looked up at once; a dead name server blocks these and nothing else."""
LOOKUP_TIMEOUT: Final = 2.0  # seconds for one lookup


def look_up(name: str) -> Addresses:
    try:
        found = getaddrinfo(name, None, type=SOCK_STREAM)
    except (OSError, ValueError):
        return ()
    return tuple(str(entry[4][0]) for entry in found)


class Resolver:
    """Threads of our own, because a lookup cannot be stopped and must not hold up anything else.

    They are daemons, so that none is awaited at exit; who asks for the same name shares the answer,
    so that one dead name takes one of them.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[str, float, Lookup]] = SimpleQueue()
        self._running: dict[str, Lookup] = {}
        self._threads = 0

    async def resolve(self, name: str) -> Addresses:
        job = self._running.get(name) or self._start(name)
        try:
            async with timeout(LOOKUP_TIMEOUT):
                return await wrap_future(job)
        except TimeoutError:
            return ()

    def _start(self, name: str) -> Lookup:
        job = self._running[name] = Lookup()
        job.set_running_or_notify_cancel()  # so that nobody who leaves cancels it for the others
        self._jobs.put((name, monotonic() + LOOKUP_TIMEOUT, job))
        if self._threads < MAX_THREADS:
            self._threads += 1
            Thread(target=self._work, name="lookup", daemon=True).start()
        return job

    def _work(self) -> None:
        while True:
            name, until, job = self._jobs.get()
            found = look_up(name) if monotonic() < until else ()
            self._running.pop(name, None)  # two event loops may have asked at the same time
            job.set_result(found)


RESOLVER: Final = Resolver()
