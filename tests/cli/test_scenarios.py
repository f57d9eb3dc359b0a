"""`mockserver scenarios` prints which scenarios would be loaded and from where."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver import app
from mockserver.cli import group
from mockserver.compiler import build_configuration, count_scenarios
from mockserver.settings import Settings

FILE = """\
default: mine
scenarios:
  mine: {legs: {callee: busy}}
  down:
    match: {fields: {mid: "chaos-*"}}
    responses: [{refuse: conflict}, pass]
    use: mine
    webhooks: {any: {duplicate: 2}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_scenarios(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["scenarios", *arguments])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("mockserver.yaml", ()), ("a.yaml", ("--scenarios", "a.yaml"))],
)
def test_scenarios_prints_each_scenario_with_its_aspects_and_location(
    folder: Path, name: str, arguments: tuple[str, ...]
) -> None:
    bundled = count_scenarios(build_configuration(Settings()))
    (folder / name).write_text(FILE, "utf-8")
    result = run_scenarios(*arguments)
    lines = result.stdout.splitlines()
    assert (result.exit_code, result.stderr, len(lines)) == (0, "", bundled + 2)
    assert f"{'answered':<24} {'legs':<28} bundled" in lines
    assert lines[-2:] == [
        f"{'mine':<24} {'legs, default':<28} {name}:3",
        f"{'down':<24} api, legs, webhooks, by match {name}:5",
    ]


def test_scenarios_prints_the_scenarios_of_the_server() -> None:
    result = run_scenarios()
    names = [
        scenario["name"] for scenario in app.describe_scenarios(build_configuration(Settings()))
    ]
    assert [line.split()[0] for line in result.stdout.splitlines()] == names
    assert f"{'answered':<24} {'legs, default':<28} bundled\n" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--scenarios", "gone"), "scenarios: there is no file or directory gone\n"),
        (("--scenarios", "b.yaml"), "b.yaml:1:10: no scenario is named 'anwsered': did you mean"),
    ],
)
def test_scenarios_exits_with_2_for_a_wrong_file(
    folder: Path, arguments: tuple[str, ...], expected: str
) -> None:
    (folder / "b.yaml").write_text("default: anwsered", "utf-8")
    result = run_scenarios(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(expected)
