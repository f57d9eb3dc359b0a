"""Every task has an owner that learns of its error."""

import ast
import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import mockserver
from mockserver.runtime.tasks import spawn

PACKAGE = Path(mockserver.__file__).parent
STARTING_FUNCTIONS = {"create_task", "ensure_future", "run_until_complete"}


async def fail() -> None:
    raise ValueError("mine")


async def succeed() -> None:
    await asyncio.sleep(0)


async def collect_errors(
    coroutine_function: Callable[[], Coroutine[Any, Any, None]], *, cancel: bool
) -> list[str]:
    errors: list[str] = []
    task = spawn(coroutine_function(), lambda error: errors.append(repr(error)))
    if cancel:
        task.cancel()
    await asyncio.wait([task])
    await asyncio.sleep(0)
    return errors


def test_the_error_of_a_task_is_reported_once_but_its_end_or_cancellation_is_not() -> None:
    assert asyncio.run(collect_errors(fail, cancel=False)) == ["ValueError('mine')"]
    assert asyncio.run(collect_errors(succeed, cancel=False)) == []
    assert asyncio.run(collect_errors(succeed, cancel=True)) == []


def test_tasks_are_started_only_by_the_tasks_module() -> None:
    modules = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in STARTING_FUNCTIONS
    }
    assert modules == {"runtime/tasks.py"}
