"""Much to show, and how long the event loop is held up while it is shown."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

import httpx
from starlette.types import ASGIApp, Message

from mockserver.core.http import Request
from mockserver.engine.own_refusals import OwnRefusal, record_refusal
from mockserver.engine.sandbox_state import SandboxState
from tests.support.edge_site import build_request
from tests.support.event_loop import measured_callbacks
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import HEADERS

TRIES: Final = 3
"""A machine does other things, too: the best try counts."""

REFUSAL: Final = OwnRefusal(
    problem="unknown-scenario",
    status=422,
    explanation="no scenario is named x",
    provider="mobtexting",
    operation="c2c",
)

LONG_BODIES: Final[Mapping[str, bytes]] = {
    "many members": json.dumps(
        {f"name{n}": {"to": n, "by": f"b{n}"} for n in range(20_000)}
    ).encode(),
    "a long text": json.dumps({"mid": "see http://u:p@h/?token=abc&a=1 " * 30_000}).encode(),
    "bytes": bytes(range(1, 256)) * 4_000,
    "a form": b"&".join(b"name%d=value%%20%d" % (n, n) for n in range(40_000)),
}


def record_requests(state: SandboxState, count: int, body: bytes) -> None:
    """Record refused requests with this body."""
    for number in range(count):
        request = Request(
            method="POST", path=CLICK_TO_CALL_PATH, headers={"n": str(number)}, body=body
        )
        record_refusal(state, request, START, REFUSAL)


def place_calls(app: ASGIApp, count: int, *scenarios: str, every: int = 100) -> None:
    """Place calls, and let them end: all of so many in one advance."""
    headers = HEADERS | ({"x-mock-scenario": ", ".join(scenarios)} if scenarios else {})
    call = build_request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
    advance = build_request("POST", "/_mock/clock/advance", json={"until": "idle"})

    async def main() -> None:
        for number in range(1, count + 1):
            await read_status(app, call)
            if number % every == 0 or number == count:
                await read_status(app, advance)

    asyncio.run(main())


async def read_status(app: ASGIApp, request: httpx.Request) -> int:
    """Send a request and return the status of its response, whose body is not kept."""
    statuses: list[int] = []
    messages = [{"type": "http.request", "body": request.read(), "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await asyncio.get_running_loop().create_future()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(_build_scope(request), receive, send)
    return statuses[0]


def _build_scope(request: httpx.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
    }


def longest_callback(
    app: ASGIApp, request: httpx.Request, statuses: tuple[int, ...], enough: float
) -> float:
    """Return the CPU seconds of the longest callback, in the best of some tries.

    A try with fewer than `enough` is the last one.
    """
    longest: list[float] = []
    while len(longest) < TRIES and min(longest, default=enough) >= enough:
        with measured_callbacks() as seconds:
            status = asyncio.run(read_status(app, request))
        assert status in statuses, (request.method, request.url.path, status)
        longest.append(max(seconds))
    return min(longest)
