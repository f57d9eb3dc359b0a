"""`python -m tests.soak [MINUTES] [PER_SECOND]`: a server under steady work, and what it keeps.

Calls are placed at a fixed rate, on a clock of sixty times the pace, and their webhooks go to a
receiver here. It prints memory, open files and errors, and is wrong if over the second half memory
grows by more than a megabyte an hour or files or threads come and go, or if anything fails. Until
ten thousand calls have ended memory grows as it should, which at fifty a second takes three minutes
and a half.
"""

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import linear_regression
from typing import Any, NamedTuple

import httpx

from tests.support.simulation import CLICK_TO_CALL

SLOPE = 1.0  # MB an hour
MANY = 10  # files or threads that may come and go
PAGE = os.sysconf("SC_PAGE_SIZE")


class Look(NamedTuple):
    """What is there after so many seconds."""

    after: float
    memory: float  # MB
    files: int
    threads: int


class Receiver(BaseHTTPRequestHandler):
    """Takes everything; `received` counts."""

    received = 0
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        type(self).received += 1
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


def look(process: "subprocess.Popen[str]", since: float) -> Look:
    proc = Path(f"/proc/{process.pid}")
    pages = int((proc / "statm").read_text("ascii").split()[1])
    files, threads = (len(list((proc / kind).iterdir())) for kind in ("fd", "task"))
    return Look(time.monotonic() - since, pages * PAGE / 1e6, files, threads)


def worked(
    origin: str, process: "subprocess.Popen[str]", minutes: float, rate: float
) -> list[Look]:
    """So many requests a second for so long, and a look now and then."""
    since, looks, sent = time.monotonic(), list[Look](), 0
    headers = {"authorization": "Bearer key", "accept": "application/json"}
    with httpx.Client(base_url=origin, trust_env=False, headers=headers) as client:
        while (passed := time.monotonic() - since) < minutes * 60:
            answer = client.post("/mobtexting/api/v2/voice/c2c", json=dict(CLICK_TO_CALL))
            assert answer.status_code == 200
            sent += 1
            if passed >= len(looks) * minutes * 60 / 30:
                looks.append(look(process, since))
                told = client.get("/_mock/health").json()
                words = f"{passed:6.0f} s {sent:8,} sent {Receiver.received:8,} heard"
                print(words, f"{looks[-1].memory:6.1f} MB {looks[-1].files} files", flush=True)  # noqa: T201
                assert told["errors"] == 0
            time.sleep(max(0.0, since + sent / rate - time.monotonic()))
    return looks


def judged(looks: list[Look], at_most: float = SLOPE) -> list[str]:
    """What is wrong in the second half."""
    steady = looks[len(looks) // 2 :]
    slope = linear_regression([one.after / 3_600 for one in steady], [one.memory for one in steady])
    wrong = [f"memory grows by {slope.slope:.1f} MB an hour"] if slope.slope > at_most else []
    files, threads = (varied([one[place] for one in steady]) for place in (2, 3))
    print(f"memory: {slope.slope:+.2f} MB an hour, files: +-{files}, threads: +-{threads}")  # noqa: T201
    wrong += [f"open files vary by {files}"] if files > MANY else []
    return wrong + ([f"threads vary by {threads}"] if threads > MANY else [])


def varied(counts: list[float]) -> float:
    return max(counts) - min(counts)


def main(minutes: float, rate: float) -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        hook = f"mobtexting=http://127.0.0.1:{receiver.server_port}/hook"
        words = ["--port", "0", "--clock", "60x", "--quiet", "--webhook", hook]
        command = [sys.executable, "-m", "mockserver", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
            assert process.stdout
            origin = process.stdout.readline().split()[3]
            try:
                wrong = judged(worked(origin, process, minutes, rate))
            finally:
                process.terminate()
        receiver.shutdown()
    print(json.dumps({"wrong": wrong}))  # noqa: T201 - a command
    return int(bool(wrong))


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [10.0, 50.0][len(given) :])))
