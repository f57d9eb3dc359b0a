"""Requests from so many connections at once, for so long, by plain asyncio."""

import asyncio
import os
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlsplit


class Load(NamedTuple):
    """`p50` and `p99` in ms; `wrong` counts answers that were not 200."""

    rate: float
    p50: float
    p99: float
    wrong: int


def pin(core: int) -> None:
    """This process to one core, where there are two."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {core})


def load(
    url: str, body: bytes, headers: dict[str, str], *, seconds: float, lines: int = 32
) -> Load:
    return asyncio.run(_load(url, body, headers, seconds, lines))


async def _load(url: str, body: bytes, headers: dict[str, str], seconds: float, lines: int) -> Load:
    place = urlsplit(url)
    told = {"host": place.netloc, "content-type": "application/json", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    asked = f"POST {place.path} HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n"
    until, took = perf_counter() + seconds, list[float]()
    wrong = await asyncio.gather(
        *(_line(place.port or 80, asked.encode() + body, until, took) for _ in range(lines))
    )
    took.sort()
    p50, p99 = (took[int(len(took) * part)] * 1e3 for part in (0.5, 0.99))
    return Load(len(took) / seconds, p50, p99, sum(wrong))


async def _line(port: int, asked: bytes, until: float, took: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    wrong = 0
    while (began := perf_counter()) < until:
        writer.write(asked)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        took.append(perf_counter() - began)
        wrong += b" 200 " not in head[:16]
    writer.close()
    return wrong
