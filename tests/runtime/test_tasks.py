"""Whoever starts a task hears of its error, and nobody starts one in another way."""

import ast
import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import mockserver
from mockserver.runtime.tasks import spawn

HOUSE = Path(mockserver.__file__).parent
STARTERS = {"create_task", "ensure_future", "run_until_complete"}


async def failing() -> None:
    raise ValueError("mine")


async def well() -> None:
    await asyncio.sleep(0)


async def told(work: Callable[[], Coroutine[Any, Any, None]], *, cancel: bool) -> list[str]:
    heard: list[str] = []
    task = spawn(work(), lambda error: heard.append(repr(error)))
    if cancel:
        task.cancel()
    await asyncio.wait([task])
    await asyncio.sleep(0)
    return heard


def test_an_error_is_told_once_and_an_end_is_not() -> None:
    assert asyncio.run(told(failing, cancel=False)) == ["ValueError('mine')"]
    assert asyncio.run(told(well, cancel=False)) == []
    assert asyncio.run(told(well, cancel=True)) == []


def test_every_task_has_an_owner() -> None:
    """A replay has a loop of its own, in which it gathers all that it has started."""
    starting = {
        str(path.relative_to(HOUSE))
        for path in HOUSE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in STARTERS
    }
    assert starting == {"runtime/tasks.py", "replay/player.py"}
