"""Generate load by plain asyncio: the same request over several connections at once."""

import asyncio
import os
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlsplit

Connection = tuple[StreamReader, StreamWriter]
Dial = Callable[[], Awaitable[Connection]]
"""Opens a connection to the server."""


class Load(NamedTuple):
    """`rate` is in requests a second, `p50` and `p99` in ms.

    `wrong` counts the responses whose status was not 200.
    """

    rate: float
    p50: float
    p99: float
    wrong: int


def pin(core: int) -> None:
    """Pin this process to one core if there are several."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {core})


class Work(NamedTuple):
    """The same request again and again: its bytes, and for how many seconds.

    `lines` are the connections at once, which `dial` opens. Unless `is_kept`, each request has a
    new one.
    """

    request: bytes
    seconds: float
    dial: Dial
    lines: int = 32
    is_kept: bool = True


def load(
    url: str, body: bytes, headers: dict[str, str], *, seconds: float, lines: int = 32
) -> Load:
    port, request = urlsplit(url).port or 80, build_request(url, body, headers)
    return asyncio.run(run_load(Work(request, seconds, partial(dial_http, port), lines)))


def build_request(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    target = urlsplit(url)
    all_headers = {"host": target.netloc, "content-type": "application/json", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in all_headers.items())
    head = f"POST {target.path} HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def dial_http(port: int) -> Connection:
    return await asyncio.open_connection("127.0.0.1", port)


async def run_load(work: Work) -> Load:
    end, durations = perf_counter() + work.seconds, list[float]()
    send = _send_requests if work.is_kept else _send_each_anew
    wrong = await asyncio.gather(*(send(work, end, durations) for _ in range(work.lines)))
    durations.sort()
    p50, p99 = (durations[int(len(durations) * share)] * 1e3 for share in (0.5, 0.99))
    return Load(len(durations) / work.seconds, p50, p99, sum(wrong))


async def _send_requests(work: Work, end: float, durations: list[float]) -> int:
    """Send requests over one connection until `end`; return how many got another status than 200.

    The duration of each, in seconds, is appended to `durations`.
    """
    connection = await work.dial()
    wrong = 0
    while (start := perf_counter()) < end:
        wrong += await _exchange(connection, work.request)
        durations.append(perf_counter() - start)
    connection[1].close()
    return wrong


async def _send_each_anew(work: Work, end: float, durations: list[float]) -> int:
    """As `_send_requests`, but each over a connection of its own, which counts."""
    wrong = 0
    while (start := perf_counter()) < end:
        connection = await work.dial()
        wrong += await _exchange(connection, work.request)
        durations.append(perf_counter() - start)
        connection[1].close()
    return wrong


async def _exchange(connection: Connection, request: bytes) -> bool:
    """Send a request and read its response; return whether its status is another than 200."""
    reader, writer = connection
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))
    return b" 200 " not in head[:16]
