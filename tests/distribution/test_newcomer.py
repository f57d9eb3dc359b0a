"""The page on the first minutes: its commands run, and its table has a time for each step."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from distribution.newcomer import (
    INSTALL_LIMIT,
    PAGE,
    ROOT,
    Step,
    StepFailed,
    read_steps,
    run_steps,
)

PATH = f"{ROOT}:{ROOT}/clients/python"
TEXT = PAGE.read_text("utf-8")
STEPS = read_steps(TEXT)
needs_bash = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")), reason="the steps need bash and curl"
)


@needs_bash
def test_the_commands_after_the_installation_run_one_after_another(tmp_path: Path) -> None:
    commands = tmp_path / ".venv" / "bin"
    commands.mkdir(parents=True)
    for name in ("mockserver", "pytest"):
        words = f'PYTHONPATH="{PATH}" exec "{sys.executable}" -m {name} "$@"'
        (commands / name).write_text(f"#!/usr/bin/env bash\n{words}\n", "utf-8")
        (commands / name).chmod(0o700)
    seconds = dict(run_steps(STEPS[1:], tmp_path))
    assert [*seconds] == [step.title for step in STEPS[1:]]


@needs_bash
def test_a_step_that_fails_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    steps = [Step("First", "echo before\nfalse\necho after"), Step("Second", "echo second")]
    with pytest.raises(StepFailed, match="First: a command has failed with 1"):
        dict(run_steps(steps, tmp_path))
    assert capfd.readouterr().out == f"\n== First\n{steps[0].commands}\nbefore\n"


@needs_bash
def test_the_server_of_a_step_runs_until_the_last_step_has_ended(tmp_path: Path) -> None:
    steps = [Step("One", "sleep 60 & echo $! > pid"), Step("Two", "kill -0 $(cat pid)")]
    assert [title for title, _ in run_steps(steps, tmp_path)] == ["One", "Two"]


def test_the_page_has_the_time_of_each_step() -> None:
    rows = re.findall(r"^\| ([A-Z][\w ]+) \| ([\d.]+) \| ([\d.]+) \|$", TEXT, re.MULTILINE)
    assert [title for title, _, _ in rows] == [step.title for step in STEPS]
    assert all(float(used) <= float(passed) for _, passed, used in rows)
    assert max(float(used) for _, _, used in rows) < INSTALL_LIMIT


def test_the_page_goes_from_the_installation_to_a_green_test() -> None:
    assert [step.title for step in STEPS] == [
        "Install",
        "First response",
        "First webhook",
        "A scenario of your own",
        "A green test",
    ]


@needs_bash
def test_a_step_that_does_not_end_is_ended_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("distribution.newcomer.STEP_LIMIT", 0.5)
    steps = [Step("One", "echo before; sleep 60")]
    with pytest.raises(StepFailed, match=r"One: it is not over after 0\.5 s"):
        dict(run_steps(steps, tmp_path))
    assert capfd.readouterr().out.endswith("\nbefore\n")
