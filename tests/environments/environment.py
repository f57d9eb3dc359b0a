"""An environment with packages, and the runs of a suite in it."""

import os
import subprocess
import sys
import tarfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.environments.cases import Case

ROOT = Path(__file__).parent.parent.parent
SOURCES = {"call-mockserver": ROOT, "call-mockserver-client": ROOT / "clients" / "python"}
"""Name of a distribution -> where its `pyproject.toml` is."""

TIMEOUT = 300  # real seconds of a command


class Failed(Exception):
    """A command or a suite did not do what it has to."""


class Environment(NamedTuple):
    """An environment in a folder of its own."""

    folder: Path

    @property
    def python(self) -> str:
        return str(self.folder / "bin" / "python")

    def command(self, name: str) -> str:
        return str(self.folder / "bin" / name)

    def install(self, packages: Sequence[str], files: Path, *options: str) -> str:
        """Install packages; our own are found in `files`."""
        return run(
            [
                self.python,
                "-m",
                "pip",
                "install",
                "-q",
                "--find-links",
                str(files),
                *options,
                *packages,
            ]
        )


def create(folder: Path) -> Environment:
    venv.create(folder, with_pip=True)
    return Environment(folder)


def build(folder: Path) -> None:
    """Build the source distribution and the wheel of both distributions."""
    for source in SOURCES.values():
        run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=source)


def run(command: Sequence[str], cwd: Path | None = None) -> str:
    """Run a command without what this process has in its path; return what it printed.

    Raises:
        Failed: its exit code is not 0.
    """
    result = attempt(command, cwd)
    if result.returncode:
        raise Failed(f"{' '.join(command)}\n{result.stdout}")
    return result.stdout


def attempt(command: Sequence[str], cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "VIRTUAL_ENV"}
        and not name.startswith(("MOCKSERVER_", "PYTEST_"))
    }
    return subprocess.run(  # noqa: S603 - our own commands
        command,
        cwd=cwd,
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )


def check_contents(folder: Path) -> None:
    """The source distribution has each file that git knows, if this is a checkout.

    Raises:
        Failed: it does not.
    """
    if not (ROOT / ".git").exists():
        return
    [archive] = folder.glob("call_mockserver-*.tar.gz")
    with tarfile.open(archive) as file:
        held = {name.partition("/")[2] for name in file.getnames()}
    if missing := sorted({*run(["git", "ls-files"], cwd=ROOT).splitlines()} - held):
        raise Failed(f"{archive.name} lacks {', '.join(missing)}")


def check_server(environment: Environment) -> None:
    """Play the demo, and run the command that has the address of a server in its environment.

    Raises:
        Failed: one of them did not pass.
    """
    command = environment.command("mockserver")
    run([command, "demo"])
    ready = f'"{command}" ready --url "$MOCKSERVER_URL"'
    place = f'"{command}" place mobtexting --url "$MOCKSERVER_URL"'
    printed = run([command, "exec", "--", "sh", "-c", f"{ready} && {place}"])
    if "Call initiated successfully" not in printed:
        raise Failed(printed)


def check_suite(environment: Environment, case: Case, *options: str) -> None:
    """Run the suite of a case.

    Raises:
        Failed: it did not pass, or not fail as the case says.
    """
    folder = environment.folder / "suite"
    folder.mkdir(exist_ok=True)
    (folder / "test_suite.py").write_text(case.source(), "utf-8")
    plain = ("-q", "-W", "error::pytest.PytestUnraisableExceptionWarning", "-p", "no:cacheprovider")
    command = [environment.python, "-m", "pytest", *plain, *case.options, *options]
    result = attempt(command, folder)
    if bool(result.returncode) != bool(case.printed) or case.printed not in result.stdout:
        raise Failed(f"{' '.join(command)}\n{result.stdout}")
