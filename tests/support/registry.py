"""A sandbox registry whose real clock and dispatcher a test controls."""

import asyncio

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.runtime.advances import AdvanceResult
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from tests.support.fake_clock import FakeClock
from tests.support.simulation import START, click_to_call

MANUAL = Timing(mode="manual", start=START)
KEY, OTHER = ("mobtexting", "key-1"), ("mobtexting", "key-2")


class StubbornDispatcher:
    """Never gives a result; a canceled delivery ends only once `may_end` is set."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.canceled_count = 0
        self.started = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        self.deliveries.append(delivery)
        self.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.canceled_count += 1
            await self.may_end.wait()
        raise AssertionError


class RegistryHarness:
    """A sandbox registry, its real clock, its dispatcher and the names of the sandboxes created."""

    def __init__(self, configuration: Configuration, timing: Timing = MANUAL) -> None:
        self.created: list[str] = []
        self.real_clock = FakeClock()
        self.dispatcher = StubbornDispatcher()
        self.initial_setup = (configuration, timing)
        self.registry = SandboxRegistry(
            self.dispatcher,
            self.initial_setup,
            lambda sandbox: self.created.append(sandbox.name),
            self.real_clock,
        )

    @property
    def names(self) -> list[str]:
        return [sandbox.name for sandbox in self.registry]

    async def replace(self, name: str, *claims: tuple[str, str], seed: str = "seed") -> Sandbox:
        """Replace the sandbox by a new one with these (provider, credential) claims."""
        configuration, timing = self.initial_setup
        setup = (configuration._replace(seed=seed), timing)
        return await self.registry.adopt(self.registry.build(name, *setup), claims)

    async def start_advance(self, name: str) -> tuple[Sandbox, asyncio.Task[AdvanceResult]]:
        """Start an advance; return when its first webhook is in flight and a second is due."""
        sandbox = self.registry.get_or_create(name)
        click_to_call(sandbox.state)
        click_to_call(sandbox.state)
        self.dispatcher.started.clear()
        advance = asyncio.create_task(sandbox.scheduler.advance(None))
        await self.dispatcher.started.wait()
        return sandbox, advance
