"""`mockserver check` accepts valid files and prints every problem of invalid ones."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import group
from mockserver.compiler import build_configuration, count_scenarios
from mockserver.settings import Settings
from tests.support.processes import CLEAN_ENVIRONMENT

GOOD = "scenarios: {mine: {legs: {callee: busy}}}"
BAD = """\
scenarios:
  x: {lgs: {}}
  y: {legs: {a: bussy}}
default: z
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("MOCKSERVER_SCENARIOS", "MOCKSERVER_SEED"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def check(*paths: str, **variables: str) -> Result:
    return CliRunner().invoke(group, ["check", *paths], env=variables)


@pytest.mark.parametrize(
    ("files", "paths", "names", "added"),
    [
        ([], (), "no file of yours, the bundled ones", 0),
        (["mockserver.yaml"], (), "mockserver.yaml", 1),
        (["mockserver.yaml", "a.yaml"], ("a.yaml",), "a.yaml", 1),
        (["d/a.yaml", "d/b.yml"], ("d",), "d/a.yaml, d/b.yml", 2),
    ],
)
def test_check_names_the_files_and_counts_the_scenarios_of_valid_files(
    folder: Path, files: list[str], paths: tuple[str, ...], names: str, added: int
) -> None:
    bundled = count_scenarios(build_configuration(Settings()))
    for number, name in enumerate(files):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(GOOD.replace("mine", f"mine-{number}"), "utf-8")
    result = check(*paths)
    expected = f"{names}: fine; {bundled + added} scenarios and 5 accounts in all\n"
    assert (result.exit_code, result.stdout, result.stderr) == (0, expected, "")


def test_check_counts_the_accounts_of_the_files_too(folder: Path) -> None:
    (folder / "a.yaml").write_text("accounts: {shop: {provider: mobtexting}}", "utf-8")
    assert check("a.yaml").stdout.endswith(" scenarios and 6 accounts in all\n")


def test_check_prints_every_problem_at_once(folder: Path) -> None:
    (folder / "b.yaml").write_text(BAD, "utf-8")
    (folder / "a.yaml").write_text("accounts: {shop: {provider: mobtextin}}", "utf-8")
    result = check("b.yaml", "a.yaml")
    locations = [line.partition(": ")[0] for line in result.stdout.splitlines()]
    assert locations == ["a.yaml:1:29", "b.yaml:2:7", "b.yaml:3:17", "b.yaml:4:10"]
    assert "'bussy' is not a behavior: did you mean 'busy'?" in result.stdout
    assert (result.exit_code, result.stderr) == (2, "")


def test_check_reads_the_files_named_by_a_variable(folder: Path) -> None:
    (folder / "b.yaml").write_text(BAD, "utf-8")
    assert check(MOCKSERVER_SCENARIOS="b.yaml").exit_code == 2
    assert check().exit_code == 0


@pytest.mark.parametrize(
    ("paths", "variables", "expected"),
    [
        (("gone",), {}, "scenarios: there is no file or directory gone\n"),
        ((), {"MOCKSERVER_PORT": "x"}, "port 'x' is not a number from 0 to 65535\n"),
    ],
)
def test_check_names_a_wrong_path_or_setting(
    paths: tuple[str, ...], variables: dict[str, str], expected: str
) -> None:
    result = check(*paths, **variables)
    assert (result.exit_code, result.stdout) == (2, expected)


def test_check_exits_with_2_as_a_process(folder: Path) -> None:
    (folder / "b.yaml").write_text(BAD, "utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "mockserver", "check", "b.yaml"],
        capture_output=True,
        text=True,
        env=CLEAN_ENVIRONMENT,
        cwd=folder,
        timeout=20,
        check=False,
    )
    assert (result.returncode, result.stderr) == (2, "")
    assert result.stdout.startswith("b.yaml:2:7: unknown key 'lgs'")


def test_check_prints_a_note_for_an_account_on_which_a_scenario_cannot_play(folder: Path) -> None:
    text = """\
accounts:
  empty: {provider: innocalls, flows: {old: {state: removed}}}
scenarios:
  mine:
    needs: {provider: innocalls, operation: bridge}
    steps: [{after: 9s, hangup: a}]
"""
    (folder / "a.yaml").write_text(text, "utf-8")
    result = check("a.yaml")
    note = "mine cannot play on account empty of innocalls: bridge: the account has no active flow"
    assert (result.exit_code, result.stdout.splitlines()[:-1]) == (0, [f"a.yaml:5:5: note: {note}"])


def test_check_prints_at_most_100_problems_and_how_many_more_there_are(folder: Path) -> None:
    rows = "".join(f"  x{number}: {{lgs: {{}}}}\n" for number in range(103))
    (folder / "b.yaml").write_text(f"scenarios:\n{rows}", "utf-8")
    lines = check("b.yaml").stdout.splitlines()
    assert (len(lines), lines[-1]) == (101, "3 more problems")
    assert lines[99].startswith("b.yaml:101:9: unknown key 'lgs'")
