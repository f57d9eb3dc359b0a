"""Places calls at a server that is killed and started again, and reads what became of them."""

import json
import shutil
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Condition, Event, Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mockserver.store.sqlite_file import SqliteFile
from tests.bad_receivers.load import NAMES, VENDORS, build_accounts, build_request
from tests.bad_receivers.receivers import COUNT
from tests.support.fetch import fetch_json
from tests.support.processes import ServerProcess, serve
from tests.support.repeat_receiver import WebhookKey

LINES = 4  # connections on which calls are placed at once
PAUSE = 0.01  # seconds between two calls of a line
PREFIX = "/_sandbox/s0/_mock"
"""All calls are in one sandbox, that of `build_request`."""


class Placing:
    """Places calls one after another on some lines, while the server comes and goes.

    A request that gets no answer is not sent again: its call may have been placed. `acknowledged`
    maps the number of each other call to the id that it was given.
    """

    def __init__(self, count: int, receiver_port: int) -> None:
        self._count, self._ports = count, [receiver_port] * COUNT
        self._changed = Condition()
        self._port: int | None = None
        self.acknowledged: dict[int, str] = {}
        self._threads = [
            Thread(target=self._place_every_nth, args=(line,), daemon=True) for line in range(LINES)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def set_port(self, port: int | None) -> None:
        """Let the lines go on at this port; None makes them wait."""
        with self._changed:
            self._port = port
            self._changed.notify_all()

    def wait_for(self, count: int) -> bool:
        """Wait until so many calls are acknowledged; return whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.acknowledged) >= count, 60)

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)

    def _place_every_nth(self, line: int) -> None:
        for number in range(line, self._count, LINES):
            with self._changed:
                self._changed.wait_for(lambda: self._port, 60)
                port = self._port
            try:
                call_id = self._place(port, number)
            except (OSError, IndexError):
                Event().wait(PAUSE)
                continue
            with self._changed:
                self.acknowledged[number] = call_id
                self._changed.notify_all()
            Event().wait(PAUSE)

    def _place(self, port: int | None, number: int) -> str:
        """Place a call; an answer that the end of the server has cut short is an IndexError."""
        with socket.create_connection(("127.0.0.1", port or 0), timeout=20) as connection:
            connection.sendall(build_request(number, self._ports))
            head = connection.recv(65_536).decode()
        status, fields = head.split(" ")[1], head.lower().split("\r\n")
        if not status.startswith("2"):
            raise OSError(status)
        return next(field for field in fields if field.startswith("x-mock-call")).split(": ")[1]


@contextmanager
def serve_stored(folder: Path, receiver_port: int, *options: str) -> Iterator[ServerProcess]:
    """Run a server with the store of a folder, whose accounts report to this port."""
    file = folder / "accounts.yaml"
    file.write_text(json.dumps(build_accounts([receiver_port] * COUNT)), "utf-8")
    store = ("--store", f"sqlite:{folder / 'calls.db'}", "--scenarios", str(file))
    pace = ("--clock", "60x", "--no-number-plan", "--seed", "x")
    with serve("--port", "0", "--quiet", *pace, *store, *options) as server:
        yield server


def count_results(folder: Path) -> Counter[str]:
    """Return how many results of each webhook a copy of the file has, taken as it is now."""
    with TemporaryDirectory() as copy:
        for each in folder.glob("calls.db*"):
            shutil.copy(each, copy)
        with closing(SqliteFile.open(Path(copy, "calls.db"), "engine")) as file:
            [place] = [each.place for each in file.read_sandboxes() if each.name == "s0"]
            inputs = file.read_log(place.log, place.length).inputs
    return Counter(each.data["webhook"] for each in inputs if each.kind == "result")


class Attempt(NamedTuple):
    """The attempt of this number to deliver a webhook; `key` is what arrives at the receiver."""

    webhook: str
    number: int
    key: WebhookKey


class Outcome(NamedTuple):
    """The calls, how often the journal ends each of them, and all attempts."""

    calls: Sequence[Any]
    ends: Counter[str]
    attempts: Sequence[Attempt]


def read_outcome(server: ServerProcess) -> Outcome:
    """Read what became of the calls."""
    base = server.ready["base"] + PREFIX
    calls, journal = fetch_json(f"{base}/calls"), fetch_json(f"{base}/journal")
    assert (calls["evicted"], journal["evicted"]) == (0, 0)
    entries = journal["entries"]
    ends = Counter(each["call"] for each in entries if each.get("event") == "ended")
    return Outcome(calls["calls"], ends, [*_read_attempts(entries)])


def _read_attempts(entries: Sequence[Any]) -> Iterator[Attempt]:
    counts = Counter[str]()
    for entry in entries:
        if entry["type"] == "delivery-attempt":
            name = entry["webhook"]
            counts[name] += 1
            yield Attempt(name, counts[name], _build_key(entry["url"], entry["body"]))


def _build_key(url: str, body: Any) -> WebhookKey:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return target, b"" if body is None else content


def owed_reports(numbers: Sequence[int]) -> int:
    """Return how many webhooks the calls of these numbers send."""
    return sum(len(VENDORS[NAMES[number % len(NAMES)]].kinds) for number in numbers)


def wait_until_idle(server: ServerProcess, seconds: float = 30) -> None:
    """Wait until no call and no webhook has anything left to do."""
    base = f"{server.ready['base']}{PREFIX}"
    for _ in range(round(seconds / 0.1)):
        webhooks = fetch_json(f"{base}/webhooks")["webhooks"]
        states = {each["state"] for each in webhooks}
        if fetch_json(f"{base}/clock")["pending"] == 0 and states <= {"delivered", "failed"}:
            return
        Event().wait(0.1)
    raise AssertionError(fetch_json(f"{base}/clock"))
