"""A clock that runs while a person is on the phone stops when nobody is, or nobody follows."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.engine.simulation import apply_event
from mockserver.runtime import phone_clock
from mockserver.runtime.sandbox import Sandbox, Timing
from tests.support.dispatchers import AcceptingDispatcher
from tests.support.event_loop import other_tasks
from tests.support.simulation import START, click_to_call

LOOK = 0.01  # real seconds


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_clock, "LOOK_EVERY", LOOK)


def check(
    configuration: Configuration, checks: Callable[[Sandbox], Awaitable[None]], mode: str = "manual"
) -> None:
    """Run checks on a sandbox with a call that rings until a person answers."""

    async def main() -> None:
        timing = Timing(mode=mode, start=START)
        sandbox = Sandbox("default", configuration, timing, AcceptingDispatcher())
        click_to_call(sandbox.state, "waits-for-a-person")
        await sandbox.scheduler.advance(START + 3_000)
        await checks(sandbox)
        await sandbox.stop()
        await asyncio.sleep(0)
        assert other_tasks() == set()

    asyncio.run(main())


def hang_up(sandbox: Sandbox) -> None:
    event = Event(at=sandbox.clock.now(), type="hangup", leg="b", data={"cause": "busy"})
    apply_event(sandbox.state, "c1", event)


async def wait_for_end(sandbox: Sandbox) -> None:
    for _ in range(500):
        if sandbox.phone_clock.is_running:
            await asyncio.sleep(LOOK)


def test_the_clock_stops_when_the_last_phone_hangs_up(configuration: Configuration) -> None:
    async def checks(sandbox: Sandbox) -> None:
        sandbox.run_while_on_the_phone("60x")
        await asyncio.sleep(3 * LOOK)
        assert (sandbox.clock.mode, sandbox.phone_clock.is_running) == ("60x", True)
        hang_up(sandbox)
        await wait_for_end(sandbox)
        assert sandbox.clock.mode == "manual"

    check(configuration, checks)


def test_the_clock_stops_when_nobody_follows_for_too_long(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_clock, "MAX_UNFOLLOWED", 5 * LOOK)

    async def checks(sandbox: Sandbox) -> None:
        sandbox.run_while_on_the_phone("real")
        with sandbox.event_texts.viewer():
            await asyncio.sleep(15 * LOOK)
            assert sandbox.clock.mode == "real"
        await wait_for_end(sandbox)
        assert sandbox.clock.mode == "manual"

    check(configuration, checks)


def test_a_clock_that_is_set_running_again_keeps_the_mode_to_return_to(
    configuration: Configuration,
) -> None:
    async def checks(sandbox: Sandbox) -> None:
        sandbox.run_while_on_the_phone("60x")
        sandbox.run_while_on_the_phone("real")
        assert sandbox.clock.mode == "real"
        hang_up(sandbox)
        await wait_for_end(sandbox)
        assert sandbox.clock.mode == "manual"

    check(configuration, checks)


def test_another_mode_and_a_reset_end_the_condition(configuration: Configuration) -> None:
    async def checks(sandbox: Sandbox) -> None:
        sandbox.run_while_on_the_phone("60x")
        sandbox.set_clock_mode("30x")
        assert not sandbox.phone_clock.is_running
        sandbox.run_while_on_the_phone("60x")
        await sandbox.reset()
        await asyncio.sleep(3 * LOOK)
        assert (sandbox.phone_clock.is_running, sandbox.clock.mode) == (False, "manual")

    check(configuration, checks)


def test_the_end_of_a_sandbox_ends_the_condition(configuration: Configuration) -> None:
    async def checks(sandbox: Sandbox) -> None:
        sandbox.run_while_on_the_phone("60x")

    check(configuration, checks)
