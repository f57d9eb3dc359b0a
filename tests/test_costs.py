"""The hot paths make no more function calls than they did; a quiet machine is not needed.

Function calls are counted: one version of Python always counts the same. A change that moves a
figure by more than a fifth updates it here, and says why in its commit.
"""

import asyncio
import gc
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
from mockserver.delivery import connection
from mockserver.delivery.connection import Connection
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.engine.webhooks import complete_attempt
from mockserver.runtime.loopback import deliver_to_inbox
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from tests.support import read
from tests.support.builders import build_call, build_call_spec, build_delivery, build_webhook
from tests.support.simulation import START, only_providers
from tests.support.vendors import ccai

PYTHON = (3, 11)
TOLERANCE = 0.20
CALLS = {"place": 205, "play": 556, "complete": 16, "send": 174, "loopback": 118}
"""Function calls for one call placed, one call played to its end, one completed delivery attempt,
one webhook sent over a connection of its own, and one delivered to an own inbox by loopback."""


def count_calls(work: Callable[[], object]) -> int:
    """How many functions are called, those of Python itself included."""
    calls = 0

    def profile(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def complete_all(state: SandboxState) -> None:
    for delivery in tuple(read.deliveries(state).values()):
        complete_attempt(state, delivery, DeliveryResult(status=200), 0)


class EchoTransport(asyncio.Transport):
    """A transport on which every request is responded to at once."""

    connection: Connection

    def write(self, _: object) -> None:
        self.connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    def abort(self) -> None:
        self.connection.connection_lost(None)


async def fake_connect(endpoint: tuple[str, int], *more: Any) -> Connection:
    transport = EchoTransport({"sockname": endpoint})
    transport.connection = Connection(endpoint[0], more[-1])
    transport.connection.connection_made(transport)
    return transport.connection


def count_delivery(dispatcher: WebhookDispatcher, url: str) -> int:
    """Function calls of one more webhook, for one that never has to wait."""
    delivery = build_delivery(
        account="any", webhook=build_webhook(url=url, body={"status": "COMPLETED"})
    )

    def deliver_hundred() -> None:
        for _ in range(100):
            with suppress(StopIteration):
                dispatcher.deliver(delivery).send(None)
                raise AssertionError("the delivery had to wait")

    async def count() -> int:
        deliver_hundred()
        calls = count_calls(deliver_hundred) // 100
        await dispatcher.close()
        return calls

    return asyncio.run(count())


@pytest.mark.skipif(sys.version_info[:2] != PYTHON, reason="another version counts otherwise")
def test_hot_paths_make_no_more_function_calls_than_before(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(place_calls(configuration, 5))
    lost, sent = place_calls(configuration, 100), place_calls(configuration, 100, "answered")
    counts = {
        "place": count_calls(lambda: place_calls(configuration, 100)) // 100,
        "play": count_calls(lambda: play(lost)) // 100,
    }
    while (due := read.peek(sent)) is not None and due.kind != "delivery":
        run_due_item(sent)
    counts["complete"] = count_calls(lambda: complete_all(sent)) // 100
    monkeypatch.setattr(connection, "open_connection", fake_connect)
    counts["send"] = count_delivery(WebhookDispatcher(""), "http://127.0.0.1:1/hook")
    setup = configuration, Timing(mode="manual", start=0)
    registry = SandboxRegistry(cast("Any", None), setup, lambda _: None)
    dispatcher = WebhookDispatcher(
        "http://127.0.0.1:1", loopback=partial(deliver_to_inbox, registry)
    )
    counts["loopback"] = count_delivery(
        dispatcher, f"{ORIGIN_PLACEHOLDER}/_mock/receive/mobtexting"
    )
    print(counts)  # noqa: T201 - shows the figures of a failed test
    assert {
        name: count
        for name, count in counts.items()
        if abs(count - CALLS[name]) > CALLS[name] * TOLERANCE
    } == {}


def add_ended_calls(state: SandboxState, count: int) -> None:
    """Add calls of the CCAI account that have ended."""
    provider, account = ccai.ACCOUNT_KEY
    for index in range(count):
        name = f"past-{index}"
        spec = build_call_spec(id=name, vendor_id=name, provider=provider, account=account)
        state.calls.add(build_call(spec=spec, phase="ended"))
        state.calls.end(name)


def count_instructions(work: Callable[[], object]) -> int:
    """How many instructions of Python's own are run: a loop shows that calls no function.

    No garbage is collected meanwhile: what watches the collector would be counted.
    """
    instructions = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal instructions
        frame.f_trace_opcodes = True
        instructions += event == "opcode"
        return trace

    before = sys.gettrace()
    gc.disable()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
        gc.enable()
    return instructions


def count_agent_check(configuration: Configuration, ended_calls: int) -> int:
    """Instructions of an outbound call for an agent, beside so many ended calls."""
    state = SandboxState(only_providers(configuration, "ccai"), START)
    add_ended_calls(state, ended_calls)
    return count_instructions(lambda: ccai.request(state, "create-outbound"))


def test_ended_calls_do_not_make_the_check_of_an_agent_dearer(
    configuration: Configuration,
) -> None:
    count_agent_check(configuration, 1)
    counts = [count_agent_check(configuration, ended) for ended in (10, 1_000, 10_000)]
    print(counts)  # noqa: T201 - shows the figures of a failed test
    assert counts == [counts[0]] * 3
