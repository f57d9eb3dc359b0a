"""Tests a mutant whose module is imported again: the nearest tests first, then all."""

import functools
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any, Final

import pytest
from hypothesis import Phase, settings

from tests.mutation.apart import Tell, limit_work, run_in_child
from tests.mutation.mutants import Mutant

ROOT: Final = Path(__file__).parents[2]
SUITES: Final = ("tests/core", "tests/engine")
PYTEST_OPTIONS: Final = (
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:faulthandler",
    "--tb=no",
    "--assert=plain",
)
ALIVE: Final = "alive"


def limit_examples(items: Sequence[pytest.Item]) -> None:
    """Limit Hypothesis to twenty examples without shrinking."""
    options: dict[str, Any] = {"database": None, "phases": (Phase.explicit, Phase.generate)}
    settings.register_profile("few", max_examples=20, derandomize=True, deadline=None, **options)
    settings.load_profile("few")
    key = "_hypothesis_internal_use_settings"
    for item in items:
        test = getattr(item, "obj", None)
        test_settings = getattr(test, key, None)
        if test_settings is not None:
            count = min(test_settings.max_examples, 20)
            setattr(
                getattr(test, "__func__", test),
                key,
                settings(test_settings, max_examples=count, **options),
            )


class Watch:
    """A pytest plugin that records the first failed test and limits the work of each."""

    failed = ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        limit_examples(session.items)

    def pytest_runtest_logstart(self) -> None:
        limit_work(8)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid


class MutantLoader(SourceFileLoader):
    """Loads one module with the mutant's code."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        super().__init__(mutant.path.removesuffix(".py").replace("/", "."), str(ROOT / mutant.path))

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        is_target = name == self.name
        return spec_from_file_location(name, self.path, loader=self) if is_target else None

    def get_code(self, _: str) -> CodeType:
        return self.mutant.code


def nearest_test_files(mutant: Mutant) -> list[str]:
    """Return the test files that are named after the mutant's module."""
    _, package, name = mutant.path.split("/")
    return sorted(map(str, Path("tests", package).glob(f"test_{name.removesuffix('.py')}*.py")))


def run_reimported(mutant: Mutant, suites: Sequence[str] = SUITES) -> str:
    """Return the mutant's outcome: the nearest tests run first, then all."""
    for tests in (nearest_test_files(mutant), suites):
        outcome = (
            next(run_in_child(functools.partial(_run_tests, mutant, tests)), "killed")
            if tests
            else ALIVE
        )
        if outcome != ALIVE:
            return outcome
    return ALIVE


def _run_tests(mutant: Mutant, tests: Sequence[str], tell: Tell) -> None:
    watch = Watch()
    sys.meta_path.insert(0, MutantLoader(mutant))
    limit_work(16)
    code = pytest.main([*PYTEST_OPTIONS, "-x", *tests], plugins=[watch])
    tell(f"killed by {watch.failed or code}" if code else ALIVE)
