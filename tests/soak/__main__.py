"""`python -m tests.soak [MINUTES [PER_SECOND]]`: a server under all operations must not leak.

Two kinds of clients use one server. Rounds do all that there is to a sandbox that each of them
resets: every operation of every vendor, the examples of the vendors' pages with forms and uploads,
generated and bad requests, every event to every call, every control route, waits, inboxes,
snapshots and forks. Beside them calls of all vendors come at a steady rate to the default sandbox,
which is never reset, on a clock of pace 60x. It is filled first: 10,000 ended calls, and a log of
inputs of 64 MB; so all bounds are reached in the first tenth.

The command prints memory, files and threads. Memory is flat if the line that fits the samples of
the last nine tenths best (one sample after each round) rises by at most 3 % of their mean over
that time. The C library gives free memory back to the system, so that this is what the server
holds. Files and threads are flat if their numbers vary by at most 10. The command fails if
anything is not flat, if an operation or a control route does not answer as it should, or if there
is an internal error.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import httpx

from benchmarks.receiver import receiver
from tests.soak.operations import Client
from tests.soak.rounds import play_round
from tests.soak.samples import Sample, describe, find_growth, steady_part, take_sample
from tests.soak.steady import PACE, Outcomes, fill, place_calls, view_events

LINES = 30  # printed
ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072"}
"""Lets the C library return large blocks at once, and share small ones among threads."""

OPTIONS = ("--port", "0", "--clock", PACE, "--quiet")


def connect(origin: str) -> httpx.Client:
    return httpx.Client(base_url=origin, trust_env=False, timeout=60)


@contextmanager
def run_server(hook: str) -> Iterator[tuple[str, int]]:
    """Run a server whose webhooks of two vendors go to `hook`; yield its origin and process id."""
    webhooks = ("--webhook", f"mobtexting={hook}", "--webhook", f"phonon={hook}")
    command = [sys.executable, "-m", "mockserver", *OPTIONS, *webhooks]
    with subprocess.Popen(  # noqa: S603 - our own
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | ALLOCATOR,
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().split()[3], process.pid
        finally:
            process.terminate()


@contextmanager
def run_beside(origin: str, rate: float) -> Iterator[Outcomes]:
    """Place calls and view events on two other threads meanwhile; yield the outcomes so far."""
    outcomes, is_over = Outcomes(), Event()
    with connect(origin) as placing, connect(origin) as viewing:
        threads = (
            Thread(target=place_calls, args=(Client(placing), rate, outcomes, is_over)),
            Thread(target=view_events, args=(viewing, is_over)),
        )
        for thread in threads:
            thread.start()
        try:
            yield outcomes
        finally:
            is_over.set()
            placing.get("/")  # an entry, so that the viewer ends too
            for thread in threads:
                thread.join(timeout=10)


def play_rounds(
    http: httpx.Client, pid: int, seconds: float, outcomes: Outcomes
) -> tuple[list[Sample], list[str]]:
    """Play rounds for so long; return a sample after each, and what went wrong how often."""
    samples, wrong, since, printed = list[Sample](), Counter[str](), time.monotonic(), 0
    while (after := time.monotonic() - since) < seconds:
        wrong.update(play_round(http, len(samples)))
        samples.append(take_sample(pid, after))
        if after >= printed * seconds / LINES:
            printed += 1
            _, memory, files, threads = samples[-1]
            text = f"{after:6.0f} s {len(samples):6,} rounds {outcomes.total():8,} calls"
            print(f"{text} {memory:7.1f} MB {files} files {threads} threads", flush=True)  # noqa: T201
    return samples, [f"{count} times: {text}" for text, count in wrong.items()]


def main(minutes: float, rate: float) -> int:
    seconds = minutes * 60
    with receiver() as hook, run_server(hook.url) as (origin, pid), connect(origin) as http:
        since = time.monotonic()
        fill(http)
        filling = time.monotonic() - since
        print(f"filled in {filling:.0f} s", flush=True)  # noqa: T201
        with run_beside(origin, rate) as outcomes:
            samples, wrong = play_rounds(http, pid, seconds - filling, outcomes)
        errors = http.get("/_mock/health").json()["errors"]
        heard = hook.received()
    steady = steady_part(samples, seconds - filling)
    print(f"answers: {dict(sorted(outcomes.items()))}, {heard:,} webhooks over sockets")  # noqa: T201
    print(describe(steady))  # noqa: T201
    wrong += find_growth(steady)
    wrong += [f"{errors} internal errors"] if errors else []
    wrong += [f"answered with {status}: {vendor}" for vendor, status in outcomes if status >= 500]
    print(json.dumps({"wrong": wrong}))  # noqa: T201 - a command
    return int(bool(wrong))


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [10.0, 30.0][len(given) :])))
