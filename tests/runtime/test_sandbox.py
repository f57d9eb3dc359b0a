"""The clock, the reset and the end of a sandbox."""

import asyncio

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.time import HOUR
from mockserver.core.webhook import Delivery, DeliveryResult, Dispatcher
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.advances import AdvanceResult
from mockserver.runtime.inboxes import MAX_INBOXES, InboxStorage, ReceivedRequest
from mockserver.runtime.sandbox import Sandbox, Timing
from tests.support import read
from tests.support.dispatchers import (
    AcceptingDispatcher,
    NeverDispatcher,
    RecordingDispatcher,
)
from tests.support.event_loop import other_tasks
from tests.support.simulation import START, change_account, click_to_call


def build_sandbox(
    configuration: Configuration, dispatcher: Dispatcher, mode: str = "manual"
) -> Sandbox:
    return Sandbox("default", configuration, Timing(mode=mode, start=START), dispatcher)


@pytest.mark.parametrize("start", [START, 0])
def test_a_clock_starts_at_the_configured_start(start: int) -> None:
    clock = Timing(mode="manual", start=start).build_clock()
    assert (clock.mode, clock.now()) == ("manual", start)


def test_a_clock_without_a_configured_start_starts_at_the_wall_clock_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.time_ns", lambda: START * 1_000_000 + 999_999)
    assert Timing(mode="manual").build_clock().now() == START


def test_a_clock_runs_in_real_mode_by_default() -> None:
    assert Timing().build_clock().mode == "real"


def test_a_reset_restores_the_initial_state_clock_and_inboxes(configuration: Configuration) -> None:
    async def run() -> None:
        click_to_call(sandbox.state)
        change_account(sandbox.state, numbers=frozenset())
        sandbox.program_inbox("mobtexting", [500], delay=0)
        await sandbox.scheduler.advance(START + HOUR)
        sandbox.clock.set_mode("60x")
        await sandbox.reset()

    sandbox = build_sandbox(configuration, AcceptingDispatcher())
    asyncio.run(run())
    assert (sandbox.clock.mode, sandbox.clock.now()) == ("manual", START)
    assert (
        read.calls(sandbox.state),
        read.deliveries(sandbox.state),
        read.peek(sandbox.state),
    ) == (
        {},
        {},
        None,
    )
    assert (list(read.journal(sandbox.state)), list(read.exchanges(sandbox.state))) == ([], [])
    assert (read.entry_count(sandbox.state), read.request_count(sandbox.state)) == (0, 0)
    assert (read.accounts(sandbox.state), [*sandbox.inboxes]) == (configuration.accounts, [])


def test_a_reset_sandbox_generates_the_same_ids_again(configuration: Configuration) -> None:
    async def run() -> list[str]:
        ids = []
        for _ in range(2):
            click_to_call(sandbox.state)
            ids.append(read.calls(sandbox.state)["c1"].spec.vendor_id)
            await sandbox.reset()
        return ids

    sandbox = build_sandbox(configuration, NeverDispatcher())
    first, second = asyncio.run(run())
    assert first == second


def test_a_reset_cancels_all_deliveries_in_flight(configuration: Configuration) -> None:
    async def run() -> None:
        sandbox.start()
        before = other_tasks()
        for _ in range(100):
            click_to_call(sandbox.state)
        sandbox.scheduler.wake()
        await dispatcher.wait_for_deliveries(100)
        await sandbox.reset()
        task_counts.append(len(other_tasks() - before))
        click_to_call(sandbox.state)
        await sandbox.scheduler.advance(START)
        await sandbox.stop()
        task_counts.append(len(other_tasks()))

    dispatcher, task_counts = NeverDispatcher(), list[int]()
    sandbox = build_sandbox(configuration, dispatcher, "instant")
    asyncio.run(run())
    assert task_counts == [0, 0]
    assert len(dispatcher.deliveries) == 100
    assert {entry.type for entry in read.journal(sandbox.state)} == {"request", "event"}
    assert list(read.calls(sandbox.state)) == ["c1"]


def test_a_delivery_result_that_arrives_after_a_reset_is_dropped(
    configuration: Configuration,
) -> None:
    async def ignore_cancellation(_: Delivery) -> DeliveryResult:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return DeliveryResult(status=200)
        raise AssertionError

    async def run() -> None:
        click_to_call(sandbox.state)
        advance = asyncio.create_task(sandbox.scheduler.advance(None))
        await dispatcher.wait_for_deliveries(1)
        await sandbox.reset()
        assert await advance == AdvanceResult(events=7, attempts=1, stop_reason="reset")

    dispatcher = RecordingDispatcher(ignore_cancellation)
    sandbox = build_sandbox(configuration, dispatcher)
    asyncio.run(run())
    assert (list(read.journal(sandbox.state)), read.deliveries(sandbox.state)) == ([], {})


