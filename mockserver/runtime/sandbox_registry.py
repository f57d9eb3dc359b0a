"""Look up sandboxes by name or by claimed credential; let idle ones sleep, and expire."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import Final

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Dispatcher
from mockserver.engine.state.totals import Totals
from mockserver.runtime.awake_sandboxes import DEFAULT_SANDBOX, AwakeSandboxes, TooManySandboxes
from mockserver.runtime.claims import Claims, CredentialClaimed, build_claim
from mockserver.runtime.durability import Durability
from mockserver.runtime.inboxes import InboxStorage
from mockserver.runtime.lag import Lag
from mockserver.runtime.sandbox import Claim, Sandbox, SandboxRefused, Timing
from mockserver.runtime.sleep import SleepingSandbox, SleepingSandboxes
from mockserver.runtime.tasks import spawn
from mockserver.store.records import StoreUnavailable

__all__ = [
    "DEFAULT_SANDBOX",
    "SANDBOX_NAME",
    "CredentialClaimed",
    "SandboxRefused",
    "SandboxRegistry",
    "TooManySandboxes",
]

SANDBOX_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
IDLE_TIMEOUT: Final = 3_600.0  # real seconds after which an unused sandbox of memory is removed
EXPIRY_INTERVAL: Final = 60.0  # real seconds between two checks for idle sandboxes


class SandboxRegistry:
    """All sandboxes. `default` always exists; others are created on first use and expire if idle.

    `initial_setup` is (configuration, timing) of a new sandbox. `on_created` is called with every
    new sandbox. `monotonic` is a real clock in seconds. `scenario_problems` are those of changed
    scenario files, for as long as these cannot be loaded. `time_to_live` are the real seconds after
    which an unused sandbox is removed. `sleeping` are those that only the store has. `totals` and
    `lag` are what the sandboxes count together, from when they have their place here: what was
    played before does not count.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        initial_setup: tuple[Configuration, Timing],
        on_created: Callable[[Sandbox], None],
        monotonic: Callable[[], float] = time.monotonic,
        durability: Durability | None = None,
    ) -> None:
        self.initial_setup = initial_setup
        self.durability = durability
        self.scenario_problems: tuple[str, ...] = ()
        self._dispatcher = dispatcher
        self._on_created = on_created
        self._monotonic = monotonic
        self._started_at = monotonic()
        self._expiry_task: asyncio.Task[None] | None = None
        self.is_started = self.is_stopping = False
        """Whether the server has been told to end."""
        self.time_to_live = IDLE_TIMEOUT
        self._claims = Claims()
        self.sleeping = SleepingSandboxes(durability, self.record_error)
        self.asleep = self.sleeping.by_name
        self._awake = AwakeSandboxes(self.sleeping, monotonic)
        self.inbox_storage = InboxStorage(last_number=durability.last_received if durability else 0)
        self.totals, self.lag = Totals(), Lag()
        self._refused: dict[str, str] = {}
        self.refused: Mapping[str, str] = MappingProxyType(self._refused)
        """Name of each sandbox of the store that cannot go on -> why."""
        if durability:
            durability.on_error = self.record_error
            durability.idle_time = self._awake.idle_time
        self._create(DEFAULT_SANDBOX, *initial_setup)

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(tuple(self._awake.by_name.values()))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all sandboxes, also of those that sleep."""
        return tuple(dict.fromkeys((*self._awake.by_name, *self.asleep)))

    def uptime(self) -> float:
        """Return the real seconds since the registry was created."""
        return self._monotonic() - self._started_at

    @property
    def default(self) -> Sandbox:
        """The default sandbox; one without any state while that of the store is refused."""
        return self._awake.by_name[DEFAULT_SANDBOX]

    def find(self, name: str) -> Sandbox | None:
        """Return the sandbox of this name; None if there is none, or it sleeps or is refused."""
        return None if name in self._refused else self._awake.by_name.get(name)

    def get_or_create(self, name: str) -> Sandbox:
        """Return the sandbox of this name, created if it does not exist.

        Raises:
            TooManySandboxes: it does not exist or sleeps, and there is no room for it.
            SandboxRefused: the store has it, but it cannot go on.
        """
        if name in self._refused:
            raise SandboxRefused(self._refused[name])
        awake = self._awake
        sandbox = awake.by_name.get(name) or self._create(name, *self.initial_setup)
        awake.last_used[name] = self._monotonic()
        return sandbox

    def resolve(self, provider: str, credential: str | None) -> Sandbox:
        """Return the sandbox that has claimed this credential, else the default one."""
        if not credential or not self._claims.owners:
            return self.get_or_create(DEFAULT_SANDBOX)
        return self.get_or_create(self.owner_of(provider, credential))

    def owner_of(self, provider: str, credential: str) -> str:
        """Return the name of the sandbox whose requests have this credential."""
        return self._claims.owners.get(build_claim(provider, credential), DEFAULT_SANDBOX)

    async def wake(self, name: str, idle_time: float = 0) -> None:
        """Build a sandbox again if it sleeps; it still does if it is refused, or has no room."""
        while name in self.asleep and name not in self._refused and self._awake.has_room():
            await self.sleeping.wake(name)
            self._awake.set_idle_time(name, idle_time)

    def add_sleeping(self, sleeping: SleepingSandbox, idle_time: float) -> None:
        """Add a sandbox that the store has, and that was last used so many real seconds ago."""
        self.sleeping.add(sleeping)
        self._claims.add(sleeping.record.name, sleeping.record.claims)
        self._awake.set_idle_time(sleeping.record.name, idle_time)

    def build(self, name: str, configuration: Configuration, timing: Timing) -> Sandbox:
        """Build a sandbox that has no place here yet: see `adopt`."""
        sandbox = Sandbox(name, configuration, timing, self._dispatcher, self.inbox_storage)
        if self.durability:
            sandbox.scheduler.deliveries.hold = partial(self.durability.hold, sandbox)
        sandbox.has_own_start = timing is not self.initial_setup[1]
        return sandbox

    async def adopt(self, sandbox: Sandbox, claims: tuple[tuple[str, str], ...]) -> Sandbox:
        """Put a sandbox in place of any other of its name.

        `claims` are (provider, credential) pairs whose requests go to this sandbox.

        Raises:
            CredentialClaimed: another sandbox has one of the credentials; nothing has changed.
            TooManySandboxes: there is no room for a new name; nothing has changed.
        """
        return await self.replace(sandbox, tuple(build_claim(*claim) for claim in claims))

    async def replace(self, sandbox: Sandbox, claims: tuple[Claim, ...]) -> Sandbox:
        """Do as `adopt`, with digests of the credentials.

        Raises:
            CredentialClaimed, TooManySandboxes: as `adopt`.
        """
        name = sandbox.name
        self._refused.pop(name, None)
        self._claims.check(name, claims)
        # no await before the claims are stored: requests during `old.stop` get the new sandbox
        if name not in self._awake.by_name:
            self._awake.check_room()
        old = self._remove(name)
        self._add(sandbox)
        sandbox.claims = claims
        self._claims.add(name, claims)
        if old:
            await old.stop()
        return sandbox

    async def remove(self, name: str) -> None:
        """Remove a sandbox with all its state; the next use of its name creates a new one."""
        if sandbox := self._remove_with_store(name):
            await sandbox.stop()

    def refuse(self, name: str, reason: str) -> None:
        """Refuse the requests to a sandbox, of which the store keeps what it has."""
        self._refused[name] = reason
        if name in self._awake.by_name:
            self._awake.by_name[name].is_removed = True

    def start(self) -> None:
        for sandbox in self:
            sandbox.start()
        self._expiry_task = spawn(self._expire_periodically(), self.record_error)
        self.is_started = True

    async def stop_schedulers(self) -> None:
        """End every advance where it is, and cancel all deliveries."""
        self.is_stopping = True
        await asyncio.gather(*(sandbox.scheduler.stop() for sandbox in self))

    async def stop(self) -> None:
        if self._expiry_task:
            self._expiry_task.cancel()
        await self.sleeping.stop()
        for sandbox in self:
            await sandbox.stop(keeps_inboxes=self.durability is not None)

    async def expire(self) -> None:
        """Remove what is unused for `time_to_live`, except what is refused; let idle ones sleep."""
        unused = self._awake.unused_for(self.time_to_live)
        expired = [self._remove_with_store(name) for name in unused if name not in self._refused]
        await asyncio.gather(*(sandbox.stop() for sandbox in expired if sandbox))
        if self.durability:
            with suppress(StoreUnavailable):
                await self._awake.let_idle_sleep(self.durability)

    def record_error(self, error: BaseException) -> None:
        """Record the error of a task that serves all sandboxes: in the default sandbox."""
        self.default.scheduler.record_error(error)

    async def _expire_periodically(self) -> None:
        while True:
            await asyncio.sleep(EXPIRY_INTERVAL)
            await self.expire()

    def _remove(self, name: str) -> Sandbox | None:
        """Remove the name and its claims, and return its sandbox, which is still running."""
        self._claims.drop(name)
        return self._awake.pop(name)

    def _remove_with_store(self, name: str) -> Sandbox | None:
        self._refused.pop(name, None)
        if self.durability:
            self.durability.remove(name)
        return self._remove(name)

    def _create(self, name: str, configuration: Configuration, timing: Timing) -> Sandbox:
        if name in self.asleep:  # `wake` has found no room
            raise TooManySandboxes
        self._awake.check_room()
        return self._add(self.build(name, configuration, timing))

    def _add(self, sandbox: Sandbox) -> Sandbox:
        self._awake.add(sandbox)
        sandbox.count_in(self.totals, self.lag)
        self._on_created(sandbox)
        if self._expiry_task:
            sandbox.start()
        return sandbox
