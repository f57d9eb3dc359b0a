"""Long work in slices, between which the event loop runs what else there is to do."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sized
from typing import Final, Generic, NamedTuple, TypeVar

from mockserver.runtime.background import Background

SLICE: Final = 0.01  # real seconds
MAX_WEIGHT: Final = 20_000
"""What is heavier takes longer than a slice, and is done on another thread."""
MANY: Final = 1_000  # items whose list alone takes some ms
ITEM_WEIGHT: Final = 20  # of an item of a mapping or list, beside the characters in it

Result = TypeVar("Result")


class Job(NamedTuple, Generic[Result]):
    """A part of the work; `weight` as of `weigh`. A heavy one must not change anything."""

    weight: int
    run: Callable[[], Result]


async def run_in_slices(
    jobs: Iterable[Job[Result]], background: Background
) -> AsyncGenerator[Result, None]:
    """Run the jobs one after another and yield their results."""
    end = time.perf_counter() + SLICE
    for job in jobs:
        yield await background.run(job.run) if job.weight > MAX_WEIGHT else job.run()
        if time.perf_counter() > end:
            await asyncio.sleep(0)
            end = time.perf_counter() + SLICE


async def iterate_in_slices(results: Iterable[Result]) -> AsyncGenerator[Result, None]:
    """Yield the results of work that is done while they are iterated over."""
    end = time.perf_counter() + SLICE
    for result in results:
        yield result
        if time.perf_counter() > end:
            await asyncio.sleep(0)
            end = time.perf_counter() + SLICE


async def pause_if_many(items: Sized) -> None:
    """Let the event loop run what else there is to do, if there are many items."""
    if len(items) > MANY:
        await asyncio.sleep(0)


async def pause_if_long(body: bytes) -> None:
    """Let the event loop run what else there is to do, if a body is long."""
    if len(body) > MAX_WEIGHT:
        await asyncio.sleep(0)


def weigh(*values: object) -> int:
    """Count the characters and items of JSON values, at most until they are too heavy."""
    weight, left = 0, [*values]
    while left and weight <= MAX_WEIGHT:
        value = left.pop()
        if isinstance(value, str | bytes):
            weight += len(value)
        elif isinstance(value, Mapping):
            weight += ITEM_WEIGHT * len(value)
            left += value.values()
        elif isinstance(value, list | tuple):
            weight += ITEM_WEIGHT * len(value)
            left += value
    return weight
