"""Sandboxes by name, and by the credentials that they have claimed."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from typing import Final

from mockserver.core.configuration import Configuration
from mockserver.core.seeded import digest
from mockserver.core.webhook import Dispatcher
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.tasks import spawn

DEFAULT_SANDBOX: Final = "default"
SANDBOX_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
IDLE_TIMEOUT: Final = 3_600.0  # real seconds after which a sandbox that nobody uses is given up
EXPIRY_INTERVAL: Final = 60.0  # real seconds between two looks for such
MAX_SANDBOXES: Final = 1_000

Claim = tuple[str, bytes]
"""(provider, hash of a credential)"""


class CredentialClaimed(Exception):
    """A credential that another sandbox has claimed."""


class TooManySandboxes(Exception):
    """There are as many sandboxes as there may be."""


class SandboxRegistry:
    """`default` is always there; any other appears on first use, and goes when it is idle.

    `made` is told of every new one, `real` is a monotonic clock in seconds.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        initial_setup: tuple[Configuration, Timing],
        on_created: Callable[[Sandbox], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.initial_setup = initial_setup
        self._dispatcher = dispatcher
        self._on_created = on_created
        self._monotonic = monotonic
        self._started_at = monotonic()
        self._expiry_task: asyncio.Task[None] | None = None
        self.is_stopping = False
        self._claims: dict[Claim, str] = {}
        self._last_used: dict[str, float] = {}
        self._sandboxes: dict[str, Sandbox] = {}
        self._create(DEFAULT_SANDBOX, *initial_setup)

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(tuple(self._sandboxes.values()))

    def uptime(self) -> float:
        """Real seconds since the server was made."""
        return self._monotonic() - self._started_at

    def find(self, name: str) -> Sandbox | None:
        return self._sandboxes.get(name)

    def get(self, name: str) -> Sandbox:
        """The sandbox of this name, made if need be.

        Raises:
            Full: it is not there, and there is no room for it.
        """
        sandbox = self._sandboxes.get(name) or self._create(name, *self.initial_setup)
        self._last_used[name] = self._monotonic()
        return sandbox

    def resolve(self, provider: str, credential: str | None) -> Sandbox:
        """The sandbox that has claimed this credential, else the default one."""
        if not credential or not self._claims:
            return self.get(DEFAULT_SANDBOX)
        return self.get(self._claims.get(_build_claim(provider, credential), DEFAULT_SANDBOX))

    async def replace(
        self,
        name: str,
        initial_setup: tuple[Configuration, Timing],
        claims: tuple[tuple[str, str], ...],
    ) -> Sandbox:
        """A new world under this name, in place of one that may be there.

        Raises:
            Taken: another sandbox has one of the credentials, and nothing has changed.
            Full: there is no room for it, and nothing has changed.
        """
        wanted = [_build_claim(*claim) for claim in claims]
        if any(self._claims.get(claim, name) != name for claim in wanted):
            raise CredentialClaimed
        # all of it at once: whoever comes while the old one ends meets the new one
        old = self._remove(name)
        made = self._create(name, *initial_setup)
        self._claims.update(dict.fromkeys(wanted, name))
        if old:
            await old.stop()
        return made

    async def remove(self, name: str) -> None:
        """Gone with all that is in it; who asks for the name again gets a new one."""
        sandbox = self._remove(name)
        if sandbox:
            await sandbox.stop()

    def start(self) -> None:
        for sandbox in self:
            sandbox.start()
        self._expiry_task = spawn(self._expire_periodically(), self.record_error)

    async def stop_schedulers(self) -> None:
        """Every advance ends where it is, and nothing is out any more."""
        self.is_stopping = True
        await asyncio.gather(*(sandbox.scheduler.stop() for sandbox in self))

    async def stop(self) -> None:
        if self._expiry_task:
            self._expiry_task.cancel()
        for sandbox in self:
            await sandbox.stop()

    async def expire(self) -> None:
        """Give up those that nobody has used for long; the default one stays."""
        latest = self._monotonic() - IDLE_TIMEOUT
        idle = [
            name
            for name, used in self._last_used.items()
            if used <= latest and name != DEFAULT_SANDBOX
        ]
        gone = [sandbox for sandbox in map(self._remove, idle) if sandbox]
        await asyncio.gather(*(sandbox.stop() for sandbox in gone))

    def record_error(self, error: BaseException) -> None:
        """A task that serves all of them has failed."""
        self._sandboxes[DEFAULT_SANDBOX].scheduler.record_error(error)

    async def _expire_periodically(self) -> None:
        while True:
            await asyncio.sleep(EXPIRY_INTERVAL)
            await self.expire()

    def _remove(self, name: str) -> Sandbox | None:
        """Whom it named until now."""
        self._claims = {claim: one for claim, one in self._claims.items() if one != name}
        self._last_used.pop(name, None)
        return self._sandboxes.pop(name, None)

    def _create(self, name: str, configuration: Configuration, timing: Timing) -> Sandbox:
        if len(self._sandboxes) >= MAX_SANDBOXES:
            raise TooManySandboxes
        sandbox = Sandbox(name, configuration, timing, self._dispatcher)
        self._sandboxes[name] = sandbox
        self._last_used[name] = self._monotonic()
        self._on_created(sandbox)
        if self._expiry_task:
            sandbox.start()
        return sandbox


def _build_claim(provider: str, credential: str) -> Claim:
    return provider, digest("claim", provider, credential)
