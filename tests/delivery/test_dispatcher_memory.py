"""The response of a receiver takes no memory, however long it is."""

import gzip
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.support.processes import FIXED_OPTIONS, peak_memory, serve
from tests.support.simulation import CLICK_TO_CALL

GROWTH = 5_000  # kB
PART_COUNT = 2_000
"""Parts of 64 kB each that a receiver tries to send."""

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(1 << 24))

RESPONSES = {
    "nothing": (HEAD + b"content-length: 0\r\n\r\n", b""),
    "endless body": (HEAD + b"\r\n", bytes(65_536)),
    "endless chunks": (CHUNKED, b"fff0\r\n%b\r\n" % bytes(65_520)),
    "one endless chunk": (CHUNKED + b"ffffffff\r\n", bytes(65_536)),
    "gzip bomb": (HEAD + b"content-encoding: gzip\r\n\r\n", BOMB * 4),
    "endless head": (HEAD + b"x: ", b"a" * 65_536),
    "endless fields": (HEAD, b"x: y\r\n" * 10_922),
}
RESULTS = {
    "nothing": (200, None),
    "endless body": (200, None),
    "endless chunks": (200, None),
    "one endless chunk": (200, None),
    "gzip bomb": (200, None),
    "endless head": (None, "too-large"),
    "endless fields": (None, "too-large"),
}


class EndlessReceiver(socketserver.BaseRequestHandler):
    """Responds as the path says, until the client closes the connection."""

    def handle(self) -> None:
        path = self.request.recv(65_536).split()[1].decode().strip("/").replace("-", " ")
        start, part = RESPONSES[path]
        with suppress(OSError):
            self.request.sendall(start)
            for _ in range(PART_COUNT):
                self.request.sendall(part)


@contextmanager
def serve_endlessly() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), EndlessReceiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(10)


def test_endless_responses_take_no_memory() -> None:
    with serve_endlessly() as origin, serve(*FIXED_OPTIONS, "--quiet") as server:

        def call(name: str) -> None:
            hook = {"webhooks": {"any": f"{origin}/{name.replace(' ', '-')}"}}
            server.request("/_mock/accounts/mobtexting/mobtexting-default", hook, "PATCH")
            server.request("/mobtexting/api/v2/voice/c2c", dict(CLICK_TO_CALL))
            server.request("/_mock/clock/advance", {"until": "idle"})

        call("nothing")
        before = peak_memory(server)
        for name in RESPONSES:
            call(name)
        assert peak_memory(server) - before <= GROWTH
        deliveries = json.loads(server.request("/_mock/webhooks"))["webhooks"]
        attempts = [delivery["attempts"][-1] for delivery in deliveries[1:]]
        assert [(attempt["status"], attempt["error"]) for attempt in attempts] == [
            *RESULTS.values()
        ]
