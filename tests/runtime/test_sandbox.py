"""A world on its own: its time, its reset, its end."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.time import HOUR
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.inboxes import Inbox
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.scheduler import AdvanceResult
from tests.conftest import START, click, with_account


class Silent:
    """A courier whose receivers never answer; says when so many deliveries are out."""

    def __init__(self, expected: int = 1) -> None:
        self.out: list[Delivery] = []
        self.expected = expected
        self.enough = asyncio.Event()

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        self.out.append(delivery)
        if len(self.out) == self.expected:
            self.enough.set()
        await asyncio.Event().wait()
        raise AssertionError


def sandbox(world: Configuration, courier: Any = None, mode: str = "manual") -> Sandbox:
    return Sandbox("default", world, Timing(mode, START), courier or Silent())


def others() -> set[asyncio.Task[Any]]:
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


@pytest.mark.parametrize("start", [START, 0])
def test_timing_starts_where_it_is_told_to(start: int) -> None:
    clock = Timing("manual", start).build_clock()
    assert (clock.mode, clock.now()) == ("manual", start)


def test_timing_without_a_start_is_the_wall_clock_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: START * 1_000_000 + 999_999)
    assert Timing("manual").build_clock().now() == START


def test_timing_runs_in_real_time_unless_told() -> None:
    assert Timing().build_clock().mode == "real"


def test_reset_is_back_to_the_seeded_start(world: Configuration) -> None:
    async def scenario() -> None:
        click(box.state)
        with_account(box.state, numbers=frozenset())
        box.inboxes["mobtexting"].statuses.append(500)
        await box.scheduler.advance(START + HOUR)
        box.clock.set_mode("60x")
        await box.reset()

    async def answer(_: Delivery) -> DeliveryResult:
        return DeliveryResult(200)

    class Pleased:
        deliver = staticmethod(answer)

    box = sandbox(world, Pleased())
    asyncio.run(scenario())
    assert (box.clock.mode, box.clock.now()) == ("manual", START)
    assert (box.state.calls, box.state.deliveries, box.state.peek()) == ({}, {}, None)
    assert (list(box.state.journal), list(box.state.exchanges)) == ([], [])
    assert (box.state.entry_count, box.state.request_count) == (0, 0)
    assert (box.state.accounts, box.inboxes) == (world.accounts, {})
    assert box.inboxes["any"] == Inbox()


def test_reset_gives_the_same_ids_again(world: Configuration) -> None:
    async def scenario() -> list[str]:
        ids = []
        for _ in range(2):
            click(box.state)
            ids.append(box.state.calls["c1"].spec.vendor_id)
            await box.reset()
        return ids

    box = sandbox(world)
    first, second = asyncio.run(scenario())
    assert first == second


def test_reset_with_a_hundred_webhooks_out_lets_none_arrive(world: Configuration) -> None:
    async def scenario() -> None:
        box.start()
        before = others()
        for _ in range(100):
            click(box.state)
        box.scheduler.wake()
        await courier.enough.wait()
        await box.reset()
        left.append(len(others() - before))
        click(box.state)
        await box.scheduler.advance(START)
        await box.stop()
        left.append(len(others()))

    courier, left = Silent(100), list[int]()
    box = sandbox(world, courier, "instant")
    asyncio.run(scenario())
    assert left == [0, 0]
    assert len(courier.out) == 100
    assert {fact.type for fact in box.state.journal} == {"request", "event"}
    assert list(box.state.calls) == ["c1"]


def test_an_answer_that_comes_after_a_reset_is_dropped(world: Configuration) -> None:
    """A courier that takes no notice of being cancelled."""

    async def carry(_: Delivery) -> DeliveryResult:
        out.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return DeliveryResult(200)
        raise AssertionError

    class Stubborn:
        deliver: Callable[[Delivery], Any]

    async def scenario() -> None:
        click(box.state)
        moving = asyncio.create_task(box.scheduler.advance(None))
        await out.wait()
        await box.reset()
        assert await moving == AdvanceResult(7, 1, "reset")

    out, courier = asyncio.Event(), Stubborn()
    courier.deliver = carry
    box = sandbox(world, courier)
    asyncio.run(scenario())
    assert (list(box.state.journal), box.state.deliveries) == ([], {})


@pytest.mark.parametrize("to", [None, START + HOUR])
def test_reset_ends_a_running_advance(world: Configuration, to: int | None) -> None:
    async def scenario() -> AdvanceResult:
        click(box.state)
        click(box.state)
        moving = asyncio.create_task(box.scheduler.advance(to))
        await courier.enough.wait()
        await box.reset()
        return await moving

    courier = Silent()
    box = sandbox(world, courier)
    assert asyncio.run(scenario()) == AdvanceResult(13, 1, "reset")
    assert (box.clock.now(), len(courier.out)) == (START, 1)


def test_the_loop_goes_on_after_a_reset(world: Configuration) -> None:
    async def scenario() -> None:
        box.start()
        await box.reset()
        click(box.state)
        box.scheduler.wake()
        await courier.enough.wait()
        await box.stop()

    courier = Silent()
    box = sandbox(world, courier, "instant")
    asyncio.run(scenario())
    assert [one.webhook.call_id for one in courier.out] == ["c1"]


def test_stop_ends_the_loop_and_what_is_out(world: Configuration) -> None:
    async def scenario() -> int:
        box.start()
        click(box.state)
        box.scheduler.wake()
        await courier.enough.wait()
        await box.stop()
        return len(others())

    courier = Silent()
    box = sandbox(world, courier, "instant")
    assert asyncio.run(scenario()) == 0


def test_stop_of_what_never_started(world: Configuration) -> None:
    asyncio.run(sandbox(world).stop())


def test_sandboxes_share_nothing(world: Configuration) -> None:
    one, other = sandbox(world), sandbox(world)
    click(one.state)
    with_account(one.state, numbers=frozenset())
    one.clock.jump(START + 1)
    assert other.state.calls == {}
    assert other.state.accounts == world.accounts
    assert other.clock.now() == START
    assert isinstance(other.state, SandboxState)
