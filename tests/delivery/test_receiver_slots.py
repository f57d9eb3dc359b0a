"""How many attempts are made at once to one receiver."""

import asyncio

import pytest

from mockserver.delivery.receiver_slots import (
    BASE_LIMIT,
    MAX_LIMIT,
    MAX_QUICK,
    SLOWED_DOWN,
    ReceiverSlots,
)


async def take_all(slots: ReceiverSlots, attempts: list[float]) -> int:
    """Make as many attempts at once as there may be, and record these seconds for the first ones.

    Returns the most attempts that were made at once.
    """
    active, peak = 0, 0

    async def attempt() -> None:
        nonlocal active, peak
        async with slots:
            active += 1
            peak = max(peak, active)
            await asyncio.sleep(0)
            if attempts:
                slots.record(attempts.pop(0))
            active -= 1

    await asyncio.gather(*(attempt() for _ in range(MAX_LIMIT * 3)))
    return peak


@pytest.mark.parametrize(
    ("seconds", "limit"),
    [
        ([], BASE_LIMIT),
        ([1.0] * (BASE_LIMIT - 1), BASE_LIMIT),
        ([1.0] * BASE_LIMIT, BASE_LIMIT * 2),
        ([0.5, *[0.5 * SLOWED_DOWN] * (BASE_LIMIT - 1)], BASE_LIMIT * 2),
        ([0.5, 0.5 * SLOWED_DOWN + 0.1, *[0.5] * (BASE_LIMIT - 1)], BASE_LIMIT),
        ([1.0] * MAX_LIMIT * 2, MAX_LIMIT),
        ([MAX_QUICK] * BASE_LIMIT, BASE_LIMIT * 2),
        ([MAX_QUICK + 0.1] * MAX_LIMIT * 2, BASE_LIMIT),
    ],
)
def test_the_limit_doubles_while_the_receiver_is_not_slowed_down(
    seconds: list[float], limit: int
) -> None:
    assert asyncio.run(take_all(ReceiverSlots(), seconds)) == limit


def test_the_limit_returns_to_the_base_when_the_receiver_is_slowed_down() -> None:
    async def run() -> tuple[int, int]:
        slots = ReceiverSlots()
        first = await take_all(slots, [1.0] * BASE_LIMIT)
        slots.record(2.0)
        return first, await take_all(slots, [])

    assert asyncio.run(run()) == (BASE_LIMIT * 2, BASE_LIMIT)


def test_attempts_that_do_not_fill_the_slots_leave_the_limit() -> None:
    async def run() -> int:
        slots = ReceiverSlots()
        for _ in range(20):
            async with slots:
                slots.record(1.0)
        return await take_all(slots, [])

    assert asyncio.run(run()) == BASE_LIMIT


@pytest.mark.parametrize("has_slot", [False, True])
def test_a_canceled_task_takes_no_slot(has_slot: bool) -> None:  # noqa: FBT001 - a table
    """Neither while it waits nor when it has just been admitted."""

    async def run() -> list[int]:
        slots, gate, admitted = ReceiverSlots(), asyncio.Event(), list[int]()

        async def deliver(number: int) -> None:
            async with slots:
                admitted.append(number)
                await gate.wait()

        active = [asyncio.create_task(deliver(0)) for _ in range(BASE_LIMIT)]
        waiting = [asyncio.create_task(deliver(number)) for number in (1, 2)]
        await asyncio.sleep(0)
        if has_slot:
            active[0].cancel()
            await asyncio.sleep(0)
        waiting[0].cancel()
        gate.set()
        await asyncio.gather(*active, *waiting, return_exceptions=True)
        return admitted

    assert asyncio.run(run()) == [0] * BASE_LIMIT + [2]
