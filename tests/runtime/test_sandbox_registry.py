"""Which sandboxes there are: made on first use, claimed by credentials, as many as may be."""

import asyncio
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery
from mockserver.runtime import sandbox_registry as module
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import (
    DEFAULT_SANDBOX,
    SANDBOX_NAME,
    CredentialClaimed,
    TooManySandboxes,
)
from tests.support import read
from tests.support.registry import KEY, MANUAL, OTHER, RegistryHarness, other_tasks
from tests.support.simulation import START, click_to_call


@pytest.fixture
def registry(configuration: Configuration) -> RegistryHarness:
    return RegistryHarness(configuration)


# --- first use -----------------------------------------------------------------------------------


def test_default_is_there_from_the_start(
    registry: RegistryHarness, configuration: Configuration
) -> None:
    assert (registry.names, registry.made) == ([DEFAULT_SANDBOX], [DEFAULT_SANDBOX])
    sandbox = registry.all.get(DEFAULT_SANDBOX)
    assert (sandbox.state.name, sandbox.state.configuration, sandbox.timing) == (
        DEFAULT_SANDBOX,
        configuration,
        MANUAL,
    )
    assert registry.made == [DEFAULT_SANDBOX]


def test_uptime_counts_from_the_start(registry: RegistryHarness) -> None:
    registry.wall.seconds += 90.5
    assert registry.all.uptime() == 90.5


def test_get_makes_on_first_use_and_never_again(
    registry: RegistryHarness, configuration: Configuration
) -> None:
    first = registry.all.get("t1")
    assert (first.name, first.state.name, first.state.configuration) == ("t1", "t1", configuration)
    assert registry.all.get("t1") is first
    assert (registry.names, registry.made) == ([DEFAULT_SANDBOX, "t1"], [DEFAULT_SANDBOX, "t1"])


def test_get_starts_from_what_is_current(
    registry: RegistryHarness, configuration: Configuration
) -> None:
    """A reload changes what new sandboxes start from."""
    registry.all.initial_setup = (
        configuration._replace(seed="later"),
        Timing(mode="60x", start=START),
    )
    made = registry.all.get("t1")
    assert (made.state.configuration.seed, made.clock.mode) == ("later", "60x")


def test_known_makes_nothing(registry: RegistryHarness) -> None:
    assert registry.all.find("t1") is None
    assert registry.names == [DEFAULT_SANDBOX]
    assert registry.all.find(DEFAULT_SANDBOX) is registry.all.get(DEFAULT_SANDBOX)


def test_iterating_while_one_is_made(registry: RegistryHarness) -> None:
    assert [registry.all.get(f"{one.name}-2").name for one in registry.all] == ["default-2"]


@pytest.mark.parametrize("name", ["a", "A", "0", "t-1.x_y", "a" * 64])
def test_name_that_is_one(name: str) -> None:
    assert SANDBOX_NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", "-a", ".", "..", "_a", "a/b", "a b", "a\n", "é", "a" * 65])
def test_name_that_is_none(name: str) -> None:
    assert not SANDBOX_NAME.fullmatch(name)


# --- claims --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "credential", "name"),
    [
        ("mobtexting", "key-1", "t1"),
        ("mobtexting", "key-2", "t2"),
        ("mobtexting", "key-3", DEFAULT_SANDBOX),
        ("mobtexting", "KEY-1", DEFAULT_SANDBOX),
        ("effebot", "key-1", DEFAULT_SANDBOX),
        ("mobtexting", "", DEFAULT_SANDBOX),
        ("mobtexting", None, DEFAULT_SANDBOX),
    ],
)
def test_claimed(
    registry: RegistryHarness, provider: str, credential: str | None, name: str
) -> None:
    asyncio.run(registry.put("t1", KEY))
    asyncio.run(registry.put("t2", OTHER))
    assert registry.all.resolve(provider, credential).name == name


def test_put_has_its_own_world_and_time(
    registry: RegistryHarness, configuration: Configuration
) -> None:
    start = (configuration._replace(seed="t"), Timing(mode="60x", start=START + 1))
    made = asyncio.run(registry.all.replace("t1", start, ()))
    assert (made.name, made.state.configuration, made.timing) == ("t1", *start)
    assert registry.all.get("t1") is made
    assert registry.all.get(DEFAULT_SANDBOX).state.configuration is configuration


