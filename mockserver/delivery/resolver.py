"""Resolve host names on a bounded number of daemon threads."""

from asyncio import timeout, wrap_future
from concurrent.futures import Future
from queue import SimpleQueue
from socket import SOCK_STREAM, getaddrinfo
from threading import Thread
from time import monotonic
from typing import Final

from mockserver.core.address_policy import Addresses

Lookup = Future[Addresses]
Jobs = SimpleQueue[tuple[str, float, Lookup] | None]
"""(host name, deadline, lookup) for one of the threads; None ends one."""
MAX_THREADS: Final = 16
"""Concurrent lookups; a dead name server blocks these threads and nothing else."""
LOOKUP_TIMEOUT: Final = 2.0  # seconds for one lookup


def resolve_blocking(name: str) -> Addresses:
    """Return the addresses of a host name, none if it cannot be resolved. Blocks."""
    try:
        entries = getaddrinfo(name, None, type=SOCK_STREAM)
    except (OSError, ValueError):
        return ()
    return tuple(str(entry[4][0]) for entry in entries)


class Resolver:
    """Runs lookups on threads of its own: a lookup cannot be canceled and must block nothing else.

    The threads are daemons, so that exit waits for none of them. Concurrent lookups of a name share
    one thread and its result, so that a dead name occupies one thread only.
    """

    def __init__(self) -> None:
        self._jobs: Jobs = SimpleQueue()
        self._running: dict[str, Lookup] = {}
        self._threads = 0

    async def resolve(self, name: str) -> Addresses:
        """Return the addresses of a host name, none after `LOOKUP_TIMEOUT`."""
        lookup = self._running.get(name) or self._start(name)
        try:
            async with timeout(LOOKUP_TIMEOUT):
                return await wrap_future(lookup)
        except TimeoutError:
            return ()

    def _start(self, name: str) -> Lookup:
        lookup = self._running[name] = Lookup()
        lookup.set_running_or_notify_cancel()  # so that one waiter cannot cancel it for the others
        self._jobs.put((name, monotonic() + LOOKUP_TIMEOUT, lookup))
        if self._threads < MAX_THREADS:
            self._threads += 1
            Thread(target=self._work, args=(self._jobs,), name="lookup", daemon=True).start()
        return lookup

    def close(self) -> None:
        """End the threads, each after its lookup in progress; a later lookup starts new ones."""
        for _ in range(self._threads):
            self._jobs.put(None)
        self._jobs, self._running, self._threads = SimpleQueue(), {}, 0

    def _work(self, jobs: Jobs) -> None:
        for name, deadline, lookup in iter(jobs.get, None):
            addresses = resolve_blocking(name) if monotonic() < deadline else ()
            self._running.pop(name, None)  # gone after `close`
            lookup.set_result(addresses)
