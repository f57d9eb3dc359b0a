"""Places a call whose response comes slowly, and plays its webhooks meanwhile."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from mockserver.ordeal.calls import place_calls
from mockserver.ordeal.cases import Case
from mockserver.ordeal.control import OrdealError, ask
from mockserver.ordeal.plan import REPLY, Plan

PAUSE: Final = 0.02  # real seconds


def play_during_reply(origin: str, plan: Plan, case: Case, play: Callable[[], object]) -> str:
    """Place the call, and let `play` send its webhooks before the response has ended.

    Return why the case is not played as it should be, in a sentence; empty if it is.

    Raises:
        OrdealError: no call is placed.
    """
    since = time.monotonic()
    with ThreadPoolExecutor(1) as threads:
        placing = threads.submit(place_calls, origin, plan, case)
        since = _wait_for_call(origin, placing, since)
        play()
        took = time.monotonic() - since
        try:
            placing.result()
        except OrdealError as error:
            return f"the webhooks came first, but then {error}"
    if took < REPLY:
        return ""
    return f"the webhooks took {took:.1f} s, and the response {REPLY} s: it may have come first"


def _wait_for_call(origin: str, placing: "Future[None]", since: float) -> float:
    """Wait until there is a call; return a moment before it, at the earliest `since`.

    Raises:
        OrdealError: no call is placed.
    """
    asked_at = since
    while not ask(origin, "GET", "/calls")["calls"]:
        if placing.done():
            placing.result()
        time.sleep(PAUSE)
        since, asked_at = asked_at, time.monotonic()
    return since