def test_put_of_what_another_has_claimed_changes_nothing(registry: RegistryHarness) -> None:
    async def scenario() -> None:
        before = [await registry.put("t1", KEY), await registry.put("t2", OTHER)]
        click_to_call(before[1].state)
        with pytest.raises(CredentialClaimed):
            await registry.put("t2", ("mobtexting", "key-3"), KEY)
        with pytest.raises(CredentialClaimed):
            await registry.put("t3", OTHER)
        assert [registry.all.find(name) for name in ("t1", "t2", "t3")] == [*before, None]

    asyncio.run(scenario())
    assert registry.names == [DEFAULT_SANDBOX, "t1", "t2"]
    told = {
        key: registry.all.resolve("mobtexting", key).name for key in ("key-1", "key-2", "key-3")
    }
    assert told == {"key-1": "t1", "key-2": "t2", "key-3": DEFAULT_SANDBOX}
    assert list(read.calls(registry.all.get("t2").state)) == ["c1"]


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ((KEY,), ("t1", DEFAULT_SANDBOX)),
        ((OTHER,), (DEFAULT_SANDBOX, "t1")),
        ((), (DEFAULT_SANDBOX, DEFAULT_SANDBOX)),
    ],
)
def test_put_again_has_only_its_new_claims(
    registry: RegistryHarness, claims: tuple[tuple[str, str], ...], told: tuple[str, str]
) -> None:
    asyncio.run(registry.put("t1", KEY))
    asyncio.run(registry.put("t1", *claims))
    assert tuple(registry.all.resolve(*claim).name for claim in (KEY, OTHER)) == told


def test_put_twice_at_once_with_one_credential(registry: RegistryHarness) -> None:
    """Also while the sandbox that one of them replaces takes its time to end."""

    async def scenario() -> list[Any]:
        _, moving = await registry.busy("t1")
        registry.courier.leave.clear()
        puts = [asyncio.create_task(registry.put(name, KEY)) for name in ("t1", "t2", "t3")]
        await asyncio.wait(puts, return_when=asyncio.FIRST_COMPLETED)
        registry.courier.leave.set()
        told = await asyncio.gather(*puts, return_exceptions=True)
        await moving
        return [type(one) for one in told]

    assert asyncio.run(scenario()) == [Sandbox, CredentialClaimed, CredentialClaimed]
    assert registry.all.resolve(*KEY).name == "t1"


# --- no room -------------------------------------------------------------------------------------


def test_full(registry: RegistryHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        with pytest.raises(TooManySandboxes):
            registry.all.get("t3")
        with pytest.raises(TooManySandboxes):
            await registry.put("t3", KEY)
        assert registry.all.resolve(*KEY).name == DEFAULT_SANDBOX
        assert (registry.all.get("t1"), registry.all.get(DEFAULT_SANDBOX)) == (first, usual)
        assert await registry.put("t1", KEY) is registry.all.resolve(*KEY)
        assert registry.names == [DEFAULT_SANDBOX, "t2", "t1"]
        await registry.all.remove("t2")
        assert registry.all.get("t3").name == "t3"

    monkeypatch.setattr(module, "MAX_SANDBOXES", 3)
    usual, first = registry.all.get(DEFAULT_SANDBOX), registry.all.get("t1")
    registry.all.get("t2")
    asyncio.run(scenario())


# --- start, halt, stop ---------------------------------------------------------------------------


@pytest.mark.parametrize("early", [True, False])
def test_start_runs_all_that_there_are_and_will_be(
    configuration: Configuration, *, early: bool
) -> None:
    async def scenario() -> list[Delivery]:
        if early:
            box.all.get("t1")
        box.all.start()
        sandbox = box.all.get("t1")
        click_to_call(sandbox.state)
        sandbox.scheduler.wake()
        await box.courier.out.wait()
        await box.all.stop()
        await asyncio.sleep(0)  # the sweeper has been told, and ends in its next turn
        assert other_tasks() == set()
        return box.courier.carried

    box = RegistryHarness(configuration, Timing(mode="instant", start=START))
    assert [one.webhook.call_id for one in asyncio.run(scenario())] == ["c1"]


def test_without_a_start_nothing_runs(configuration: Configuration) -> None:
    async def scenario() -> None:
        box.all.get("t1")
        assert other_tasks() == set()
        await box.all.stop()

    box = RegistryHarness(configuration, Timing(mode="instant", start=START))
    asyncio.run(scenario())


def test_halt_ends_every_advance_where_it_is(registry: RegistryHarness) -> None:
    async def scenario() -> list[str | None]:
        moving = [(await registry.busy(name))[1] for name in (DEFAULT_SANDBOX, "t1", "t2")]
        await registry.all.stop_schedulers()
        return [(await one).stop_reason for one in moving]

    assert asyncio.run(scenario()) == ["stop"] * 3
    assert (len(registry.courier.carried), registry.courier.cancelled) == (3, 3)
    assert registry.names == [DEFAULT_SANDBOX, "t1", "t2"]
