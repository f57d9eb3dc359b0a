"""Tests mutants by replacing the code of functions that are already imported."""

import functools
import gc
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import coverage
import pytest

from tests.mutation.anew import ALIVE, ROOT, limit_examples
from tests.mutation.apart import Tell, limit_work, run_in_child
from tests.mutation.mutants import Mutant

Key = tuple[str, str, int]
"""File, name and first line of a function."""


class Swap:
    """A pytest plugin that tests one mutant after another instead of running all tests."""

    def __init__(self, mutants: Sequence[Mutant], tell: Tell) -> None:
        self.some, self.tell = mutants, tell

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        limit_examples(session.items)
        trace = json.loads("".join(run_in_child(functools.partial(trace_tests, session.items))))
        items = {item.nodeid: item for item in session.items}
        _create_session_fixtures(session.items)
        functions, caches = _find_functions_and_caches()
        gc.freeze()
        for mutant in self.some:
            names = trace["reach"].get(mutant.path, {}).get(str(mutant.line), [])
            reached = [items[name] for name in sorted(names, key=trace["took"].__getitem__)]
            work = functools.partial(_run_swapped, mutant, reached, functions, caches)
            self.tell(next(run_in_child(work), "killed"))
        return True


def trace_tests(items: Sequence[pytest.Item], tell: Tell) -> None:
    """Report how long each test takes and which tests reach each line of each file."""
    folders = ["mockserver/core/*", "mockserver/engine/*"]
    measurement = coverage.Coverage(data_file=None, include=folders, config_file=False)
    measurement.start()
    durations = {}
    for item, next_item in zip(items, [*items[1:], None], strict=True):
        measurement.switch_context(item.nodeid)
        started = time.process_time()
        item.ihook.pytest_runtest_protocol(item=item, nextitem=next_item)
        durations[item.nodeid] = time.process_time() - started
    measurement.stop()
    assert not items[0].session.testsfailed, "the tests fail as they are"
    data = measurement.get_data()
    tests_by_line = {
        str(Path(file).relative_to(ROOT)): {
            line: [name for name in names if name]
            for line, names in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    tell(json.dumps({"took": durations, "reach": tests_by_line}))


def _create_session_fixtures(items: Sequence[pytest.Item]) -> None:
    """Create the session fixtures once, before the first fork."""
    with_configuration = [
        item for item in items if "configuration" in getattr(item, "fixturenames", ())
    ]
    for item, next_item in ((with_configuration[-1], items[0]), (items[0], with_configuration[-1])):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=next_item)


def _find_functions_and_caches() -> tuple[Mapping[Key, list[FunctionType]], list[Any]]:
    """Return the functions of the package by file, name and line, and all its caches."""
    functions: dict[Key, list[FunctionType]] = defaultdict(list)
    caches = []
    for item in gc.get_objects():
        if not str(getattr(item, "__module__", "")).startswith("mockserver"):
            continue
        if isinstance(item, FunctionType):
            code = item.__code__
            functions[code.co_filename, code.co_qualname, code.co_firstlineno].append(item)
        elif isinstance(item, functools._lru_cache_wrapper):  # noqa: SLF001 - it has no other name
            caches.append(item)
    return functions, caches


def _run_swapped(
    mutant: Mutant,
    items: Sequence[pytest.Item],
    functions: Mapping[Key, list[FunctionType]],
    caches: list[Any],
    tell: Tell,
) -> None:
    for cache in caches:
        cache.cache_clear()
    for code in _inner_code(mutant.code):
        key = (str(ROOT / mutant.path), code.co_qualname, code.co_firstlineno)
        for function in functions.get(key, ()):
            if len(function.__code__.co_freevars) != len(code.co_freevars):
                tell("misshapen")
                return
            function.__code__ = code
    for item, next_item in zip(items, [*items[1:], *items[-1:]], strict=True):
        limit_work(8)
        item.ihook.pytest_runtest_protocol(item=item, nextitem=next_item)
        if item.session.testsfailed:
            tell(f"killed by {item.nodeid}")
            return
    tell(" ".join((ALIVE, *sorted({item.nodeid.split("::")[0] for item in items}))))


def _inner_code(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inner_code(constant)
