"""The pages about the code name files that exist, and names that these files define."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mockserver"
PAGES = ("architecture", "where-is-what", "glossary", "mutation")
CLIENTS = ROOT / "clients" / "python"
ROOT_FOLDERS = (
    *("mockserver", "clients", "tests", "docs", "benchmarks", "distribution"),
    *("schemas", "scenarios"),
)
VENDOR_SECTION = "## The provider contract"
"""Below this heading, a file without a folder belongs to the folder of a vendor."""

MIN_ROWS = 50
"""Each of the two tables of the pages has more rows than this."""

FILE = re.compile(r"`([\w*-]+(?:/[\w*-]+)*\.(?:py|yaml|json))`")
FOLDER = re.compile(r"`((?:[\w-]+/)+)`")
NAME = r"`[\w.]+(?:\(\))?`"
NAMES_IN_FILE = re.compile(rf"({NAME}(?:(?:, | and ){NAME})* in|{NAME} of)\s+`([\w*/-]+\.py)`")
"""A list of names `in` a file; `of` a file is the last name alone."""


def page_text(page: str) -> str:
    return (ROOT / "docs" / f"{page}.md").read_text("utf-8")


def files_named(pattern: str) -> list[Path]:
    """The files that a path or glob of the documentation stands for."""
    folder = pattern.partition("/")[0]
    base = ROOT if folder in ROOT_FOLDERS else CLIENTS if folder == "mock_calls" else PACKAGE
    return sorted(base.glob(pattern))


def first_cells(text: str) -> list[str]:
    """The first cell of each row but the heading, in tables of two columns."""
    lines = text.splitlines()
    rows = [
        line.split(" | ")
        for line, below in pairwise((*lines, ""))
        if line.startswith("| ") and not below.startswith("|---")
    ]
    return [row[0] for row in rows if len(row) == 2]


def missing_files(text: str) -> Iterator[str]:
    """The files that are named but do not exist; a folder in the same line may be theirs."""
    above, _, below = text.partition(VENDOR_SECTION)
    for part, folders in ((above, ("",)), (below, ("", "providers/*/"))):
        for line in part.splitlines():
            bases = (*folders, *FOLDER.findall(line))
            for file in FILE.findall(line):
                bases_of_file = ("",) if "/" in file else bases
                if not any(files_named(f"{base}{file}") for base in bases_of_file):
                    yield file


def missing_names(text: str) -> Iterator[str]:
    """The names that are said to be in a file or in each file of a glob, and are not."""
    for names, pattern in NAMES_IN_FILE.findall(text):
        for name in re.findall(r"`([\w.]+)(?:\(\))?`", names):
            files = files_named(pattern)
            if not files or any(not set(name.split(".")) <= defined_names(file) for file in files):
                yield f"{name} in {pattern}"


@cache
def defined_names(path: Path) -> frozenset[str]:
    """Classes, functions, constants, fields and attributes that a module defines."""
    return frozenset(names_in(ast.parse(path.read_text("utf-8"))))


def names_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    text = page_text(page)
    assert FILE.search(text)
    assert list(missing_files(text)) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_folder_that_a_page_names_exists(page: str) -> None:
    folders = FOLDER.findall(page_text(page))
    assert [name for name in folders if not files_named(name.rstrip("/"))] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_name_that_a_page_finds_in_a_file_is_defined_there(page: str) -> None:
    text = page_text(page)
    assert NAMES_IN_FILE.search(text)
    assert list(missing_names(text)) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_function_and_private_name_of_a_page_is_defined_somewhere(page: str) -> None:
    named = re.findall(r"`(?:[\w.]+(?=\(\)`)|_[a-z]\w*(?=`))", page_text(page))
    defined = {name for path in PACKAGE.rglob("*.py") for name in defined_names(path)}
    assert [name for name in named if not {*name.strip("`").split(".")} <= defined] == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("`core/call.py`, `tests/conftest.py`, `schemas/control.yaml`", []),
        ("`app.py`", ["app.py"]),
        ("one for each noun of `web/control/`: `clock.py`, `tide.py`", ["tide.py"]),
        ("`providers/*/events.py`, `providers/*/tides.py`", ["providers/*/tides.py"]),
        (f"`events.py`\n{VENDOR_SECTION}\n`events.py`, `tides.py`", ["events.py", "tides.py"]),
    ],
)
def test_a_file_that_does_not_exist_is_found(text: str, missing: list[str]) -> None:
    assert list(missing_files(text)) == missing


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("`Call` and `attempt_outcome()` in `core/call.py`", []),
        ("`Call.attempts` in `core/call.py`", []),
        ("`tide()`, `Call` in\n`core/call.py`", ["tide in core/call.py"]),
        ("`Call.tide` of `core/call.py`", ["Call.tide in core/call.py"]),
        ("`tide` in `providers/*/events.py`", ["tide in providers/*/events.py"]),
        ("`Call` in `core/tide.py`", ["Call in core/tide.py"]),
    ],
)
def test_a_name_that_its_file_does_not_define_is_found(text: str, missing: list[str]) -> None:
    assert list(missing_names(text)) == missing


@pytest.mark.parametrize(
    ("page", "described"),
    [("where-is-what", r"\| \w.*"), ("architecture", r"\| `[\w/]+/\w+\.py`.*")],
)
def test_no_page_describes_one_thing_in_two_rows(page: str, described: str) -> None:
    cells = [cell for cell in first_cells(page_text(page)) if re.fullmatch(described, cell)]
    assert [cell for cell in dict.fromkeys(cells) if cells.count(cell) > 1] == []
    assert len(cells) > MIN_ROWS
