"""What happens before the reply because a story wants it so, and the end of all advancing."""

import asyncio

import pytest

from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.scheduler import AdvanceResult, Scheduler
from tests.conftest import START, click
from tests.runtime.conftest import Postman, instant, manual, running, verbs

EARLY = "report-before-reply"


def test_hurry_plays_what_is_due_at_this_instant_and_waits_for_its_webhook(
    store: SandboxState,
) -> None:
    answered: list[str] = []

    async def receive(delivery: Delivery) -> DeliveryResult:
        await asyncio.sleep(0)
        answered.append(delivery.id)
        return DeliveryResult(200)

    driver = manual(store, Postman(receive))
    click(store, EARLY, attempts=0)
    asyncio.run(driver.run_due_now(START))
    assert (verbs(store)[-1], answered, store.deliveries["w1"].state) == (
        "ended",
        ["w1"],
        "delivered",
    )
    assert (driver.clock.now(), store.peek()) == (START, None)


def test_hurry_leaves_what_is_due_later(store: SandboxState) -> None:
    driver = manual(store)
    click(store)
    asyncio.run(driver.run_due_now(START))
    assert (verbs(store), driver.clock.now()) == (["placed", "begin", "ring"], START)
    due = store.peek()
    assert due is not None
    assert due.at == START + 2_000


def test_hurry_does_not_jump_in_instant_mode(store: SandboxState) -> None:
    async def scenario() -> None:
        async with running(driver):
            with driver.request_scope() as now:
                click(store, EARLY, attempts=0, now=now)
                click(store, now=now)
                await driver.run_due_now(now)
                seen.append((verbs(store, "c1")[-1], verbs(store, "c2")[-1]))
            await postman.until(2)

    seen = list[tuple[str, str]]()
    postman = Postman()
    driver = instant(store, postman)
    asyncio.run(scenario())
    assert seen == [("ended", "ring")]
    assert [one.webhook.call_id for one in postman.carried] == ["c1", "c2"]


def test_hurry_with_nothing_due(store: SandboxState) -> None:
    asyncio.run(manual(store).run_due_now(START))
    assert list(store.journal) == []


async def never(_: Delivery) -> DeliveryResult:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("to", [None, START + 3_600_000])
def test_stop_ends_an_advance_where_it_is(store: SandboxState, to: int | None) -> None:
    async def scenario() -> AdvanceResult:
        moving = asyncio.create_task(driver.advance(to))
        await postman.until(1)
        await driver.stop()
        return await moving

    postman = Postman(never)
    driver = manual(store, postman)
    click(store, "callee-busy")
    click(store)
    told = asyncio.run(scenario())
    assert (told.stop_reason, told.attempts) == ("stop", 1)
    assert (driver.clock.now(), driver.is_stopping, driver.is_advancing) == (
        START + 5_000,
        True,
        False,
    )
    assert (store.calls["c2"].phase, store.deliveries["w1"].state) == ("bridged", "pending")


def test_after_a_stop_an_advance_goes_nowhere(store: SandboxState) -> None:
    async def scenario() -> AdvanceResult:
        await driver.stop()
        return await driver.advance(None)

    driver: Scheduler = manual(store)
    click(store)
    assert asyncio.run(scenario()) == AdvanceResult(0, 0, "stop")
    assert verbs(store) == ["placed"]


def test_stop_frees_who_hurries(store: SandboxState) -> None:
    """A request whose report goes before its reply is answered at the end of the server too."""

    async def scenario() -> None:
        hurrying = asyncio.create_task(driver.run_due_now(START))
        await postman.until(1)
        await driver.stop()
        await hurrying

    postman = Postman(never)
    driver = manual(store, postman)
    click(store, EARLY, attempts=0)
    click(store, EARLY, attempts=0)
    asyncio.run(asyncio.wait_for(scenario(), 10))
    assert [one.id for one in postman.carried] == ["w1"]
    assert {one.state for one in store.deliveries.values()} == {"pending"}
