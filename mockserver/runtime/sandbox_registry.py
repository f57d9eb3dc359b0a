"""Look up sandboxes by name or by claimed credential, and expire idle ones."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from typing import Final

from mockserver.core.configuration import Configuration
from mockserver.core.seeded import digest
from mockserver.core.webhook import Dispatcher
from mockserver.runtime.inboxes import InboxStorage
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.tasks import spawn

DEFAULT_SANDBOX: Final = "default"
SANDBOX_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
IDLE_TIMEOUT: Final = 3_600.0  # real seconds after which an unused sandbox is removed
EXPIRY_INTERVAL: Final = 60.0  # real seconds between two checks for idle sandboxes
MAX_SANDBOXES: Final = 1_000

Claim = tuple[str, bytes]
"""(provider, hash of a credential)"""


class CredentialClaimed(Exception):
    """Another sandbox has claimed the credential."""


class TooManySandboxes(Exception):
    """There are `MAX_SANDBOXES` sandboxes already."""


class SandboxRegistry:
    """All sandboxes. `default` always exists; others are created on first use and expire if idle.

    `initial_setup` is (configuration, timing) of a new sandbox. `on_created` is called with every
    new sandbox. `monotonic` is a real clock in seconds. `scenario_problems` are those of changed
    scenario files, for as long as these cannot be loaded.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        initial_setup: tuple[Configuration, Timing],
        on_created: Callable[[Sandbox], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.initial_setup = initial_setup
        self.scenario_problems: tuple[str, ...] = ()
        self._dispatcher = dispatcher
        self._on_created = on_created
        self._monotonic = monotonic
        self._started_at = monotonic()
        self._expiry_task: asyncio.Task[None] | None = None
        self.is_stopping = False
        self._claims: dict[Claim, str] = {}
        self._last_used: dict[str, float] = {}
        self._sandboxes: dict[str, Sandbox] = {}
        self.inbox_storage = InboxStorage()
        self._create(DEFAULT_SANDBOX, *initial_setup)

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(tuple(self._sandboxes.values()))

    def uptime(self) -> float:
        """Return the real seconds since the registry was created."""
        return self._monotonic() - self._started_at

    def find(self, name: str) -> Sandbox | None:
        return self._sandboxes.get(name)

    def get_or_create(self, name: str) -> Sandbox:
        """Return the sandbox of this name, created if it does not exist.

        Raises:
            TooManySandboxes: it does not exist, and there is no room for it.
        """
        sandbox = self._sandboxes.get(name) or self._create(name, *self.initial_setup)
        self._last_used[name] = self._monotonic()
        return sandbox

    def resolve(self, provider: str, credential: str | None) -> Sandbox:
        """Return the sandbox that has claimed this credential, else the default one."""
        if not credential or not self._claims:
            return self.get_or_create(DEFAULT_SANDBOX)
        return self.get_or_create(
            self._claims.get(_build_claim(provider, credential), DEFAULT_SANDBOX)
        )

    def build(self, name: str, configuration: Configuration, timing: Timing) -> Sandbox:
        """Build a sandbox that has no place here yet: see `adopt`."""
        return Sandbox(name, configuration, timing, self._dispatcher, self.inbox_storage)

    async def adopt(self, sandbox: Sandbox, claims: tuple[tuple[str, str], ...]) -> Sandbox:
        """Put a sandbox in place of any other of its name.

        `claims` are (provider, credential) pairs whose requests go to this sandbox.

        Raises:
            CredentialClaimed: another sandbox has one of the credentials; nothing has changed.
            TooManySandboxes: there is no room for a new name; nothing has changed.
        """
        name, new_claims = sandbox.name, [_build_claim(*claim) for claim in claims]
        if any(self._claims.get(claim, name) != name for claim in new_claims):
            raise CredentialClaimed
        # no await before the claims are stored: requests during `old.stop` get the new sandbox
        if name not in self._sandboxes:
            self._check_room()
        old = self._remove(name)
        self._add(sandbox)
        self._claims.update(dict.fromkeys(new_claims, name))
        if old:
            await old.stop()
        return sandbox

    async def remove(self, name: str) -> None:
        """Remove a sandbox with all its state; the next use of its name creates a new one."""
        sandbox = self._remove(name)
        if sandbox:
            await sandbox.stop()

    def start(self) -> None:
        for sandbox in self:
            sandbox.start()
        self._expiry_task = spawn(self._expire_periodically(), self.record_error)

    async def stop_schedulers(self) -> None:
        """End every advance where it is, and cancel all deliveries."""
        self.is_stopping = True
        await asyncio.gather(*(sandbox.scheduler.stop() for sandbox in self))

    async def stop(self) -> None:
        if self._expiry_task:
            self._expiry_task.cancel()
        for sandbox in self:
            await sandbox.stop()

    async def expire(self) -> None:
        """Remove the sandboxes not used for `IDLE_TIMEOUT`, except the default one."""
        threshold = self._monotonic() - IDLE_TIMEOUT
        idle = [
            name
            for name, last_used in self._last_used.items()
            if last_used <= threshold and name != DEFAULT_SANDBOX
        ]
        removed = [sandbox for sandbox in map(self._remove, idle) if sandbox]
        await asyncio.gather(*(sandbox.stop() for sandbox in removed))

    def record_error(self, error: BaseException) -> None:
        """Record the error of a task that serves all sandboxes: in the default sandbox."""
        self._sandboxes[DEFAULT_SANDBOX].scheduler.record_error(error)

    async def _expire_periodically(self) -> None:
        while True:
            await asyncio.sleep(EXPIRY_INTERVAL)
            await self.expire()

    def _remove(self, name: str) -> Sandbox | None:
        """Remove the name and its claims, and return its sandbox, which is still running."""
        self._claims = {claim: owner for claim, owner in self._claims.items() if owner != name}
        self._last_used.pop(name, None)
        return self._sandboxes.pop(name, None)

    def _create(self, name: str, configuration: Configuration, timing: Timing) -> Sandbox:
        self._check_room()
        return self._add(self.build(name, configuration, timing))

    def _check_room(self) -> None:
        if len(self._sandboxes) >= MAX_SANDBOXES:
            raise TooManySandboxes

    def _add(self, sandbox: Sandbox) -> Sandbox:
        name = sandbox.name
        self._sandboxes[name] = sandbox
        self._last_used[name] = self._monotonic()
        self._on_created(sandbox)
        if self._expiry_task:
            sandbox.start()
        return sandbox


def _build_claim(provider: str, credential: str) -> Claim:
    return provider, digest("claim", provider, credential)
