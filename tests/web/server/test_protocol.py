"""What is too much, too slow or no HTTP at all ends before it reaches the application."""

import asyncio
import gc
import json
import select
import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from mockserver.app import run_server
from mockserver.settings import parse_settings
from mockserver.web.server import protocol
from tests.support.simulation import CLICK_TO_CALL
from tests.web.server.test_transport import dialled, heard

HEAD = b"GET /_mock/health HTTP/1.1\r\nhost: localhost\r\n"
ASKED = HEAD + b"connection: close\r\n\r\n"
POST = b"POST /api/v2/voice/c2c HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        yield int(origin.rpartition(":")[2])


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for stage in protocol.STAGE_TIMEOUTS:
        monkeypatch.setitem(protocol.STAGE_TIMEOUTS, stage, 0.2)


def spoken(port: int, *parts: bytes) -> tuple[int, Any]:
    """Status and body of the one answer to it."""
    with dialled(port) as line:
        for part in parts:
            line.sendall(part)
        head, _, body = heard(line).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def fields(count: int, size: int = 0) -> bytes:
    return b"".join(b"x-%d: %s\r\n" % (number, b"v" * size) for number in range(count))


def test_the_promised_figures() -> None:
    assert protocol.STAGE_TIMEOUTS == {"idle": 75, "head": 10, "body": 30, "answer": 30}
    assert (protocol.MAX_HEAD_BYTES, protocol.MAX_HEADER_FIELDS, protocol.MAX_CONNECTIONS) == (
        65_536,
        200,
        1_000,
    )


@pytest.mark.usefixtures("soon")
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
def test_who_is_too_slow_is_told_so(port: int, sent: bytes, detail: str) -> None:
    status, told = spoken(port, sent)
    assert (status, told["title"], told["detail"]) == (408, "too slow", detail)


@pytest.mark.usefixtures("soon")
def test_who_is_too_slow_and_has_an_answer_gets_no_other(port: int) -> None:
    with dialled(port) as line:
        line.sendall(POST.replace(b"/api/v2/voice/c2c", b"/_mock/reset") + b"\r\n")
        told = heard(line)
    assert told.startswith(b"HTTP/1.1 200 OK\r\n")
    assert told.count(b"HTTP/1.1") == 1


@pytest.mark.usefixtures("soon")
def test_who_says_nothing_is_left_without_a_word(port: int) -> None:
    with dialled(port) as line:
        assert heard(line) == b""


@pytest.mark.usefixtures("soon")
def test_an_answer_may_take_longer(port: int) -> None:
    """The patience is with what comes in, not with what we do."""
    wait = json.dumps({"for": "call", "timeout": 0.5}).encode()
    head = b"POST /_mock/wait HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
    assert spoken(port, head + b"content-length: %d\r\n\r\n" % len(wait) + wait)[0] == 408
    assert spoken(port, ASKED)[0] == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (HEAD + fields(198) + b"connection: close\r\n\r\n", 200),
        (HEAD + fields(200) + b"\r\n", 431),
        (HEAD + fields(5_000) + b"\r\n", 431),
        (HEAD + fields(1, 65_000) + b"connection: close\r\n\r\n", 200),
        (HEAD + fields(1, 65_536) + b"\r\n", 431),
        (HEAD + fields(100, 700) + b"\r\n", 431),
        (b"GET /" + b"a" * 66_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n", 431),
    ],
)
def test_a_head_has_its_limits(port: int, sent: bytes, status: int) -> None:
    assert spoken(port, sent)[0] == status


