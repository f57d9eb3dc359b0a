"""How a sandbox ends: it is replaced, removed, or expires after an idle time."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any
from weakref import ref

import pytest

from mockserver.core.configuration import Configuration
from mockserver.runtime import sandbox_registry as module
from mockserver.runtime.advances import AdvanceResult
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, IDLE_TIMEOUT, SandboxRegistry
from tests.support import read
from tests.support.event_loop import other_tasks, yield_to_tasks
from tests.support.registry import KEY, RegistryHarness
from tests.support.simulation import click_to_call


@pytest.fixture
def harness(configuration: Configuration) -> RegistryHarness:
    return RegistryHarness(configuration)


# --- endings -------------------------------------------------------------------------------------


Ending = Callable[[RegistryHarness, str], Any]


async def replace(harness: RegistryHarness, name: str) -> None:
    await harness.replace(name, seed="new")


async def remove(harness: RegistryHarness, name: str) -> None:
    await harness.registry.remove(name)


async def expire(harness: RegistryHarness, _: str) -> None:
    harness.real_clock.seconds += IDLE_TIMEOUT
    await harness.registry.expire()


ALL_ENDINGS = pytest.mark.parametrize("end", [replace, remove, expire])


@ALL_ENDINGS
def test_ending_a_sandbox_cancels_its_deliveries_and_its_advance(
    harness: RegistryHarness, end: Ending
) -> None:
    """The advance ends where it is, and sends no further webhook."""

    async def run() -> AdvanceResult:
        harness.registry.start()
        before = other_tasks()
        old, advance = await harness.start_advance("t1")
        await end(harness, "t1")
        assert harness.registry.find("t1") is not old
        result = await advance
        new = harness.registry.find("t1")
        if new:
            await new.stop()
        assert other_tasks() == before
        await harness.registry.stop()
        return result

    assert asyncio.run(run()).stop_reason == "stop"
    assert (len(harness.dispatcher.deliveries), harness.dispatcher.canceled_count) == (1, 1)


@ALL_ENDINGS
def test_an_ended_sandbox_leaves_its_name_to_a_blank_one(
    harness: RegistryHarness, end: Ending
) -> None:
    async def run() -> None:
        _, advance = await harness.start_advance("t1")
        await end(harness, "t1")
        await advance

    asyncio.run(run())
    assert read.calls(harness.registry.get_or_create("t1").state) == {}
    assert harness.created == [DEFAULT_SANDBOX, "t1", "t1"]


@ALL_ENDINGS
def test_an_ended_sandbox_is_freed_without_a_garbage_collection(
    harness: RegistryHarness, end: Ending
) -> None:
    """Collections that would find it in a cycle come once in hours."""

    async def run() -> list[object]:
        harness.registry.start()
        sandbox = harness.registry.get_or_create("t1")
        click_to_call(sandbox.state)
        await yield_to_tasks()
        parts = [ref(part) for part in (sandbox, sandbox.scheduler, sandbox.state)]
        del sandbox
        await end(harness, "t1")
        await yield_to_tasks()
        left: list[object] = [part() for part in parts if part() is not None]
        await harness.registry.stop()
        return left

    gc.disable()
    try:
        assert asyncio.run(run()) == []
    finally:
        gc.enable()


@ALL_ENDINGS
def test_ending_a_sandbox_frees_its_credentials(harness: RegistryHarness, end: Ending) -> None:
    async def run() -> None:
        await harness.replace("t1", KEY)
        await end(harness, "t1")

    asyncio.run(run())
    assert harness.registry.resolve(*KEY).name == DEFAULT_SANDBOX
    assert asyncio.run(harness.replace("t2", KEY)) is harness.registry.resolve(*KEY)


@ALL_ENDINGS
def test_a_request_while_a_sandbox_ends_gets_the_new_sandbox(
    harness: RegistryHarness, end: Ending
) -> None:
    async def run() -> None:
        old, advance = await harness.start_advance("t1")
        harness.dispatcher.may_end.clear()
        ending = asyncio.create_task(end(harness, "t1"))
        await yield_to_tasks()
        new = harness.registry.get_or_create("t1")
        click_to_call(new.state)
        harness.dispatcher.may_end.set()
        await ending
        await advance
        assert new is not old
        assert harness.registry.find("t1") is new
        assert list(read.calls(new.state)) == ["c1"]

    asyncio.run(run())


def test_removing_an_unknown_sandbox_changes_nothing(harness: RegistryHarness) -> None:
    asyncio.run(harness.registry.remove("t1"))
    assert harness.names == [DEFAULT_SANDBOX]


# --- idle ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("used_at", "expired_at", "expected"),
    [
        (0.0, IDLE_TIMEOUT - 1, [DEFAULT_SANDBOX, "t1"]),
        (0.0, IDLE_TIMEOUT, [DEFAULT_SANDBOX]),
        (1.0, IDLE_TIMEOUT, [DEFAULT_SANDBOX, "t1"]),
        (1.0, IDLE_TIMEOUT + 1, [DEFAULT_SANDBOX]),
        (IDLE_TIMEOUT - 1, 2 * IDLE_TIMEOUT - 2, [DEFAULT_SANDBOX, "t1"]),
    ],
)
@pytest.mark.parametrize(
    "use",
    [
        lambda registry: registry.get_or_create("t1"),
        lambda registry: registry.resolve(*KEY),
    ],
    ids=["by name", "by credential"],
)
def test_a_sandbox_expires_when_it_is_unused_for_the_idle_timeout(
    harness: RegistryHarness,
    use: Callable[[SandboxRegistry], Any],
    used_at: float,
    expired_at: float,
    expected: list[str],
) -> None:
    asyncio.run(harness.replace("t1", KEY))
    harness.real_clock.seconds = used_at
    use(harness.registry)
    harness.real_clock.seconds = expired_at
    asyncio.run(harness.registry.expire())
    assert harness.names == expected


def test_the_idle_timeout_counts_from_creation_and_find_does_not_extend_it(
    harness: RegistryHarness,
) -> None:
    harness.real_clock.seconds = 5.0
    asyncio.run(harness.replace("t1", KEY))
    harness.real_clock.seconds = IDLE_TIMEOUT + 4
    harness.registry.find("t1")  # does not count as use
    asyncio.run(harness.registry.expire())
    assert harness.names == [DEFAULT_SANDBOX, "t1"]
    harness.real_clock.seconds = IDLE_TIMEOUT + 5
    asyncio.run(harness.registry.expire())
    assert harness.names == [DEFAULT_SANDBOX]


def test_idle_sandboxes_expire_periodically(
    harness: RegistryHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        harness.registry.start()
        for name in ("t1", "t2"):
            harness.registry.get_or_create(name)
            harness.real_clock.seconds += IDLE_TIMEOUT
            await yield_to_tasks()
            assert harness.registry.find(name) is None
        await harness.registry.stop()

    monkeypatch.setattr(module, "EXPIRY_INTERVAL", 0)
    asyncio.run(run())
    assert harness.created == [DEFAULT_SANDBOX, "t1", "t2"]
