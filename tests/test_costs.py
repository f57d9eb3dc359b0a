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

from benchmarks.engine import place_calls, play
from mockserver.core.configuration import Configuration
from mockserver.core.webhook import ORIGIN_PLACEHOLDER, DeliveryResult
from mockserver.delivery import connection, connection_pool
from mockserver.delivery.connection import Connection
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import step
from mockserver.engine.webhooks import complete_attempt
from mockserver.runtime.loopback import deliver_to_inbox
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from tests.support import read
from tests.support.builders import build_delivery, build_webhook

PYTHON = (3, 11)
TOLERANCE = 0.20
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


def answer(state: SandboxState) -> None:
    for delivery in tuple(read.deliveries(state).values()):
        complete_attempt(state, delivery, DeliveryResult(status=200), 0)


class Echo(asyncio.Transport):
    """A receiver that answers before one looks, and the socket to it, on which all is quiet."""

    connection: Connection

    def write(self, _: object) -> None:
        self.connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    def get_write_buffer_size(self) -> int:
        return 0

    def recv(self, *_: int) -> bytes:
        raise BlockingIOError

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        self.connection.connection_lost(None)


async def connected(there: tuple[str, int], *more: Any) -> Connection:
    echo = Echo({"sockname": there})
    echo.connection = Connection(there[0], cast("Any", echo), more[-1])
    echo.connection.connection_made(echo)
    return echo.connection


def carried(courier: WebhookDispatcher, url: str) -> int:
    """What one more webhook costs, of those that nobody has to wait for."""
    webhook = build_webhook(url=url, body={"status": "COMPLETED"})
    sent = build_delivery(account="any", webhook=webhook)

    def carry() -> None:
        for _ in range(100):
            with suppress(StopIteration):
                courier.deliver(sent).send(None)
                raise AssertionError("somebody had to wait")

    async def scenario() -> int:
        carry()
        cost = counted(carry) // 100
        await courier.close()
        return cost

    return asyncio.run(scenario())


@pytest.mark.skipif(sys.version_info[:2] != PYTHON, reason="another version counts otherwise")
def test_costs(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    play(place_calls(configuration, 5))
    lost, sent = place_calls(configuration, 100), place_calls(configuration, 100, "answered")
    found = {
        "request": counted(lambda: place_calls(configuration, 100)) // 100,
        "play": counted(lambda: play(lost)) // 100,
    }
    while (due := read.peek(sent)) is not None and due.kind != "delivery":
        step(sent)
    found["settle"] = counted(lambda: answer(sent)) // 100
    monkeypatch.setattr(connection, "open_connection", connected)
    monkeypatch.setattr(connection_pool, "MIN_IDLE_BEFORE_REUSE", 0.0)
    found["send"] = carried(WebhookDispatcher(lambda: ""), "http://127.0.0.1:1/hook")
    sandboxes = SandboxRegistry(
        cast("Any", None), (configuration, Timing(mode="manual", start=0)), lambda _: None
    )
    mine = WebhookDispatcher(
        lambda: "http://127.0.0.1:1", loopback=partial(deliver_to_inbox, sandboxes)
    )
    found["hand"] = carried(mine, f"{ORIGIN_PLACEHOLDER}/_mock/inbox/mobtexting")
    print(found)  # noqa: T201 - to be seen where it differs
    dear = {name: cost for name, cost in found.items() if cost > COSTS[name] * (1 + TOLERANCE)}
    cheap = {name: cost for name, cost in found.items() if cost < COSTS[name] * (1 - TOLERANCE)}
    assert (dear, cheap) == ({}, {})
