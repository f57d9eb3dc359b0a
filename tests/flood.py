"""`python -m tests.flood [REQUESTS [EVERY]]`: ten clients send requests of 10 kB.

Every hundredth request (or each `EVERY`th) hangs up the same call. The command prints the memory of
the server. It fails if memory grows by more than 150 MB, if a request is counted twice or not at
all, or if not exactly one hangup succeeds.
"""

import json
import re
import socket
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.support.simulation import CLICK_TO_CALL

GROWTH_LIMIT = 150.0  # MB
SIZE = 10_000
CLIENTS = 10
BATCH = 100  # requests that one client sends at once
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


def build_head(path: str, size: int) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        "host: localhost",
        "authorization: Bearer revoked",
        "accept: application/json",
        "content-type: application/json",
        f"content-length: {size}",
    )
    return "\r\n".join((*lines, "", "")).encode()


def build_batch(call: str, every: int) -> bytes:
    """Return requests that the vendor refuses, with hangups among them."""
    click = json.dumps({**CLICK_TO_CALL, "mid": "x" * SIZE}).encode()
    event = b'{"event": "hangup", "leg": "a"}'
    refused = build_head("/mobtexting/api/v2/voice/c2c", len(click)) + click
    hangup = build_head(f"/_mock/calls/{call}/events", len(event)) + event
    return (refused * (every - 1) + hangup) * (BATCH // every)


def send_batch(connections: list[socket.socket], data: bytes) -> Counter[int]:
    """Send a batch on each connection and count the statuses of all responses."""
    for connection in connections:
        connection.sendall(data)
    return Counter(status for connection in connections for status in read_statuses(connection))


def read_statuses(connection: socket.socket) -> list[int]:
    received, statuses = b"", list[bytes]()
    while len(statuses) < BATCH or not received.endswith(b"}"):
        received += connection.recv(1 << 20)
        statuses = STATUS.findall(received)
    return [*map(int, statuses)]


def memory_of(process: "subprocess.Popen[str]") -> float:
    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1_000


def flood(origin: str, process: "subprocess.Popen[str]", count: int, every: int) -> list[str]:
    with httpx.Client(base_url=origin, trust_env=False, timeout=300) as client:
        call = place_call(client).headers["x-mock-call"]
        client.post("/_mock/clock/advance", json={"by": "3s"})
        start_memory, counted, data = memory_of(process), Counter[int](), build_batch(call, every)
        with ExitStack() as stack:
            connections = [stack.enter_context(connect(origin)) for _ in range(CLIENTS)]
            rounds = count // BATCH // CLIENTS
            for number in range(rounds):
                counted += send_batch(connections, data)
                if number % (rounds // 10 or 1) == 0:
                    grown = memory_of(process) - start_memory
                    print(f"{sum(counted.values()):10,} {grown:+8.1f} MB", flush=True)  # noqa: T201
        grown = memory_of(process) - start_memory
        last_response = place_call(client)
        page = client.get("/_mock/requests", params={"limit": "1"}).json()
        counts = page["evicted"], *map(number_of, (page["requests"][0]["id"], last_response))
    return find_violations(counted, grown, counts)


def connect(origin: str) -> socket.socket:
    address = urlsplit(origin)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=60)


def place_call(client: httpx.Client) -> httpx.Response:
    bearer = {"authorization": "Bearer key", "accept": "application/json"}
    return client.post("/mobtexting/api/v2/voice/c2c", json=dict(CLICK_TO_CALL), headers=bearer)


def number_of(source: str | httpx.Response) -> int:
    name = source if isinstance(source, str) else source.headers["x-mock-request"]
    return int(name.removeprefix("r"))


def find_violations(counted: Counter[int], grown: float, counts: tuple[int, int, int]) -> list[str]:
    """Return the violations; one call before and one after the flood are counted as well."""
    evicted, first, last = counts
    print(f"memory: {grown:+.1f} MB, {dict(counted)}, evicted: {evicted:,}")  # noqa: T201
    violations = [f"memory has grown by {grown:.1f} MB"] if grown > GROWTH_LIMIT else []
    violations += [] if counted[200] == 1 else [f"{counted[200]} have hung up the one call"]
    violations += (
        [] if last == counted[401] + 2 else [f"{counted[401]:,} requests, {last - 2:,} counted"]
    )
    violations += (
        [] if first == evicted + 1 else [f"{evicted:,} evicted, but {first:,} is the first"]
    )
    unexpected = set(counted) - {200, 401, 409}
    return violations + ([f"unexpected statuses: {unexpected}"] if unexpected else [])


def main(count: int, every: int) -> int:
    command = [sys.executable, "-m", "mockserver", "--port", "0", "--clock", "manual", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout
        origin = process.stdout.readline().split()[3]
        try:
            violations = flood(origin, process, count, every)
        finally:
            process.terminate()
    print(json.dumps({"wrong": violations}))  # noqa: T201 - a command
    return int(bool(violations))


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [1_000_000, 100][len(given) :])))
