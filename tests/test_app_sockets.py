"""The order of responses and reports on real sockets, with one and with many clients."""

import json
import select
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.fetch import fetch_json
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH

CLIENTS, CALLS = 16, 5


@contextmanager
def run_receiver(on_report: Callable[[Any], None]) -> Iterator[str]:
    """Run a receiver that passes each report to `on_report` before it responds; yield its URL."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            on_report(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook"
        finally:
            server.shutdown()
            thread.join(10)


def build_settings(clock: str, url: str) -> Settings:
    return Settings(port=0, clock=clock, webhook={"mobtexting": url}, seed="s", quiet=True)


# --- a report before its response ----------------------------------------------------------------


@pytest.mark.parametrize("clock", ["manual", "real", "60x", "instant"])
def test_report_before_reply_delivers_the_report_before_the_response(clock: str) -> None:
    arrivals: list[str] = []
    with (
        run_receiver(lambda report: arrivals.append(report["status"])) as url,
        run_server(build_settings(clock, url)) as origin,
    ):
        header = {"x-mock-scenario": "report-before-reply"}
        response = fetch_json(
            f"{origin}{CLICK_TO_CALL_PATH}", {**CLICK_TO_CALL, "attempts": 0}, **header
        )
        arrivals.append(response["message"])
        [webhook] = fetch_json(f"{origin}/_mock/webhooks")["webhooks"]
    assert arrivals == ["BUSY", "Call initiated successfully"]
    assert [attempt["status"] for attempt in webhook["attempts"]] == [200]


def test_a_receiver_can_read_the_call_before_its_client_has_the_response() -> None:
    """There is no deadlock between the receiver's request and the client's."""
    calls_seen: list[object] = []
    origins: list[str] = []

    def read_call(_: Any) -> None:
        call = fetch_json(f"{origins[0]}/_mock/calls/c1")
        calls_seen.append((call["state"], call["outcome"]))

    with run_receiver(read_call) as url, run_server(build_settings("manual", url)) as origin:
        origins.append(origin)
        header = {"x-mock-scenario": "report-before-reply"}
        fetch_json(f"{origin}{CLICK_TO_CALL_PATH}", {**CLICK_TO_CALL, "attempts": 0}, **header)
    assert calls_seen == [("ended", "rejected")]


# --- many clients at once ------------------------------------------------------------------------


class Client:
    """Places calls on one connection and reads each response only after its report has arrived."""

    def __init__(self, number: int, port: int) -> None:
        self.number = number
        self.line = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.reported = threading.Event()
        self.statuses: list[bytes] = []

    def place(self, number: int) -> None:
        body = json.dumps({**CLICK_TO_CALL, "to": f"9188671{self.number:02}{number:03}"}).encode()
        head = (
            f"POST {CLICK_TO_CALL_PATH} HTTP/1.1\r\nhost: localhost\r\n"
            "authorization: Bearer k-1\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self.reported.clear()
        self.line.sendall(head.encode() + body)
        assert self.reported.wait(20)
        self.statuses.append(self.line.recv(65_536).partition(b"\r\n")[0])

    def run(self) -> None:
        for number in range(CALLS):
            self.place(number)


def test_an_instant_server_delivers_every_report_once_and_after_its_response() -> None:
    """Every call ends, every report arrives once, and none before the response to its request.

    The bytes of a response are in the client's socket as soon as the server has sent them, so a
    report is early if its client has nothing to read yet.
    """
    clients: list[Client] = []
    reports: Counter[str] = Counter()
    early: list[str] = []
    lock = threading.Lock()

    def check_report(report: Any) -> None:
        callee = str(report["to"])
        client = clients[int(callee[7:9])]
        readable, _, _ = select.select([client.line], [], [], 0)
        with lock:
            reports[callee] += 1
            early.extend([] if readable else [callee])
        client.reported.set()

    with run_receiver(check_report) as url, run_server(build_settings("instant", url)) as origin:
        port = int(origin.rpartition(":")[2])
        clients.extend(Client(callee, port) for callee in range(CLIENTS))
        threads = [threading.Thread(target=client.run) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        # the last report may have arrived before the receiver's response
        fetch_json(f"{origin}/_mock/clock/advance", {"until": "idle"})
        calls = fetch_json(f"{origin}/_mock/calls")["calls"]
        webhooks = fetch_json(f"{origin}/_mock/webhooks")["webhooks"]
        for client in clients:
            client.line.close()
    assert early == []
    assert reports == {
        f"9188671{client_number:02}{number:03}": 1
        for client_number in range(CLIENTS)
        for number in range(CALLS)
    }
    assert [client.statuses for client in clients] == [[b"HTTP/1.1 200 OK"] * CALLS] * CLIENTS
    assert {(call["state"], call["outcome"]) for call in calls} == {("ended", "completed")}
    assert {
        (client_number["state"], len(client_number["attempts"])) for client_number in webhooks
    } == {("delivered", 1)}
    assert len(calls) == len(webhooks) == CLIENTS * CALLS
