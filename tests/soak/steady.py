"""Calls at a steady rate to the default sandbox, which is never reset, and a viewer of it."""

import time
from collections import Counter
from itertools import cycle, islice
from threading import Event
from typing import Final

import httpx

from tests.soak.operations import Client, all_endpoints, build_fields
from tests.support.simulation import CLICK_TO_CALL

FILLING_CALLS: Final = 12_000
LARGE_REQUESTS: Final = 75
LARGE: Final = "x" * 950_000
PACE: Final = "60x"
FILLING_PACE: Final = "3600x"
REPLENISH_EVERY: Final = 100  # calls

ACCOUNT: Final = "/accounts/effebot/effebot-default"
PATH: Final = "/mobtexting/api/v2/voice/c2c"
HEADERS: Final = {"authorization": "Bearer key", "accept": "application/json"}
FAR_AHEAD: Final = ("create-scheduled",)
"""Operations whose calls begin years ahead, and so are never forgotten."""

Outcomes = Counter[tuple[str, int]]
"""(vendor, status) -> how many answers had it."""


def fill(http: httpx.Client) -> None:
    """Bring the default sandbox to its bounds: bytes, entries, ended calls, log of inputs."""
    for _ in range(LARGE_REQUESTS):
        http.post(PATH, json={**CLICK_TO_CALL, "mid": LARGE}, headers=HEADERS)
    # so fast that agents are free again at once, as they mostly are at the steady rate
    for mode, limit in ((FILLING_PACE, FILLING_CALLS), (PACE, 0)):
        http.put("/_mock/clock", json={"mode": mode}).raise_for_status()
        place_calls(Client(http), float("inf"), Outcomes(), Event(), limit)


def place_calls(
    client: Client, rate: float, outcomes: Outcomes, is_over: Event, limit: int | None = None
) -> None:
    """Place calls of all vendors in turn, `rate` a second, until `is_over` or `limit` of them."""
    rows = [row for row in all_endpoints() if row[1].calls.flows]
    placing = [row for row in rows if row[1].operation not in FAR_AHEAD]
    since = time.monotonic()
    for count, (bound, endpoint) in enumerate(islice(cycle(placing), limit)):
        fields = build_fields(bound, endpoint, {}, client.origin)
        outcomes[bound.provider.name, client.send(bound, endpoint, fields).status_code] += 1
        if count % REPLENISH_EVERY == 0:
            client.control("PATCH", ACCOUNT, json={"balance": "100"}).raise_for_status()
        if is_over.wait(max(0.0, since + count / rate - time.monotonic())):
            return


def view_events(http: httpx.Client, is_over: Event) -> None:
    """Read the events of the default sandbox as they come."""
    with http.stream("GET", "/_mock/events", timeout=None) as stream:
        for _ in stream.iter_raw():
            if is_over.is_set():
                return
