"""Runs the command as a process without the `MOCKSERVER_` variables of the environment."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner, Result

from mockserver.cli import group
from mockserver.settings.signals import ENDING_SIGNALS
from tests.support.fetch import fetch_bytes

READY_LINE = re.compile(
    r"mockserver ready on (?P<base>http://127\.0\.0\.1:(?P<port>\d+)) "
    r"\(clock (?P<clock>\S+), seed (?P<seed>.+), (?P<providers>\d+) providers?, "
    r"(?P<scenarios>\d+) scenarios\)\n"
)
FIXED_OPTIONS = (
    "--port",
    "0",
    "--clock",
    "manual",
    "--start-at",
    "2026-01-01T09:00:00Z",
    "--seed",
    "x",
)
CLEAN_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")
}
Process = subprocess.Popen[str]


class ServerProcess:
    """A server process that is ready, with the values of its ready line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout
        ready_line = READY_LINE.fullmatch(process.stdout.readline())
        assert ready_line
        self.ready = ready_line.groupdict()
        self.bases = [process.stdout.readline() for _ in range(int(self.ready["providers"]))]
        self.page = process.stdout.readline()

    def request(self, path: str, body: object = None, method: str | None = None) -> bytes:
        """Send a request as the holder of the credential `very-secret`."""
        url, bearer = f"{self.ready['base']}{path}", "Bearer very-secret"
        return fetch_bytes(url, body, method=method, authorization=bearer)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """End the server and return its exit code and remaining outputs.

        Five seconds is the limit of the contract.
        """
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=5)
        return self.process.returncode, output, errors


@contextmanager
def heeded_signals() -> Iterator[None]:
    """Heed the signals that a shell, or nohup, makes a background process ignore."""
    ignored = [number for number in ENDING_SIGNALS if signal.getsignal(number) == signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def start(*arguments: str, before: tuple[str, ...] = (), **variables: str) -> Iterator[Process]:
    """Start a process without waiting for it; `before` is a command that runs it."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [*before, sys.executable, "-m", "mockserver", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=CLEAN_ENVIRONMENT | variables,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


@contextmanager
def serve(*arguments: str, **variables: str) -> Iterator[ServerProcess]:
    """Start a server and wait until it is ready."""
    with start(*arguments, before=(), **variables) as process:
        yield ServerProcess(process)


def read_announcement(process: Process) -> list[str]:
    """Read the lines that a server prints when it is ready: address, providers, page and token."""
    assert process.stdout
    lines = [process.stdout.readline()]
    count = int(lines[0].rpartition(" provider")[0].rpartition(" ")[2])
    lines += [process.stdout.readline() for _ in range(count + 1)]
    if "//127.0.0.1:" not in lines[0] and "//[::1]:" not in lines[0]:
        lines.append(process.stdout.readline())
    return lines


def run_to_end(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "mockserver", *arguments],
        capture_output=True,
        text=True,
        env=CLEAN_ENVIRONMENT | variables,
        timeout=10,
        check=False,
    )


def peak_memory(server: ServerProcess) -> int:
    """Return the peak memory of the server's process in kB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def invoke_serve(*arguments: str, **variables: str | None) -> Result:
    """Invoke `serve` in this process, where it must not start a server."""
    return CliRunner().invoke(group, ["serve", *arguments], env=variables)
