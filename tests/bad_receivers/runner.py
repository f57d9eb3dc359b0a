"""Runs a server, ten receivers and the load, and compares what came of it."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx

from tests.bad_receivers.ledger import find_losses, lateness, read_reports
from tests.bad_receivers.load import (
    VENDORS,
    PlacedCall,
    build_accounts,
    place_calls,
    sandbox_of,
)
from tests.bad_receivers.receivers import BAD, COUNT, RunningReceivers, run_receivers

HEALTHY: Final = range(len(BAD), COUNT)
"""The receivers that are healthy in every run."""

OPTIONS: Final = ("--port", "0", "--quiet", "--no-number-plan")
MEASURED_CALLS: Final = 5_000
PATIENCE: Final = 60.0  # seconds without a further report
SETTLING: Final = 1.0  # seconds in which a report might come twice


class Result(NamedTuple):
    """`counts` are the reports at each receiver, `lateness` that of the healthy ones in ms."""

    problems: list[str]
    lateness: list[float]
    counts: dict[int, int]


class RunningServer(NamedTuple):
    origin: str

    @property
    def port(self) -> int:
        return urlsplit(self.origin).port or 80


@contextmanager
def run_server(clock: str, ports: Sequence[int]) -> Iterator[RunningServer]:
    """Run a server on the first core, with accounts that report to these ports."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "accounts.yaml"
        file.write_text(json.dumps(build_accounts(ports)), "utf-8")
        options = (*OPTIONS, "--clock", clock, "--scenarios", str(file))
        command = [sys.executable, "-m", "mockserver", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
            assert process.stdout
            try:
                os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
                yield RunningServer(process.stdout.readline().split()[3])
            finally:
                process.terminate()


def run(count: int, rate: float, bad: tuple[str, ...], clock: str = "real") -> Result:
    """Place `count` calls, `rate` a second, and wait for all reports to the healthy receivers."""
    with (
        run_receivers(bad) as receivers,
        run_server(clock, receivers.ports) as server,
        httpx.Client(base_url=server.origin, trust_env=False, timeout=120) as http,
    ):
        create_sandboxes(http, count)
        placed = asyncio.run(place_calls(server.port, receivers.ports, count, rate))
        wait_for_reports(receivers, placed, HEALTHY)
        time.sleep(SETTLING)
        reports, arrivals = [*read_reports(http, placed)], receivers.arrivals()
        problems = find_losses(placed, reports, arrivals, HEALTHY)
        if len(placed) != count:
            problems.append(f"{count - len(placed)} calls were not accepted")
        errors = http.get("/_mock/health").json()["errors"]
        problems += [f"{errors} internal errors"] if errors else []
        late = lateness(reports, arrivals, HEALTHY) if clock == "real" else []
        return Result(problems, late, receivers.counts())


def measure_rate() -> float:
    """Return how many calls a second a core carries, with ten healthy receivers.

    The calls come as fast as they are answered, until the last report; a clock of ten times the
    pace makes calls and reports overlap.
    """
    with (
        run_receivers(()) as receivers,
        run_server("10x", receivers.ports) as server,
        httpx.Client(base_url=server.origin, trust_env=False, timeout=120) as http,
    ):
        create_sandboxes(http, MEASURED_CALLS)
        since = time.monotonic()
        placed = asyncio.run(place_calls(server.port, receivers.ports, MEASURED_CALLS, inf))
        wait_for_reports(receivers, placed, range(COUNT))
        return MEASURED_CALLS / (time.monotonic() - since)


def create_sandboxes(http: httpx.Client, count: int) -> None:
    """Create the sandboxes of the calls, each with a seed of its own."""
    for name in dict.fromkeys(map(sandbox_of, range(count))):
        http.put(f"/_mock/sandboxes/{name}", json={"seed": name}).raise_for_status()


def wait_for_reports(
    receivers: RunningReceivers, placed: Sequence[PlacedCall], healthy: Sequence[int]
) -> None:
    """Wait until these receivers have got as many reports as the calls send, or none for long."""
    expected = sum(len(VENDORS[call.vendor].kinds) for call in placed if call.receiver in healthy)
    received, since = -1, time.monotonic()
    while received < expected and time.monotonic() - since < PATIENCE:
        time.sleep(0.1)
        counts = receivers.counts()
        now = sum(counts.get(index, 0) for index in healthy)
        if now != received:
            received, since = now, time.monotonic()
