"""A wait ends as soon as its condition is met, or at its timeout."""

import asyncio
from collections.abc import Callable

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.time import HOUR
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime import advances, waits
from mockserver.runtime.advances import AdvanceInProgress
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.waits import stands_still, wait_until
from tests.support import read
from tests.support.dispatchers import AcceptingDispatcher, GatedDispatcher
from tests.support.event_loop import yield_to_tasks
from tests.support.schedulers import has_delivered, has_event
from tests.support.simulation import START, click_to_call

LONG = 60.0
"""A timeout in real seconds that no test reaches."""


@pytest.fixture
def sandbox(configuration: Configuration) -> Sandbox:
    return Sandbox(
        "default", configuration, Timing(mode="manual", start=START), AcceptingDispatcher()
    )


def record_entry(sandbox: Sandbox, entry_type: str = "news") -> None:
    sandbox.state.journal.append(
        JournalEntry(at=sandbox.clock.now(), type=entry_type, call_id="", payload={})
    )


def has_entry(sandbox: Sandbox, entry_type: str) -> Callable[[], bool]:
    return lambda: any(entry.type == entry_type for entry in read.journal(sandbox.state))


# --- without an advance --------------------------------------------------------------------------


@pytest.mark.parametrize("advance", [None, 0, HOUR])
@pytest.mark.parametrize("timeout", [0.0, LONG])
def test_a_wait_whose_condition_is_already_met_changes_nothing(
    sandbox: Sandbox, timeout: float, advance: int | None
) -> None:
    click_to_call(sandbox.state)
    record_entry(sandbox)
    before = read.entry_count(sandbox.state)
    assert asyncio.run(wait_until(sandbox, has_entry(sandbox, "news"), timeout, advance))
    assert (
        sandbox.clock.now(),
        read.entry_count(sandbox.state),
        read.subscribers(sandbox.state),
    ) == (
        START,
        before,
        [],
    )


def test_a_wait_ends_one_turn_of_the_event_loop_after_the_entry_that_meets_it(
    sandbox: Sandbox,
) -> None:

    async def run() -> bool:
        waits = [
            asyncio.create_task(wait_until(sandbox, has_entry(sandbox, "news"), LONG, None))
            for _ in range(3)
        ]
        await yield_to_tasks()
        record_entry(sandbox)
        assert not any(wait.done() for wait in waits)
        await asyncio.sleep(0)
        assert all(wait.done() for wait in waits)
        return all([await wait for wait in waits])

    assert asyncio.run(run())
    assert read.subscribers(sandbox.state) == []


def test_the_condition_of_a_wait_is_checked_once_per_turn_with_new_entries(
    sandbox: Sandbox,
) -> None:
    entry_counts: list[int] = []

    def condition() -> bool:
        entry_counts.append(read.entry_count(sandbox.state))
        return read.entry_count(sandbox.state) == 7

    async def run() -> bool:
        wait = asyncio.create_task(wait_until(sandbox, condition, LONG, None))
        await yield_to_tasks()
        for count in (1, 2, 3):
            for _ in range(count):
                record_entry(sandbox)
            await yield_to_tasks()
        assert not wait.done()
        record_entry(sandbox)
        return await wait

    assert asyncio.run(run())
    assert entry_counts == [0, 1, 3, 6, 7]


def test_a_running_scheduler_can_meet_the_condition_of_a_wait(configuration: Configuration) -> None:
    async def run(sandbox: Sandbox) -> bool:
        sandbox.start()
        click_to_call(sandbox.state)
        sandbox.scheduler.wake()
        met = await wait_until(sandbox, lambda: has_delivered(sandbox.state), LONG, None)
        await sandbox.stop()
        return met

    assert asyncio.run(
        run(
            Sandbox("t1", configuration, Timing(mode="instant", start=START), AcceptingDispatcher())
        )
    )


@pytest.mark.parametrize("timeout", [0.0, 0.01])
@pytest.mark.parametrize("advance", [None, HOUR])
def test_a_wait_times_out_when_its_condition_stays_unmet(
    sandbox: Sandbox, timeout: float, advance: int | None
) -> None:
    assert not asyncio.run(wait_until(sandbox, lambda: False, timeout, advance))
    assert (read.subscribers(sandbox.state), sandbox.scheduler.is_advancing) == ([], False)


