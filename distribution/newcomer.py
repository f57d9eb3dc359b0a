"""`python -m distribution.newcomer`: the first minutes of a newcomer, with the time of each step.

It runs the commands of docs/first-minutes.md in a new folder. The installation has a limit, which
`--limit SECONDS` changes: for a machine whose pip has an empty cache.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "first-minutes.md"
INSTALL_LIMIT = 20.0  # real seconds
STEP_LIMIT = 300  # real seconds after which a step has failed
PORT = "8080"
"""The port on the page; the server gets a free one instead."""

STEP = re.compile(r"^## ([^\n]+)\n\n```bash\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ROW = "| {} | {:.1f} | {:.1f} |"


class Step(NamedTuple):
    title: str
    commands: str


class Time(NamedTuple):
    """How long a step has taken; `processor` is without what still runs."""

    passed: float
    processor: float


class StepFailed(Exception):
    """A command of a step has failed; the text says which step, and what was printed."""


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("distribution.newcomer")
    parser.add_argument("--limit", type=float, default=INSTALL_LIMIT, metavar="SECONDS")
    limit = parser.parse_args(arguments).limit
    steps = read_steps(PAGE.read_text("utf-8"))
    with TemporaryDirectory() as folder:
        try:
            times = dict(run_steps(steps, Path(folder)))
        except StepFailed as error:
            sys.exit(str(error))
    print("| step | seconds | of a processor |\n|---|---|---|")  # noqa: T201 - a command
    for title, took in times.items():
        print(ROW.format(title, *took))  # noqa: T201 - a command
    if times[steps[0].title].passed > limit:
        sys.exit(f"{steps[0].title}: took longer than {limit:.0f} s")


def read_steps(page: str) -> list[Step]:
    """Read the steps: each heading that commands follow."""
    return [Step(title, commands) for title, commands in STEP.findall(page)]


def run_steps(steps: Sequence[Step], folder: Path) -> Iterator[tuple[str, Time]]:
    """Run the steps in the folder; yield the time of each, and end what is left running."""
    port = _free_port()
    variables = {"CHECKOUT": str(ROOT), "MOCKSERVER_PORT": port, **_kept(os.environ)}
    groups = list[int]()
    try:
        for step in steps:
            print(f"\n== {step.title}\n{step.commands}", flush=True)  # noqa: T201 - a command
            started = _now()
            groups.append(_run(step, port, folder, variables))
            yield (
                step.title,
                Time(*(end - start for end, start in zip(_now(), started, strict=True))),
            )
    finally:
        for group in groups:
            _end(group)


def _run(step: Step, port: str, folder: Path, variables: Mapping[str, str]) -> int:
    """Run a step in a group of processes of its own; return the number of the group.

    Raises:
        StepFailed: a command has failed, and the group has ended.
    """
    output = folder / "output"
    script = step.commands.replace(f"localhost:{PORT}", f"localhost:{port}")
    with output.open("w") as file:
        process = subprocess.Popen(  # noqa: S603 - the page's own commands
            ["/bin/bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=variables,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code: int | None = process.wait(STEP_LIMIT)
        except subprocess.TimeoutExpired:
            code = None
    print(output.read_text("utf-8"), end="", flush=True)  # noqa: T201 - a command
    if code:
        _end(process.pid)
        raise StepFailed(f"{step.title}: a command has failed with {code}")
    if code is None:
        _end(process.pid)
        process.wait()
        raise StepFailed(f"{step.title}: it is not over after {STEP_LIMIT} s")
    return process.pid


def _kept(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those of this project and of the environment that runs this."""
    mine = ("MOCKSERVER_", "PYTEST_", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: value for name, value in variables.items() if not name.startswith(mine)}


def _now() -> Time:
    used = os.times()
    return Time(time.monotonic(), used.children_user + used.children_system)


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def _end(group: int) -> None:
    with suppress(ProcessLookupError):  # all of it has ended
        os.killpg(group, signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1:])
