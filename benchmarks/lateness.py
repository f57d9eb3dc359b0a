"""Measure how late webhooks are sent with a `real` clock at a steady rate of calls."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from benchmarks.load import pin
from benchmarks.receiver import receiver
from benchmarks.servers import OWN_COMMAND, run_server
from benchmarks.web import REQUEST

SCENARIO_HEADER = b"x-mock-scenario: callee-busy\r\n"
RATES = (200, 500)  # calls a second
LINES = 8  # connections


def lateness(seconds: float = 10) -> Iterator[tuple[str, str]]:
    """Yield (name, figures) for each rate.

    The n-th webhook to arrive is compared with the n-th that was due; due times are in whole ms.
    """
    pin(1)
    for rate in RATES:
        with receiver() as hook:
            options = ("--clock", "real", "--webhook", f"mobtexting={hook.url}")
            with run_server((*OWN_COMMAND, *options), REQUEST) as server:
                asyncio.run(_place_calls(server.url, rate, seconds))
                count = int(rate * seconds)
                late = sorted(_late(server.url, hook.times, count))
        p50, p99 = (late[int(len(late) * share)] for share in (0.5, 0.99))
        figures = (
            f"{len(late):,} webhooks, p50 {p50:.1f} ms, p99 {p99:.1f} ms, {late[-1]:.1f} ms at most"
        )
        yield f"lateness at {rate} a second", figures


def _late(url: str, times: Callable[[], list[float]], count: int) -> list[float]:
    """Wait until `count` webhooks have arrived and return how late each was, in ms."""
    while len(times()) < count:
        time.sleep(0.2)
    origin = f"http://{urlsplit(url).netloc}"
    with httpx.Client(base_url=origin, trust_env=False, timeout=60) as client:
        webhooks = client.get("/_mock/webhooks", params={"state": "delivered"}).json()["webhooks"]
    due_times = sorted(
        datetime.fromisoformat(webhook["attempts"][0]["at"]).timestamp() for webhook in webhooks
    )
    pairs = zip(sorted(times()), due_times, strict=False)
    return [(arrival - due) * 1e3 for arrival, due in pairs]


async def _place_calls(url: str, rate: int, seconds: float) -> None:
    """Place `rate` calls a second, spread over `LINES` connections."""
    request = REQUEST.replace(b"\r\n\r\n", b"\r\n" + SCENARIO_HEADER + b"\r\n", 1)
    start, count = time.monotonic(), int(rate * seconds / LINES)
    port = urlsplit(url).port or 80
    await asyncio.gather(
        *(_send_requests(port, request, start, rate, index, count) for index in range(LINES))
    )


async def _send_requests(  # noqa: PLR0913, PLR0917 - the share of one connection
    port: int, request: bytes, start: float, rate: int, index: int, count: int
) -> None:
    """Send every `LINES`-th request over one connection; `start` is of the monotonic clock."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(count):
        at = start + (number * LINES + index) / rate
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
    writer.close()
