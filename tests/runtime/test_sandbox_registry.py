"""The sandbox registry: sandboxes created on first use, claimed by credentials, and limited."""

import asyncio
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery
from mockserver.runtime import awake_sandboxes as module
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import (
    DEFAULT_SANDBOX,
    SANDBOX_NAME,
    CredentialClaimed,
    TooManySandboxes,
)
from tests.support import read
from tests.support.event_loop import other_tasks
from tests.support.registry import KEY, MANUAL, OTHER, RegistryHarness
from tests.support.simulation import START, click_to_call


@pytest.fixture
def harness(configuration: Configuration) -> RegistryHarness:
    return RegistryHarness(configuration)


# --- first use -----------------------------------------------------------------------------------


def test_the_default_sandbox_exists_from_the_start(
    harness: RegistryHarness, configuration: Configuration
) -> None:
    assert (harness.names, harness.created) == ([DEFAULT_SANDBOX], [DEFAULT_SANDBOX])
    sandbox = harness.registry.get_or_create(DEFAULT_SANDBOX)
    assert (sandbox.state.name, sandbox.state.configuration, sandbox.timing) == (
        DEFAULT_SANDBOX,
        configuration,
        MANUAL,
    )
    assert harness.created == [DEFAULT_SANDBOX]


def test_uptime_is_the_real_time_since_the_start(harness: RegistryHarness) -> None:
    harness.real_clock.seconds += 90.5
    assert harness.registry.uptime() == 90.5


def test_a_sandbox_is_created_once_on_first_use(
    harness: RegistryHarness, configuration: Configuration
) -> None:
    first = harness.registry.get_or_create("t1")
    assert (first.name, first.state.name, first.state.configuration) == ("t1", "t1", configuration)
    assert harness.registry.get_or_create("t1") is first
    assert (harness.names, harness.created) == ([DEFAULT_SANDBOX, "t1"], [DEFAULT_SANDBOX, "t1"])


def test_a_new_sandbox_has_the_latest_initial_setup(
    harness: RegistryHarness, configuration: Configuration
) -> None:
    """A reload changes the setup of new sandboxes."""
    harness.registry.initial_setup = (
        configuration._replace(seed="later"),
        Timing(mode="60x", start=START),
    )
    sandbox = harness.registry.get_or_create("t1")
    assert (sandbox.state.configuration.seed, sandbox.clock.mode) == ("later", "60x")


def test_find_creates_no_sandbox(harness: RegistryHarness) -> None:
    assert harness.registry.find("t1") is None
    assert harness.names == [DEFAULT_SANDBOX]
    assert harness.registry.find(DEFAULT_SANDBOX) is harness.registry.get_or_create(DEFAULT_SANDBOX)


def test_a_sandbox_may_be_created_while_iterating(harness: RegistryHarness) -> None:
    assert [
        harness.registry.get_or_create(f"{sandbox.name}-2").name for sandbox in harness.registry
    ] == ["default-2"]


@pytest.mark.parametrize("name", ["a", "A", "0", "t-1.x_y", "a" * 64])
def test_a_valid_sandbox_name_is_accepted(name: str) -> None:
    assert SANDBOX_NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", "-a", ".", "..", "_a", "a/b", "a b", "a\n", "é", "a" * 65])
def test_an_invalid_sandbox_name_is_rejected(name: str) -> None:
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
def test_a_claimed_credential_resolves_to_its_sandbox_and_any_other_to_default(
    harness: RegistryHarness, provider: str, credential: str | None, name: str
) -> None:
    asyncio.run(harness.replace("t1", KEY))
    asyncio.run(harness.replace("t2", OTHER))
    assert harness.registry.resolve(provider, credential).name == name


def test_a_replaced_sandbox_has_its_own_configuration_and_timing(
    harness: RegistryHarness, configuration: Configuration
) -> None:
    setup = (configuration._replace(seed="t"), Timing(mode="60x", start=START + 1))
    sandbox = asyncio.run(harness.registry.adopt(harness.registry.build("t1", *setup), ()))
    assert (sandbox.name, sandbox.state.configuration, sandbox.timing) == ("t1", *setup)
    assert harness.registry.get_or_create("t1") is sandbox
    assert harness.registry.get_or_create(DEFAULT_SANDBOX).state.configuration is configuration


