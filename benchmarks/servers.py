"""Start the servers to measure, each in its own process on the first core."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Final, NamedTuple

from benchmarks.load import pin

HERE = Path(__file__).parent
PATH: Final = "/api/v2/voice/c2c"
PORT: Final = "PORT"
OWN_COMMAND: Final = (
    sys.executable,
    "-m",
    "mockserver",
    "--quiet",
    "--seed",
    "bench",
    "--port",
    PORT,
)
FLOOR: Final = "bare Starlette route"
SERVERS: Final[Mapping[str, Sequence[str]]] = {
    "mockserver": (*OWN_COMMAND, "--clock", "manual"),
    FLOOR: (sys.executable, "-m", "benchmarks.bare", PORT),
    "asyncio and httptools": (sys.executable, "-m", "benchmarks.limit", PORT),
}
"""Commands of our server, the floor and the limit; `PORT` is replaced by a free port."""


class RunningServer(NamedTuple):
    """A running server; it took `took` seconds from the start of the process to a response."""

    url: str
    pid: int
    took: float

    def resident(self) -> float:
        """Return the resident memory in MB."""
        for line in Path(f"/proc/{self.pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def cpu(self) -> float:
        """Return the CPU time so far in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def run_server(
    words: Sequence[str], request: bytes, variables: Mapping[str, str] | None = None
) -> Iterator[RunningServer]:
    """Run a server while the block runs, which begins when `request` gets status 200.

    `words` are its command, `variables` are added to its environment. It runs in a temporary
    folder, because some servers write files to the current one.
    """
    with TemporaryDirectory() as folder:
        yield from _run(words, request, variables or {}, folder)


def _run(
    words: Sequence[str], request: bytes, variables: Mapping[str, str], folder: str
) -> Iterator[RunningServer]:
    port, root = free_port(), str(HERE.parent)
    start = perf_counter()
    process = subprocess.Popen(  # noqa: S603 - commands of our own
        [str(port) if word == PORT else word for word in words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": root, **variables},
        preexec_fn=lambda: pin(0),  # noqa: PLW1509 - there are no threads
    )
    try:
        _wait_until_ready(port, request, start)
        yield RunningServer(f"http://127.0.0.1:{port}{PATH}", process.pid, perf_counter() - start)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(port: int, request: bytes, start: float, timeout: float = 60) -> None:
    """Repeat the request until its status is 200.

    Raises:
        TimeoutError: it is not, `timeout` seconds after `start`.
    """
    while perf_counter() - start < timeout:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(request)
                if b" 200 " in connection.recv(16):
                    return
        except OSError:
            pass
        sleep(0.002)
    raise TimeoutError(f"no answer within {timeout} s")


def free_port() -> int:
    """Return a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
