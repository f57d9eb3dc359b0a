"""Sandboxes that sleep: a store has them, and memory only what the store lacks."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from mockserver.core.value import pack, unpack
from mockserver.runtime.clock import Clock
from mockserver.runtime.durability import Durability
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.tasks import OnError, spawn
from mockserver.store.records import SandboxRecord

SLEEP_AFTER: Final = 300.0  # real seconds after which an unused sandbox leaves memory


class Use(Protocol):
    """What uses a sandbox for as long as it goes on, such as a request; None at its beginning."""

    @property
    def sandbox(self) -> Sandbox | None: ...


class KeptParts(NamedTuple):
    """What no store has of a sandbox: its positions, and durations of requests."""

    instance: str
    epoch: int
    request_durations: bytes

    def give_to(self, sandbox: Sandbox) -> None:
        sandbox.instance, sandbox.earlier_epochs = self.instance, self.epoch
        sandbox.request_durations = OrderedDict(unpack(self.request_durations))


class SleepingSandbox(NamedTuple):
    """A sandbox that is in the store; its clock goes on.

    `kept` is None if it has been asleep since the start of the server.
    """

    record: SandboxRecord
    clock: Clock
    kept: KeptParts | None = None

    def give_to(self, sandbox: Sandbox) -> None:
        """Give its clock, and what is kept, to the sandbox that is built again."""
        sandbox.scheduler.clock = self.clock
        if self.kept:
            self.kept.give_to(sandbox)


def may_sleep(sandbox: Sandbox) -> bool:
    """Return True if nothing goes on in a sandbox, and nothing will by itself.

    That is so without a viewer, an advance, a webhook on its way, and somebody on the phone, if
    time stands still or brings nothing. A sandbox whose log of inputs was given up stays awake.
    """
    scheduler, state = sandbox.scheduler, sandbox.state
    is_quiet = not (
        scheduler.is_advancing
        or scheduler.deliveries.tasks
        or sandbox.event_texts.viewer_count
        or sandbox.phone_clock.is_running
    )
    is_timeless = sandbox.clock.is_manual or state.peek() is None
    return is_quiet and is_timeless and state.inputs.is_complete


def build_sleeping(sandbox: Sandbox, record: SandboxRecord) -> SleepingSandbox:
    """Return what is left in memory of a sandbox that the store has as `record`."""
    kept = KeptParts(
        sandbox.instance,
        sandbox.earlier_epochs + sandbox.state.epoch,
        pack([*sandbox.request_durations.items()]),
    )
    return SleepingSandbox(record, sandbox.clock, kept)


class SleepingSandboxes:
    """The sandboxes that sleep; none does without a store.

    `uses` are what goes on, such as requests: a sandbox with one stays awake. `build` builds a
    sandbox again, and puts it in its place.
    """

    def __init__(self, durability: Durability | None, on_error: OnError) -> None:
        self.uses: dict[int, Use] = {}
        self.build: Callable[[SleepingSandbox], Awaitable[None]]
        self._durability, self._on_error = durability, on_error
        self._asleep: dict[str, SleepingSandbox] = {}
        self.by_name: Mapping[str, SleepingSandbox] = MappingProxyType(self._asleep)
        self._builds: dict[str, asyncio.Task[None]] = {}
        self._ends: set[asyncio.Task[None]] = set()

    def add(self, sleeping: SleepingSandbox) -> None:
        """Add a sandbox that the store has."""
        self._asleep[sleeping.record.name] = sleeping

    def drop(self, name: str) -> None:
        """Forget a sandbox: it is awake, or removed."""
        self._asleep.pop(name, None)

    def take(self, sandbox: Sandbox) -> bool:
        """Let a sandbox sleep, if nothing goes on in it, and the store has all of it.

        Returns whether it sleeps.
        """
        if self._durability is None or not may_sleep(sandbox) or self._is_used(sandbox):
            return False
        record = self._durability.renew(sandbox)
        if record is None:
            return False
        self.add(build_sleeping(sandbox, record))
        self._durability.forget(sandbox.name)
        sandbox.is_removed = True
        end = spawn(sandbox.stop(), self._on_error)
        self._ends.add(end)
        end.add_done_callback(self._ends.discard)
        return True

    async def wake(self, name: str) -> None:
        """Build a sandbox again; all that wait for it wait for one build."""
        if name not in self._builds:
            self._builds[name] = spawn(self._build(self._asleep[name]), self._on_error)
        await asyncio.shield(self._builds[name])

    async def stop(self) -> None:
        """End what is being built, and wait for what still ends."""
        for build in self._builds.values():
            build.cancel()
        await asyncio.gather(*self._builds.values(), *self._ends, return_exceptions=True)

    async def _build(self, sleeping: SleepingSandbox) -> None:
        try:
            await self.build(sleeping)
        finally:
            del self._builds[sleeping.record.name]

    def _is_used(self, sandbox: Sandbox) -> bool:
        return any(use.sandbox is sandbox for use in self.uses.values())
