"""A webhook receiver in its own process that counts the webhooks and reports their times."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

import httptools

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
REPORTS: Mapping[bytes, Callable[[list[float]], bytes]] = {
    b"/count": lambda times: b"%d" % len(times),
    b"/times": lambda times: json.dumps(times).encode(),
}
"""Path -> the response body, made from the arrival times."""


class Receiver(asyncio.Protocol):
    """The protocol of one connection.

    `times` are the arrival times of all connections, in seconds of the wall clock.
    """

    times: list[float] = []  # noqa: RUF012 - shared by all connections on purpose

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)
        self.path = b""

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.path = url

    def on_message_complete(self) -> None:
        assert isinstance(self.transport, asyncio.WriteTransport)
        if self.path in REPORTS:
            self.transport.write(REPORTS[self.path](self.times))
            self.transport.close()
            return
        self.times.append(time.time())
        self.transport.write(OK)


class RunningReceiver(NamedTuple):
    """A running receiver, which listens on `port` of 127.0.0.1."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def received(self) -> int:
        """Return how many webhooks have arrived."""
        return int(self._get(b"/count"))

    def times(self) -> list[float]:
        """Return the arrival times in seconds of the wall clock."""
        return list(json.loads(self._get(b"/times")))

    def _get(self, path: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(b"GET %b HTTP/1.1\r\nhost: x\r\n\r\n" % path)
            return b"".join(iter(lambda: connection.recv(65_536), b""))


@contextmanager
def receiver() -> Iterator[RunningReceiver]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.receiver"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield RunningReceiver(int(process.stdout.readline()))
        finally:
            process.terminate()


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - read by the parent process
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