def test_one_connection_too_many_is_turned_away(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_CONNECTIONS", 1)
    with dialled(port) as line:
        line.sendall(HEAD + b"\r\n")
        assert line.recv(65_536).startswith(b"HTTP/1.1 200 OK")
        assert spoken(port, b"")[0] == 503
        line.sendall(ASKED)
        assert heard(line).startswith(b"HTTP/1.1 200 OK")
    assert spoken(port, ASKED)[0] == 200


def deaf(port: int, sent: bytes) -> socket.socket:
    """A client that takes little into its own memory, and reads nothing of it."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    line.settimeout(10)
    line.connect(("127.0.0.1", port))
    line.sendall(sent)
    return line


def dropped(line: socket.socket) -> bool:
    """Whether the other side has reset it within ten seconds."""
    end = select.poll()
    end.register(line, 0)  # what has failed is always told
    return end.poll(10_000) != []


@pytest.fixture(scope="module")
def large(port: int) -> bytes:
    """A request whose answer is more than the system keeps for a client."""
    head = b"PUT /_mock/inbox/large HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
    for _ in range(4):
        with dialled(port) as line:
            line.sendall(head + b"content-length: 900000\r\n\r\n" + b"x" * 900_000)
            assert heard(line).startswith(b"HTTP/1.1 200 OK")
    return ASKED.replace(b"/_mock/health", b"/_mock/inboxes/large")


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("more", [b"", b"connection: close\r\n"])
def test_who_does_not_read_is_dropped(port: int, large: bytes, more: bytes) -> None:
    before = spoken(port, ASKED)[1]["refused"].get("unread-answer", 0)
    with deaf(port, large.replace(b"connection: close\r\n", more)) as line:
        assert dropped(line)
    assert spoken(port, ASKED)[1]["refused"]["unread-answer"] == before + 1


class Wire:
    """A transport of which so much is left to be read, each time that it is asked."""

    def __init__(self, *left: int) -> None:
        self.left = list(left)
        self.dropped = asyncio.Event()

    def get_write_buffer_size(self) -> int:
        return self.left.pop(0)

    def get_extra_info(self, _: str) -> None:
        return None

    def abort(self) -> None:
        self.dropped.set()


def test_who_reads_slowly_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> list[int]:
        line = protocol.HttpProtocol.__new__(protocol.HttpProtocol)
        wire = Wire(9, 7, 3, 2, 2, 1)
        line.transport, line.app_state = cast("Any", wire), {}
        line._start_write_timer(10)  # noqa: SLF001 - what `pause_writing` does for it
        async with asyncio.timeout(10):
            await wire.dropped.wait()
        return wire.left

    monkeypatch.setitem(protocol.STAGE_TIMEOUTS, "answer", 0)
    assert asyncio.run(scenario()) == [1]


@pytest.mark.usefixtures("soon")
def test_a_viewer_who_does_not_read_is_dropped(port: int) -> None:
    with deaf(port, HEAD.replace(b"health", b"events") + b"\r\n") as line:
        for _ in range(4):
            with dialled(port) as other:
                other.sendall(
                    b"POST /nobody HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                    b"content-length: 900000\r\n\r\n" + b"x" * 900_000
                )
                heard(other)
        assert dropped(line)


def test_what_was_turned_away_is_counted(port: int) -> None:
    before = spoken(port, ASKED)[1]["refused"]
    spoken(port, b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
    spoken(port, HEAD + fields(201) + b"\r\n")
    after = spoken(port, ASKED)[1]["refused"]
    assert after["bad-request"] - before.get("bad-request", 0) == 1
    assert after["head-too-large"] - before.get("head-too-large", 0) == 1


def test_five_hundred_who_are_slow_harm_nobody(port: int) -> None:
    """They hold their lines, and others are served meanwhile."""
    lines = [dialled(port) for _ in range(500)]
    try:
        for line in lines:
            line.sendall(HEAD)
        assert [spoken(port, ASKED)[0] for _ in range(50)] == [200] * 50
        for line in lines[::100]:
            line.sendall(b"connection: close\r\n\r\n")
            assert heard(line).startswith(b"HTTP/1.1 200 OK")
    finally:
        for line in lines:
            line.close()


def test_requests_in_one_go_are_answered_in_their_order(port: int) -> None:
    with dialled(port) as line:
        line.sendall((HEAD + b"\r\n") * 20 + ASKED)
        assert heard(line).count(b"HTTP/1.1 200 OK\r\n") == 21


CHUNKED = b" HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
SPOILT = b"POST /_mock/wait" + CHUNKED + b"zz\r\n"
UNREAD = b"POST /_mock/reset" + CHUNKED + b"zz\r\n"


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (HEAD + b"\r\n\x00", [200]),
        (HEAD + b"\r\n" + HEAD + b"\r\n\x00", [200, 200]),
        (HEAD + b"\r\n" + SPOILT, [200, 400]),
        (HEAD + b"\r\n" + UNREAD, [200, 400]),
        (HEAD + b"\r\n" + HEAD + b"\r\n" + UNREAD + HEAD, [200, 200, 400]),
        (SPOILT, [400]),
        (UNREAD, [400]),
    ],
)
def test_what_came_before_is_answered_first(
    port: int, sent: bytes, statuses: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    """A request behind it that cannot be read takes nobody's answer."""
    with dialled(port) as line:
        line.sendall(sent)
        told = heard(line)
    assert [int(one[:3]) for one in told.split(b"HTTP/1.1 ")[1:]] == statuses
    assert b"connection: close" in told
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


@pytest.mark.usefixtures("soon")
def test_a_slow_request_does_not_take_the_answer_before_it(port: int) -> None:
    wait = json.dumps({"for": "call", "timeout": 0.5}).encode()
    with dialled(port) as line:
        line.sendall(b"POST /_mock/wait HTTP/1.1\r\nhost: localhost\r\n")
        line.sendall(b"content-length: %d\r\n\r\n%bGET /" % (len(wait), wait))
        told = heard(line)
    assert told.count(b"HTTP/1.1") == 1
    assert b"x-mock-problem: not-in-time\r\n" in told


def cycles() -> int:
    return sum(isinstance(one, RequestResponseCycle) for one in gc.get_objects())


def test_no_request_is_left_to_the_collector(port: int) -> None:
    """Seen by a million of them, of which each left 150 bytes behind."""
    body = json.dumps(dict(CLICK_TO_CALL)).encode()
    asked = b"POST /api/v2/voice/c2c HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n"
    asked += b"authorization: Bearer k\r\ncontent-type: application/json\r\n"
    asked += b"content-length: %d\r\n\r\n%b" % (len(body), body)
    gc.collect()
    gc.disable()
    try:
        before = cycles()
        with dialled(port) as line:
            for _ in range(20):
                line.sendall(asked)
                while b"initiated successfully" not in line.recv(65_536):
                    continue
            left = cycles() - before
    finally:
        gc.enable()
    assert left == 1  # that of the connection, which is open


def test_a_line_that_was_used_may_be_used_again(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        for _ in range(3):
            line.sendall(HEAD + b"\r\n")
            assert line.recv(65_536).startswith(b"HTTP/1.1 200 OK")
