"""Where the server of a test session comes from: an address, a command, or this process."""

import os
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from typing import Final

import pytest

from mock_calls.pytest_sandbox import START, ServerHandle

READY: Final = "mockserver ready on "
"""How the first line of a server begins; its origin follows."""

READY_TIMEOUT: Final = 120
"""Real seconds that a command has until it is ready: some download the server first."""

NO_SERVER: Final = (
    "there is no mock server: install call-mockserver in this environment, or pass "
    "--mock-calls-command 'uvx call-mockserver' or --mock-calls-url URL"
)
SOCKETS_BLOCKED: Final = (
    "pytest-socket blocks the mock server: run pytest with --allow-hosts=127.0.0.1, and without "
    "--disable-socket"
)
RUNNER: Final = Path(__file__).with_name("until_end_of_input.py")


@contextmanager
def server_for_session(config: pytest.Config) -> Iterator[ServerHandle]:
    """Find or start the server; end it afterwards if it was started."""
    token, path = config.getoption("mock_calls_token"), config.getoption("mock_calls_scenarios")
    if url := config.getoption("mock_calls_url"):
        yield ServerHandle(url, token, is_shared=True)
    elif command := config.getoption("mock_calls_command"):
        options = {"--scenarios": path, "--token": token}
        given = [word for pair in options.items() if pair[1] for word in pair]
        given += ["--https"] if config.getoption("mock_calls_https") else []
        with run_command(command, given) as origin:
            yield ServerHandle(origin, token)
    elif can_import_server():
        with _run_here(path, with_https=config.getoption("mock_calls_https")) as server:
            yield server
    else:
        pytest.fail(NO_SERVER, pytrace=False)


def can_import_server() -> bool:
    """Whether `mockserver` is there and ours: another package of the index has the same name."""
    try:
        return find_spec("mockserver.app") is not None
    except ModuleNotFoundError:
        return False


@contextmanager
def explain_blocked_sockets() -> Iterator[None]:
    """Replace an error of pytest-socket by one that says how to let the mock server through."""
    try:
        yield
    except RuntimeError as error:
        if type(error).__module__ != "pytest_socket":
            raise
        pytest.fail(SOCKETS_BLOCKED, pytrace=False)


@contextmanager
def _run_here(path: str | None, *, with_https: bool) -> Iterator[ServerHandle]:
    from mockserver.app import run_server  # noqa: PLC0415 - it may not be installed
    from mockserver.settings import parse_settings  # noqa: PLC0415 - it may not be installed

    files = {"scenarios": (path,)} if path else {}
    flags = {"port": "0", "clock": "manual", "start_at": START, "seed": "tests", "quiet": True}
    flags["https"] = with_https
    with run_server(parse_settings({**flags, **files}, {})) as origin:
        yield ServerHandle(origin)


@contextmanager
def run_command(command: str, options: Sequence[str] = ()) -> Iterator[str]:
    """Start a server by a command, wait until it is ready, and end it afterwards.

    Yields its origin. `{port}` in the command stands for a free port of this machine, for a
    server whose own address is not that of this machine.
    """
    flags = ["--clock", "manual", "--start-at", START, "--seed", "tests", "--quiet"]
    if "{port}" in command:
        port = _free_port()
        words, origin = shlex.split(command.replace("{port}", port)), f"http://127.0.0.1:{port}"
    else:
        words, origin = shlex.split(command), ""
        flags += ["--port", "0"]
    runner = [sys.executable, "-I", str(RUNNER), *words, *flags, *options]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")
    }
    process = subprocess.Popen(  # noqa: S603 - the user's own command
        runner,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
        errors="replace",
        env=environment,
    )
    lines = _lines_of(process)
    try:
        printed = wait_for_ready_line(lines, command)
        yield origin or printed
    finally:
        assert process.stdin  # noqa: S101 - for the type checker: it is a pipe
        process.stdin.close()
        process.wait()


def wait_for_ready_line(lines: "Queue[str | None]", command: str) -> str:
    """Return the origin of the server; `lines` are what it prints, None at the end of them."""
    printed: list[str] = []
    try:
        while (line := lines.get(timeout=READY_TIMEOUT)) is not None:
            if line.startswith(READY):
                return line.removeprefix(READY).split()[0]
            printed.append(line)
    except Empty:
        reason = f"was not ready after {READY_TIMEOUT} s"
    else:
        reason = f"ended before a line began with {READY.strip()!r}"
    text = "".join(printed[-20:]) or "(nothing)\n"
    pytest.fail(f"--mock-calls-command {command!r} {reason}; it printed:\n{text}", pytrace=False)


def _lines_of(process: "subprocess.Popen[str]") -> "Queue[str | None]":
    """Read what a process prints, so that it is never held up by a full pipe."""
    lines: Queue[str | None] = Queue()

    def read() -> None:
        assert process.stdout  # noqa: S101 - for the type checker: it is a pipe
        with process.stdout as stream:
            for line in stream:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    return lines


def _free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])
