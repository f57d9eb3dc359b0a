"""A registry of sandboxes for tests: a wall clock that stands, and a courier that waits."""

import asyncio
from typing import Any

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.runtime.scheduler import AdvanceResult
from tests.support.simulation import START, click_to_call

MANUAL = Timing(mode="manual", start=START)
KEY, OTHER = ("mobtexting", "key-1"), ("mobtexting", "key-2")


class FakeClock:
    """A real clock in seconds that stands where it is put."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class StubbornDispatcher:
    """A courier that nobody answers; `leave` is awaited by whoever is cancelled."""

    def __init__(self) -> None:
        self.carried: list[Delivery] = []
        self.cancelled = 0
        self.out = asyncio.Event()
        self.leave = asyncio.Event()
        self.leave.set()

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        self.carried.append(delivery)
        self.out.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled += 1
            await self.leave.wait()
        raise AssertionError


class RegistryHarness:
    """The sandboxes of a test, their wall clock, their courier, and the names made so far."""

    def __init__(self, configuration: Configuration, timing: Timing = MANUAL) -> None:
        self.made: list[str] = []
        self.wall, self.courier, self.start = (
            FakeClock(),
            StubbornDispatcher(),
            (configuration, timing),
        )
        self.all = SandboxRegistry(
            self.courier, self.start, lambda one: self.made.append(one.name), self.wall
        )

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.all]

    async def put(self, name: str, *claims: tuple[str, str], seed: str = "seed") -> Sandbox:
        configuration, timing = self.start
        return await self.all.replace(name, (configuration._replace(seed=seed), timing), claims)

    async def busy(self, name: str) -> tuple[Sandbox, asyncio.Task[AdvanceResult]]:
        """A sandbox in which an advance is running: one webhook is out, and another is to come."""
        sandbox = self.all.get(name)
        click_to_call(sandbox.state)
        click_to_call(sandbox.state)
        self.courier.out.clear()
        moving = asyncio.create_task(sandbox.scheduler.advance(None))
        await self.courier.out.wait()
        return sandbox, moving


async def yield_to_tasks(count: int = 50) -> None:
    """Give whoever is ready so many chances to go on."""
    for _ in range(count):
        await asyncio.sleep(0)


def other_tasks() -> set[asyncio.Task[Any]]:
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
