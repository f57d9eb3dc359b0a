"""A receiver that stores what arrives, with whether it is marked as a repeat, on real sockets."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from typing import Any, NamedTuple

MARK = "X-Mock-Repeated"

WebhookKey = tuple[str, bytes]
"""The target and the body of a request."""


class Arrival(NamedTuple):
    """A request: `key` tells one attempt from another, and `mark` is that of a repeat."""

    key: WebhookKey
    mark: str | None


class RepeatReceiver:
    """Answers 503 to the first arrival of every `fail_every`-th webhook, else 200.

    Each answer takes `seconds`, so that some are under way whenever the sender ends.
    """

    def __init__(self, fail_every: int, seconds: float) -> None:
        self._fail_every, self._seconds = fail_every, seconds
        self._changed = Condition()
        self._arrivals: list[Arrival] = []
        self._seen: dict[WebhookKey, int] = {}
        self.port = 0

    def arrivals(self) -> list[Arrival]:
        with self._changed:
            return [*self._arrivals]

    def receive(self, arrival: Arrival) -> int:
        """Store an arrival and return the status of its answer."""
        with self._changed:
            is_new = arrival.key not in self._seen
            order = self._seen.setdefault(arrival.key, len(self._seen))
            self._arrivals.append(arrival)
            self._changed.notify_all()
        Event().wait(self._seconds)
        return 503 if is_new and order % self._fail_every == 0 else 200

    def wait_for_arrivals(self, count: int, seconds: float = 60) -> bool:
        """Wait until there are so many arrivals; return whether there are."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._arrivals) >= count, seconds)


@contextmanager
def run_repeat_receiver(fail_every: int = 5, seconds: float = 0.03) -> Iterator[RepeatReceiver]:
    """Run the receiver on a port of 127.0.0.1 during a `with` block."""
    receiver = RepeatReceiver(fail_every, seconds)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status = receiver.receive(Arrival((self.path, body), self.headers.get(MARK)))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the name that the base calls

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the sender was killed
                return

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    class Listener(ThreadingHTTPServer):
        request_queue_size = 256
        daemon_threads = True

    with Listener(("127.0.0.1", 0), Handler) as listener:
        receiver.port = listener.server_port
        thread = Thread(target=listener.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield receiver
        finally:
            listener.shutdown()
            thread.join()
