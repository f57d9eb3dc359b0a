"""Scenarios break connections below HTTP, as a client on a real socket sees it."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import Message

from mockserver.app import run_server
from mockserver.settings import parse_settings
from mockserver.web.server.transport import TRANSPORT_KEY, disconnect
from tests.support.simulation import CLICK_TO_CALL
from tests.support.sockets import connect, read_to_end

SCENARIOS = """
scenarios:
  reset: {responses: [{break: reset}]}
  empty: {responses: [{break: empty}]}
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    file: Path = tmp_path_factory.mktemp("scenarios") / "mine.yaml"
    file.write_text(SCENARIOS, "utf-8")
    flags = {"port": "0", "clock": "manual", "scenarios": (str(file),), "quiet": True}
    with run_server(parse_settings(flags, {})) as origin:
        yield int(origin.rpartition(":")[2])


def build_call_request(scenario: str) -> bytes:
    body = json.dumps(dict(CLICK_TO_CALL)).encode()
    head = (
        "POST /api/v2/voice/c2c HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer k-1\r\n"
        f"content-type: application/json\r\nx-mock-scenario: {scenario}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def test_break_reset_resets_the_connection(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(build_call_request("reset"))
        with pytest.raises(ConnectionResetError):
            read_to_end(connection)


def test_break_empty_closes_the_connection_without_any_bytes(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(build_call_request("empty"))
        assert read_to_end(connection) == b""


@pytest.mark.parametrize("scenario", ["reset", "empty"])
def test_a_break_ends_only_its_own_connection(port: int, scenario: str) -> None:
    """Earlier responses on it are complete, and other connections stay open."""
    with connect(port) as other, connect(port) as connection:
        connection.sendall(build_call_request("answered"))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
        connection.sendall(build_call_request(scenario))
        try:
            rest = read_to_end(connection)
        except ConnectionResetError:
            rest = b""
        assert rest == b""
        other.sendall(build_call_request("answered"))
        assert other.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_the_server_still_responds_after_many_breaks(port: int) -> None:
    for _ in range(30):
        with connect(port) as connection:
            connection.sendall(build_call_request("empty"))
            assert read_to_end(connection) == b""
    with connect(port) as connection:
        connection.sendall(b"GET /_mock/health HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        assert json.loads(read_to_end(connection).partition(b"\r\n\r\n")[2])["status"] == "ok"


class RecordingTransport(asyncio.Transport):
    """A transport without a socket, as in some event loops, that records how it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[str] = []

    def close(self) -> None:
        self.ended.append("close")

    def abort(self) -> None:
        self.ended.append("abort")


@pytest.mark.parametrize("kind", ["reset", "empty"])
def test_a_transport_without_a_socket_is_closed_and_its_disconnect_awaited(kind: str) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"rest"},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(_: Message) -> None:
        raise AssertionError

    transport = RecordingTransport()
    asyncio.run(disconnect(kind, {"type": "http", TRANSPORT_KEY: transport}, receive, send))
    assert (transport.ended, messages) == (["close"], [])


def build_upgrade_request(body: bytes, inbox: str) -> bytes:
    """Build the first request of Java's HttpClient, which offers HTTP/2."""
    head = (
        f"POST /_mock/receive/{inbox} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        "connection: Upgrade, HTTP2-Settings\r\n"
        f"upgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAAB\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@pytest.mark.parametrize("cut", [0, 20, 300])
@pytest.mark.parametrize("body", [b"", b"hello"])
def test_an_offer_to_upgrade_to_http_2_is_ignored(port: int, body: bytes, cut: int) -> None:
    inbox = f"h2c-{cut}-{len(body)}"
    last = f"GET /_mock/inboxes/{inbox} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
    requests = build_upgrade_request(body, inbox) * 2 + last.encode()
    with connect(port) as connection:
        connection.sendall(requests[:cut])
        connection.sendall(requests[cut:])
        responses = read_to_end(connection)
    assert re.findall(rb"HTTP/1.1 (\d+)", responses) == [b"200"] * 3
    received = json.loads(responses.rpartition(b"\r\n\r\n")[2])["received"]
    assert [request["body"] for request in received] == [body.decode()] * 2
