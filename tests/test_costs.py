"""The hot paths call no more functions than they did, which is seen without a quiet machine.

Function calls are counted, which come out the same at each run of one version of Python. Whoever
makes a path dearer on purpose, or cheaper, writes the new figure here.
"""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from benchmarks.engine import placed, play
from mockserver.core.webhook import Answer
from mockserver.engine.simulation import settle, step
from mockserver.engine.store import Store, World

PYTHON = (3, 11)
TOLERANCE = 0.05
COSTS = {"request": 406, "play": 942, "settle": 20}
"""Function calls for one: a call placed, a call played to its end, an answered webhook."""


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
        settle(store, delivery, Answer(200), 0)


@pytest.mark.skipif(sys.version_info[:2] != PYTHON, reason="another version counts otherwise")
def test_costs(world: World) -> None:
    play(placed(world, 5))
    lost, sent = placed(world, 100), placed(world, 100, "answered")
    found = {
        "request": counted(lambda: placed(world, 100)) // 100,
        "play": counted(lambda: play(lost)) // 100,
    }
    while (due := sent.peek()) is not None and due.kind != "delivery":
        step(sent)
    found["settle"] = counted(lambda: answer(sent)) // 100
    print(found)  # noqa: T201 - to be seen where it differs
    dear = {name: cost for name, cost in found.items() if cost > COSTS[name] * (1 + TOLERANCE)}
    cheap = {name: cost for name, cost in found.items() if cost < COSTS[name] * (1 - TOLERANCE)}
    assert (dear, cheap) == ({}, {})