def test_claiming_a_credential_of_another_sandbox_changes_nothing(
    harness: RegistryHarness,
) -> None:
    async def run() -> None:
        before = [await harness.replace("t1", KEY), await harness.replace("t2", OTHER)]
        click_to_call(before[1].state)
        with pytest.raises(CredentialClaimed):
            await harness.replace("t2", ("mobtexting", "key-3"), KEY)
        with pytest.raises(CredentialClaimed):
            await harness.replace("t3", OTHER)
        assert [harness.registry.find(name) for name in ("t1", "t2", "t3")] == [*before, None]

    asyncio.run(run())
    assert harness.names == [DEFAULT_SANDBOX, "t1", "t2"]
    names = {
        key: harness.registry.resolve("mobtexting", key).name for key in ("key-1", "key-2", "key-3")
    }
    assert names == {"key-1": "t1", "key-2": "t2", "key-3": DEFAULT_SANDBOX}
    assert list(read.calls(harness.registry.get_or_create("t2").state)) == ["c1"]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ((KEY,), ("t1", DEFAULT_SANDBOX)),
        ((OTHER,), (DEFAULT_SANDBOX, "t1")),
        ((), (DEFAULT_SANDBOX, DEFAULT_SANDBOX)),
    ],
)
def test_a_sandbox_that_is_replaced_keeps_only_its_new_claims(
    harness: RegistryHarness, claims: tuple[tuple[str, str], ...], expected: tuple[str, str]
) -> None:
    asyncio.run(harness.replace("t1", KEY))
    asyncio.run(harness.replace("t1", *claims))
    assert tuple(harness.registry.resolve(*claim).name for claim in (KEY, OTHER)) == expected


def test_only_one_of_several_simultaneous_claims_of_a_credential_wins(
    harness: RegistryHarness,
) -> None:
    """Even while the sandbox that one of them replaces is still ending."""

    async def run() -> list[Any]:
        _, advance = await harness.start_advance("t1")
        harness.dispatcher.may_end.clear()
        replacements = [
            asyncio.create_task(harness.replace(name, KEY)) for name in ("t1", "t2", "t3")
        ]
        await asyncio.wait(replacements, return_when=asyncio.FIRST_COMPLETED)
        harness.dispatcher.may_end.set()
        results = await asyncio.gather(*replacements, return_exceptions=True)
        await advance
        return [type(result) for result in results]

    assert asyncio.run(run()) == [Sandbox, CredentialClaimed, CredentialClaimed]
    assert harness.registry.resolve(*KEY).name == "t1"


# --- the limit -----------------------------------------------------------------------------------


def test_no_sandbox_is_created_beyond_the_limit_until_one_is_removed(
    harness: RegistryHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        with pytest.raises(TooManySandboxes):
            harness.registry.get_or_create("t3")
        with pytest.raises(TooManySandboxes):
            await harness.replace("t3", KEY)
        assert harness.registry.resolve(*KEY).name == DEFAULT_SANDBOX
        assert (
            harness.registry.get_or_create("t1"),
            harness.registry.get_or_create(DEFAULT_SANDBOX),
        ) == (
            first,
            default,
        )
        assert await harness.replace("t1", KEY) is harness.registry.resolve(*KEY)
        assert harness.names == [DEFAULT_SANDBOX, "t2", "t1"]
        await harness.registry.remove("t2")
        assert harness.registry.get_or_create("t3").name == "t3"

    monkeypatch.setattr(module, "MAX_SANDBOXES", 3)
    default, first = (
        harness.registry.get_or_create(DEFAULT_SANDBOX),
        harness.registry.get_or_create("t1"),
    )
    harness.registry.get_or_create("t2")
    asyncio.run(run())


# --- start and stop ------------------------------------------------------------------------------


@pytest.mark.parametrize("early", [True, False])
def test_start_runs_all_present_and_future_sandboxes(
    configuration: Configuration, *, early: bool
) -> None:
    async def run() -> list[Delivery]:
        if early:
            instant.registry.get_or_create("t1")
        instant.registry.start()
        sandbox = instant.registry.get_or_create("t1")
        click_to_call(sandbox.state)
        sandbox.scheduler.wake()
        await instant.dispatcher.started.wait()
        await instant.registry.stop()
        await asyncio.sleep(0)  # the expiry task is canceled, and ends in its next turn
        assert other_tasks() == set()
        return instant.dispatcher.deliveries

    instant = RegistryHarness(configuration, Timing(mode="instant", start=START))
    assert [delivery.webhook.call_id for delivery in asyncio.run(run())] == ["c1"]


def test_no_sandbox_runs_before_the_registry_is_started(configuration: Configuration) -> None:
    async def run() -> None:
        instant.registry.get_or_create("t1")
        assert other_tasks() == set()
        await instant.registry.stop()

    instant = RegistryHarness(configuration, Timing(mode="instant", start=START))
    asyncio.run(run())


def test_stopping_the_schedulers_ends_every_advance_and_delivery(harness: RegistryHarness) -> None:
    async def run() -> list[str | None]:
        advances = [
            (await harness.start_advance(name))[1] for name in (DEFAULT_SANDBOX, "t1", "t2")
        ]
        await harness.registry.stop_schedulers()
        return [(await advance).stop_reason for advance in advances]

    assert asyncio.run(run()) == ["stop"] * 3
    assert (len(harness.dispatcher.deliveries), harness.dispatcher.canceled_count) == (3, 3)
    assert harness.names == [DEFAULT_SANDBOX, "t1", "t2"]
