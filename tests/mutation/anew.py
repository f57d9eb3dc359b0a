"""What becomes of a mutant that is imported anew: the nearest tests first, then all."""

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

from tests.mutation.apart import Tell, apart, patient
from tests.mutation.mutants import Mutant

HERE: Final = Path(__file__).parents[2]
SUITES: Final = ("tests/core", "tests/engine")
PLAIN: Final = (
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:faulthandler",
    "--tb=no",
    "--assert=plain",
)
ALIVE: Final = "alive"


def hastened(items: Sequence[pytest.Item]) -> None:
    """Twenty examples at most, and none is made smaller."""
    few: dict[str, Any] = {"database": None, "phases": (Phase.explicit, Phase.generate)}
    settings.register_profile("few", max_examples=20, derandomize=True, deadline=None, **few)
    settings.load_profile("few")
    key = "_hypothesis_internal_use_settings"
    for item in items:
        test = getattr(item, "obj", None)
        how = getattr(test, key, None)
        if how is not None:
            most = min(how.max_examples, 20)
            setattr(getattr(test, "__func__", test), key, settings(how, max_examples=most, **few))


class Watch:
    """A plugin of one run of tests: it says which failed first, and lets none last too long."""

    failed = ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        hastened(session.items)

    def pytest_runtest_logstart(self) -> None:
        patient(8)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid


class Planted(SourceFileLoader):
    """Finds one module, whose code is the mutant's."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        super().__init__(mutant.path.removesuffix(".py").replace("/", "."), str(HERE / mutant.path))

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        found = name == self.name
        return spec_from_file_location(name, self.path, loader=self) if found else None

    def get_code(self, _: str) -> CodeType:
        return self.mutant.code


def nearest(mutant: Mutant) -> list[str]:
    """The test files that mirror the mutant's module."""
    _, floor, name = mutant.path.split("/")
    return sorted(map(str, Path("tests", floor).glob(f"test_{name.removesuffix('.py')}*.py")))


def anew(mutant: Mutant, suites: Sequence[str] = SUITES) -> str:
    """Its fate when it is imported anew: the nearest tests first, then all."""
    for tests in (nearest(mutant), suites):
        told = next(apart(functools.partial(_anew, mutant, tests)), "killed") if tests else ALIVE
        if told != ALIVE:
            return told
    return ALIVE


def _anew(mutant: Mutant, tests: Sequence[str], tell: Tell) -> None:
    watch = Watch()
    sys.meta_path.insert(0, Planted(mutant))
    patient(16)
    code = pytest.main([*PLAIN, "-x", *tests], plugins=[watch])
    tell(f"killed by {watch.failed or code}" if code else ALIVE)
