"""Time that is told to advance: how far, how much of it, what it tells."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.account import Retry
from mockserver.core.configuration import Configuration
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.core.time import DAY, SECOND
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime import scheduler as module
from mockserver.runtime.clock import Clock
from mockserver.runtime.scheduler import AdvanceInProgress, AdvanceResult, Scheduler
from tests.support import read
from tests.support.dispatchers import RecordingDispatcher
from tests.support.fake_clock import FakeClock
from tests.support.schedulers import (
    book_call,
    event_types,
    instant_scheduler,
    manual_scheduler,
    running_scheduler,
    serialized_journal,
    with_on_event,
    yield_to_tasks,
)
from tests.support.simulation import START, change_account, click_to_call


@pytest.mark.parametrize(
    ("to", "expected", "told"),
    [
        (START, AdvanceResult(events=2, attempts=0, stop_reason=None), ["placed", "begin", "ring"]),
        (
            START + 1_999,
            AdvanceResult(events=2, attempts=0, stop_reason=None),
            ["placed", "begin", "ring"],
        ),
        (
            START + 2_000,
            AdvanceResult(events=4, attempts=0, stop_reason=None),
            ["placed", "begin", "ring", "answer", "ring"],
        ),
        (
            START + 10_000,
            AdvanceResult(events=7, attempts=1, stop_reason=None),
            ["placed", "begin", "ring", "answer", "ring", "answer", "bridge", "hangup", "hangup",
             "attempt-ended", "ended"],
        ),
    ],
)  # fmt: skip
def test_advance_to_a_moment(
    state: SandboxState, to: int, expected: AdvanceResult, told: list[str]
) -> None:
    driver = manual_scheduler(state)
    click_to_call(state)
    assert asyncio.run(driver.advance(to)) == expected
    assert (driver.clock.now(), event_types(state)) == (to, told)


def test_advance_until_idle_stops_at_the_last_event(state: SandboxState) -> None:
    postman = RecordingDispatcher()
    driver = manual_scheduler(state, postman)
    click_to_call(state)
    assert asyncio.run(driver.advance(None)) == AdvanceResult(
        events=7, attempts=1, stop_reason=None
    )
    assert (driver.clock.now(), read.peek(state)) == (START + 10_000, None)
    assert [one.webhook.call_id for one in postman.deliveries] == ["c1"]
    assert read.deliveries(state)["w1"].state == "delivered"


def test_advance_with_nothing_due_only_moves_the_clock(state: SandboxState) -> None:
    driver = manual_scheduler(state)
    assert asyncio.run(driver.advance(START + DAY)) == AdvanceResult(
        events=0, attempts=0, stop_reason=None
    )
    assert asyncio.run(driver.advance(None)) == AdvanceResult(
        events=0, attempts=0, stop_reason=None
    )
    assert driver.clock.now() == START + DAY


def test_advance_counts_every_attempt_and_waits_for_the_retries(state: SandboxState) -> None:
    change_account(state, retry=Retry(waits=(5 * SECOND, 60 * SECOND)))

    async def refused(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=500)

    driver = manual_scheduler(state, RecordingDispatcher(refused))
    click_to_call(state)
    assert asyncio.run(driver.advance(None)) == AdvanceResult(
        events=9, attempts=3, stop_reason=None
    )
    tries = [made.at - START for made in read.deliveries(state)["w1"].attempts]
    assert (tries, read.deliveries(state)["w1"].state) == ([10_000, 15_000, 75_000], "failed")
    assert driver.clock.now() == START + 75_000


def test_time_stands_still_while_a_webhook_is_out(state: SandboxState) -> None:
    seen = []

    async def receive(delivery: Delivery) -> DeliveryResult:
        await yield_to_tasks()
        seen.append(
            (delivery.webhook.call_id, driver.clock.now() - START, event_types(state, "c2")[-1])
        )
        return DeliveryResult(status=200)

    driver = manual_scheduler(state, RecordingDispatcher(receive))
    book_call(state, START + 5_001, "callee-busy")
    asyncio.run(driver.advance(None))
    assert seen[0] == ("c1", 5_000, "placed")


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (0, AdvanceResult(events=0, attempts=0, stop_reason="limit")),
        (6, AdvanceResult(events=6, attempts=0, stop_reason="limit")),
        (7, AdvanceResult(events=7, attempts=1, stop_reason=None)),
    ],
)
def test_idle_stops_at_so_many_events(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch, most: int, expected: AdvanceResult
) -> None:
    monkeypatch.setattr(module, "MAX_EVENTS", most)
    click_to_call(state)
    assert asyncio.run(manual_scheduler(state).advance(None)) == expected


def test_a_moment_is_reached_whatever_the_limit_of_idle(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_EVENTS", 1)
    monkeypatch.setattr(module, "HORIZON", 1)
    click_to_call(state)
    assert asyncio.run(manual_scheduler(state).advance(START + DAY)) == AdvanceResult(
        events=7, attempts=1, stop_reason=None
    )


@pytest.mark.parametrize(
    ("horizon", "expected", "stands_at"),
    [
        (9_999, AdvanceResult(events=5, attempts=0, stop_reason="limit"), 4_000),
        (10_000, AdvanceResult(events=7, attempts=1, stop_reason=None), 10_000),
    ],
)
def test_idle_stops_at_the_horizon(
    state: SandboxState,
    monkeypatch: pytest.MonkeyPatch,
    horizon: int,
    expected: AdvanceResult,
    stands_at: int,
) -> None:
    monkeypatch.setattr(module, "HORIZON", horizon)
    driver = manual_scheduler(state)
    click_to_call(state)
    assert asyncio.run(driver.advance(None)) == expected
    assert driver.clock.now() == START + stands_at


def test_the_limits_of_idle_are_those_of_the_contract() -> None:
    assert (module.MAX_EVENTS, module.HORIZON) == (100_000, 30 * DAY)


def test_only_one_advance_at_a_time(state: SandboxState) -> None:
    refused = list[bool]()

    async def receive(_: Delivery) -> DeliveryResult:
        try:
            await driver.advance(None)
        except AdvanceInProgress:
            refused.append(driver.is_advancing)
        return DeliveryResult(status=200)

    driver = manual_scheduler(state, RecordingDispatcher(receive))
    click_to_call(state)
    asyncio.run(driver.advance(None))
    assert refused == [True]
    assert asyncio.run(driver.advance(None)) == AdvanceResult(
        events=0, attempts=0, stop_reason=None
    )


def test_advance_lets_others_have_a_turn(
    state: SandboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "YIELD_EVERY", 2)
    seen = list[int]()

    async def onlooker() -> None:
        while driver.is_advancing:
            seen.append(driver.clock.now() - START)
            await asyncio.sleep(0)

    async def scenario() -> None:
        await asyncio.gather(driver.advance(START + 5_000), onlooker())

    driver = manual_scheduler(state)
    click_to_call(state)
    asyncio.run(scenario())
    assert seen == [0, 2_000]


def test_advance_waits_for_what_is_out_already(state: SandboxState) -> None:
    order = list[tuple[str, int]]()

    async def receive(delivery: Delivery) -> DeliveryResult:
        if delivery.webhook.call_id == "c1":
            await gate.wait()
        order.append((delivery.webhook.call_id, driver.clock.now() - START))
        return DeliveryResult(status=200)

    async def scenario() -> None:
        async with running_scheduler(driver):
            click_to_call(state)
            driver.wake()
            await postman.wait_for_deliveries(1)
            click_to_call(state, now=START + 10_000)
            moving = asyncio.create_task(driver.advance(START + 60_000))
            await yield_to_tasks()
            order.append(("gate", driver.clock.now() - START))
            gate.set()
            await moving

    gate, postman = asyncio.Event(), RecordingDispatcher(receive)
    driver = instant_scheduler(state, postman)
    asyncio.run(scenario())
    assert order == [("gate", 10_000), ("c1", 10_000), ("c2", 20_000)]


@pytest.mark.parametrize("mode", ["real", "instant", "60x"])
def test_advance_of_a_flowing_clock_jumps_and_goes_on(state: SandboxState, mode: str) -> None:
    wall = FakeClock()
    driver = Scheduler(state, Clock(mode, START, wall), RecordingDispatcher())
    click_to_call(state)
    assert asyncio.run(driver.advance(START + 60_000)) == AdvanceResult(
        events=7, attempts=1, stop_reason=None
    )
    assert driver.clock.now() == START + 60_000
    wall.seconds += 1
    assert driver.clock.now() > START + 60_000


def test_a_fault_of_our_own_is_a_fact_and_time_goes_on(configuration: Configuration) -> None:
    broken = LookupError("oops")

    def react(moment: EventContext) -> Effects:
        if moment.call.spec.id == "c1" and moment.event.type == "answer":
            raise broken
        return NO_EFFECTS

    state = SandboxState(with_on_event(configuration, react), START)
    click_to_call(state)
    click_to_call(state)
    driver = manual_scheduler(state)
    asyncio.run(driver.advance(None))
    faults = [fact for fact in read.journal(state) if fact.type == "error"]
    assert [(one.at - START, one.call_id, one.payload) for one in faults] == [(2_000, "c1", broken)]
    assert (read.calls(state)["c2"].outcome, driver.clock.now()) == ("completed", START + 10_000)


SPANS = st.lists(st.integers(0, 200 * SECOND), min_size=1, max_size=6)
STORIES = st.lists(st.sampled_from(["answered", "callee-busy", "no-answer"]), max_size=4)


@settings(max_examples=60, deadline=None)
@given(stories=STORIES, spans=SPANS)
def test_advance_in_parts_is_advance_in_one(
    configuration: Configuration, stories: list[str], spans: list[int]
) -> None:
    async def receive(delivery: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200 if delivery.webhook.call_id == "c2" else 503)

    async def moved(parts: list[int]) -> tuple[object, ...]:
        state = SandboxState(configuration, START)
        change_account(state, retry=Retry(waits=(5 * SECOND, 60 * SECOND)))
        driver = manual_scheduler(state, RecordingDispatcher(receive))
        for story in stories:
            click_to_call(state, story)
        done = [await driver.advance(driver.clock.now() + part) for part in parts]
        counted = (sum(one.events for one in done), sum(one.attempts for one in done))
        return (
            serialized_journal(state),
            read.calls(state),
            read.deliveries(state),
            read.peek(state),
            counted,
        )

    assert asyncio.run(moved(spans)) == asyncio.run(moved([sum(spans)]))


def test_once_plays_one_thing_that_is_due(state: SandboxState) -> None:
    driver = manual_scheduler(state)
    click_to_call(state)
    assert [driver.run_next(START - 1), driver.run_next(START), driver.run_next(START)] == [
        False,
        True,
        True,
    ]
    assert event_types(state) == ["placed", "begin", "ring"]
    assert [driver.run_next(START), driver.run_next(START + 2_000)] == [False, True]
    assert driver.clock.now() == START + 2_000
