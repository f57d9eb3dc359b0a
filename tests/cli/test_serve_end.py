"""A server ends within five seconds, whatever is in flight."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.processes import (
    FIXED_OPTIONS,
    Process,
    ServerProcess,
    read_announcement,
    serve,
    start,
)
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.vendors.phonon import CREATE_EXAMPLE, ITEM_EXAMPLE

NEW_NAMESPACE = ("unshare", "--pid", "--fork", "--kill-child")
SCENARIOS = "scenarios: {slow: {responses: [{after: 60s}]}}"


def can_make_namespaces() -> bool:
    command = shutil.which(NEW_NAMESPACE[0])
    trial = [*NEW_NAMESPACE, "true"]
    return bool(command) and subprocess.run(trial, check=False, capture_output=True).returncode == 0  # noqa: S603 - a constant


class SilentReceiver:
    """A receiver that accepts requests and never answers."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.settimeout(10)
        self.lines: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}/hook"

    def wait(self) -> None:
        """Wait until a request has arrived."""
        connection, _ = self.listening.accept()
        self.lines.append(connection)
        connection.settimeout(10)
        assert connection.recv(65_536).startswith(b"POST /hook HTTP/1.1\r\n")

    def close(self) -> None:
        for open_socket in (self.listening, *self.lines):
            open_socket.close()


@pytest.fixture
def silent_receiver() -> Iterator[SilentReceiver]:
    receiver = SilentReceiver()
    yield receiver
    receiver.close()


SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_server_ends_at_once_while_a_receiver_does_not_answer(
    silent_receiver: SilentReceiver, number: int
) -> None:
    arguments = (
        "--port",
        "0",
        "--clock",
        "instant",
        "--webhook",
        f"mobtexting={silent_receiver.url}",
    )
    with serve(*arguments, "--quiet") as server:
        server.request("/api/v2/voice/c2c", dict(CLICK_TO_CALL))
        silent_receiver.wait()
        assert server.end(number) == (0, "", "")


def send_request(
    server: ServerProcess, path: str, body: object = None, *, scenario: str = ""
) -> socket.socket:
    """Send a request without waiting for its response."""
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer k-1\r\n"
        f"content-type: application/json\r\nx-mock-scenario: {scenario}\r\n"
        f"content-length: {len(content)}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", int(server.ready["port"])), timeout=10)
    connection.sendall(head.encode() + content)
    return connection


def advance_the_clock(server: ServerProcess, silent_receiver: SilentReceiver) -> socket.socket:
    server.request(CLICK_TO_CALL_PATH, dict(CLICK_TO_CALL))
    connection = send_request(server, "/_mock/clock/advance", {"until": "idle"})
    silent_receiver.wait()
    return connection


def request_a_report_before_its_response(
    server: ServerProcess, silent_receiver: SilentReceiver
) -> socket.socket:
    connection = send_request(
        server, CLICK_TO_CALL_PATH, dict(CLICK_TO_CALL), scenario="report-before-reply"
    )
    silent_receiver.wait()
    return connection


def request_a_delayed_response(server: ServerProcess, _: SilentReceiver) -> socket.socket:
    return send_request(server, CLICK_TO_CALL_PATH, dict(CLICK_TO_CALL), scenario="slow")


def request_a_slow_inbox(server: ServerProcess, _: SilentReceiver) -> socket.socket:
    server.request("/_mock/inboxes/x", {"delay": 60}, "PUT")
    return send_request(server, "/_mock/receive/x")


def send_half_a_request(server: ServerProcess, _: SilentReceiver) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", int(server.ready["port"])), timeout=10)
    connection.sendall(b"POST /api/v2/voice/c2c HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nab")
    return connection


def send_half_a_head(server: ServerProcess, _: SilentReceiver) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", int(server.ready["port"])), timeout=10)
    connection.sendall(b"POST /api/v2/voice/c2c HTTP/1.1\r\nho")
    return connection


def open_the_event_stream(server: ServerProcess, _: SilentReceiver) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", int(server.ready["port"])), timeout=10)
    connection.sendall(b"GET /_mock/events HTTP/1.1\r\nhost: localhost\r\n\r\n")
    assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
    return connection


