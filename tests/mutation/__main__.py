"""`python -m tests.mutation [FILE ...]`: which small mistakes in core and engine do no tests see?

Each mutant is a process of its own, forked from one that has everything imported. A mistake inside
a function is put into the functions that are there, and the tests that reach its line run, the
quickest first; one that lives through that is imported anew and meets the files of those tests. A
mistake elsewhere is imported anew and meets all tests of core and engine. Hypothesis tries 20
examples. A test that works for 8 seconds is late, and its mutant killed by that. Every mutant is a
line, and in the end every file is one.
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

from tests.mutation.anew import ALIVE, HERE, PLAIN, SUITES, anew
from tests.mutation.apart import apart
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.swapping import Swap

STRANGERS: Final = (
    "faker httpx jsonschema jsonschema_rs langcodes phonenumbers starlette uvicorn yaml"
)
"""What is imported before the first fork, as no mutant is in it."""

ENDS: Final = ("killed", "late", ALIVE)


def main(paths: Sequence[str]) -> None:
    os.chdir(HERE)
    rooms = (Path("mockserver", floor) for floor in ("core", "engine"))
    every = [str(path) for room in rooms for path in sorted(room.glob("*.py"))]
    some = [one for path in paths or every for one in mutants(path, Path(path).read_text("utf-8"))]
    for name in STRANGERS.split():
        importlib.import_module(name)
    gc.freeze()
    nothing = compile("", "mockserver/core/__init__.py", "exec")
    plain = Mutant(nothing.co_filename, 1, 0, "", inside=False, code=nothing)
    assert anew(plain) == ALIVE, "the tests fail as they are"
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant, fate in fates(some):
        counts[mutant.path][fate.split()[0]] += 1
        place = f"{mutant.path}:{mutant.line}:{mutant.column}"
        print(f"{fate} | {place} | {mutant.told}", flush=True)  # noqa: T201 - a command
    for path, count in counts.items():
        print(f"| {path} | {count.total()} |", *(f"{count[one]} |" for one in ENDS))  # noqa: T201


def fates(some: Sequence[Mutant]) -> Iterator[tuple[Mutant, str]]:
    inside = [one for one in some if one.inside]
    rest: list[tuple[Mutant, Sequence[str]]] = []
    plugin = functools.partial(Swap, inside)
    lines = apart(lambda tell: pytest.main([*PLAIN, *SUITES], plugins=[plugin(tell)]))
    for mutant, fate in zip(inside, lines, strict=True):
        if fate.startswith(("killed", "late")):
            yield mutant, fate
        else:
            rest.append((mutant, fate.split()[1:] or SUITES))
    outside = [(one, SUITES) for one in some if not one.inside]
    for mutant, suites in (*rest, *outside):
        yield mutant, anew(mutant, suites)


if __name__ == "__main__":
    main(sys.argv[1:])
