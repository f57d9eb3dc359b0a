"""The sandboxes in memory: when each was last used, and how many there can be."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from mockserver.runtime.durability import Durability
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.sleep import SLEEP_AFTER, SleepingSandboxes, may_sleep

DEFAULT_SANDBOX: Final = "default"
MAX_SANDBOXES: Final = 1_000  # sandboxes in memory


class TooManySandboxes(Exception):
    """There are `MAX_SANDBOXES` sandboxes in memory already, and none of them may sleep."""


class AwakeSandboxes:
    """Sandboxes by name, and when each was last used, also of those that sleep.

    `monotonic` is a real clock in seconds.
    """

    def __init__(self, sleeping: SleepingSandboxes, monotonic: Callable[[], float]) -> None:
        self.by_name: dict[str, Sandbox] = {}
        self.last_used: dict[str, float] = {}
        self._sleeping, self._monotonic = sleeping, monotonic

    def add(self, sandbox: Sandbox) -> None:
        self.by_name[sandbox.name] = sandbox
        self.set_idle_time(sandbox.name, 0)

    def pop(self, name: str) -> Sandbox | None:
        """Forget a name, also of one that sleeps; return its sandbox, which is still running."""
        self.last_used.pop(name, None)
        self._sleeping.drop(name)
        sandbox = self.by_name.pop(name, None)
        if sandbox:
            sandbox.is_removed = True
        return sandbox

    def idle_time(self, name: str) -> float:
        """Return the real seconds since a sandbox was last used; the default one is used now."""
        now = self._monotonic()
        return 0.0 if name == DEFAULT_SANDBOX else now - self.last_used.get(name, now)

    def set_idle_time(self, name: str, idle_time: float) -> None:
        self.last_used[name] = self._monotonic() - idle_time

    def unused_for(self, seconds: float) -> list[str]:
        """Return the names of those not used for so many real seconds, but the default one."""
        threshold = self._monotonic() - seconds
        return [
            name
            for name, last_used in self.last_used.items()
            if last_used <= threshold and name != DEFAULT_SANDBOX
        ]

    def check_room(self) -> None:
        """Check that there is room for one more.

        Raises:
            TooManySandboxes: there is none.
        """
        if not self.has_room():
            raise TooManySandboxes

    def has_room(self) -> bool:
        """Return True if there is room for one more, for which another may fall asleep."""
        if len(self.by_name) < MAX_SANDBOXES:
            return True
        by_use = sorted(self.by_name.values(), key=lambda each: self.last_used[each.name])
        return any(map(self._let_sleep, by_use))

    async def let_idle_sleep(self, durability: Durability) -> None:
        """Let sandboxes sleep that nobody has used for `SLEEP_AFTER`; tell the store the time.

        Raises:
            StoreUnavailable: the store takes nothing now.
        """
        default = self.by_name[DEFAULT_SANDBOX]
        idle = [*filter(may_sleep, self._awake(self.unused_for(SLEEP_AFTER)))]
        waits = map(durability.wait_for, (default, *idle))
        await asyncio.gather(*waits, return_exceptions=True)  # what is not stored stays awake
        for sandbox in self._awake(self.unused_for(SLEEP_AFTER)):
            self._let_sleep(sandbox)
        durability.renew(default)
        await durability.flush()

    def _awake(self, names: Iterable[str]) -> list[Sandbox]:
        return [self.by_name[name] for name in names if name in self.by_name]

    def _let_sleep(self, sandbox: Sandbox) -> bool:
        """Let a sandbox sleep, if it may; return whether it does."""
        if sandbox.name == DEFAULT_SANDBOX or not self._sleeping.take(sandbox):
            return False
        del self.by_name[sandbox.name]
        return True
