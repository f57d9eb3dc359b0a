"""Faults below HTTP, seen by a client at the other end of a real socket."""

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import Message

from mockserver.app import run_server
from mockserver.settings import parse_settings
from mockserver.web.server.transport import TRANSPORT_KEY, disconnect
from tests.support.simulation import CLICK_TO_CALL

STORIES = """
scenarios:
  reset: {answers: [{break: reset}]}
  empty: {answers: [{break: empty}]}
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    file: Path = tmp_path_factory.mktemp("stories") / "mine.yaml"
    file.write_text(STORIES, "utf-8")
    flags = {"port": "0", "clock": "manual", "scenarios": (str(file),), "quiet": True}
    with run_server(parse_settings(flags, {})) as origin:
        yield int(origin.rpartition(":")[2])


def asked(story: str) -> bytes:
    body = json.dumps(dict(CLICK_TO_CALL)).encode()
    head = (
        "POST /api/v2/voice/c2c HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer k-1\r\n"
        f"content-type: application/json\r\nx-mock-scenario: {story}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def heard(line: socket.socket) -> bytes:
    """All that comes until the other side has ended."""
    parts = []
    while part := line.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def dialled(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def test_a_reset_is_a_reset(port: int) -> None:
    with dialled(port) as line:
        line.sendall(asked("reset"))
        with pytest.raises(ConnectionResetError):
            heard(line)


def test_an_empty_answer_has_no_bytes_and_ends_politely(port: int) -> None:
    with dialled(port) as line:
        line.sendall(asked("empty"))
        assert heard(line) == b""


@pytest.mark.parametrize("story", ["reset", "empty"])
def test_only_the_one_connection_is_broken(port: int, story: str) -> None:
    """What was answered on it before is whole, and other lines live on."""
    with dialled(port) as other, dialled(port) as line:
        line.sendall(asked("answered"))
        assert line.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
        line.sendall(asked(story))
        try:
            rest = heard(line)
        except ConnectionResetError:
            rest = b""
        assert rest == b""
        other.sendall(asked("answered"))
        assert other.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_many_breaks_leave_a_server_that_answers(port: int) -> None:
    for _ in range(30):
        with dialled(port) as line:
            line.sendall(asked("empty"))
            assert heard(line) == b""
    with dialled(port) as line:
        line.sendall(b"GET /_mock/health HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        assert json.loads(heard(line).partition(b"\r\n\r\n")[2])["status"] == "ok"


class Line(asyncio.Transport):
    """A transport without a socket, as some event loops have; it remembers how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[str] = []

    def close(self) -> None:
        self.ended.append("close")

    def abort(self) -> None:
        self.ended.append("abort")


@pytest.mark.parametrize("how", ["reset", "empty"])
def test_without_a_socket_a_line_is_closed_and_its_end_awaited(how: str) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"rest"},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(_: Message) -> None:
        raise AssertionError

    line = Line()
    asyncio.run(disconnect(how, {"type": "http", TRANSPORT_KEY: line}, receive, send))
    assert (line.ended, messages) == (["close"], [])


def offered(body: bytes, inbox: str) -> bytes:
    """A request as Java's HttpClient sends its first one."""
    head = (
        f"POST /_mock/inbox/{inbox} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        "connection: Upgrade, HTTP2-Settings\r\n"
        f"upgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAAB\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@pytest.mark.parametrize("cut", [0, 20, 300])
@pytest.mark.parametrize("body", [b"", b"hello"])
def test_an_offer_to_upgrade_is_passed_over(port: int, body: bytes, cut: int) -> None:
    inbox = f"h2c-{cut}-{len(body)}"
    last = f"GET /_mock/inboxes/{inbox} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
    everything = offered(body, inbox) * 2 + last.encode()
    with dialled(port) as line:
        line.sendall(everything[:cut])
        line.sendall(everything[cut:])
        answers = heard(line)
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200"] * 3
    received = json.loads(answers.rpartition(b"\r\n\r\n")[2])["received"]
    assert [one["body"] for one in received] == [body.decode()] * 2
