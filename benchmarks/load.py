"""Generate load by plain asyncio: the same request over several connections at once."""

import asyncio
import os
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlsplit


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


def load(
    url: str, body: bytes, headers: dict[str, str], *, seconds: float, lines: int = 32
) -> Load:
    return asyncio.run(_load(url, body, headers, seconds, lines))


async def _load(url: str, body: bytes, headers: dict[str, str], seconds: float, lines: int) -> Load:
    target = urlsplit(url)
    all_headers = {"host": target.netloc, "content-type": "application/json", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in all_headers.items())
    request = f"POST {target.path} HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n"
    end, durations = perf_counter() + seconds, list[float]()
    wrong = await asyncio.gather(
        *(
            _send_requests(target.port or 80, request.encode() + body, end, durations)
            for _ in range(lines)
        )
    )
    durations.sort()
    p50, p99 = (durations[int(len(durations) * share)] * 1e3 for share in (0.5, 0.99))
    return Load(len(durations) / seconds, p50, p99, sum(wrong))


async def _send_requests(port: int, request: bytes, end: float, durations: list[float]) -> int:
    """Send requests over one connection until `end`; return how many got another status than 200.

    The duration of each, in seconds, is appended to `durations`.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    wrong = 0
    while (start := perf_counter()) < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        durations.append(perf_counter() - start)
        wrong += b" 200 " not in head[:16]
    writer.close()
    return wrong
