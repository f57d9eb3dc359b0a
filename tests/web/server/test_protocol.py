"""Requests that are too large, too slow or unreadable do not reach the application."""

import asyncio
import gc
import json
import select
import socket
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from mockserver.web.log_throttle import LogThrottle
from mockserver.web.problems import TYPE_PREFIX
from mockserver.web.server import protocol
from tests.support.simulation import CLICK_TO_CALL
from tests.support.sockets import connect, read_to_end

HEAD = b"GET /_mock/health HTTP/1.1\r\nhost: localhost\r\n"
HEALTH_REQUEST = HEAD + b"connection: close\r\n\r\n"
POST = b"POST /api/v2/voice/c2c HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n"


@pytest.fixture
def short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    for stage in protocol.STAGE_TIMEOUTS:
        monkeypatch.setitem(protocol.STAGE_TIMEOUTS, stage, 0.2)


def exchange(port: int, *parts: bytes) -> tuple[int, Any]:
    """Return the status and the body of the only response."""
    with connect(port) as connection:
        for part in parts:
            connection.sendall(part)
        head, _, body = read_to_end(connection).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def header_fields(count: int, size: int = 0) -> bytes:
    return b"".join(b"x-%d: %s\r\n" % (number, b"v" * size) for number in range(count))


def test_timeouts_and_limits_are_the_documented_ones() -> None:
    assert protocol.STAGE_TIMEOUTS == {"idle": 75, "head": 10, "body": 30, "answer": 30}
    assert (protocol.MAX_HEAD_BYTES, protocol.MAX_HEADER_FIELDS, protocol.MAX_CONNECTIONS) == (
        65_536,
        200,
        1_000,
    )


@pytest.mark.usefixtures("short_timeouts")
@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (b"G", "the head has 0.2 s to arrive"),
        (HEAD, "the head has 0.2 s to arrive"),
        (POST + b"\r\n", "the body has 0.2 s to arrive"),
        (POST + b"\r\nab", "the body has 0.2 s to arrive"),
        (POST.replace(b"content-length: 5", b"transfer-encoding: chunked") + b"\r\n2\r\nab\r\n",
         "the body has 0.2 s to arrive"),
    ],
)  # fmt: skip
def test_a_request_that_arrives_too_slowly_gets_408(port: int, sent: bytes, detail: str) -> None:
    status, problem = exchange(port, sent)
    uri = f"{TYPE_PREFIX}request-timeout"
    assert (status, problem["type"], problem["detail"]) == (408, uri, detail)


@pytest.mark.usefixtures("short_timeouts")
def test_a_slow_body_whose_request_was_answered_gets_no_second_response(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(POST.replace(b"/api/v2/voice/c2c", b"/_mock/reset") + b"\r\n")
        received = read_to_end(connection)
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.count(b"HTTP/1.1") == 1


@pytest.mark.usefixtures("short_timeouts")
def test_an_idle_connection_is_closed_without_a_response(port: int) -> None:
    with connect(port) as connection:
        assert read_to_end(connection) == b""


@pytest.mark.usefixtures("short_timeouts")
def test_a_response_may_take_longer_than_the_request_timeouts(port: int) -> None:
    """The timeouts apply to what arrives, not to how long a response takes."""
    body = json.dumps({"for": "call", "timeout": 0.5}).encode()
    head = b"POST /_mock/wait HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
    assert exchange(port, head + b"content-length: %d\r\n\r\n" % len(body) + body)[0] == 408
    assert exchange(port, HEALTH_REQUEST)[0] == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (HEAD + header_fields(198) + b"connection: close\r\n\r\n", 200),
        (HEAD + header_fields(200) + b"\r\n", 431),
        (HEAD + header_fields(5_000) + b"\r\n", 431),
        (HEAD + header_fields(1, 65_000) + b"connection: close\r\n\r\n", 200),
        (HEAD + header_fields(1, 65_536) + b"\r\n", 431),
        (HEAD + header_fields(100, 700) + b"\r\n", 431),
        (b"GET /" + b"a" * 66_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n", 431),
    ],
)
def test_a_request_head_over_200_fields_or_64_kib_gets_431(
    port: int, sent: bytes, status: int
) -> None:
    assert exchange(port, sent)[0] == status