def test_a_wait_checks_its_condition_a_last_time_when_it_times_out(sandbox: Sandbox) -> None:
    results = iter((False, True))
    assert asyncio.run(wait_until(sandbox, lambda: next(results), 0.0, None))


def test_a_canceled_wait_unsubscribes_from_the_journal(sandbox: Sandbox) -> None:
    async def run() -> None:
        wait = asyncio.create_task(wait_until(sandbox, has_entry(sandbox, "news"), LONG, None))
        await yield_to_tasks()
        assert len(read.subscribers(sandbox.state)) == 1
        wait.cancel()
        await asyncio.gather(wait, return_exceptions=True)

    asyncio.run(run())
    assert read.subscribers(sandbox.state) == []


def test_a_wait_that_lost_its_subscription_still_ends_at_its_timeout(sandbox: Sandbox) -> None:
    async def run() -> bool:
        wait = asyncio.create_task(wait_until(sandbox, has_entry(sandbox, "news"), 0.01, None))
        await yield_to_tasks()
        read.subscribers(sandbox.state).clear()
        record_entry(sandbox)
        return await wait

    assert asyncio.run(run())  # the condition is checked a last time


# --- with an advance -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "at"),
    [
        (has_event("placed"), 0),
        (has_event("ring"), 0),
        (has_event("answer"), 2_000),
        (has_event("bridge"), 4_000),
        (has_event("ended"), 10_000),
        (has_delivered, 10_000),
    ],
)
def test_a_wait_with_an_advance_moves_time_only_as_far_as_needed(
    sandbox: Sandbox, condition: Callable[[SandboxState], bool], at: int
) -> None:
    click_to_call(sandbox.state)
    assert asyncio.run(wait_until(sandbox, lambda: condition(sandbox.state), LONG, HOUR))
    assert sandbox.clock.now() == START + at


@pytest.mark.parametrize(("advance", "events"), [(0, 3), (1_999, 3), (2_000, 5), (HOUR, 11)])
def test_a_wait_goes_on_when_its_advance_ends_without_meeting_the_condition(
    sandbox: Sandbox, advance: int, events: int
) -> None:

    async def run() -> bool:
        wait = asyncio.create_task(wait_until(sandbox, has_entry(sandbox, "news"), LONG, advance))
        await yield_to_tasks()
        assert (sandbox.clock.now(), sandbox.scheduler.is_advancing) == (START + advance, False)
        record_entry(sandbox)
        return await wait

    click_to_call(sandbox.state)
    assert asyncio.run(run())
    assert len(read.calls(sandbox.state)["c1"].events) == events


def test_another_advance_can_meet_the_condition_of_a_wait(sandbox: Sandbox) -> None:
    async def run() -> bool:
        wait = asyncio.create_task(
            wait_until(sandbox, lambda: has_event("answer")(sandbox.state), LONG, 1_999)
        )
        await yield_to_tasks()
        await sandbox.scheduler.advance(START + 2_000)
        return await wait

    click_to_call(sandbox.state)
    assert asyncio.run(run())


def test_a_wait_with_an_advance_is_rejected_while_another_one_waits_for_a_webhook(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advances, "MAX_WAIT", 0.0)

    async def run() -> None:
        dispatcher.gate.clear()
        click_to_call(sandbox.state)
        first = asyncio.create_task(
            wait_until(sandbox, lambda: has_delivered(sandbox.state), LONG, HOUR)
        )
        await dispatcher.started.wait()
        with pytest.raises(AdvanceInProgress):
            await wait_until(sandbox, lambda: False, LONG, HOUR)
        assert await wait_until(sandbox, lambda: True, LONG, HOUR)
        dispatcher.gate.set()
        assert await first

    dispatcher = GatedDispatcher()
    sandbox = Sandbox("default", configuration, Timing(mode="manual", start=START), dispatcher)
    asyncio.run(run())
    assert sandbox.clock.now() == START + 10_000


