"""Compare our server, the floor and the limit in turns: start, requests, CPU, memory."""

import json
from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from benchmarks.engine import CLICK, HEADERS
from benchmarks.load import Load, load, pin
from benchmarks.servers import FLOOR, PATH, SERVERS, run_server

BODY = json.dumps(CLICK).encode()
REQUEST = (
    f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    "authorization: Bearer key\r\naccept: application/json\r\n"
    f"content-length: {len(BODY)}\r\n\r\n"
).encode() + BODY


def starts(rounds: int = 9) -> Iterator[tuple[str, str]]:
    """Measure from the start of the process to the first response, and the memory at that time.

    Yields (name, figures); the figures are medians over the rounds.
    """
    durations, memory = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for _ in range(rounds):
        for name in SERVERS:
            with run_server(SERVERS[name], REQUEST) as server:
                durations[name].append(server.took)
                memory[name].append(server.resident())
    floor = median(durations[FLOOR])
    for name in SERVERS:
        duration = median(durations[name])
        figures = f"{duration * 1e3:.0f} ms, {duration / floor:.2f} of the floor"
        yield f"{name}: first answer", f"{figures}, {median(memory[name]):.0f} MB"


def requests(rounds: int = 5, seconds: float = 3) -> Iterator[tuple[str, str]]:
    """Measure requests over 32 connections, after a second of warm-up.

    Yields (name, figures); the figures are medians over the rounds.
    """
    pin(1)
    loads, cpu_times = defaultdict[str, list[Load]](list), defaultdict[str, list[float]](list)
    for _ in range(rounds):
        for name in SERVERS:
            with run_server(SERVERS[name], REQUEST) as server:
                load(server.url, BODY, HEADERS, seconds=1)
                cpu_before = server.cpu()
                result = load(server.url, BODY, HEADERS, seconds=seconds)
                cpu_time = (server.cpu() - cpu_before) / (result.rate * seconds) * 1e6
                cpu_times[name].append(cpu_time)
                loads[name].append(result)
    floor = median(result.rate for result in loads[FLOOR])
    for name in SERVERS:
        rate, p50, p99, wrong = (median(column) for column in zip(*loads[name], strict=True))
        figures = f"{rate:,.0f} a second, {rate / floor:.2f} of the floor, p50 {p50:.1f} ms, "
        figures += f"p99 {p99:.1f} ms, {median(cpu_times[name]):.0f} us of CPU each, "
        figures += f"{wrong:.0f} wrong"
        yield f"{name}: requests", figures
