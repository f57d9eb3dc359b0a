"""`python -m tests.mutation [FILE ...]`: which mutants of core and engine survive the tests?

Each mutant has its own process, forked from one with everything imported. A mutant inside a
function replaces the code of the imported function, and the tests that reach its line run, the
quickest first; if it survives, its module is imported again and the files of those tests run. Any
other mutant is imported again and faces all tests of core and engine. Hypothesis tries 20 examples.
A test that computes for 8 seconds is late, which kills its mutant. The command prints one line per
mutant and, at the end, one line per file.
"""

import functools
import gc
import importlib
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.mutation.anew import ALIVE, PYTEST_OPTIONS, ROOT, SUITES, run_reimported
from tests.mutation.apart import run_in_child
from tests.mutation.mutants import Mutant, make_mutants
from tests.mutation.swapping import Swap

IMPORTED_FIRST: Final = (
    "faker httpx jsonschema jsonschema_rs langcodes phonenumbers starlette uvicorn yaml"
)
"""Third-party packages that are imported before the first fork."""

OUTCOMES: Final = ("killed", "late", ALIVE)


def main(paths: Sequence[str]) -> None:
    os.chdir(ROOT)
    folders = (Path("mockserver", package) for package in ("core", "engine"))
    all_files = [str(path) for folder in folders for path in sorted(folder.glob("*.py"))]
    selected = [
        mutant
        for path in paths or all_files
        for mutant in make_mutants(path, Path(path).read_text("utf-8"))
    ]
    for name in IMPORTED_FIRST.split():
        importlib.import_module(name)
    gc.freeze()
    empty_code = compile("", "mockserver/core/__init__.py", "exec")
    no_mutation = Mutant(empty_code.co_filename, 1, 0, "", inside=False, code=empty_code)
    assert run_reimported(no_mutation) == ALIVE, "the tests fail as they are"
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant, outcome in mutant_outcomes(selected):
        counts[mutant.path][outcome.split()[0]] += 1
        location = f"{mutant.path}:{mutant.line}:{mutant.column}"
        print(f"{outcome} | {location} | {mutant.description}", flush=True)  # noqa: T201 - a command
    for path, count in counts.items():
        print(f"| {path} | {count.total()} |", *(f"{count[mutant]} |" for mutant in OUTCOMES))  # noqa: T201


def mutant_outcomes(selected: Sequence[Mutant]) -> Iterator[tuple[Mutant, str]]:
    inside = [mutant for mutant in selected if mutant.inside]
    rest: list[tuple[Mutant, Sequence[str]]] = []
    plugin = functools.partial(Swap, inside)
    outcomes = run_in_child(
        lambda tell: pytest.main([*PYTEST_OPTIONS, *SUITES], plugins=[plugin(tell)])
    )
    for mutant, outcome in zip(inside, outcomes, strict=True):
        if outcome.startswith(("killed", "late")):
            yield mutant, outcome
        else:
            rest.append((mutant, outcome.split()[1:] or SUITES))
    outside = [(mutant, SUITES) for mutant in selected if not mutant.inside]
    for mutant, suites in (*rest, *outside):
        yield mutant, run_reimported(mutant, suites)


if __name__ == "__main__":
    main(sys.argv[1:])
