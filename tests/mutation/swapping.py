"""What becomes of mutants that are put into the functions which are there already."""

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

from tests.mutation.anew import ALIVE, HERE, hastened
from tests.mutation.apart import Tell, apart, patient
from tests.mutation.mutants import Mutant

Key = tuple[str, str, int]
"""File, name and first line of a function."""


class Swap:
    """A plugin that puts one mutant after another into what is imported, instead of one run."""

    def __init__(self, some: Sequence[Mutant], tell: Tell) -> None:
        self.some, self.tell = some, tell

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        hastened(session.items)
        told = json.loads("".join(apart(functools.partial(traced, session.items))))
        items = {item.nodeid: item for item in session.items}
        _warm(session.items)
        functions, caches = _imported()
        gc.freeze()
        for mutant in self.some:
            names = told["reach"].get(mutant.path, {}).get(str(mutant.line), [])
            reached = [items[name] for name in sorted(names, key=told["took"].__getitem__)]
            work = functools.partial(_swapped, mutant, reached, functions, caches)
            self.tell(next(apart(work), "killed"))
        return True


def traced(items: Sequence[pytest.Item], tell: Tell) -> None:
    """How long each test takes, and which tests reach each line of each file."""
    rooms = ["mockserver/core/*", "mockserver/engine/*"]
    cover = coverage.Coverage(data_file=None, include=rooms, config_file=False)
    cover.start()
    took = {}
    for item, following in zip(items, [*items[1:], None], strict=True):
        cover.switch_context(item.nodeid)
        began = time.process_time()
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        took[item.nodeid] = time.process_time() - began
    cover.stop()
    assert not items[0].session.testsfailed, "the tests fail as they are"
    data = cover.get_data()
    reach = {
        str(Path(file).relative_to(HERE)): {
            line: [name for name in names if name]
            for line, names in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    tell(json.dumps({"took": took, "reach": reach}))


def _warm(items: Sequence[pytest.Item]) -> None:
    """What lasts for the session is made once, before the first fork."""
    lasting = [one for one in items if "configuration" in getattr(one, "fixturenames", ())]
    for item, following in ((lasting[-1], items[0]), (items[0], lasting[-1])):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)


def _imported() -> tuple[Mapping[Key, list[FunctionType]], list[Any]]:
    """Every function of ours by its place, and every cache."""
    functions: dict[Key, list[FunctionType]] = defaultdict(list)
    caches = []
    for one in gc.get_objects():
        if not str(getattr(one, "__module__", "")).startswith("mockserver"):
            continue
        if isinstance(one, FunctionType):
            code = one.__code__
            functions[code.co_filename, code.co_qualname, code.co_firstlineno].append(one)
        elif isinstance(one, functools._lru_cache_wrapper):  # noqa: SLF001 - it has no other name
            caches.append(one)
    return functions, caches


def _swapped(
    mutant: Mutant,
    items: Sequence[pytest.Item],
    functions: Mapping[Key, list[FunctionType]],
    caches: list[Any],
    tell: Tell,
) -> None:
    for cache in caches:
        cache.cache_clear()
    for code in _within(mutant.code):
        place = (str(HERE / mutant.path), code.co_qualname, code.co_firstlineno)
        for function in functions.get(place, ()):
            if len(function.__code__.co_freevars) != len(code.co_freevars):
                tell("misshapen")
                return
            function.__code__ = code
    for item, following in zip(items, [*items[1:], *items[-1:]], strict=True):
        patient(8)
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if item.session.testsfailed:
            tell(f"killed by {item.nodeid}")
            return
    tell(" ".join((ALIVE, *sorted({item.nodeid.split("::")[0] for item in items}))))


def _within(code: CodeType) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _within(one)
