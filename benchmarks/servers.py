"""The servers that are measured, each a process of its own on the first core."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

from benchmarks.load import pin

HERE = Path(__file__).parent
PATH = "/api/v2/voice/c2c"
OURS = ("-m", "mockserver", "--quiet", "--clock", "manual", "--seed", "bench", "--port")
BARE = ("-m", "benchmarks.bare")
SERVERS = {"mockserver": OURS, "bare Starlette route": BARE}


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
def up(name: str, asked: bytes) -> Iterator[Up]:
    """The server of that name, for as long as the block runs."""
    port = _free()
    words = [sys.executable, *SERVERS[name], str(port)]
    began = perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own words
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=HERE.parent,
        preexec_fn=lambda: pin(0),  # noqa: PLW1509 - no threads here
    )
    try:
        _answered(port, asked)
        yield Up(f"http://127.0.0.1:{port}{PATH}", process.pid, perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _answered(port: int, asked: bytes) -> None:
    """Ask until there is an answer."""
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.sendall(asked)
                if line.recv(16):
                    return
        except ConnectionRefusedError:
            sleep(0.002)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