def test_a_wait_that_times_out_leaves_its_webhook_in_flight(
    configuration: Configuration,
) -> None:
    async def run() -> bool:
        dispatcher.gate.clear()
        click_to_call(sandbox.state)
        met = await wait_until(sandbox, lambda: has_delivered(sandbox.state), 0.0, HOUR)
        await dispatcher.started.wait()
        assert (sandbox.scheduler.is_advancing, read.deliveries(sandbox.state)["w1"].state) == (
            False,
            "pending",
        )
        dispatcher.gate.set()
        await sandbox.scheduler.wait_idle()
        return met

    dispatcher = GatedDispatcher()
    sandbox = Sandbox("default", configuration, Timing(mode="manual", start=START), dispatcher)
    assert not asyncio.run(run())
    assert read.deliveries(sandbox.state)["w1"].state == "delivered"


# --- a reset -------------------------------------------------------------------------------------


@pytest.mark.parametrize("advance", [None, HOUR])
def test_a_wait_continues_through_a_reset(
    configuration: Configuration, advance: int | None
) -> None:
    """The condition may be met after the reset; the new clock is not advanced."""

    async def run() -> bool:
        dispatcher.gate.clear()
        click_to_call(sandbox.state)
        wait = asyncio.create_task(wait_until(sandbox, has_entry(sandbox, "news"), LONG, advance))
        await yield_to_tasks()
        await sandbox.reset()
        await yield_to_tasks()
        assert not wait.done()
        click_to_call(sandbox.state)
        record_entry(sandbox)
        return await wait

    dispatcher = GatedDispatcher()
    sandbox = Sandbox("default", configuration, Timing(mode="manual", start=START), dispatcher)
    assert asyncio.run(run())
    assert (sandbox.clock.now(), len(read.calls(sandbox.state)["c1"].events)) == (START, 1)
    assert read.subscribers(sandbox.state) == []


# --- while time stands still ---------------------------------------------------------------------


def never_may_end() -> bool:
    return False


async def wait_in_vain(sandbox: Sandbox, may_end: Callable[[], bool] = never_may_end) -> bool:
    met = has_entry(sandbox, "news")
    return await wait_until(sandbox, met, LONG, None, may_end=may_end)


def test_a_wait_that_cannot_end_is_given_up_soon(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "QUIET", 0.01)
    assert not asyncio.run(wait_in_vain(sandbox))
    assert read.subscribers(sandbox.state) == []


def test_a_wait_that_cannot_end_goes_on_while_something_happens(sandbox: Sandbox) -> None:
    async def run() -> bool:
        wait = asyncio.create_task(wait_in_vain(sandbox))
        for entry_type in ("noise", "noise", "news"):
            await yield_to_tasks()
            record_entry(sandbox, entry_type)
        return await wait

    assert asyncio.run(run())


def test_a_wait_goes_on_if_it_may_end_after_all(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "QUIET", 0.01)
    answers = iter((False, True))

    async def run() -> bool:
        second_look = asyncio.Event()

        def may_end() -> bool:
            answer = next(answers, True)
            if answer:
                second_look.set()
            return answer

        wait = asyncio.create_task(wait_in_vain(sandbox, may_end))
        await second_look.wait()
        await yield_to_tasks()
        record_entry(sandbox)
        return await wait

    assert asyncio.run(run())


@pytest.mark.parametrize(
    ("mode", "expected"), [("manual", True), ("real", False), ("60x", False), ("instant", False)]
)
def test_only_a_manual_clock_stands_still(
    configuration: Configuration, mode: str, expected: object
) -> None:
    timing = Timing(mode=mode, start=START)
    sandbox = Sandbox("default", configuration, timing, AcceptingDispatcher())
    assert stands_still(sandbox) is expected


def test_time_does_not_stand_still_while_a_webhook_is_on_its_way(
    configuration: Configuration,
) -> None:
    dispatcher = GatedDispatcher()
    sandbox = Sandbox("default", configuration, Timing(mode="manual", start=START), dispatcher)

    async def run() -> list[bool]:
        dispatcher.gate.clear()
        click_to_call(sandbox.state)
        advance = asyncio.create_task(sandbox.scheduler.advance(None))
        await dispatcher.started.wait()
        seen = [stands_still(sandbox)]
        dispatcher.gate.set()
        await advance
        return [*seen, stands_still(sandbox)]

    assert asyncio.run(run()) == [False, True]
