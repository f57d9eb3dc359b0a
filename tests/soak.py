"""`python -m tests.soak [MINUTES] [PER_SECOND]`: a server under steady load must not leak.

Calls are placed at a fixed rate on a clock of pace 60x, and their webhooks go to a receiver in this
process. The command prints memory, open files and errors. It fails if anything fails, or if in the
second half memory grows by more than 1 MB per hour or the numbers of files or threads vary. Memory
grows as intended until 10,000 calls have ended, which takes three and a half minutes at 50 calls
per second.
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

SLOPE_LIMIT = 1.0  # MB per hour
VARIATION_LIMIT = 10  # by which the numbers of files and threads may vary
PAGE = os.sysconf("SC_PAGE_SIZE")


class Sample(NamedTuple):
    """The resources of the server `after` seconds."""

    after: float
    memory: float  # MB
    files: int
    threads: int


class Receiver(BaseHTTPRequestHandler):
    """Accepts and counts everything."""

    received = 0
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        type(self).received += 1
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


def take_sample(process: "subprocess.Popen[str]", since: float) -> Sample:
    proc = Path(f"/proc/{process.pid}")
    pages = int((proc / "statm").read_text("ascii").split()[1])
    files, threads = (len(list((proc / kind).iterdir())) for kind in ("fd", "task"))
    return Sample(time.monotonic() - since, pages * PAGE / 1e6, files, threads)


def run_load(
    origin: str, process: "subprocess.Popen[str]", minutes: float, rate: float
) -> list[Sample]:
    """Send `rate` requests per second for `minutes`, and return about thirty samples."""
    since, samples, count = time.monotonic(), list[Sample](), 0
    headers = {"authorization": "Bearer key", "accept": "application/json"}
    with httpx.Client(base_url=origin, trust_env=False, headers=headers) as client:
        while (elapsed := time.monotonic() - since) < minutes * 60:
            response = client.post("/mobtexting/api/v2/voice/c2c", json=dict(CLICK_TO_CALL))
            assert response.status_code == 200
            count += 1
            if elapsed >= len(samples) * minutes * 60 / 30:
                samples.append(take_sample(process, since))
                health = client.get("/_mock/health").json()
                text = f"{elapsed:6.0f} s {count:8,} sent {Receiver.received:8,} heard"
                print(text, f"{samples[-1].memory:6.1f} MB {samples[-1].files} files", flush=True)  # noqa: T201
                assert health["errors"] == 0
            time.sleep(max(0.0, since + count / rate - time.monotonic()))
    return samples


def find_violations(samples: list[Sample], at_most: float = SLOPE_LIMIT) -> list[str]:
    """Return the violations in the second half."""
    steady = samples[len(samples) // 2 :]
    slope = linear_regression(
        [sample.after / 3_600 for sample in steady], [sample.memory for sample in steady]
    )
    violations = [f"memory grows by {slope.slope:.1f} MB an hour"] if slope.slope > at_most else []
    files, threads = (spread([sample[index] for sample in steady]) for index in (2, 3))
    print(f"memory: {slope.slope:+.2f} MB an hour, files: +-{files}, threads: +-{threads}")  # noqa: T201
    violations += [f"open files vary by {files}"] if files > VARIATION_LIMIT else []
    return violations + ([f"threads vary by {threads}"] if threads > VARIATION_LIMIT else [])


def spread(counts: list[float]) -> float:
    return max(counts) - min(counts)


def main(minutes: float, rate: float) -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        webhook = f"mobtexting=http://127.0.0.1:{receiver.server_port}/hook"
        options = ["--port", "0", "--clock", "60x", "--quiet", "--webhook", webhook]
        command = [sys.executable, "-m", "mockserver", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
            assert process.stdout
            origin = process.stdout.readline().split()[3]
            try:
                violations = find_violations(run_load(origin, process, minutes, rate))
            finally:
                process.terminate()
        receiver.shutdown()
    print(json.dumps({"wrong": violations}))  # noqa: T201 - a command
    return int(bool(violations))


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [10.0, 50.0][len(given) :])))
