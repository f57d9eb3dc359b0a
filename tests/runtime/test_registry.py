"""Which sandboxes there are: made on first use, claimed by credentials, as many as may be."""

import asyncio
from typing import Any

import pytest

from mockserver.core.webhook import Delivery
from mockserver.engine.store import World
from mockserver.runtime import sandboxes as module
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandboxes import DEFAULT, NAME, Full, Taken
from tests.conftest import START, click
from tests.runtime.registry import KEY, MANUAL, OTHER, Registry, others


@pytest.fixture
def registry(world: World) -> Registry:
    return Registry(world)


# --- first use -----------------------------------------------------------------------------------


def test_default_is_there_from_the_start(registry: Registry, world: World) -> None:
    assert (registry.names, registry.made) == ([DEFAULT], [DEFAULT])
    sandbox = registry.all.get(DEFAULT)
    assert (sandbox.store.name, sandbox.store.world, sandbox.timing) == (DEFAULT, world, MANUAL)
    assert registry.made == [DEFAULT]


def test_uptime_counts_from_the_start(registry: Registry) -> None:
    registry.wall.seconds += 90.5
    assert registry.all.uptime() == 90.5


def test_get_makes_on_first_use_and_never_again(registry: Registry, world: World) -> None:
    first = registry.all.get("t1")
    assert (first.name, first.store.name, first.store.world) == ("t1", "t1", world)
    assert registry.all.get("t1") is first
    assert (registry.names, registry.made) == ([DEFAULT, "t1"], [DEFAULT, "t1"])


def test_get_starts_from_what_is_current(registry: Registry, world: World) -> None:
    """A reload changes what new sandboxes start from."""
    registry.all.start_from = (world._replace(seed="later"), Timing("60x", START))
    made = registry.all.get("t1")
    assert (made.store.world.seed, made.clock.mode) == ("later", "60x")


def test_known_makes_nothing(registry: Registry) -> None:
    assert registry.all.known("t1") is None
    assert registry.names == [DEFAULT]
    assert registry.all.known(DEFAULT) is registry.all.get(DEFAULT)


def test_iterating_while_one_is_made(registry: Registry) -> None:
    assert [registry.all.get(f"{one.name}-2").name for one in registry.all] == ["default-2"]


@pytest.mark.parametrize("name", ["a", "A", "0", "t-1.x_y", "a" * 64])
def test_name_that_is_one(name: str) -> None:
    assert NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", "-a", ".", "..", "_a", "a/b", "a b", "a\n", "é", "a" * 65])
def test_name_that_is_none(name: str) -> None:
    assert not NAME.fullmatch(name)


# --- claims --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "credential", "name"),
    [
        ("mobtexting", "key-1", "t1"),
        ("mobtexting", "key-2", "t2"),
        ("mobtexting", "key-3", DEFAULT),
        ("mobtexting", "KEY-1", DEFAULT),
        ("effebot", "key-1", DEFAULT),
        ("mobtexting", "", DEFAULT),
        ("mobtexting", None, DEFAULT),
    ],
)
def test_claimed(registry: Registry, provider: str, credential: str | None, name: str) -> None:
    asyncio.run(registry.put("t1", KEY))
    asyncio.run(registry.put("t2", OTHER))
    assert registry.all.claimed(provider, credential).name == name


def test_put_has_its_own_world_and_time(registry: Registry, world: World) -> None:
    start = (world._replace(seed="t"), Timing("60x", START + 1))
    made = asyncio.run(registry.all.put("t1", start, ()))
    assert (made.name, made.store.world, made.timing) == ("t1", *start)
    assert registry.all.get("t1") is made
    assert registry.all.get(DEFAULT).store.world is world


def test_put_of_what_another_has_claimed_changes_nothing(registry: Registry) -> None:
    async def scenario() -> None:
        before = [await registry.put("t1", KEY), await registry.put("t2", OTHER)]
        click(before[1].store)
        with pytest.raises(Taken):
            await registry.put("t2", ("mobtexting", "key-3"), KEY)
        with pytest.raises(Taken):
            await registry.put("t3", OTHER)
        assert [registry.all.known(name) for name in ("t1", "t2", "t3")] == [*before, None]

    asyncio.run(scenario())
    assert registry.names == [DEFAULT, "t1", "t2"]
    told = {
        key: registry.all.claimed("mobtexting", key).name for key in ("key-1", "key-2", "key-3")
    }
    assert told == {"key-1": "t1", "key-2": "t2", "key-3": DEFAULT}
    assert list(registry.all.get("t2").store.calls) == ["c1"]


@pytest.mark.parametrize(
    ("claims", "told"),
    [((KEY,), ("t1", DEFAULT)), ((OTHER,), (DEFAULT, "t1")), ((), (DEFAULT, DEFAULT))],
)
def test_put_again_has_only_its_new_claims(
    registry: Registry, claims: tuple[tuple[str, str], ...], told: tuple[str, str]
) -> None:
    asyncio.run(registry.put("t1", KEY))
    asyncio.run(registry.put("t1", *claims))
    assert tuple(registry.all.claimed(*claim).name for claim in (KEY, OTHER)) == told


def test_put_twice_at_once_with_one_credential(registry: Registry) -> None:
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

    assert asyncio.run(scenario()) == [Sandbox, Taken, Taken]
    assert registry.all.claimed(*KEY).name == "t1"


# --- no room -------------------------------------------------------------------------------------


def test_full(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        with pytest.raises(Full):
            registry.all.get("t3")
        with pytest.raises(Full):
            await registry.put("t3", KEY)
        assert registry.all.claimed(*KEY).name == DEFAULT
        assert (registry.all.get("t1"), registry.all.get(DEFAULT)) == (first, usual)
        assert await registry.put("t1", KEY) is registry.all.claimed(*KEY)
        assert registry.names == [DEFAULT, "t2", "t1"]
        await registry.all.drop("t2")
        assert registry.all.get("t3").name == "t3"

    monkeypatch.setattr(module, "MOST", 3)
    usual, first = registry.all.get(DEFAULT), registry.all.get("t1")
    registry.all.get("t2")
    asyncio.run(scenario())


# --- start, halt, stop ---------------------------------------------------------------------------


@pytest.mark.parametrize("early", [True, False])
def test_start_runs_all_that_there_are_and_will_be(world: World, *, early: bool) -> None:
    async def scenario() -> list[Delivery]:
        if early:
            box.all.get("t1")
        box.all.start()
        sandbox = box.all.get("t1")
        click(sandbox.store)
        sandbox.driver.nudge()
        await box.courier.out.wait()
        await box.all.stop()
        await asyncio.sleep(0)  # the sweeper has been told, and ends in its next turn
        assert others() == set()
        return box.courier.carried

    box = Registry(world, Timing("instant", START))
    assert [one.webhook.call_id for one in asyncio.run(scenario())] == ["c1"]


def test_without_a_start_nothing_runs(world: World) -> None:
    async def scenario() -> None:
        box.all.get("t1")
        assert others() == set()
        await box.all.stop()

    box = Registry(world, Timing("instant", START))
    asyncio.run(scenario())


def test_halt_ends_every_advance_where_it_is(registry: Registry) -> None:
    async def scenario() -> list[str | None]:
        moving = [(await registry.busy(name))[1] for name in (DEFAULT, "t1", "t2")]
        await registry.all.halt()
        return [(await one).stopped for one in moving]

    assert asyncio.run(scenario()) == ["stop"] * 3
    assert (len(registry.courier.carried), registry.courier.cancelled) == (3, 3)
    assert registry.names == [DEFAULT, "t1", "t2"]
