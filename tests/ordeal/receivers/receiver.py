"""A receiver as a WSGI application on a port, with a probe that counts effects."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from tests.ordeal.receivers.clocks import Clock, RealClock
from tests.ordeal.receivers.reports import READERS, UNREADABLE, Environ, Report


class Receiver:
    """Counts each call once, under the word that ends it; what arrives twice is a copy.

    Others do one thing in another way. `origin` is that of the mock server, `url` its own. All its
    time is that of `clock`.
    """

    vendor = "mobtexting"
    last_word = "completed"

    def __init__(self) -> None:
        self.origin, self.url = "", ""
        self.counts: Counter[str] = Counter(calls=0)
        self.known: set[str] = set()
        self.lock = threading.Lock()
        self.clock: Clock = RealClock()

    def receive(self, report: Report) -> int:
        """Handle a webhook; return the status of the response."""
        if report.word == self.last_word:
            with self.lock:
                self.count_once(report.call)
        return 200

    def count_once(self, call: str) -> None:
        if call not in self.known:
            self.known.add(call)
            self.counts["calls"] += 1

    def receive_damage(self, _: bytes) -> int:
        """Handle a body that cannot be read; return the status of the response."""
        return 400

    def read_body(self, environ: Environ) -> bytes:
        body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return body

    def place_call(self) -> int:
        """Let the application place a call; return the status of the response."""
        return 404

    def handle(self, environ: Environ) -> int:
        """Handle any request; return the status of the response."""
        if environ["PATH_INFO"] == "/order":
            return self.place_call()
        body = self.read_body(environ)
        try:
            report = READERS[self.vendor](environ["QUERY_STRING"], body)
        except UNREADABLE:
            return self.receive_damage(body)
        return self.receive(report)

    def __call__(self, environ: Environ, start_response: Any) -> list[bytes]:
        is_probe = environ["PATH_INFO"] == "/probe"
        status = 200 if is_probe else self.handle(environ)
        content = json.dumps(self.counts).encode() if is_probe else b""
        headers = [("content-type", "application/json"), ("content-length", str(len(content)))]
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [content]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 32

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that have ended the connection."""


class _Handler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Write no log."""

    def address_string(self) -> str:
        """Return the address without a look-up of its name."""
        return "127.0.0.1"


@contextmanager
def serve(build: Callable[[], Receiver], origin: str = "") -> Iterator[Receiver]:
    """Serve a new receiver on a port during a `with` block."""
    receiver = build()
    with _Server(("127.0.0.1", 0), _Handler) as server:
        receiver.origin, receiver.url = origin, f"http://127.0.0.1:{server.server_port}"
        server.set_app(receiver)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
