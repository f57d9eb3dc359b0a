"""A world on its own: its time, its reset, its end."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.core.time import HOUR
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.store import Store, World
from mockserver.runtime.driver import Advanced
from mockserver.runtime.inboxes import Inbox
from mockserver.runtime.sandbox import Sandbox, Timing
from tests.conftest import START, click, with_account


class Silent:
    """A courier whose receivers never answer; says when so many deliveries are out."""

    def __init__(self, expected: int = 1) -> None:
        self.out: list[Delivery] = []
        self.expected = expected
        self.enough = asyncio.Event()

    async def carry(self, delivery: Delivery) -> DeliveryResult:
        self.out.append(delivery)
        if len(self.out) == self.expected:
            self.enough.set()
        await asyncio.Event().wait()
        raise AssertionError


def sandbox(world: World, courier: Any = None, mode: str = "manual") -> Sandbox:
    return Sandbox("default", world, Timing(mode, START), courier or Silent())


def others() -> set[asyncio.Task[Any]]:
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


@pytest.mark.parametrize("start", [START, 0])
def test_timing_starts_where_it_is_told_to(start: int) -> None:
    clock = Timing("manual", start).clock()
    assert (clock.mode, clock.now()) == ("manual", start)


def test_timing_without_a_start_is_the_wall_clock_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: START * 1_000_000 + 999_999)
    assert Timing("manual").clock().now() == START


def test_timing_runs_in_real_time_unless_told() -> None:
    assert Timing().clock().mode == "real"


def test_reset_is_back_to_the_seeded_start(world: World) -> None:
    async def scenario() -> None:
        click(box.store)
        with_account(box.store, numbers=frozenset())
        box.inboxes["mobtexting"].answers.append(500)
        await box.driver.advance(START + HOUR)
        box.clock.set("60x")
        await box.reset()

    async def answer(_: Delivery) -> DeliveryResult:
        return DeliveryResult(200)

    class Pleased:
        carry = staticmethod(answer)

    box = sandbox(world, Pleased())
    asyncio.run(scenario())
    assert (box.clock.mode, box.clock.now()) == ("manual", START)
    assert (box.store.calls, box.store.deliveries, box.store.peek()) == ({}, {}, None)
    assert (list(box.store.journal), list(box.store.exchanges)) == ([], [])
    assert (box.store.recorded, box.store.requested) == (0, 0)
    assert (box.store.accounts, box.inboxes) == (world.accounts, {})
    assert box.inboxes["any"] == Inbox()


def test_reset_gives_the_same_ids_again(world: World) -> None:
    async def scenario() -> list[str]:
        ids = []
        for _ in range(2):
            click(box.store)
            ids.append(box.store.calls["c1"].spec.vendor_id)
            await box.reset()
        return ids

    box = sandbox(world)
    first, second = asyncio.run(scenario())
    assert first == second


def test_reset_with_a_hundred_webhooks_out_lets_none_arrive(world: World) -> None:
    async def scenario() -> None:
        box.start()
        before = others()
        for _ in range(100):
            click(box.store)
        box.driver.nudge()
        await courier.enough.wait()
        await box.reset()
        left.append(len(others() - before))
        click(box.store)
        await box.driver.advance(START)
        await box.stop()
        left.append(len(others()))

    courier, left = Silent(100), list[int]()
    box = sandbox(world, courier, "instant")
    asyncio.run(scenario())
    assert left == [0, 0]
    assert len(courier.out) == 100
    assert {fact.type for fact in box.store.journal} == {"request", "event"}
    assert list(box.store.calls) == ["c1"]


def test_an_answer_that_comes_after_a_reset_is_dropped(world: World) -> None:
    """A courier that takes no notice of being cancelled."""

    async def carry(_: Delivery) -> DeliveryResult:
        out.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return DeliveryResult(200)
        raise AssertionError

    class Stubborn:
        carry: Callable[[Delivery], Any]

    async def scenario() -> None:
        click(box.store)
        moving = asyncio.create_task(box.driver.advance(None))
        await out.wait()
        await box.reset()
        assert await moving == Advanced(7, 1, "reset")

    out, courier = asyncio.Event(), Stubborn()
    courier.carry = carry
    box = sandbox(world, courier)
    asyncio.run(scenario())
    assert (list(box.store.journal), box.store.deliveries) == ([], {})


@pytest.mark.parametrize("to", [None, START + HOUR])
def test_reset_ends_a_running_advance(world: World, to: int | None) -> None:
    async def scenario() -> Advanced:
        click(box.store)
        click(box.store)
        moving = asyncio.create_task(box.driver.advance(to))
        await courier.enough.wait()
        await box.reset()
        return await moving

    courier = Silent()
    box = sandbox(world, courier)
    assert asyncio.run(scenario()) == Advanced(13, 1, "reset")
    assert (box.clock.now(), len(courier.out)) == (START, 1)


def test_the_loop_goes_on_after_a_reset(world: World) -> None:
    async def scenario() -> None:
        box.start()
        await box.reset()
        click(box.store)
        box.driver.nudge()
        await courier.enough.wait()
        await box.stop()

    courier = Silent()
    box = sandbox(world, courier, "instant")
    asyncio.run(scenario())
    assert [one.webhook.call_id for one in courier.out] == ["c1"]


def test_stop_ends_the_loop_and_what_is_out(world: World) -> None:
    async def scenario() -> int:
        box.start()
        click(box.store)
        box.driver.nudge()
        await courier.enough.wait()
        await box.stop()
        return len(others())

    courier = Silent()
    box = sandbox(world, courier, "instant")
    assert asyncio.run(scenario()) == 0


def test_stop_of_what_never_started(world: World) -> None:
    asyncio.run(sandbox(world).stop())


def test_sandboxes_share_nothing(world: World) -> None:
    one, other = sandbox(world), sandbox(world)
    click(one.store)
    with_account(one.store, numbers=frozenset())
    one.clock.jump(START + 1)
    assert other.store.calls == {}
    assert other.store.accounts == world.accounts
    assert other.clock.now() == START
    assert isinstance(other.store, Store)
