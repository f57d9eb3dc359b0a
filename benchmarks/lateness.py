"""How late webhooks set out in `real` mode, at a steady rate of calls."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from benchmarks.load import pin
from benchmarks.receiver import receiver
from benchmarks.servers import OURS, up
from benchmarks.web import ASKED

STORY = b"x-mock-scenario: callee-busy\r\n"
RATES = (200, 500)  # calls a second
LINES = 8


def lateness(seconds: float = 10) -> Iterator[tuple[str, str]]:
    """The n-th to arrive is compared with the n-th that was due; both are told in whole ms."""
    pin(1)
    for rate in RATES:
        with receiver() as heard:
            hook = ("--clock", "real", "--webhook", f"mobtexting={heard.url}")
            with up((*OURS, *hook), ASKED) as server:
                asyncio.run(_placed(server.url, rate, seconds))
                count = int(rate * seconds)
                late = sorted(_late(server.url, heard.times, count))
        p50, p99 = (late[int(len(late) * share)] for share in (0.5, 0.99))
        told = (
            f"{len(late):,} webhooks, p50 {p50:.1f} ms, p99 {p99:.1f} ms, {late[-1]:.1f} ms at most"
        )
        yield f"lateness at {rate} a second", told


def _late(url: str, times: Callable[[], list[float]], count: int) -> list[float]:
    while len(times()) < count:
        time.sleep(0.2)
    place = urlsplit(url)
    with httpx.Client(base_url=f"http://{place.netloc}", trust_env=False, timeout=60) as client:
        hooks = client.get("/_mock/webhooks", params={"state": "delivered"}).json()["webhooks"]
    due = sorted(datetime.fromisoformat(one["attempts"][0]["at"]).timestamp() for one in hooks)
    return [(came - wanted) * 1e3 for came, wanted in zip(sorted(times()), due, strict=False)]


async def _placed(url: str, rate: int, seconds: float) -> None:
    asked = ASKED.replace(b"\r\n\r\n", b"\r\n" + STORY + b"\r\n", 1)
    began, each = time.monotonic(), int(rate * seconds / LINES)
    port = urlsplit(url).port or 80
    await asyncio.gather(*(_line(port, asked, began, rate, at, each) for at in range(LINES)))


async def _line(port: int, asked: bytes, began: float, rate: int, nth: int, count: int) -> None:  # noqa: PLR0913, PLR0917 - one line's share
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(count):
        at = began + (number * LINES + nth) / rate
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        writer.write(asked)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
    writer.close()
