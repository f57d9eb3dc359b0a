"""How many deliveries a connection pool admits, and which idle connection it reuses."""

import asyncio
from typing import cast

import pytest

from mockserver.delivery import connection_pool as module
from mockserver.delivery.connection import Connection
from mockserver.delivery.connection_pool import BASE_LIMIT, MAX_LIMIT, MIN_IDLE_BEFORE_REUSE
from tests.support.fake_clock import FakeClock


class IdleConnection:
    """A connection that is always idle."""

    def __init__(self, address: str) -> None:
        self.address, self.is_reusable = address, True

    def is_still_open(self) -> bool:
        return True

    def abort(self) -> None:
        self.is_reusable = False


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (("10.0.0.1",), "10.0.0.1"),
        (("10.0.0.2", "10.0.0.1"), "10.0.0.1"),
        (("10.0.0.2",), None),
        ((), None),
    ],
)
def test_only_a_connection_to_a_checked_address_is_reused(
    addresses: tuple[str, ...], expected: str | None
) -> None:
    async def run() -> str | None:
        pool = module.ConnectionPool()
        pool.release(cast("Connection", IdleConnection("10.0.0.1")), has_room=True)
        real_clock.seconds += MIN_IDLE_BEFORE_REUSE
        connection = pool.acquire(addresses)
        return connection.address if connection else None

    real_clock = FakeClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "monotonic", real_clock)
        assert asyncio.run(run()) == expected


@pytest.mark.parametrize(
    ("reused", "limit"),
    [(0, BASE_LIMIT), (1, BASE_LIMIT + 1), (9, BASE_LIMIT + 9), (MAX_LIMIT, MAX_LIMIT)],
)
def test_the_limit_of_a_pool_grows_with_each_reuse_up_to_the_maximum(
    reused: int, limit: int
) -> None:
    async def run() -> tuple[int, int]:
        pool, active, peak = module.ConnectionPool(), 0, 0
        for connection in [cast("Connection", IdleConnection("10.0.0.1")) for _ in range(reused)]:
            pool.release(connection, has_room=True)
            real_clock.seconds += MIN_IDLE_BEFORE_REUSE
            acquired = pool.acquire(("10.0.0.1",))
            assert acquired
            pool.release(acquired, has_room=True)

        async def deliver() -> None:
            nonlocal active, peak
            async with pool:
                active += 1
                peak = max(peak, active)
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                active -= 1

        await asyncio.gather(*(deliver() for _ in range(MAX_LIMIT * 3)))
        return peak, active

    real_clock = FakeClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "monotonic", real_clock)
        assert asyncio.run(run()) == (limit, 0)


@pytest.mark.parametrize("has_slot", [False, True])
def test_a_canceled_task_takes_no_slot_of_the_pool(has_slot: bool) -> None:  # noqa: FBT001 - a table
    """Neither while it waits nor when it has just been admitted."""

    async def run() -> list[int]:
        pool, gate, admitted = module.ConnectionPool(), asyncio.Event(), list[int]()

        async def deliver(number: int) -> None:
            async with pool:
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
