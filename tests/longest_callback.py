"""`python -m tests.longest_callback [PERCENT]`: how long the event loop is held up at full size.

The command prints the CPU time of the longest callback for each request, and of a line of the JSON
log; and how long a fork of 10,000 requests takes. It fails if a callback or line takes more than
50 ms, or that fork more than 2 s. Nothing else should run on the machine. PERCENT, 100 if it is
left out, is the part of the full size.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

import httpx

from mockserver.app import tune_garbage_collection
from mockserver.compiler import build_configuration
from mockserver.settings import parse_settings
from mockserver.web.views.log_lines import format_json_line
from tests.support import read
from tests.support.edge_site import EdgeSite, build_edge_site, build_request
from tests.support.long_lists import (
    LONG_BODIES,
    longest_callback,
    place_calls,
    read_status,
    record_requests,
)
from tests.support.vendors import phonon

LONGEST: Final = 0.05
"""CPU seconds that one callback may take."""
REBUILT: Final = 2.0
"""CPU seconds in which 10,000 requests with their calls are played in a fork."""
LISTS: Final = (
    "requests",
    "journal",
    "journal?format=jsonl",
    "timeline",
    "timeline?format=mermaid",
)
CALL_LISTS: Final = ("calls", "webhooks", "inputs", "calls/c1/timeline", "explain/r1", *LISTS)
ACCOUNT: Final = "/_mock/accounts/mobtexting/mobtexting-default"
STATUSES: Final = (200, 404, 408, 422)


class Figure(NamedTuple):
    """The seconds that something takes, and how many it may take."""

    seconds: float
    limit: float
    what: str


class Work(NamedTuple):
    """The requests that are measured, after `fill` has filled a new server."""

    name: str
    fill: Callable[[EdgeSite], object]
    requests: tuple[httpx.Request, ...]


def refuse(edge: EdgeSite, count: int, body: bytes) -> None:
    record_requests(edge.default.state, count, body)


def send_batch(edge: EdgeSite, count: int) -> None:
    """Send a batch that breaks a rule at each item."""
    items = [phonon.build_item(f"number-{number}") for number in range(count)]
    body = {**phonon.CREATE_EXAMPLE, "calls": items}
    edge.request("POST", "/phonon/kairos-apis/outbound/create", json=body)


def get(*names: str) -> tuple[httpx.Request, ...]:
    return tuple(build_request("GET", f"/_mock/{name}") for name in names)


def wait(kind: str, count: int, **match: Any) -> httpx.Request:
    body = {"for": kind, "match": match, "count": count, "timeout": 0.01}
    return build_request("POST", "/_mock/wait", json=body)


def build_works(percent: int) -> Iterator[Work]:
    """Yield all that is measured, of so many percent of the full size."""
    megabytes, many = percent * 32 // 100 or 1, percent * 100  # a body counts twice in the journal
    waits = wait("request", 1, status=422), wait("request", 1, status=200)
    for name, body in LONG_BODIES.items():
        requests = *get(*LISTS, f"explain/r{megabytes}"), *waits
        yield Work(
            f"64 MB, {name}", partial(refuse, count=megabytes, body=body[:999_999]), requests
        )
    waits = wait("request", many, status=422), wait("request", 1, status=200)
    short = partial(refuse, count=many, body=b'{"to": "911", "from": "922"}')
    yield Work("10,000 requests", short, (*get(*LISTS), *waits))
    medium = partial(refuse, count=many, body=LONG_BODIES["a form"][:3_000])
    yield Work("10,000 requests of 3 kB", medium, (*get(*LISTS), *waits))
    waits = wait("call", many // 3, state="ended"), wait("webhook", many, state="failed")

    def calls(edge: EdgeSite) -> None:
        place_calls(edge.app, many // 3)

    yield Work("3,000 calls", calls, (*get(*CALL_LISTS), *waits))
    keys = {f"webhook{number}": 1 for number in range(percent * 500)}
    unknown = tuple(build_request(method, ACCOUNT, json=keys) for method in ("PUT", "PATCH"))
    yield Work("50,000 unknown keys", lambda _: None, unknown)
    inputs = partial(refuse, count=percent * 1_000, body=b'{"to": "911"}')
    yield Work("100,000 inputs", inputs, get("inputs"))
    yield Work("a batch with 300 errors", partial(send_batch, count=percent * 3), get("explain/r1"))
    path = build_request("GET", "/mobtexting/api" * 40 * percent)
    yield Work("an unknown path of 60 kB", lambda _: None, (path,))


def measure_fork(percent: int, edge: EdgeSite, name: str) -> Iterator[Figure]:
    """Yield the time of a fork, and that of its longest callback."""
    fork = build_request("PUT", "/_mock/sandboxes/copy", json={"from": "default"})
    start = time.process_time()
    longest = longest_callback(edge.app, fork, (200,), 1)
    seconds = time.process_time() - start
    yield Figure(seconds, REBUILT * percent / 100, f"a fork of {name}: all of it")
    yield Figure(longest, LONGEST, f"a fork of {name}: its longest callback")


def measure_log_lines(edge: EdgeSite) -> Iterator[Figure]:
    """Yield the times of the lines of the JSON log for long requests."""
    for name, body in LONG_BODIES.items():
        refuse(edge, 1, body)
        *_, entry = read.journal(edge.default.state)
        start = time.thread_time()
        format_json_line(entry, edge.default.state)
        yield Figure(time.thread_time() - start, LONGEST, f"a line of the JSON log, {name}")


def measure(percent: int) -> Iterator[Figure]:
    """Yield all times."""
    configuration = build_configuration(parse_settings({}, {}))
    gc.collect()
    tune_garbage_collection()
    asyncio.run(read_status(build_edge_site(configuration).app, *get("clock")))  # imports modules
    for work in build_works(percent):
        edge = build_edge_site(configuration)
        work.fill(edge)
        for request in work.requests:
            seconds = longest_callback(edge.app, request, STATUSES, LONGEST / 3)
            path = request.url.raw_path.decode()
            yield Figure(seconds, LONGEST, f"{work.name}: {request.method} {path:.60}")
    edge, count = build_edge_site(configuration), percent * 100
    place_calls(edge.app, count)
    yield from measure_fork(percent, edge, "10,000 requests")
    edge = build_edge_site(configuration)
    place_calls(edge.app, count, "lost-report", every=count)
    yield from measure_fork(percent, edge, "10,000 requests and one advance")
    yield from measure_log_lines(build_edge_site(configuration))


def main(percent: int) -> int:
    violations = 0
    for seconds, limit, what in measure(percent):
        violations += seconds > limit
        mark = "  too long" if seconds > limit else ""
        print(f"{seconds * 1_000:8.1f} ms  {what}{mark}", flush=True)  # noqa: T201 - a command
    return int(violations > 0)


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or ["100"])[0])))
