"""Places many calls of one sandbox over one connection, without waiting for each response."""

import json
import socket
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.ui_site import UiSite

BATCH: Final = 50  # requests that are sent at once
TICK: Final = 0.05  # seconds between two batches of a steady load
ENTRIES: Final = 11  # of the journal for a call with a busy callee


def place_many(ui: UiSite, count: int) -> None:
    """Place these calls, whose callee is busy, as fast as the server takes them."""
    with _connect(ui) as connection:
        for start in range(0, count, BATCH):
            _place(connection, ui, min(BATCH, count - start))


class SteadyLoad:
    """Places calls as long as a block runs, so that so many journal entries come in a second."""

    def __init__(self, ui: UiSite, entries: int) -> None:
        self.calls = 0
        self._ui = ui
        self._size = entries * TICK / ENTRIES
        self._is_over = Event()
        self._thread = Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        owed = 0.0
        with _connect(self._ui) as connection:
            while not self._is_over.wait(TICK):
                owed += self._size
                _place(connection, self._ui, int(owed))
                self.calls += int(owed)
                owed -= int(owed)


def _connect(ui: UiSite) -> socket.socket:
    url = urlsplit(ui.origin)
    return socket.create_connection((url.hostname or "", url.port or 0), timeout=60)


def _place(connection: socket.socket, ui: UiSite, count: int) -> None:
    """Send so many requests, and read until each has its response."""
    body = json.dumps(dict(CLICK_TO_CALL))
    headers = HEADERS | {
        "host": urlsplit(ui.origin).netloc, "x-mock-scenario": "callee-busy",
        "content-type": "application/json", "content-length": str(len(body)),
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    path = f"{ui.prefix}{CLICK_TO_CALL_PATH}"
    connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n{body}".encode() * count)
    received = b""
    while received.count(b"HTTP/1.1 200") < count:
        part = connection.recv(1 << 20)
        assert part, received[-2000:]
        received += part