def test_a_connection_over_the_limit_gets_503(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_CONNECTIONS", 1)
    with connect(port) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
        status, problem = exchange(port, b"")
        assert (status, problem["type"]) == (503, f"{TYPE_PREFIX}too-many-connections")
        connection.sendall(HEALTH_REQUEST)
        assert read_to_end(connection).startswith(b"HTTP/1.1 200 OK")
    assert exchange(port, HEALTH_REQUEST)[0] == 200


def connect_without_reading(port: int, sent: bytes) -> socket.socket:
    """Connect with a small receive buffer, and never read."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", port))
    connection.sendall(sent)
    return connection


def is_reset(connection: socket.socket) -> bool:
    """Return whether the server resets the connection within ten seconds."""
    poll = select.poll()
    poll.register(connection, 0)  # errors are always reported
    return poll.poll(10_000) != []


@pytest.fixture(scope="module")
def large_request(port: int) -> bytes:
    """A request whose response exceeds the socket buffers."""
    head = b"PUT /_mock/receive/large HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
    for _ in range(4):
        with connect(port) as connection:
            connection.sendall(head + b"content-length: 900000\r\n\r\n" + b"x" * 900_000)
            assert read_to_end(connection).startswith(b"HTTP/1.1 200 OK")
    return HEALTH_REQUEST.replace(b"/_mock/health", b"/_mock/inboxes/large")


@pytest.mark.usefixtures("short_timeouts")
@pytest.mark.parametrize("more", [b"", b"connection: close\r\n"])
def test_a_client_that_does_not_read_its_response_is_disconnected(
    port: int, large_request: bytes, more: bytes
) -> None:
    before = exchange(port, HEALTH_REQUEST)[1]["rejections"].get("unread-response", 0)
    with connect_without_reading(
        port, large_request.replace(b"connection: close\r\n", more)
    ) as connection:
        assert is_reset(connection)
    assert exchange(port, HEALTH_REQUEST)[1]["rejections"]["unread-response"] == before + 1


class FakeTransport:
    """A transport with a scripted size of its write buffer."""

    def __init__(self, *remaining: int) -> None:
        self.remaining = list(remaining)
        self.aborted = asyncio.Event()

    def get_write_buffer_size(self) -> int:
        return self.remaining.pop(0)

    def get_extra_info(self, _: str) -> None:
        return None

    def abort(self) -> None:
        self.aborted.set()


def test_a_slow_reader_is_disconnected_only_when_it_stops_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> list[int]:
        instance = protocol.HttpProtocol.__new__(protocol.HttpProtocol)
        transport = FakeTransport(9, 7, 3, 2, 2, 1)
        dependencies = SimpleNamespace(rejections=Counter(), log_throttle=LogThrottle())
        instance.transport = cast("Any", transport)
        instance.app_state = {"dependencies": dependencies}
        instance._start_write_timer(10)  # noqa: SLF001 - what `pause_writing` does
        async with asyncio.timeout(10):
            await transport.aborted.wait()
        return transport.remaining

    monkeypatch.setitem(protocol.STAGE_TIMEOUTS, "answer", 0)
    assert asyncio.run(main()) == [1]


@pytest.mark.usefixtures("short_timeouts")
def test_an_event_stream_client_that_does_not_read_is_disconnected(port: int) -> None:
    with connect_without_reading(port, HEAD.replace(b"health", b"events") + b"\r\n") as connection:
        for _ in range(4):
            with connect(port) as other:
                other.sendall(
                    b"POST /nobody HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                    b"content-length: 900000\r\n\r\n" + b"x" * 900_000
                )
                read_to_end(other)
        assert is_reset(connection)


def test_rejected_requests_are_counted_by_reason(port: int) -> None:
    before = exchange(port, HEALTH_REQUEST)[1]["rejections"]
    exchange(port, b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
    exchange(port, HEAD + header_fields(201) + b"\r\n")
    after = exchange(port, HEALTH_REQUEST)[1]["rejections"]
    assert after["bad-request"] - before.get("bad-request", 0) == 1
    assert after["header-too-large"] - before.get("header-too-large", 0) == 1


def test_500_slow_connections_do_not_block_other_requests(port: int) -> None:
    """They stay open, and are answered once their requests are complete."""
    connections = [connect(port) for _ in range(500)]
    try:
        for connection in connections:
            connection.sendall(HEAD)
        assert [exchange(port, HEALTH_REQUEST)[0] for _ in range(50)] == [200] * 50
        for connection in connections[::100]:
            connection.sendall(b"connection: close\r\n\r\n")
            assert read_to_end(connection).startswith(b"HTTP/1.1 200 OK")
    finally:
        for connection in connections:
            connection.close()


def test_every_pipelined_request_is_answered(port: int) -> None:
    with connect(port) as connection:
        connection.sendall((HEAD + b"\r\n") * 20 + HEALTH_REQUEST)
        assert read_to_end(connection).count(b"HTTP/1.1 200 OK\r\n") == 21


CHUNKED = b" HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
MALFORMED_CHUNK = b"POST /_mock/wait" + CHUNKED + b"zz\r\n"
UNREAD_CHUNK = b"POST /_mock/reset" + CHUNKED + b"zz\r\n"


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (HEAD + b"\r\n\x00", [200]),
        (HEAD + b"\r\n" + HEAD + b"\r\n\x00", [200, 200]),
        (HEAD + b"\r\n" + MALFORMED_CHUNK, [200, 400]),
        (HEAD + b"\r\n" + UNREAD_CHUNK, [200, 400]),
        (HEAD + b"\r\n" + HEAD + b"\r\n" + UNREAD_CHUNK + HEAD, [200, 200, 400]),
        (MALFORMED_CHUNK, [400]),
        (UNREAD_CHUNK, [400]),
    ],
)
def test_requests_before_an_unreadable_one_are_answered_first(
    port: int, sent: bytes, statuses: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    with connect(port) as connection:
        connection.sendall(sent)
        received = read_to_end(connection)
    assert [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]] == statuses
    assert b"connection: close" in received
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.usefixtures("short_timeouts")
def test_an_incomplete_request_does_not_cut_off_the_response_before_it(port: int) -> None:
    body = json.dumps({"for": "call", "timeout": 0.5}).encode()
    with connect(port) as connection:
        connection.sendall(b"POST /_mock/wait HTTP/1.1\r\nhost: localhost\r\n")
        connection.sendall(b"content-length: %d\r\n\r\n%bGET /" % (len(body), body))
        received = read_to_end(connection)
    assert received.count(b"HTTP/1.1") == 1
    assert b"x-mock-problem: wait-timeout\r\n" in received


def count_cycles() -> int:
    return sum(isinstance(item, RequestResponseCycle) for item in gc.get_objects())


def test_finished_requests_leave_no_reference_cycles(port: int) -> None:
    """Each of a million requests once left 150 bytes behind."""
    body = json.dumps(dict(CLICK_TO_CALL)).encode()
    request = b"POST /api/v2/voice/c2c HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n"
    request += b"authorization: Bearer k\r\ncontent-type: application/json\r\n"
    request += b"content-length: %d\r\n\r\n%b" % (len(body), body)
    gc.collect()
    gc.disable()
    try:
        before = count_cycles()
        with connect(port) as connection:
            for _ in range(20):
                connection.sendall(request)
                while b"initiated successfully" not in connection.recv(65_536):
                    continue
            remaining = count_cycles() - before
    finally:
        gc.enable()
    assert remaining <= 1  # the one of the open connection; one of an earlier test may have ended


def test_closed_connections_leave_no_reference_cycles(port: int) -> None:
    """Each client that opens a connection for each request once left 10 kB behind."""
    gc.collect()
    gc.disable()
    try:
        before = count_cycles()
        for _ in range(20):
            exchange(port, HEALTH_REQUEST)
        with connect(port) as connection:
            connection.sendall(HEAD + b"\r\n")
            assert connection.recv(65_536)
            remaining = count_cycles() - before
    finally:
        gc.enable()
    assert remaining <= 1  # the one of the open connection; one of an earlier test may have ended


def test_connect_without_https_says_what_it_needs(port: int) -> None:
    request = b"CONNECT portal.mobtexting.com:443 HTTP/1.1\r\nhost: x\r\n\r\n"
    status, problem = exchange(port, request)
    assert (status, problem["detail"]) == (400, "CONNECT needs a server with --https")


def test_a_connection_is_kept_alive_between_requests(port: int) -> None:
    with connect(port) as connection:
        for _ in range(3):
            connection.sendall(HEAD + b"\r\n")
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("callback", ["on_message_begin", "on_header", "on_body"])
def test_a_fault_of_the_protocol_gets_a_500_problem_and_is_counted(
    port: int, monkeypatch: pytest.MonkeyPatch, callback: str
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("oops")

    errors = exchange(port, HEALTH_REQUEST)[1]["errors"]
    with monkeypatch.context() as patch:
        patch.setattr(protocol.HttpProtocol, callback, fail)
        status, problem = exchange(port, POST + b"\r\nabcde")
    assert (status, problem["type"]) == (500, f"{TYPE_PREFIX}internal-error")
    assert problem["detail"] == "this is a fault of the mock server: LookupError('oops')"
    assert exchange(port, HEALTH_REQUEST)[1]["errors"] == errors + 1


def test_a_fault_outside_of_the_parser_is_counted_too(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("oops")

    errors = exchange(port, HEALTH_REQUEST)[1]["errors"]
    with monkeypatch.context() as patch:
        patch.setattr(protocol.HttpProtocol, "_unset_keepalive_if_required", fail)
        assert exchange(port, HEALTH_REQUEST)[0] == 500
    assert exchange(port, HEALTH_REQUEST)[1]["errors"] == errors + 1
