"""The servers that are measured, each a process of its own on the first core."""

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
OURS: Final = (sys.executable, "-m", "mockserver", "--quiet", "--seed", "bench", "--port", PORT)
FLOOR: Final = "bare Starlette route"
SERVERS: Final[Mapping[str, Sequence[str]]] = {
    "mockserver": (*OURS, "--clock", "manual"),
    FLOOR: (sys.executable, "-m", "benchmarks.bare", PORT),
    "asyncio and httptools": (sys.executable, "-m", "benchmarks.limit", PORT),
}
"""Ours, the floor and the limit; the port is put in place of PORT."""


class Up(NamedTuple):
    """A server that has answered: seconds from its process's start to that answer."""

    url: str
    pid: int
    took: float

    def resident(self) -> float:
        """MB in memory now."""
        for line in Path(f"/proc/{self.pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def cpu(self) -> float:
        """Seconds of CPU so far."""
        words = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def up(words: Sequence[str], asked: bytes, more: Mapping[str, str] | None = None) -> Iterator[Up]:
    """A server, for as long as the block runs; `more` goes into its environment.

    It runs in a folder of its own: some write files where they are started.
    """
    with TemporaryDirectory() as place:
        yield from _run(words, asked, more or {}, place)


def _run(words: Sequence[str], asked: bytes, more: Mapping[str, str], place: str) -> Iterator[Up]:
    port, root = _free(), str(HERE.parent)
    began = perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own words
        [str(port) if word == PORT else word for word in words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=place,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": root, **more},
        preexec_fn=lambda: pin(0),  # noqa: PLW1509 - no threads here
    )
    try:
        _answered(port, asked, began)
        yield Up(f"http://127.0.0.1:{port}{PATH}", process.pid, perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answered(port: int, asked: bytes, began: float, patience: float = 60) -> None:
    """Ask until the answer is a 200."""
    while perf_counter() - began < patience:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.sendall(asked)
                if b" 200 " in line.recv(16):
                    return
        except OSError:
            pass
        sleep(0.002)
    raise TimeoutError(f"no answer within {patience} s")


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
