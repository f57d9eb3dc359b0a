"""A warm request enters few modules and moves between them rarely.

A move is a call of a function in another module of ours than that of the nearest caller of ours.
"""

import json
import threading
from http.client import HTTPResponse
from socket import create_connection
from types import FrameType
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from mockserver.app import run_server
from mockserver.settings import parse_settings
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS

MAX_MODULES = 28
MAX_MOVES = 54
REQUESTS = 6
"""The last but one is counted; those before it fill the caches."""

OWN = "mockserver."


START = "2026-01-01T09:00:00Z"


class Move(NamedTuple):
    """A call into a module; `caller` is empty if no function of ours is among the callers."""

    caller: str
    module: str
    function: str


def own_module(frame: FrameType | None) -> str:
    """The module of the nearest frame that belongs to us; empty if there is none."""
    while frame:
        name: str = frame.f_globals.get("__name__", "")
        if name.startswith(OWN):
            return name
        frame = frame.f_back
    return ""


def build_request(host: str) -> bytes:
    """Build a valid click-to-call request."""
    body = json.dumps(dict(CLICK_TO_CALL))
    fields = {
        **HEADERS,
        "host": host,
        "content-type": "application/json",
        "content-length": str(len(body)),
    }
    lines = (f"POST {CLICK_TO_CALL_PATH} HTTP/1.1", *map(": ".join, fields.items()), "", body)
    return "\r\n".join(lines).encode()


def record_moves() -> list[Move]:
    """Record the moves of a server while it responds to valid click-to-call requests."""
    moves: list[Move] = []

    def profile(frame: FrameType, event: str, _: object) -> None:
        module: str = frame.f_globals.get("__name__", "")
        if event == "call" and module.startswith(OWN):
            caller = own_module(frame.f_back)
            if caller != module:
                moves.append(Move(caller, module, frame.f_code.co_name))

    settings = {"port": "0", "clock": "manual", "seed": "x", "quiet": True, "start_at": START}
    threading.setprofile(profile)
    try:
        with run_server(parse_settings(settings, {})) as origin:
            address = urlsplit(origin)
            with create_connection((address.hostname, address.port)) as connection:
                for _ in range(REQUESTS):
                    connection.sendall(build_request(address.netloc))  # so that it arrives at once
                    response = HTTPResponse(connection)
                    response.begin()
                    assert (response.status, bool(response.read())) == (200, True)
    finally:
        threading.setprofile(cast("Any", None))
    return moves


def test_a_warm_request_enters_few_modules_and_moves_rarely_between_them() -> None:
    moves = record_moves()
    starts = [index for index, move in enumerate(moves) if move.function == "data_received"]
    assert len(starts) == REQUESTS
    request = moves[starts[-2] : starts[-1]]
    print(*request, sep="\n")  # noqa: T201 - shows the moves of a failed test
    assert len({move.module for move in request}) <= MAX_MODULES
    assert len(request) <= MAX_MOVES
