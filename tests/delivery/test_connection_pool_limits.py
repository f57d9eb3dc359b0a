"""Who is let in at a receiver's door, and by which of the connections that were left open."""

import asyncio
from typing import cast

import pytest

from mockserver.delivery import connection_pool as module
from mockserver.delivery.connection import Connection
from mockserver.delivery.connection_pool import BASE_LIMIT, MAX_LIMIT, MIN_IDLE_BEFORE_REUSE
from tests.support.fake_clock import FakeClock


class Rested:
    """A line on which all is quiet."""

    def __init__(self, address: str) -> None:
        self.address, self.is_reusable = address, True

    def is_idle(self) -> bool:
        return True

    def abort(self) -> None:
        self.is_reusable = False


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("10.0.0.1",), "10.0.0.1"),
        (("10.0.0.2", "10.0.0.1"), "10.0.0.1"),
        (("10.0.0.2",), None),
        ((), None),
    ],
)
def test_only_to_an_address_that_was_checked(asked: tuple[str, ...], found: str | None) -> None:
    async def scenario() -> str | None:
        door = module.ConnectionPool()
        door.release(cast("Connection", Rested("10.0.0.1")), has_room=True)
        wall.seconds += MIN_IDLE_BEFORE_REUSE
        line = door.acquire(asked)
        return line.address if line else None

    wall = FakeClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "monotonic", wall)
        assert asyncio.run(scenario()) == found


@pytest.mark.parametrize(
    ("known", "most"),
    [(0, BASE_LIMIT), (1, BASE_LIMIT + 1), (9, BASE_LIMIT + 9), (MAX_LIMIT, MAX_LIMIT)],
)
def test_so_many_are_let_in(known: int, most: int) -> None:
    """A few whom the receiver has still to let in, and those that it has answered before."""

    async def scenario() -> tuple[int, int]:
        door, inside, peaks = module.ConnectionPool(), 0, 0
        for line in [cast("Connection", Rested("10.0.0.1")) for _ in range(known)]:
            door.release(line, has_room=True)
            wall.seconds += MIN_IDLE_BEFORE_REUSE
            used = door.acquire(("10.0.0.1",))
            assert used
            door.release(used, has_room=True)

        async def visit() -> None:
            nonlocal inside, peaks
            async with door:
                inside += 1
                peaks = max(peaks, inside)
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                inside -= 1

        await asyncio.gather(*(visit() for _ in range(MAX_LIMIT * 3)))
        return peaks, inside

    wall = FakeClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "monotonic", wall)
        assert asyncio.run(scenario()) == (most, 0)


@pytest.mark.parametrize("let_in", [False, True])
def test_who_is_cancelled_takes_no_place(let_in: bool) -> None:  # noqa: FBT001 - a table
    """While it waits, or when it has just been let in and does not know it yet."""

    async def scenario() -> list[int]:
        door, gate, came = module.ConnectionPool(), asyncio.Event(), list[int]()

        async def visit(number: int) -> None:
            async with door:
                came.append(number)
                await gate.wait()

        inside = [asyncio.create_task(visit(0)) for _ in range(BASE_LIMIT)]
        waiting = [asyncio.create_task(visit(number)) for number in (1, 2)]
        await asyncio.sleep(0)
        if let_in:
            inside[0].cancel()
            await asyncio.sleep(0)
        waiting[0].cancel()
        gate.set()
        await asyncio.gather(*inside, *waiting, return_exceptions=True)
        return came

    assert asyncio.run(scenario()) == [0] * BASE_LIMIT + [2]
