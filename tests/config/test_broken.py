"""Broken scenario files: each has exactly the problems that its comments declare."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.config_files import check_texts

FILES = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
PREFIX = "# expect: "
MAX_MEMORY = 50_000_000


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_broken_file_has_exactly_the_problems_it_declares(file: Path) -> None:
    text = file.read_text("utf-8")
    expected = [line.removeprefix(PREFIX) for line in text.splitlines() if PREFIX in line]
    assert expected
    assert check_texts(text) == expected


def test_at_least_120_broken_files_are_tested() -> None:
    assert len(FILES) >= 120


def test_the_problems_of_all_files_are_reported_together() -> None:
    assert check_texts("default: nowhere", "a: b: c", "accounts: {x: {}}", "") == [
        "1:10: no scenario is named 'nowhere': did you mean 'answered' or 'no-answer'?",
        "2.yaml:1:5: this is not YAML: mapping values are not allowed here",
        "3.yaml:1:15: 'provider' is missing: write an account such as {provider: mobtexting}",
    ]


def test_a_scenario_hidden_by_one_of_another_file_is_reported() -> None:
    first = 'scenarios: {x: {match: {callee: "*"}, legs: {a: busy}}}'
    assert check_texts(first, 'scenarios: {y: {match: {a: "1*"}, legs: {a: busy}}}') == [
        "2.yaml:1:16: this scenario never matches: 'x' (1.yaml:1:16) matches all its requests first"
    ]


def build_cycle(length: int) -> str:
    return "\n".join(f"  x{at}: {{use: x{(at + 1) % length}}}" for at in range(length))


def build_nested_aliases(depth: int) -> str:
    rows = (f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, depth))
    return "a0: &a0 [x]\n" + "\n".join(rows)


BOMBS: dict[str, tuple[Callable[[], str], int, str]] = {
    "billion laughs": (lambda: build_nested_aliases(30), 291, "1:5: '&a0' is an anchor: "),
    "nested lists": (lambda: "scenarios: " + "[" * 10_000, 1, "1:61: this is nested deeper"),
    "many values": (lambda: "x: [" + "1," * 60_000 + "]", 1, "1:99999: the file holds more than"),
    "large": (lambda: "x: " + "y" * 1_000_001, 1, "1:1: the file is larger than 1 MB"),
    "long word": (
        lambda: "default: " + "y" * 100_000,
        1,
        f"1:10: no scenario is named '{'y' * 60}...': known: answered, no-answer, ",
    ),
    "long key": (lambda: "? " + "y" * 100_000, 1, f"1:3: unknown key '{'y' * 60}...': one of "),
    "merge": (lambda: "<<: {a: 1}\n" * 1_000, 1_000, "1:1: merge keys (<<) are not supported"),
    "duplicates": (lambda: "a: 1\n" * 5_000, 5_000, "1:1: unknown key 'a'"),
    "a long circle": (
        lambda: "scenarios:\n" + build_cycle(1_000),
        1,
        "2:13: this leads in a circle: x0 -> x1 -> x2 -> x3 -> x4 -> 995 more -> x0",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_resource_bomb_is_rejected_with_little_memory(bomb: str) -> None:
    build, count, first = BOMBS[bomb]
    text = build()
    tracemalloc.start()
    try:
        problems = check_texts(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(problems), problems[0][: len(first)], peak < MAX_MEMORY) == (count, first, True)
