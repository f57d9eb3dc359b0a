"""Who hears what first, on real sockets: clients, their answers, and the reports about them."""

import json
import select
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.simulation import CLICK_TO_CALL

C2C = "/api/v2/voice/c2c"
CLIENTS, CALLS = 16, 5


def ask(url: str, body: object = None, **headers: str) -> Any:
    content = None if body is None else json.dumps(body).encode()
    told = {"content-type": "application/json", "authorization": "Bearer k-1", **headers}
    request = Request(url, content, told)  # noqa: S310 - loopback
    with build_opener(ProxyHandler({})).open(request, timeout=20) as answer:
        return json.load(answer)


@contextmanager
def receiving(heard: Callable[[Any], None]) -> Iterator[str]:
    """The URL of a receiver that hands over each report before it answers it."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard(json.loads(self.rfile.read(int(self.headers["content-length"]))))
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


def serving(clock: str, url: str) -> Settings:
    return Settings(port=0, clock=clock, webhook={"mobtexting": url}, seed="s", quiet=True)


# --- a report before its reply -------------------------------------------------------------------


@pytest.mark.parametrize("clock", ["manual", "real", "60x", "instant"])
def test_a_report_is_there_before_the_reply(clock: str) -> None:
    order: list[str] = []
    with (
        receiving(lambda report: order.append(report["status"])) as url,
        run_server(serving(clock, url)) as origin,
    ):
        story = {"x-mock-scenario": "report-before-reply"}
        answer = ask(f"{origin}{C2C}", {**CLICK_TO_CALL, "attempts": 0}, **story)
        order.append(answer["message"])
        [webhook] = ask(f"{origin}/_mock/webhooks")["webhooks"]
    assert order == ["BUSY", "Call initiated successfully"]
    assert [one["status"] for one in webhook["attempts"]] == [200]


def test_a_receiver_may_ask_about_the_call_before_its_reply() -> None:
    """No deadlock: who is told of a call can look at it while its client still waits."""
    seen: list[object] = []
    origins: list[str] = []

    def heard(_: Any) -> None:
        call = ask(f"{origins[0]}/_mock/calls/c1")
        seen.append((call["state"], call["outcome"]))

    with receiving(heard) as url, run_server(serving("manual", url)) as origin:
        origins.append(origin)
        story = {"x-mock-scenario": "report-before-reply"}
        ask(f"{origin}{C2C}", {**CLICK_TO_CALL, "attempts": 0}, **story)
    assert seen == [("ended", "rejected")]


# --- many clients at once ------------------------------------------------------------------------


class Client:
    """Places calls one after another on one line, and reads no answer before its report is in."""

    def __init__(self, number: int, port: int) -> None:
        self.number = number
        self.line = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.reported = threading.Event()
        self.statuses: list[bytes] = []

    def place(self, nth: int) -> None:
        body = json.dumps({**CLICK_TO_CALL, "to": f"9188671{self.number:02}{nth:03}"}).encode()
        head = (
            f"POST {C2C} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer k-1\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self.reported.clear()
        self.line.sendall(head.encode() + body)
        assert self.reported.wait(20)
        self.statuses.append(self.line.recv(65_536).partition(b"\r\n")[0])

    def run(self) -> None:
        for nth in range(CALLS):
            self.place(nth)


def test_many_clients_of_an_instant_server() -> None:
    """Every call ends, every report comes once, and none before the answer to its request.

    The bytes of an answer are in the client's socket as soon as the server has sent them, so that
    a report whose client has nothing to read yet has come too early.
    """
    clients: list[Client] = []
    reports: Counter[str] = Counter()
    early: list[str] = []
    lock = threading.Lock()

    def heard(report: Any) -> None:
        number = str(report["to"])
        client = clients[int(number[7:9])]
        readable, _, _ = select.select([client.line], [], [], 0)
        with lock:
            reports[number] += 1
            early.extend([] if readable else [number])
        client.reported.set()

    with receiving(heard) as url, run_server(serving("instant", url)) as origin:
        port = int(origin.rpartition(":")[2])
        clients.extend(Client(number, port) for number in range(CLIENTS))
        threads = [threading.Thread(target=client.run) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        # the last receiver may have been heard before its answer was
        ask(f"{origin}/_mock/clock/advance", {"until": "idle"})
        calls = ask(f"{origin}/_mock/calls")["calls"]
        webhooks = ask(f"{origin}/_mock/webhooks")["webhooks"]
        for client in clients:
            client.line.close()
    assert early == []
    assert reports == {
        f"9188671{one:02}{nth:03}": 1 for one in range(CLIENTS) for nth in range(CALLS)
    }
    assert [client.statuses for client in clients] == [[b"HTTP/1.1 200 OK"] * CALLS] * CLIENTS
    assert {(call["state"], call["outcome"]) for call in calls} == {("ended", "completed")}
    assert {(one["state"], len(one["attempts"])) for one in webhooks} == {("delivered", 1)}
    assert len(calls) == len(webhooks) == CLIENTS * CALLS
