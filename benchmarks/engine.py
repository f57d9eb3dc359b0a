"""Two-legged calls straight into the engine, webhooks lost by scenario: no HTTP, no clock."""

import sys
from collections.abc import Iterator
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

from mockserver.compiler import build_configuration
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.webhook import DeliveryResult
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import step
from mockserver.engine.webhooks import complete_attempt
from mockserver.settings import parse_settings

START = 1_767_258_000_000
HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
CLICK = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}


def placed(start: Configuration, calls: int, story: str = "lost-report") -> SandboxState:
    """A store with so many calls that have just been placed."""
    store, listing = SandboxState(start, START), start.providers["mobtexting"]
    endpoint = listing.provider.endpoints[0]
    sent = Request("POST", endpoint.path, headers=HEADERS, fields=CLICK, body=b"{}")
    for _ in range(calls):
        handle(store, IncomingRequest(listing, endpoint, sent, (story,)), START)
    return store


def play(store: SandboxState) -> int:
    """How many steps there were until nothing was due."""
    steps = 0
    while (due := store.peek()) is not None:
        if delivery := step(store):
            complete_attempt(store, delivery, DeliveryResult(200), due.at)
        steps += 1
    return steps


def rows(counts: tuple[int, ...] = (1_000, 10_000, 100_000)) -> Iterator[tuple[str, str]]:
    """A row for each number of calls that are pending at once."""
    start = build_configuration(parse_settings({"seed": "bench"}, {}))
    play(placed(start, 100))
    for count in counts:
        before, began = _resident(), perf_counter()
        store = placed(start, count)
        middle, grown = perf_counter(), _resident() - before
        play(store)
        end = perf_counter()
        told = (
            f"{end - began:.2f} s: {(middle - began) / count * 1e6:.0f} us to place, "
            f"{(end - middle) / count * 1e6:.0f} us to play, {grown / count:.1f} kB each"
        )
        yield f"{count:,} calls", told


def _resident() -> float:
    """The most that this process has had in memory, in kB."""
    most = getrusage(RUSAGE_SELF).ru_maxrss
    return most / 1024 if sys.platform == "darwin" else most
