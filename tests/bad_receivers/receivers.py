"""Ten receivers of webhooks in a process of their own, each on a port, and a port to ask them."""

import asyncio
import json
import socket
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple

import httptools

HEALTHY: Final = "healthy"
BAD: Final = ("silent", "resetting", "slow")
COUNT: Final = 10
SLOWNESS: Final = 2.0  # seconds
OK: Final = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
LINGER: Final = struct.pack("ii", 1, 0)
"""Closes a socket with a reset."""

Arrival = tuple[int, float, str]
"""(receiver, time in seconds of the wall clock, digest)"""


def digest_of(method: str, target: str, body: bytes) -> str:
    """Return what tells one report from another."""
    return sha256(b"\n".join((method.encode(), target.encode(), body))).hexdigest()[:16]


class Receiver(asyncio.Protocol):
    """One connection to the receiver `index`, which stores what arrives and then does `respond`."""

    transport: asyncio.Transport

    def __init__(
        self, index: int, arrivals: list[Arrival], respond: Callable[[asyncio.Transport], None]
    ) -> None:
        self._index = index
        self._arrivals = arrivals
        self._respond = respond
        self._parser = httptools.HttpRequestParser(self)
        self._target, self._body = b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode()
        digest = digest_of(method, self._target.decode(), self._body)
        self._arrivals.append((self._index, time.time(), digest))
        self._respond(self.transport)


def accept(transport: asyncio.Transport) -> None:
    if not transport.is_closing():
        transport.write(OK)


def keep_silent(_: asyncio.Transport) -> None:
    """Never respond."""


def reset(transport: asyncio.Transport) -> None:
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
    transport.abort()


def accept_slowly(transport: asyncio.Transport) -> None:
    asyncio.get_running_loop().call_later(SLOWNESS, accept, transport)


RESPONSES: Final[Mapping[str, Callable[[asyncio.Transport], None]]] = {
    HEALTHY: accept,
    "silent": keep_silent,
    "resetting": reset,
    "slow": accept_slowly,
}


def manners(bad: tuple[str, ...]) -> tuple[str, ...]:
    """Return the manner of each receiver, the bad ones first."""
    return (*bad, *(HEALTHY,) * (COUNT - len(bad)))


class RunningReceivers(NamedTuple):
    """The receivers listen on `ports` of 127.0.0.1, in the order of `manners`."""

    ports: tuple[int, ...]
    question_port: int

    def counts(self) -> dict[int, int]:
        """Return how many reports each receiver has got."""
        return {int(index): count for index, count in self._ask("counts").items()}

    def arrivals(self) -> list[Arrival]:
        return [(index, at, digest) for index, at, digest in self._ask("arrivals")]

    def _ask(self, question: str) -> Any:
        with socket.create_connection(("127.0.0.1", self.question_port), timeout=60) as connection:
            connection.sendall(question.encode() + b"\n")
            return json.loads(b"".join(iter(lambda: connection.recv(1 << 20), b"")))


@contextmanager
def run_receivers(bad: tuple[str, ...]) -> Iterator[RunningReceivers]:
    """Run ten receivers, the first ones with the bad manners `bad`, while the block runs."""
    command = [sys.executable, "-m", __name__, *manners(bad)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout
        try:
            *ports, question_port = map(int, process.stdout.readline().split())
            yield RunningReceivers(tuple(ports), question_port)
        finally:
            process.terminate()


async def answer_question(
    arrivals: list[Arrival], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    is_count = await reader.readline() == b"counts\n"
    answer = Counter(index for index, *_ in arrivals) if is_count else arrivals
    writer.write(json.dumps(answer).encode())
    await writer.drain()
    writer.close()


async def main(words: list[str]) -> None:
    loop, arrivals = asyncio.get_running_loop(), list[Arrival]()
    servers = [
        await loop.create_server(
            partial(Receiver, index, arrivals, RESPONSES[word]), "127.0.0.1", 0, backlog=1_024
        )
        for index, word in enumerate(words)
    ]
    questions = await asyncio.start_server(partial(answer_question, arrivals), "127.0.0.1", 0)
    ports = [server.sockets[0].getsockname()[1] for server in (*servers, questions)]
    print(*ports, flush=True)  # noqa: T201 - read by the parent process
    await questions.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
