"""`python -m benchmarks store [ROUNDS]`: compare a store in memory with one in a SQLite file.

It also measures how long 10,000 requests take to be restored.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

import uvloop

from benchmarks.engine import HEADERS
from benchmarks.figures import Figures, describe, take_median
from benchmarks.load import Work, build_request, dial_http, pin, run_load
from benchmarks.servers import PATH, SERVERS, run_server
from benchmarks.web import BODY, REQUEST

SENT: Final = build_request(f"http://127.0.0.1{PATH}", BODY, HEADERS)
MODES: Final[Mapping[str, Sequence[str]]] = {
    "memory": (),
    "sqlite, --durable engine": ("--durable", "engine"),
    "sqlite, --durable disk": ("--durable", "disk"),
}
"""Name -> options beside `--store`, which memory has none of."""

RESTORED: Final = 10_000  # requests


def rows(rounds: int = 5, seconds: float = 3) -> Iterator[tuple[str, str]]:
    """Yield (name, figures), which are medians over the rounds; the modes take turns."""
    pin(1)
    measured = defaultdict[str, list[Figures]](list)
    for _ in range(rounds):
        for mode in MODES:
            measured[mode].append(_measure(mode, seconds))
    medians = {mode: take_median(measured[mode]) for mode in MODES}
    for mode in MODES:
        yield f"store: {mode}", describe(medians[mode], medians["memory"], "memory")
    plain, stored = (median(_restart(count) for _ in range(rounds)) for count in (0, RESTORED))
    yield (
        f"restore {RESTORED:,} requests",
        f"{stored - plain:.1f} s more until the first response, which takes {plain:.1f} s without",
    )


def _measure(mode: str, seconds: float) -> Figures:
    """Measure one mode at a new server, after a second of warm-up."""
    with TemporaryDirectory() as folder:
        options = MODES[mode] and ("--store", f"sqlite:{folder}/calls.db", *MODES[mode])
        with run_server((*SERVERS["mockserver"], *options), REQUEST) as server:
            port = urlsplit(server.url).port or 0
            work = Work(SENT, 1, partial(dial_http, port))
            uvloop.run(run_load(work))
            before = server.cpu()
            rate, p50, p99, wrong = uvloop.run(run_load(work._replace(seconds=seconds)))
            return Figures(rate, p50, p99, (server.cpu() - before) / (rate * seconds) * 1e6, wrong)


def _restart(count: int) -> float:
    """Return the seconds from the start of a server to its first response."""
    with TemporaryDirectory() as folder:
        command = (*SERVERS["mockserver"], "--store", f"sqlite:{Path(folder, 'calls.db')}")
        with run_server(command, REQUEST) as server:
            port = urlsplit(server.url).port or 0
            uvloop.run(_send(port, count))
        with run_server(command, REQUEST) as server:
            return server.took


async def _send(port: int, count: int) -> None:
    reader, writer = await dial_http(port)
    for _ in range(count):
        writer.write(SENT)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split()[0]
        await reader.readexactly(int(length))
    writer.close()
