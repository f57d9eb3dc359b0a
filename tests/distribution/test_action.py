"""The GitHub Action: its steps run with bash as GitHub runs them, against a real server."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.settings import parse_settings
from tests.support.fetch import fetch_bytes
from tests.support.processes import CLEAN_ENVIRONMENT
from tests.support.sockets import free_port

ROOT = Path(__file__).parent.parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
BASH = shutil.which("bash") or ""
OPTIONS = (BASH, "--noprofile", "--norc", "-eo", "pipefail")
"""How GitHub runs a step whose shell is bash."""

PYTHON = f"""#!{BASH}
echo "$@" >> "$RUNNER_TEMP/arguments"
[ "$2" = venv ] || exit 0
mkdir -p "$3/bin"
cp "$0" "$3/bin/python"
"""
"""A Python that notes its arguments; it makes an environment with itself in it."""

pytestmark = pytest.mark.skipif(not BASH, reason="the steps need bash")


class Job:
    """A job on a runner: its folder for temporary files, and the files for variables."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        defaults = {name: value["default"] for name, value in ACTION["inputs"].items()}
        self.folder, self.inputs = folder, {**defaults, **inputs}
        self.files = {name: folder / name for name in ("GITHUB_ENV", "GITHUB_OUTPUT")}

    def run(self, name: str) -> "subprocess.CompletedProcess[str]":
        """Run a step with its inputs and with what earlier ones have exported."""
        step = STEPS[name]
        values = {f"inputs.{key}": value for key, value in self.inputs.items()}
        values |= {
            f"steps.start.outputs.{key}": value for key, value in self.read("OUTPUT").items()
        }
        variables = {key: values[text[3:-2].strip()] for key, text in step["env"].items()}
        return subprocess.run(  # noqa: S603 - our own step
            [*OPTIONS, "-c", step["run"]],
            env={
                **CLEAN_ENVIRONMENT,
                "RUNNER_TEMP": str(self.folder),
                "RUNNER_OS": "Linux",
                "GITHUB_ACTION_PATH": str(ROOT),
                **{key: str(path) for key, path in self.files.items()},
                **self.read("ENV"),
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )

    def read(self, kind: str) -> dict[str, str]:
        file = self.files[f"GITHUB_{kind}"]
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return dict(line.split("=", 1) for line in lines)

    def install(self) -> None:
        """Put our own command and interpreter where the first step installs them."""
        for name, words in (("python", ""), ("mockserver", "-m mockserver")):
            file = self.folder / name
            file.write_text(f'#!{BASH}\nexec "{sys.executable}" {words} "$@"\n', "utf-8")
            file.chmod(0o700)
        self.files["GITHUB_ENV"].write_text(f"CALL_MOCKSERVER_BIN={self.folder}\n", "utf-8")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    """A job after the step that starts the server."""
    options = "--clock manual --start-at 2026-01-01T12:00:00Z"
    job = Job(tmp_path_factory.mktemp("job"), port=str(free_port()), options=options)
    job.install()
    result = job.run("Start")
    assert result.returncode == 0, result.stdout
    yield job
    os.kill(int(job.read("OUTPUT")["pid"]), signal.SIGTERM)


def test_the_addresses_of_the_server_are_variables_of_the_later_steps(job: Job) -> None:
    result = job.run("Export the addresses")
    url = f"http://localhost:{job.inputs['port']}"
    expected = {"MOCKSERVER_URL": url} | {
        f"{name.upper()}_URL": f"{url}/{name}"
        for name in ("ccai", "effebot", "innocalls", "mobtexting", "phonon")
    }
    assert (result.returncode, result.stdout) == (0, "")
    assert job.read("ENV") == {"CALL_MOCKSERVER_BIN": str(job.folder), **expected}


def test_the_options_reach_the_server(job: Job) -> None:
    clock: Any = json.loads(fetch_bytes(f"{job.read('OUTPUT')['url']}/_mock/clock"))
    assert (clock["mode"], clock["now"]) == ("manual", "2026-01-01T12:00:00.000Z")


def test_each_output_is_one_of_the_step_that_starts_the_server(job: Job) -> None:
    outputs = job.read("OUTPUT")
    assert {name: value["value"] for name, value in ACTION["outputs"].items()} == {
        name: f"${{{{ steps.start.outputs.{name} }}}}" for name in ("url", "command", "log")
    }
    assert [Path(outputs[name]).exists() for name in ("command", "log")] == [True, True]


def test_a_server_that_cannot_start_fails_the_job_with_its_log(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        job = Job(tmp_path, port=str(other.getsockname()[1]))
        job.install()
        result = job.run("Start")
    assert (result.returncode, job.read("OUTPUT")) == (1, {})
    assert "is taken" in result.stdout
    assert "its process" in result.stdout


@pytest.mark.parametrize(
    ("packages", "installed"),
    [
        ("", f"{ROOT} {ROOT}/clients/python"),
        ("call-mockserver==0.2.0 pytest", "call-mockserver==0.2.0 pytest"),
    ],
)
def test_the_action_installs_its_own_version_or_what_is_asked_for(
    packages: str, installed: str, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text(PYTHON, "utf-8")
    python.chmod(0o700)
    job = Job(tmp_path, python=str(python), packages=packages)
    assert job.run("Install").returncode == 0
    environment = tmp_path / "call-mockserver"
    assert (tmp_path / "arguments").read_text("utf-8").splitlines() == [
        f"-m venv {environment}",
        f"-m pip install --quiet {installed}",
    ]
    assert job.read("ENV") == {"CALL_MOCKSERVER_BIN": f"{environment}/bin"}


def test_every_step_takes_inputs_as_variables_and_never_as_text_of_its_script() -> None:
    assert [name for name, step in STEPS.items() if "${{" in step["run"]] == []
    assert parse_settings({}, {}).port == int(ACTION["inputs"]["port"]["default"])
