"""Scenario files that are fine, and those that are not: every problem at once."""

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
    ("there", "paths", "told", "more"),
    [
        ([], (), "no file of yours, the bundled ones", 0),
        (["mockserver.yaml"], (), "mockserver.yaml", 1),
        (["mockserver.yaml", "a.yaml"], ("a.yaml",), "a.yaml", 1),
        (["d/a.yaml", "d/b.yml"], ("d",), "d/a.yaml, d/b.yml", 1),
    ],
)
def test_check_of_good_files(
    folder: Path, there: list[str], paths: tuple[str, ...], told: str, more: int
) -> None:
    bundled = count_scenarios(build_configuration(Settings()))
    for name in there:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(GOOD, "utf-8")
    done = check(*paths)
    sentence = f"{told}: fine; {bundled + more} scenarios in all\n"
    assert (done.exit_code, done.stdout, done.stderr) == (0, sentence, "")


def test_check_tells_every_problem_at_once(folder: Path) -> None:
    (folder / "b.yaml").write_text(BAD, "utf-8")
    (folder / "a.yaml").write_text("accounts: {shop: {provider: mobtextin}}", "utf-8")
    done = check("b.yaml", "a.yaml")
    told = [line.partition(": ")[0] for line in done.stdout.splitlines()]
    assert told == ["a.yaml:1:29", "b.yaml:2:7", "b.yaml:3:17", "b.yaml:4:10"]
    assert "'bussy' is not a behaviour: did you mean 'busy'?" in done.stdout
    assert (done.exit_code, done.stderr) == (2, "")


def test_check_of_the_files_that_a_variable_names(folder: Path) -> None:
    (folder / "b.yaml").write_text(BAD, "utf-8")
    assert check(MOCKSERVER_SCENARIOS="b.yaml").exit_code == 2
    assert check().exit_code == 0


@pytest.mark.parametrize(
    ("paths", "variables", "sentence"),
    [
        (("gone",), {}, "scenarios: there is no file or directory gone\n"),
        ((), {"MOCKSERVER_PORT": "x"}, "port 'x' is no port: a number from 0 to 65535 is\n"),
    ],
)
def test_check_of_a_mistake(
    paths: tuple[str, ...], variables: dict[str, str], sentence: str
) -> None:
    done = check(*paths, **variables)
    assert (done.exit_code, done.stdout) == (2, sentence)


def test_check_in_a_process(folder: Path) -> None:
    (folder / "b.yaml").write_text(BAD, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mockserver", "check", "b.yaml"],
        capture_output=True,
        text=True,
        env=CLEAN_ENVIRONMENT,
        cwd=folder,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.startswith("b.yaml:2:7: unknown key 'lgs'")
