"""The hot paths call no more functions than they did, which is seen without a quiet machine.

Function calls are counted, which come out the same at each run of one version of Python. Whoever
makes a path dearer on purpose, or cheaper, writes the new figure here.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any, cast

import pytest

from benchmarks.engine import placed, play
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery, DeliveryResult, Webhook
from mockserver.engine.simulation import settle, step
from mockserver.engine.store import Store, World
from mockserver.runtime import door, line
from mockserver.runtime.courier import Courier
from mockserver.runtime.inward import handed
from mockserver.runtime.line import Line
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandboxes import Sandboxes

PYTHON = (3, 11)
TOLERANCE = 0.05
COSTS = {"request": 245, "play": 612, "settle": 20, "send": 190, "hand": 139}
"""Function calls for one: a call placed, a call played to its end, an answered webhook.

And a webhook that is sent by a connection that was kept, or handed to an inbox of our own.
"""


def counted(work: Callable[[], object]) -> int:
    """How many functions are called, Python's own among them."""
    calls = 0

    def seen(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def answer(store: Store) -> None:
    for delivery in tuple(store.deliveries.values()):
        settle(store, delivery, DeliveryResult(200), 0)


class Echo(asyncio.Transport):
    """A receiver that answers before one looks, and the socket to it, on which all is quiet."""

    line: Line

    def write(self, _: object) -> None:
        self.line.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    def get_write_buffer_size(self) -> int:
        return 0

    def recv(self, *_: int) -> bytes:
        raise BlockingIOError

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        self.line.connection_lost(None)


async def connected(there: tuple[str, int], *more: Any) -> Line:
    echo = Echo({"sockname": there})
    echo.line = Line(there[0], cast("Any", echo), more[-1])
    echo.line.connection_made(echo)
    return echo.line


def carried(courier: Courier, url: str) -> int:
    """What one more webhook costs, of those that nobody has to wait for."""
    webhook = Webhook("c1", "completed", url, {"status": "COMPLETED"})
    sent = Delivery("w1", "mobtexting", "any", webhook, 0, "pending", 0)

    def carry() -> None:
        for _ in range(100):
            with suppress(StopIteration):
                courier.carry(sent).send(None)
                raise AssertionError("somebody had to wait")

    async def scenario() -> int:
        carry()
        cost = counted(carry) // 100
        await courier.close()
        return cost

    return asyncio.run(scenario())


@pytest.mark.skipif(sys.version_info[:2] != PYTHON, reason="another version counts otherwise")
def test_costs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    play(placed(world, 5))
    lost, sent = placed(world, 100), placed(world, 100, "answered")
    found = {
        "request": counted(lambda: placed(world, 100)) // 100,
        "play": counted(lambda: play(lost)) // 100,
    }
    while (due := sent.peek()) is not None and due.kind != "delivery":
        step(sent)
    found["settle"] = counted(lambda: answer(sent)) // 100
    monkeypatch.setattr(line, "connected", connected)
    monkeypatch.setattr(door, "REST", 0.0)
    found["send"] = carried(Courier(lambda: ""), "http://127.0.0.1:1/hook")
    sandboxes = Sandboxes(cast("Any", None), (world, Timing("manual", 0)), lambda _: None)
    mine = Courier(lambda: "http://127.0.0.1:1", inward=partial(handed, sandboxes))
    found["hand"] = carried(mine, f"{ORIGIN_PLACEHOLDER}/_mock/inbox/mobtexting")
    print(found)  # noqa: T201 - to be seen where it differs
    dear = {name: cost for name, cost in found.items() if cost > COSTS[name] * (1 + TOLERANCE)}
    cheap = {name: cost for name, cost in found.items() if cost < COSTS[name] * (1 - TOLERANCE)}
    assert (dear, cheap) == ({}, {})