def schedule_ten_thousand_calls(server: ServerProcess, _: SilentReceiver) -> socket.socket:
    """Place 10,000 calls that have yet to begin, 100 per request."""
    for number in range(100):
        items = [{**ITEM_EXAMPLE, "client-identifier": f"{number}-{at}"} for at in range(100)]
        server.request("/phonon/kairos-apis/outbound/create", {**CREATE_EXAMPLE, "calls": items})
    assert json.loads(server.request("/_mock/clock"))["pending"] == 10_000
    return keep_a_connection_open(server, _)


def deliver_to_an_unknown_host(server: ServerProcess, _: SilentReceiver) -> socket.socket:
    account = {"webhooks": {"any": "http://nobody.invalid/hook"}}
    server.request("/_mock/accounts/mobtexting/mobtexting-default", account, "PATCH")
    server.request(CLICK_TO_CALL_PATH, dict(CLICK_TO_CALL))
    return send_request(server, "/_mock/clock/advance", {"until": "idle"})


def keep_a_connection_open(server: ServerProcess, _: SilentReceiver) -> socket.socket:
    connection = send_request(server, "/_mock/reset")
    assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
    return connection


@pytest.mark.parametrize(
    "start_work",
    [
        advance_the_clock,
        request_a_report_before_its_response,
        request_a_delayed_response,
        request_a_slow_inbox,
        send_half_a_head,
        send_half_a_request,
        keep_a_connection_open,
        open_the_event_stream,
        schedule_ten_thousand_calls,
        deliver_to_an_unknown_host,
    ],
)
def test_a_server_ends_within_five_seconds_whatever_is_in_flight(
    tmp_path: Path,
    silent_receiver: SilentReceiver,
    start_work: Callable[[ServerProcess, SilentReceiver], socket.socket],
    runs: range,
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SCENARIOS, "utf-8")
    options = ("--webhook", f"mobtexting={silent_receiver.url}", "--scenarios", str(file))
    for _ in runs:
        with (
            serve(*FIXED_OPTIONS, "--quiet", *options) as server,
            start_work(server, silent_receiver),
        ):
            server.request("/_mock/health")  # by now the server has read what came before
            code, output, errors = server.end()
        assert (code, output, errors) == (0, "", "")


def handles(process: Process, number: int) -> bool:
    """Return whether a process handles a signal itself, as the system says."""
    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    return bool(int(status.partition("SigCgt:")[2].split()[0], 16) >> (number - 1) & 1)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_server_that_is_not_ready_yet_ends_quietly_on_a_signal(number: int, runs: range) -> None:
    for run in runs:
        with start(*FIXED_OPTIONS, "--quiet") as process:
            while not handles(process, signal.SIGTERM):
                os.sched_yield()
            threading.Event().wait(run * 0.1)  # in the middle of its start
            process.send_signal(number)
            _, errors = process.communicate(timeout=5)
            assert (process.returncode, errors) == (0, "")


def first_process_id(process: Process) -> int:
    """Return the outer process id of the first process in the namespace."""
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii"))


@pytest.mark.skipif(not can_make_namespaces(), reason="who may not make namespaces cannot be PID 1")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_process_1_ends_on_a_signal(number: int, runs: range) -> None:
    """In a container, process 1 ignores a signal without a handler."""
    for _ in runs:
        with start(*FIXED_OPTIONS, "--quiet", before=NEW_NAMESPACE) as process:
            read_announcement(process)
            os.kill(first_process_id(process), number)
            output, errors = process.communicate(timeout=5)
            assert (process.returncode, output, errors) == (0, "", "")


def test_a_clock_advance_stopped_by_the_end_of_the_server_says_so(
    silent_receiver: SilentReceiver,
) -> None:
    def advance() -> None:
        with suppress(OSError):
            responses.append(json.loads(server.request("/_mock/clock/advance", {"until": "idle"})))

    responses = list[dict[str, object]]()
    with serve(
        *FIXED_OPTIONS, "--quiet", "--webhook", f"mobtexting={silent_receiver.url}"
    ) as server:
        server.request(CLICK_TO_CALL_PATH, dict(CLICK_TO_CALL))
        thread = threading.Thread(target=advance)
        thread.start()
        silent_receiver.wait()
        assert server.end() == (0, "", "")
        thread.join(10)
    assert [(response["stop_reason"], response["attempts"]) for response in responses] == [
        ("stop", 1)
    ]
