"""How a sandbox ends: replaced, dropped, or given up when nobody has used it for long."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.runtime import sandbox_registry as module
from mockserver.runtime.sandbox_registry import DEFAULT_SANDBOX, IDLE_TIMEOUT, SandboxRegistry
from mockserver.runtime.scheduler import AdvanceResult
from tests.support import read
from tests.support.registry import KEY, RegistryHarness, other_tasks, yield_to_tasks
from tests.support.simulation import click_to_call


@pytest.fixture
def registry(configuration: Configuration) -> RegistryHarness:
    return RegistryHarness(configuration)


# --- an end --------------------------------------------------------------------------------------


Ending = Callable[[RegistryHarness, str], Any]


async def put(registry: RegistryHarness, name: str) -> None:
    await registry.put(name, seed="new")


async def drop(registry: RegistryHarness, name: str) -> None:
    await registry.all.remove(name)


async def expire(registry: RegistryHarness, _: str) -> None:
    registry.wall.seconds += IDLE_TIMEOUT
    await registry.all.expire()


ENDINGS = pytest.mark.parametrize("end", [put, drop, expire])


@ENDINGS
def test_end_stops_what_is_under_way(registry: RegistryHarness, end: Ending) -> None:
    """Webhooks that are out are cut; an advance ends where it is, and sends no more of them."""

    async def scenario() -> AdvanceResult:
        registry.all.start()
        before = other_tasks()
        old, moving = await registry.busy("t1")
        await end(registry, "t1")
        assert registry.all.find("t1") is not old
        done = await moving
        fresh = registry.all.find("t1")
        if fresh:
            await fresh.stop()
        assert other_tasks() == before
        await registry.all.stop()
        return done

    assert asyncio.run(scenario()).stop_reason == "stop"
    assert (len(registry.courier.carried), registry.courier.cancelled) == (1, 1)


@ENDINGS
def test_end_leaves_the_name_to_a_blank_one(registry: RegistryHarness, end: Ending) -> None:
    async def scenario() -> None:
        _, moving = await registry.busy("t1")
        await end(registry, "t1")
        await moving

    asyncio.run(scenario())
    assert read.calls(registry.all.get("t1").state) == {}
    assert registry.made == [DEFAULT_SANDBOX, "t1", "t1"]


@ENDINGS
def test_end_frees_the_claims(registry: RegistryHarness, end: Ending) -> None:
    async def scenario() -> None:
        await registry.put("t1", KEY)
        await end(registry, "t1")

    asyncio.run(scenario())
    assert registry.all.resolve(*KEY).name == DEFAULT_SANDBOX
    assert asyncio.run(registry.put("t2", KEY)) is registry.all.resolve(*KEY)


@ENDINGS
def test_who_comes_while_the_old_one_ends_meets_the_new_one(
    registry: RegistryHarness, end: Ending
) -> None:
    async def scenario() -> None:
        old, moving = await registry.busy("t1")
        registry.courier.leave.clear()
        ending = asyncio.create_task(end(registry, "t1"))
        await yield_to_tasks()
        fresh = registry.all.get("t1")
        click_to_call(fresh.state)
        registry.courier.leave.set()
        await ending
        await moving
        assert fresh is not old
        assert registry.all.find("t1") is fresh
        assert list(read.calls(fresh.state)) == ["c1"]

    asyncio.run(scenario())


def test_drop_of_nobody(registry: RegistryHarness) -> None:
    asyncio.run(registry.all.remove("t1"))
    assert registry.names == [DEFAULT_SANDBOX]


# --- idle ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("used", "asked", "left"),
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
        lambda all_: all_.get("t1"),
        lambda all_: all_.resolve(*KEY),
    ],
    ids=["by name", "by credential"],
)
def test_expire(
    registry: RegistryHarness,
    use: Callable[[SandboxRegistry], Any],
    used: float,
    asked: float,
    left: list[str],
) -> None:
    asyncio.run(registry.put("t1", KEY))
    registry.wall.seconds = used
    use(registry.all)
    registry.wall.seconds = asked
    asyncio.run(registry.all.expire())
    assert registry.names == left


def test_expire_of_one_that_was_put_and_never_used(registry: RegistryHarness) -> None:
    registry.wall.seconds = 5.0
    asyncio.run(registry.put("t1", KEY))
    registry.wall.seconds = IDLE_TIMEOUT + 4
    registry.all.find("t1")  # to look is not to use
    asyncio.run(registry.all.expire())
    assert registry.names == [DEFAULT_SANDBOX, "t1"]
    registry.wall.seconds = IDLE_TIMEOUT + 5
    asyncio.run(registry.all.expire())
    assert registry.names == [DEFAULT_SANDBOX]


def test_expire_by_itself(registry: RegistryHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        registry.all.start()
        for name in ("t1", "t2"):
            registry.all.get(name)
            registry.wall.seconds += IDLE_TIMEOUT
            await yield_to_tasks()
            assert registry.all.find(name) is None
        await registry.all.stop()

    monkeypatch.setattr(module, "EXPIRY_INTERVAL", 0)
    asyncio.run(scenario())
    assert registry.made == [DEFAULT_SANDBOX, "t1", "t2"]
