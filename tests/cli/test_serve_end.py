"""The end of a server, within five seconds, whatever is in flight."""

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
from tests.support.simulation import CLICK_TO_CALL
from tests.support.vendors.phonon import CREATE_EXAMPLE, ITEM_EXAMPLE

C2C = "/api/v2/voice/c2c"
NAMESPACE = ("unshare", "--pid", "--fork", "--kill-child")
STORIES = "scenarios: {slow: {answers: [{after: 60s}]}}"


def may_be_first() -> bool:
    command = shutil.which(NAMESPACE[0])
    tried = [*NAMESPACE, "true"]
    return bool(command) and subprocess.run(tried, check=False, capture_output=True).returncode == 0  # noqa: S603 - a constant


class Silent:
    """A receiver that takes what comes and never answers."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.settimeout(10)
        self.lines: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}/hook"

    def wait(self) -> None:
        """Until a whole request has come in."""
        line, _ = self.listening.accept()
        self.lines.append(line)
        line.settimeout(10)
        assert line.recv(65_536).startswith(b"POST /hook HTTP/1.1\r\n")

    def close(self) -> None:
        for one in (self.listening, *self.lines):
            one.close()


@pytest.fixture
def silent() -> Iterator[Silent]:
    receiver = Silent()
    yield receiver
    receiver.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_at_once_while_a_receiver_is_silent(silent: Silent, number: int) -> None:
    arguments = ("--port", "0", "--clock", "instant", "--webhook", f"mobtexting={silent.url}")
    with serve(*arguments, "--quiet") as running:
        running.request("/api/v2/voice/c2c", dict(CLICK_TO_CALL))
        silent.wait()
        assert running.end(number) == (0, "", "")


def asking(
    running: ServerProcess, path: str, body: object = None, *, story: str = ""
) -> socket.socket:
    """A request whose answer nobody awaits."""
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer k-1\r\n"
        f"content-type: application/json\r\nx-mock-scenario: {story}\r\n"
        f"content-length: {len(content)}\r\n\r\n"
    )
    line = socket.create_connection(("127.0.0.1", int(running.ready["port"])), timeout=10)
    line.sendall(head.encode() + content)
    return line


def an_advance(running: ServerProcess, silent: Silent) -> socket.socket:
    running.request(C2C, dict(CLICK_TO_CALL))
    line = asking(running, "/_mock/clock/advance", {"until": "idle"})
    silent.wait()
    return line


def a_report_before_its_reply(running: ServerProcess, silent: Silent) -> socket.socket:
    line = asking(running, C2C, dict(CLICK_TO_CALL), story="report-before-reply")
    silent.wait()
    return line


def an_answer_that_is_delayed(running: ServerProcess, _: Silent) -> socket.socket:
    return asking(running, C2C, dict(CLICK_TO_CALL), story="slow")


def an_inbox_that_is_slow(running: ServerProcess, _: Silent) -> socket.socket:
    running.request("/_mock/inboxes/x", {"delay": 60}, "PUT")
    return asking(running, "/_mock/inbox/x")


def half_a_request(running: ServerProcess, _: Silent) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", int(running.ready["port"])), timeout=10)
    line.sendall(b"POST /api/v2/voice/c2c HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\nab")
    return line


def half_a_head(running: ServerProcess, _: Silent) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", int(running.ready["port"])), timeout=10)
    line.sendall(b"POST /api/v2/voice/c2c HTTP/1.1\r\nho")
    return line


def a_viewer_of_the_events(running: ServerProcess, _: Silent) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", int(running.ready["port"])), timeout=10)
    line.sendall(b"GET /_mock/events HTTP/1.1\r\nhost: localhost\r\n\r\n")
    assert line.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
    return line


def ten_thousand_timers(running: ServerProcess, _: Silent) -> socket.socket:
    """Calls that have yet to begin; one request of this vendor places a hundred."""
    for number in range(100):
        items = [{**ITEM_EXAMPLE, "client-identifier": f"{number}-{at}"} for at in range(100)]
        running.request("/phonon/kairos-apis/outbound/create", {**CREATE_EXAMPLE, "calls": items})
    assert json.loads(running.request("/_mock/clock"))["pending"] == 10_000
    return a_line_that_is_kept(running, _)


def a_name_that_nobody_answers_for(running: ServerProcess, _: Silent) -> socket.socket:
    hook = {"webhooks": {"any": "http://nobody.invalid/hook"}}
    running.request("/_mock/accounts/mobtexting/mobtexting-default", hook, "PATCH")
    running.request(C2C, dict(CLICK_TO_CALL))
    return asking(running, "/_mock/clock/advance", {"until": "idle"})


def a_line_that_is_kept(running: ServerProcess, _: Silent) -> socket.socket:
    line = asking(running, "/_mock/reset")
    assert line.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
    return line


@pytest.mark.parametrize(
    "act",
    [
        an_advance,
        a_report_before_its_reply,
        an_answer_that_is_delayed,
        an_inbox_that_is_slow,
        half_a_head,
        half_a_request,
        a_line_that_is_kept,
        a_viewer_of_the_events,
        ten_thousand_timers,
        a_name_that_nobody_answers_for,
    ],
)
def test_a_server_ends_in_time(
    tmp_path: Path,
    silent: Silent,
    act: Callable[[ServerProcess, Silent], socket.socket],
    runs: range,
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(STORIES, "utf-8")
    hook = ("--webhook", f"mobtexting={silent.url}", "--scenarios", str(file))
    for _ in runs:
        with serve(*FIXED_OPTIONS, "--quiet", *hook) as running, act(running, silent):
            running.request("/_mock/health")  # what came before it has been read by now
            code, out, errors = running.end()
        assert (code, out) == (0, "")
        assert "Traceback" not in errors


def alone(process: Process) -> int:
    """The process that is the first of its namespace, as those outside know it."""
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii"))


@pytest.mark.skipif(not may_be_first(), reason="who may not make namespaces cannot be PID 1")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_the_first_process_ends_as_well(number: int, runs: range) -> None:
    """As in a container, where a signal without a handler would do nothing."""
    for _ in runs:
        with start(*FIXED_OPTIONS, "--quiet", before=NAMESPACE) as process:
            read_announcement(process)
            os.kill(alone(process), number)
            out, errors = process.communicate(timeout=5)
            assert (process.returncode, out, errors) == (0, "", "")


def test_an_advance_that_is_stopped_says_so(silent: Silent) -> None:
    def advance() -> None:
        with suppress(OSError):
            answers.append(json.loads(running.request("/_mock/clock/advance", {"until": "idle"})))

    answers = list[dict[str, object]]()
    with serve(*FIXED_OPTIONS, "--quiet", "--webhook", f"mobtexting={silent.url}") as running:
        running.request(C2C, dict(CLICK_TO_CALL))
        thread = threading.Thread(target=advance)
        thread.start()
        silent.wait()
        assert running.end() == (0, "", "")
        thread.join(10)
    assert [(one["stopped"], one["attempts"]) for one in answers] == [("stop", 1)]
