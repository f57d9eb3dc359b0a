"""Ours beside a bare Starlette route, in turns: start, requests, CPU, memory."""

import json
from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from benchmarks.engine import CLICK, HEADERS
from benchmarks.load import Load, load, pin
from benchmarks.servers import FLOOR, PATH, SERVERS, up

BODY = json.dumps(CLICK).encode()
ASKED = (
    f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    "authorization: Bearer key\r\naccept: application/json\r\n"
    f"content-length: {len(BODY)}\r\n\r\n"
).encode() + BODY


def starts(rounds: int = 9) -> Iterator[tuple[str, str]]:
    """From the start of the process to the first answered request; memory then."""
    took, held = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for _ in range(rounds):
        for name in SERVERS:
            with up(SERVERS[name], ASKED) as server:
                took[name].append(server.took)
                held[name].append(server.resident())
    floor = median(took[FLOOR])
    for name in SERVERS:
        told = f"{median(took[name]) * 1e3:.0f} ms, {median(took[name]) / floor:.2f} of the floor"
        yield f"{name}: first answer", f"{told}, {median(held[name]):.0f} MB"


def requests(rounds: int = 5, seconds: float = 3) -> Iterator[tuple[str, str]]:
    """32 connections, warmed up, in turns; medians over the rounds."""
    pin(1)
    found, spent = defaultdict[str, list[Load]](list), defaultdict[str, list[float]](list)
    for _ in range(rounds):
        for name in SERVERS:
            with up(SERVERS[name], ASKED) as server:
                load(server.url, BODY, HEADERS, seconds=1)
                before = server.cpu()
                one = load(server.url, BODY, HEADERS, seconds=seconds)
                spent[name].append((server.cpu() - before) / (one.rate * seconds) * 1e6)
                found[name].append(one)
    floor = median(one.rate for one in found[FLOOR])
    for name in SERVERS:
        rate, p50, p99, wrong = (median(column) for column in zip(*found[name], strict=True))
        told = f"{rate:,.0f} a second, {rate / floor:.2f} of the floor, p50 {p50:.1f} ms, "
        told += f"p99 {p99:.1f} ms, {median(spent[name]):.0f} us of CPU each, {wrong:.0f} wrong"
        yield f"{name}: requests", told
