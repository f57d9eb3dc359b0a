"""`python -m tests.flood [REQUESTS [EVERY]]`: requests of 10 kB by ten clients, and what is kept.

Every hundredth, or as told, hangs up one and the same call. It prints memory, and is wrong if it
ends more than 150 MB above where it began, if a request is counted twice or not at all, or if not
exactly one of those who hang up has done it.
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

AT_MOST = 150.0  # MB
SIZE = 10_000
CLIENTS = 10
BATCH = 100  # requests of one client in one go
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


def head(path: str, size: int) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        "host: localhost",
        "authorization: Bearer revoked",
        "accept: application/json",
        "content-type: application/json",
        f"content-length: {size}",
    )
    return "\r\n".join((*lines, "", "")).encode()


def batch(call: str, every: int) -> bytes:
    """Requests that a vendor refuses, and among them those that hang up."""
    click = json.dumps({**CLICK_TO_CALL, "mid": "x" * SIZE}).encode()
    event = b'{"event": "hangup", "leg": "a"}'
    one = head("/mobtexting/api/v2/voice/c2c", len(click)) + click
    hangup = head(f"/_mock/calls/{call}/events", len(event)) + event
    return (one * (every - 1) + hangup) * (BATCH // every)


def statuses(lines: list[socket.socket], sent: bytes) -> Counter[int]:
    """Of one batch of each; every answer is heard before the next is sent."""
    for line in lines:
        line.sendall(sent)
    return Counter(status for line in lines for status in heard(line))


def heard(line: socket.socket) -> list[int]:
    told, found = b"", list[bytes]()
    while len(found) < BATCH or not told.endswith(b"}"):
        told += line.recv(1 << 20)
        found = STATUS.findall(told)
    return [*map(int, found)]


def memory(process: "subprocess.Popen[str]") -> float:
    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1_000


def flooded(origin: str, process: "subprocess.Popen[str]", many: int, every: int) -> list[str]:
    with httpx.Client(base_url=origin, trust_env=False, timeout=300) as client:
        call = placed(client).headers["x-mock-call"]
        client.post("/_mock/clock/advance", json={"by": "3s"})
        before, told, sent = memory(process), Counter[int](), batch(call, every)
        with ExitStack() as open_:
            lines = [open_.enter_context(dialled(origin)) for _ in range(CLIENTS)]
            rounds = many // BATCH // CLIENTS
            for number in range(rounds):
                told += statuses(lines, sent)
                if number % (rounds // 10 or 1) == 0:
                    grown = memory(process) - before
                    print(f"{sum(told.values()):10,} {grown:+8.1f} MB", flush=True)  # noqa: T201
        grown = memory(process) - before
        last = placed(client)
        listed = client.get("/_mock/requests", params={"limit": "1"}).json()
        counts = listed["dropped"], *map(number_of, (listed["requests"][0]["id"], last))
    return judged(told, grown, counts)


def dialled(origin: str) -> socket.socket:
    at = urlsplit(origin)
    return socket.create_connection((at.hostname or "", at.port or 0), timeout=60)


def placed(client: httpx.Client) -> httpx.Response:
    bearer = {"authorization": "Bearer key", "accept": "application/json"}
    return client.post("/mobtexting/api/v2/voice/c2c", json=dict(CLICK_TO_CALL), headers=bearer)


def number_of(told: str | httpx.Response) -> int:
    name = told if isinstance(told, str) else told.headers["x-mock-request"]
    return int(name.removeprefix("r"))


def judged(told: Counter[int], grown: float, counts: tuple[int, int, int]) -> list[str]:
    """What is wrong; a click before and a click behind are counted as well."""
    dropped, first, last = counts
    print(f"memory: {grown:+.1f} MB, {dict(told)}, dropped: {dropped:,}")  # noqa: T201
    wrong = [f"memory has grown by {grown:.1f} MB"] if grown > AT_MOST else []
    wrong += [] if told[200] == 1 else [f"{told[200]} have hung up the one call"]
    wrong += [] if last == told[401] + 2 else [f"{told[401]:,} requests, {last - 2:,} counted"]
    wrong += [] if first == dropped + 1 else [f"{dropped:,} dropped, but {first:,} is the first"]
    odd = set(told) - {200, 401, 409}
    return wrong + ([f"answers that nobody expects: {odd}"] if odd else [])


def main(many: int, every: int) -> int:
    command = [sys.executable, "-m", "mockserver", "--port", "0", "--clock", "manual", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout
        origin = process.stdout.readline().split()[3]
        try:
            wrong = flooded(origin, process, many, every)
        finally:
            process.terminate()
    print(json.dumps({"wrong": wrong}))  # noqa: T201 - a command
    return int(bool(wrong))


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [1_000_000, 100][len(given) :])))
