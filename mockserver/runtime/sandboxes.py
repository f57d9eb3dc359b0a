"""Sandboxes by name, and by the credentials that they have claimed."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from typing import Final

from mockserver.core.seeded import digest
from mockserver.engine.store import World
from mockserver.runtime.driver import Carrier
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.tasks import owned

DEFAULT: Final = "default"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
IDLE: Final = 3_600.0  # real seconds after which a sandbox that nobody uses is given up
SWEEP: Final = 60.0  # real seconds between two looks for such
MOST: Final = 1_000

Claim = tuple[str, bytes]
"""(provider, hash of a credential)"""


class Taken(Exception):
    """A credential that another sandbox has claimed."""


class Full(Exception):
    """There are as many sandboxes as there may be."""


class Sandboxes:
    """`default` is always there; any other appears on first use, and goes when it is idle.

    `made` is told of every new one, `real` is a monotonic clock in seconds.
    """

    def __init__(
        self,
        courier: Carrier,
        start: tuple[World, Timing],
        made: Callable[[Sandbox], None],
        real: Callable[[], float] = time.monotonic,
    ) -> None:
        self.start_from = start
        self._courier = courier
        self._made = made
        self._real = real
        self._began = real()
        self._sweeper: asyncio.Task[None] | None = None
        self.stopping = False
        self._claims: dict[Claim, str] = {}
        self._used: dict[str, float] = {}
        self._all: dict[str, Sandbox] = {}
        self._make(DEFAULT, *start)

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(tuple(self._all.values()))

    def uptime(self) -> float:
        """Real seconds since the server was made."""
        return self._real() - self._began

    def known(self, name: str) -> Sandbox | None:
        return self._all.get(name)

    def get(self, name: str) -> Sandbox:
        """The sandbox of this name, made if need be.

        Raises:
            Full: it is not there, and there is no room for it.
        """
        sandbox = self._all.get(name) or self._make(name, *self.start_from)
        self._used[name] = self._real()
        return sandbox

    def claimed(self, provider: str, credential: str | None) -> Sandbox:
        """The sandbox that has claimed this credential, else the default one."""
        if not credential or not self._claims:
            return self.get(DEFAULT)
        return self.get(self._claims.get(_claim(provider, credential), DEFAULT))

    async def put(
        self, name: str, start: tuple[World, Timing], claims: tuple[tuple[str, str], ...]
    ) -> Sandbox:
        """A new world under this name, in place of one that may be there.

        Raises:
            Taken: another sandbox has one of the credentials, and nothing has changed.
            Full: there is no room for it, and nothing has changed.
        """
        wanted = [_claim(*claim) for claim in claims]
        if any(self._claims.get(claim, name) != name for claim in wanted):
            raise Taken
        # all of it at once: whoever comes while the old one ends meets the new one
        old = self._forget(name)
        made = self._make(name, *start)
        self._claims.update(dict.fromkeys(wanted, name))
        if old:
            await old.stop()
        return made

    async def drop(self, name: str) -> None:
        """Gone with all that is in it; who asks for the name again gets a new one."""
        sandbox = self._forget(name)
        if sandbox:
            await sandbox.stop()

    def start(self) -> None:
        for sandbox in self:
            sandbox.start()
        self._sweeper = owned(self._sweep(), self.failed)

    async def halt(self) -> None:
        """Every advance ends where it is, and nothing is out any more."""
        self.stopping = True
        await asyncio.gather(*(sandbox.driver.stop() for sandbox in self))

    async def stop(self) -> None:
        if self._sweeper:
            self._sweeper.cancel()
        for sandbox in self:
            await sandbox.stop()

    async def expire(self) -> None:
        """Give up those that nobody has used for long; the default one stays."""
        latest = self._real() - IDLE
        idle = [name for name, used in self._used.items() if used <= latest and name != DEFAULT]
        gone = [sandbox for sandbox in map(self._forget, idle) if sandbox]
        await asyncio.gather(*(sandbox.stop() for sandbox in gone))

    def failed(self, error: BaseException) -> None:
        """A task that serves all of them has failed."""
        self._all[DEFAULT].driver.failed(error)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            await self.expire()

    def _forget(self, name: str) -> Sandbox | None:
        """Whom it named until now."""
        self._claims = {claim: one for claim, one in self._claims.items() if one != name}
        self._used.pop(name, None)
        return self._all.pop(name, None)

    def _make(self, name: str, world: World, timing: Timing) -> Sandbox:
        if len(self._all) >= MOST:
            raise Full
        sandbox = Sandbox(name, world, timing, self._courier)
        self._all[name] = sandbox
        self._used[name] = self._real()
        self._made(sandbox)
        if self._sweeper:
            sandbox.start()
        return sandbox


def _claim(provider: str, credential: str) -> Claim:
    return provider, digest("claim", provider, credential)
