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
from tests.support import read
from tests.support.simulation import START, change_account, click_to_call


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


def sandbox(configuration: Configuration, courier: Any = None, mode: str = "manual") -> Sandbox:
    return Sandbox("default", configuration, Timing(mode=mode, start=START), courier or Silent())


def others() -> set[asyncio.Task[Any]]:
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


@pytest.mark.parametrize("start", [START, 0])
def test_timing_starts_where_it_is_told_to(start: int) -> None:
    clock = Timing(mode="manual", start=start).build_clock()
    assert (clock.mode, clock.now()) == ("manual", start)


def test_timing_without_a_start_is_the_wall_clock_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: START * 1_000_000 + 999_999)
    assert Timing(mode="manual").build_clock().now() == START


def test_timing_runs_in_real_time_unless_told() -> None:
    assert Timing().build_clock().mode == "real"


def test_reset_is_back_to_the_seeded_start(configuration: Configuration) -> None:
    async def scenario() -> None:
        click_to_call(box.state)
        change_account(box.state, numbers=frozenset())
        box.inboxes["mobtexting"].statuses.append(500)
        await box.scheduler.advance(START + HOUR)
        box.clock.set_mode("60x")
        await box.reset()

    async def answer(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200)

    class Pleased:
        deliver = staticmethod(answer)

    box = sandbox(configuration, Pleased())
    asyncio.run(scenario())
    assert (box.clock.mode, box.clock.now()) == ("manual", START)
    assert (read.calls(box.state), read.deliveries(box.state), read.peek(box.state)) == (
        {},
        {},
        None,
    )
    assert (list(read.journal(box.state)), list(read.exchanges(box.state))) == ([], [])
    assert (read.entry_count(box.state), read.request_count(box.state)) == (0, 0)
    assert (read.accounts(box.state), box.inboxes) == (configuration.accounts, {})
    assert box.inboxes["any"] == Inbox()


def test_reset_gives_the_same_ids_again(configuration: Configuration) -> None:
    async def scenario() -> list[str]:
        ids = []
        for _ in range(2):
            click_to_call(box.state)
            ids.append(read.calls(box.state)["c1"].spec.vendor_id)
            await box.reset()
        return ids

    box = sandbox(configuration)
    first, second = asyncio.run(scenario())
    assert first == second


def test_reset_with_a_hundred_webhooks_out_lets_none_arrive(configuration: Configuration) -> None:
    async def scenario() -> None:
        box.start()
        before = others()
        for _ in range(100):
            click_to_call(box.state)
        box.scheduler.wake()
        await courier.enough.wait()
        await box.reset()
        left.append(len(others() - before))
        click_to_call(box.state)
        await box.scheduler.advance(START)
        await box.stop()
        left.append(len(others()))

    courier, left = Silent(100), list[int]()
    box = sandbox(configuration, courier, "instant")
    asyncio.run(scenario())
    assert left == [0, 0]
    assert len(courier.out) == 100
    assert {fact.type for fact in read.journal(box.state)} == {"request", "event"}
    assert list(read.calls(box.state)) == ["c1"]


def test_an_answer_that_comes_after_a_reset_is_dropped(configuration: Configuration) -> None:
    """A courier that takes no notice of being cancelled."""

    async def carry(_: Delivery) -> DeliveryResult:
        out.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return DeliveryResult(status=200)
        raise AssertionError

    class Stubborn:
        deliver: Callable[[Delivery], Any]

    async def scenario() -> None:
        click_to_call(box.state)
        moving = asyncio.create_task(box.scheduler.advance(None))
        await out.wait()
        await box.reset()
        assert await moving == AdvanceResult(events=7, attempts=1, stop_reason="reset")

    out, courier = asyncio.Event(), Stubborn()
    courier.deliver = carry
    box = sandbox(configuration, courier)
    asyncio.run(scenario())
    assert (list(read.journal(box.state)), read.deliveries(box.state)) == ([], {})


@pytest.mark.parametrize("to", [None, START + HOUR])
def test_reset_ends_a_running_advance(configuration: Configuration, to: int | None) -> None:
    async def scenario() -> AdvanceResult:
        click_to_call(box.state)
        click_to_call(box.state)
        moving = asyncio.create_task(box.scheduler.advance(to))
        await courier.enough.wait()
        await box.reset()
        return await moving

    courier = Silent()
    box = sandbox(configuration, courier)
    assert asyncio.run(scenario()) == AdvanceResult(events=13, attempts=1, stop_reason="reset")
    assert (box.clock.now(), len(courier.out)) == (START, 1)


def test_the_loop_goes_on_after_a_reset(configuration: Configuration) -> None:
    async def scenario() -> None:
        box.start()
        await box.reset()
        click_to_call(box.state)
        box.scheduler.wake()
        await courier.enough.wait()
        await box.stop()

    courier = Silent()
    box = sandbox(configuration, courier, "instant")
    asyncio.run(scenario())
    assert [one.webhook.call_id for one in courier.out] == ["c1"]


def test_stop_ends_the_loop_and_what_is_out(configuration: Configuration) -> None:
    async def scenario() -> int:
        box.start()
        click_to_call(box.state)
        box.scheduler.wake()
        await courier.enough.wait()
        await box.stop()
        return len(others())

    courier = Silent()
    box = sandbox(configuration, courier, "instant")
    assert asyncio.run(scenario()) == 0


def test_stop_of_what_never_started(configuration: Configuration) -> None:
    asyncio.run(sandbox(configuration).stop())


def test_sandboxes_share_nothing(configuration: Configuration) -> None:
    one, other = sandbox(configuration), sandbox(configuration)
    click_to_call(one.state)
    change_account(one.state, numbers=frozenset())
    one.clock.jump(START + 1)
    assert read.calls(other.state) == {}
    assert read.accounts(other.state) == configuration.accounts
    assert other.clock.now() == START
    assert isinstance(other.state, SandboxState)
