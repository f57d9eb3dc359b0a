"""What is wrong with scenarios that are put, at the very place in the text as it was put."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from mockserver.compiler import ScenarioCompiler
from mockserver.core.configuration import Configuration
from mockserver.settings import Settings

BLOCK = "legs:\n  callee: busy\n"


@pytest.fixture
def compiler() -> ScenarioCompiler:
    return ScenarioCompiler(Settings())


def places(compiler: ScenarioCompiler, now: Configuration, put: Mapping[str, str]) -> list[str]:
    """Where the problems are."""
    found, problems = compiler(now, {name: text.encode() for name, text in put.items()})
    assert found is None
    return [problem.split(": ")[0] for problem in problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("legs: {callee: bussy}", ["1:16"]),
        ("legs:\n  callee: bussy", ["2:11"]),
        ("\n\n  legs:\n    callee: bussy\n", ["4:13"]),
        (json.dumps({"legs": {"callee": "bussy"}}), ["1:21"]),
        (json.dumps({"legs": {"callee": "bussy"}}, indent=2), ["3:15"]),
        (json.dumps({"legs": {"callee": "bussy"}}, indent="\t"), ["3:13"]),
        ("---\nlegs: {callee: bussy}", ["2:16"]),
        ("\ufefflegs: {callee: bussy}", ["1:16"]),
        ("lags: {callee: busy}", ["1:1"]),
        ("legs: {callee: busy}\nlags: {}", ["2:1"]),
        ("play: nobody", ["1:7"]),
        ("refuse: nothing\nplay: nobody\nwebhooks: {none: {drop: 1}}", ["1:9", "2:7", "3:12"]),
        ("legs: {callee: busy}\nplay: [a", ["2:7"]),
        ("legs: {callee: busy", ["1:7"]),
        ("legs: 'callee", ["1:7"]),
        ("legs:\n\tcallee: busy", ["2:1"]),
        ("legs: {callee: busy}\nlegs: {a: busy}", ["2:1"]),
        ("legs: {callee: {ring: 5s..2s, then: busy}}", ["1:23"]),
        ("needs: {provider: mobtexting}\nsteps:\n  - {ring: a}\n  - {hangup: b}\n", ["4:5"]),
        (
            '{"needs": {"provider": "mobtexting"}, "steps": [\n{"ring": "a"},\n  {"hangup": "b"}]}',
            ["3:3"],
        ),
        ("legs: {callee: busy}\u2028default: callee-busy", ["2:1"]),
        ("legs: {callee: busy}\n---\nlegs: {callee: busy}", ["2:1"]),
        ("", ["1:1"]),
        ("# nothing", ["1:1"]),
        ("[legs]", ["1:1"]),
        ("busy", ["1:1"]),
        ("  busy", ["1:3"]),
        ("legs: &x {callee: busy}", ["1:7"]),
        ("#" * 1_000_001, ["1:1"]),
    ],
)
def test_problem_is_placed_in_the_text_as_it_was_put(
    compiler: ScenarioCompiler, configuration: Configuration, text: str, expected: list[str]
) -> None:
    assert places(compiler, configuration, {"mine": text}) == [
        f"mine:{place}" for place in expected
    ]


def test_problem_that_is_not_even_text(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    message = "mine:2:1: byte 0xff is not UTF-8: save the file as UTF-8"
    assert compiler(configuration, {"mine": b"\n\xff"}) == (None, (message,))


def test_problem_that_names_a_line_names_one_of_the_text(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    problem = "mine:3:1: duplicate key 'play': it is already on line 2"
    text = b"# twice\nplay: answered\nplay: rejected\n"
    assert compiler(configuration, {"mine": text}) == (None, (problem,))


def test_problems_of_several_come_all_at_once(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    put = {"b": "play: nobody", "good": BLOCK, "a": "\nplay: nobody\nrefuse: nothing"}
    assert places(compiler, configuration, put) == ["a:2:7", "a:3:9", "b:1:7"]


@pytest.mark.parametrize("name", ["Mine", "", "a b", "a:1:1", "PUT a", "a/b", "\U0001f600", "\n"])
def test_problem_of_a_name(
    compiler: ScenarioCompiler, configuration: Configuration, name: str
) -> None:
    found, [problem] = compiler(configuration, {name: BLOCK.encode()})
    assert found is None
    assert problem.startswith(f"{name}:1:1: ")


@pytest.mark.parametrize(
    ("put", "place"),
    [
        ({"mine": f"match: {{account: x}}\n{BLOCK}"}, "mine:1:1"),
        ({"mine": f"# later\nmatch: {{account: x, a: y}}\n{BLOCK}"}, "mine:2:1"),
    ],
)
def test_problem_of_one_that_a_file_always_hides(
    configuration: Configuration, tmp_path: Path, put: dict[str, str], place: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("scenarios:\n  theirs: {match: {account: x}, legs: {a: busy}}\n")
    compiler = ScenarioCompiler(Settings(scenarios=(str(file),)))
    found, problems = compiler(configuration, {name: text.encode() for name, text in put.items()})
    hidden = f"{place}: never played: 'theirs' ({file}:2:11) takes all that suits it"
    assert (found, problems) == (None, (hidden,))


def test_problem_of_one_that_another_always_hides(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    text = f"# all\nmatch: {{account: x}}\n{BLOCK}".encode()
    hidden = "b:2:1: never played: 'a' (PUT a:2:1) takes all that suits it"
    assert compiler(configuration, {"a": text, "b": text}) == (None, (hidden,))


@pytest.mark.parametrize(
    ("put", "place"),
    [
        ({"mine": "play: mine"}, "mine:1:7"),
        ({"first": "play: second", "second": "# so\nplay: first"}, "first:1:7"),
        ({"second": "# so\nplay: first", "first": "play: second"}, "second:2:7"),
        (
            {"mine": "{choose: [{weight: 1, play: rush-hour}]}", "answered": "play: mine"},
            "answered:1:7",
        ),
    ],
)
def test_put_that_leads_in_a_circle(
    compiler: ScenarioCompiler, configuration: Configuration, put: dict[str, str], place: str
) -> None:
    """Through stories of the files, too."""
    assert places(compiler, configuration, put) == [place]


@pytest.mark.parametrize(
    ("put", "place"),
    [
        ({"first": "# alone\nplay: second"}, "first:2:7"),
        ({"first": "play: second", "second": "x"}, "second:1:1"),
    ],
)
def test_put_that_leads_to_none_that_is_there(
    compiler: ScenarioCompiler, configuration: Configuration, put: dict[str, str], place: str
) -> None:
    assert places(compiler, configuration, put) == [place]
