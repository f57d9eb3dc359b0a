"""Work is done in slices; what is heavy, on another thread."""

import asyncio
import threading
from typing import Any

import pytest

from mockserver.runtime.background import Background
from mockserver.web import slices
from mockserver.web.slices import MAX_WEIGHT, Job, pause_if_many, run_in_slices, weigh


def run_jobs(weights: list[int]) -> list[bool]:
    """Return of each job whether it ran on the thread of the event loop."""
    own = threading.get_ident()

    async def main() -> list[bool]:
        jobs = (Job(weight=weight, run=lambda: threading.get_ident() == own) for weight in weights)
        return [result async for result in run_in_slices(jobs, Background())]

    return asyncio.run(main())


def test_only_a_heavy_job_runs_on_another_thread() -> None:
    assert run_jobs([]) == []
    assert run_jobs([0, MAX_WEIGHT, MAX_WEIGHT + 1, 1]) == [True, True, False, True]


@pytest.mark.parametrize(("slice_length", "turns"), [(-1, 3), (60, 0)])
def test_other_tasks_run_between_two_slices(
    monkeypatch: pytest.MonkeyPatch, slice_length: float, turns: int
) -> None:
    monkeypatch.setattr(slices, "SLICE", slice_length)
    seen = 0

    async def main() -> None:
        async def work() -> None:
            jobs = [Job(weight=0, run=lambda: None)] * 3
            assert [result async for result in run_in_slices(jobs, Background())] == [None] * 3

        async def count_turns() -> None:
            nonlocal seen
            while not working.done():
                seen += 1
                await asyncio.sleep(0)

        working = asyncio.create_task(work())
        await count_turns()

    asyncio.run(main())
    assert seen == turns + 1


@pytest.mark.parametrize(
    ("count", "expected"), [(1_000, ["goes on"]), (1_001, ["other", "goes on"])]
)
def test_other_tasks_run_before_work_goes_on_with_many_items(
    count: int, expected: list[str]
) -> None:
    events: list[str] = []

    async def other() -> None:
        events.append("other")

    async def main() -> None:
        task = asyncio.create_task(other())
        await pause_if_many(range(count))
        events.append("goes on")
        assert events == expected
        await task

    asyncio.run(main())


@pytest.mark.parametrize(
    ("values", "weight"),
    [
        ((), 0),
        (("abc", b"de", 7, None, True), 5),
        (({"a": "bc", "d": ["e", {"f": "gh"}]},), 2 * 20 + 2 + 2 * 20 + 1 + 20 + 2),
        ((("ab", "c"),), 43),
    ],
)
def test_a_value_weighs_as_much_as_its_characters_and_items(
    values: tuple[Any, ...], weight: int
) -> None:
    assert weigh(*values) == weight


def test_no_more_is_counted_once_a_value_is_too_heavy() -> None:
    assert weigh(["x" * 10_000] * 1_000) == 20 * 1_000 + 10_000
