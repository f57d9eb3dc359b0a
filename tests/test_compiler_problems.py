"""Problems of uploaded scenarios have their location in the uploaded text."""

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


def problem_locations(
    compiler: ScenarioCompiler, base: Configuration, uploads: Mapping[str, str]
) -> list[str]:
    """Return the location of each problem."""
    configuration, problems = compiler(
        base, {name: text.encode() for name, text in uploads.items()}
    )
    assert configuration is None
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
        ("use: nobody", ["1:6"]),
        ("refuse: nothing\nuse: nobody\nwebhooks: {none: {drop: 1}}", ["1:9", "2:6", "3:12"]),
        ("legs: {callee: busy}\nuse: [a", ["2:6"]),
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
def test_a_problem_has_its_location_in_the_uploaded_text(
    compiler: ScenarioCompiler, configuration: Configuration, text: str, expected: list[str]
) -> None:
    assert problem_locations(compiler, configuration, {"mine": text}) == [
        f"mine:{place}" for place in expected
    ]


def test_an_upload_that_is_not_utf_8_is_a_problem_at_its_byte(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    message = "mine:2:1: byte 0xff is not UTF-8: save the file as UTF-8"
    assert compiler(configuration, {"mine": b"\n\xff"}) == (None, (message,))


def test_a_problem_that_mentions_a_line_counts_lines_of_the_uploaded_text(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    problem = "mine:3:1: duplicate key 'use': it is already on line 2"
    text = b"# twice\nuse: answered\nuse: rejected\n"
    assert compiler(configuration, {"mine": text}) == (None, (problem,))


def test_problems_of_several_uploads_are_reported_at_once(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    uploads = {"b": "use: nobody", "good": BLOCK, "a": "\nuse: nobody\nrefuse: nothing"}
    assert problem_locations(compiler, configuration, uploads) == ["a:2:6", "a:3:9", "b:1:6"]


def test_uploads_with_problems_of_different_checks_are_reported_at_once(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    uploads = {
        "broken": "legs: {nobody: busy}",
        "uses-it": "use: broken\nlegs: {a: busy, b: busy}",
        "hidden": "use: answered\nlegs: {a: busy, b: busy}",
        "fails": "needs: {provider: mobtexting}\nsteps:\n  - {hangup: b}",
        "unreadable": "legs: [",
        "needs-it": "use: unreadable",
    }
    assert problem_locations(compiler, configuration, uploads) == [
        "broken:1:8",
        "fails:3:5",
        "hidden:1:6",
        "unreadable:2:1",
    ]


@pytest.mark.parametrize("name", ["Mine", "", "a b", "a:1:1", "PUT a", "a/b", "\U0001f600", "\n"])
def test_an_invalid_scenario_name_is_a_problem(
    compiler: ScenarioCompiler, configuration: Configuration, name: str
) -> None:
    compiled, [problem] = compiler(configuration, {name: BLOCK.encode()})
    assert compiled is None
    assert problem.startswith(f"{name}:1:1: ")


@pytest.mark.parametrize(
    ("uploads", "place"),
    [
        ({"mine": f"match: {{account: x}}\n{BLOCK}"}, "mine:1:1"),
        ({"mine": f"# later\nmatch: {{account: x, a: y}}\n{BLOCK}"}, "mine:2:1"),
    ],
)
def test_an_upload_that_a_scenario_of_a_file_always_hides_is_a_problem(
    configuration: Configuration, tmp_path: Path, uploads: dict[str, str], place: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("scenarios:\n  theirs: {match: {account: x}, legs: {a: busy}}\n")
    compiler = ScenarioCompiler(Settings(scenarios=(str(file),)))
    compiled, problems = compiler(
        configuration, {name: text.encode() for name, text in uploads.items()}
    )
    hidden = (
        f"{place}: this scenario never matches: 'theirs' ({file}:2:11) "
        "matches all its requests first"
    )
    assert (compiled, problems) == (None, (hidden,))


def test_an_upload_that_another_upload_always_hides_is_a_problem(
    compiler: ScenarioCompiler, configuration: Configuration
) -> None:
    text = f"# all\nmatch: {{account: x}}\n{BLOCK}".encode()
    hidden = "b:2:1: this scenario never matches: 'a' (PUT a:2:1) matches all its requests first"
    assert compiler(configuration, {"a": text, "b": text}) == (None, (hidden,))


@pytest.mark.parametrize(
    ("uploads", "place"),
    [
        ({"mine": "use: mine"}, "mine:1:6"),
        ({"first": "use: second", "second": "# so\nuse: first"}, "first:1:6"),
        ({"second": "# so\nuse: first", "first": "use: second"}, "second:2:6"),
        (
            {"mine": "{choose: [{weight: 1, use: rush-hour}]}", "answered": "use: mine"},
            "answered:1:6",
        ),
    ],
)
def test_uploads_that_use_each_other_in_a_cycle_are_a_problem(
    compiler: ScenarioCompiler, configuration: Configuration, uploads: dict[str, str], place: str
) -> None:
    """The cycle may lead through scenarios of the files."""
    assert problem_locations(compiler, configuration, uploads) == [place]


@pytest.mark.parametrize(
    ("uploads", "place"),
    [
        ({"first": "# alone\nuse: second"}, "first:2:6"),
        ({"first": "use: second", "second": "x"}, "second:1:1"),
    ],
)
def test_an_upload_that_uses_an_unknown_or_invalid_scenario_is_a_problem(
    compiler: ScenarioCompiler, configuration: Configuration, uploads: dict[str, str], place: str
) -> None:
    assert problem_locations(compiler, configuration, uploads) == [place]
