"""Play two-legged calls in the engine alone, without HTTP and without a clock.

By default the scenario loses the webhooks.
"""

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
from mockserver.engine.simulation import run_due_item
from mockserver.engine.webhooks import complete_attempt
from mockserver.settings import parse_settings

START = 1_767_258_000_000
HEADERS = {
    "content-type": "application/json",
    "authorization": "Bearer key",
    "accept": "application/json",
}
CLICK = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}


def place_calls(
    configuration: Configuration, calls: int, scenario: str = "lost-report"
) -> SandboxState:
    """Return the state of a sandbox in which so many calls have just been placed."""
    state, bound = SandboxState(configuration, START), configuration.providers["mobtexting"]
    endpoint = bound.provider.endpoints[0]
    request = Request("POST", endpoint.path, headers=HEADERS, fields=CLICK, body=b"{}")
    incoming = IncomingRequest(bound, endpoint, request, (scenario,), credential="key")
    for _ in range(calls):
        handle(state, incoming, START)
    return state


def play(state: SandboxState) -> int:
    """Run due items until nothing is due; return how many there were."""
    steps = 0
    while (due := state.peek()) is not None:
        if delivery := run_due_item(state):
            complete_attempt(state, delivery, DeliveryResult(200), due.at)
        steps += 1
    return steps


def rows(counts: tuple[int, ...] = (1_000, 10_000, 100_000)) -> Iterator[tuple[str, str]]:
    """Yield (name, figures) for each number of calls that are pending at the same time."""
    configuration = build_configuration(parse_settings({"seed": "bench"}, {}))
    play(place_calls(configuration, 100))
    for count in counts:
        memory_before, start = _resident(), perf_counter()
        state = place_calls(configuration, count)
        middle, growth = perf_counter(), _resident() - memory_before
        play(state)
        end = perf_counter()
        figures = (
            f"{end - start:.2f} s: {(middle - start) / count * 1e6:.0f} us to place, "
            f"{(end - middle) / count * 1e6:.0f} us to play, {growth / count:.1f} kB each"
        )
        yield f"{count:,} calls", figures


def _resident() -> float:
    """Return the peak memory of this process in kB; macOS reports it in bytes."""
    peak = getrusage(RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform == "darwin" else peak