@pytest.mark.parametrize("to", [None, START + HOUR])
def test_a_reset_ends_a_running_advance(configuration: Configuration, to: int | None) -> None:
    async def run() -> AdvanceResult:
        click_to_call(sandbox.state)
        click_to_call(sandbox.state)
        advance = asyncio.create_task(sandbox.scheduler.advance(to))
        await dispatcher.wait_for_deliveries(1)
        await sandbox.reset()
        return await advance

    dispatcher = NeverDispatcher()
    sandbox = build_sandbox(configuration, dispatcher)
    assert asyncio.run(run()) == AdvanceResult(events=14, attempts=1, stop_reason="reset")
    assert (sandbox.clock.now(), len(dispatcher.deliveries)) == (START, 1)


def test_the_scheduler_keeps_running_after_a_reset(configuration: Configuration) -> None:
    async def run() -> None:
        sandbox.start()
        await sandbox.reset()
        click_to_call(sandbox.state)
        sandbox.scheduler.wake()
        await dispatcher.wait_for_deliveries(1)
        await sandbox.stop()

    dispatcher = NeverDispatcher()
    sandbox = build_sandbox(configuration, dispatcher, "instant")
    asyncio.run(run())
    assert [delivery.webhook.call_id for delivery in dispatcher.deliveries] == ["c1"]


def test_stopping_a_sandbox_ends_its_scheduler_and_its_deliveries(
    configuration: Configuration,
) -> None:
    async def run() -> int:
        sandbox.start()
        click_to_call(sandbox.state)
        sandbox.scheduler.wake()
        await dispatcher.wait_for_deliveries(1)
        await sandbox.stop()
        return len(other_tasks())

    dispatcher = NeverDispatcher()
    sandbox = build_sandbox(configuration, dispatcher, "instant")
    assert asyncio.run(run()) == 0


def test_a_sandbox_that_never_started_can_be_stopped(configuration: Configuration) -> None:
    asyncio.run(build_sandbox(configuration, NeverDispatcher()).stop())


def test_sandboxes_share_no_state(configuration: Configuration) -> None:
    first, second = (build_sandbox(configuration, NeverDispatcher()) for _ in range(2))
    click_to_call(first.state)
    change_account(first.state, numbers=frozenset())
    first.clock.jump(START + 1)
    assert read.calls(second.state) == {}
    assert read.accounts(second.state) == configuration.accounts
    assert second.clock.now() == START
    assert isinstance(second.state, SandboxState)


def receive_webhook(sandbox: Sandbox, name: str, size: int) -> None:
    request = ReceivedRequest(
        at=START, method="POST", path="/", query="", headers={}, body=bytes(size)
    )
    asyncio.run(sandbox.receive_webhook(name, request))


@pytest.mark.parametrize("end", ["reset", "stop", "clear"])
def test_the_inboxes_of_a_sandbox_make_room_for_those_of_others_at_its_end(
    configuration: Configuration, end: str
) -> None:
    storage, timing = InboxStorage(max_bytes=20_000), Timing(mode="manual", start=START)
    first, second = (
        Sandbox(name, configuration, timing, AcceptingDispatcher(), storage) for name in "ab"
    )
    receive_webhook(first, "x", 5_000)
    receive_webhook(second, "x", 4_000)
    if end == "clear":
        first.clear_inbox("x")
    else:
        asyncio.run(getattr(first, end)())
    receive_webhook(second, "x", 8_000)
    assert [len(box.requests) for box in second.inboxes.values()] == [2]
    assert (dict(first.inboxes), second.inboxes["x"].evicted) == ({}, 0)


def test_beyond_a_thousand_inboxes_those_without_requests_and_programs_are_forgotten(
    configuration: Configuration,
) -> None:
    storage, timing = InboxStorage(max_bytes=20_000), Timing(mode="manual", start=START)
    sandbox = Sandbox("a", configuration, timing, AcceptingDispatcher(), storage)
    sandbox.program_inbox("programmed", [500], 0)
    for number in range(MAX_INBOXES):
        receive_webhook(sandbox, f"n{number}", 0)
    assert list(sandbox.inboxes) == ["programmed", *(f"n{number}" for number in range(990, 1_000))]
