"""Raw answers and dribbled responses, as the bytes that a client on a real socket sees."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message

from mockserver.app import run_server
from mockserver.settings import parse_settings
from mockserver.web.server import slow_response
from mockserver.web.server.slow_response import send_slowly, split_evenly
from tests.support.fetch import fetch_json
from tests.support.simulation import CLICK_TO_CALL
from tests.support.sockets import connect, read_to_end

SCENARIOS = """
scenarios:
  gateway:
    responses:
      - status: 502
        headers: {Content-Type: text/html, Retry-After: 7}
        body: "<h1>Bad Gateway</h1>"
  html: {responses: [{status: 503, body: "  <p>Down</p>"}]}
  cut: {responses: [{body: '{"status": 20'}]}
  text: {responses: [{status: 500, body: "größer"}]}
  json:
    responses:
      - {status: 201, body: {code: 7, id: "7", zip: 0123, ok: true, no: null, at: [1.5, x]}}
  bare: {responses: [{status: 500}]}
  none: {responses: [{status: 204}]}
  slow: {responses: [{dribble: 300ms}]}
  slow-raw: {responses: [{after: 100ms, dribble: 300ms, status: 502, body: "<h1>Bad Gateway</h1>"}]}
  slow-none: {responses: [{status: 204, dribble: 300ms}]}
  endless: {responses: [{dribble: 1h}]}
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    file: Path = tmp_path_factory.mktemp("scenarios") / "mine.yaml"
    file.write_text(SCENARIOS, "utf-8")
    flags = {"port": "0", "clock": "manual", "scenarios": (str(file),), "quiet": True}
    with run_server(parse_settings(flags, {})) as origin:
        yield int(origin.rpartition(":")[2])


def build_request(scenario: str, *, close: bool = True, method: str = "POST") -> bytes:
    body = json.dumps(dict(CLICK_TO_CALL)).encode()
    head = (
        f"{method} /api/v2/voice/c2c HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer k-1\r\n"
        f"accept: application/json\r\ncontent-type: application/json\r\n"
        f"x-mock-scenario: {scenario}\r\ncontent-length: {len(body)}\r\n"
    )
    return f"{head}{'connection: close' if close else 'x: y'}\r\n\r\n".encode() + body


def read_pieces(port: int, request: bytes) -> list[tuple[float, bytes]]:
    """Send a request; return (seconds since then, bytes) of all that comes back, piece by piece."""
    with connect(port) as connection:
        start = time.monotonic()
        connection.sendall(request)
        pieces = []
        while piece := connection.recv(65_536):
            pieces.append((time.monotonic() - start, piece))
    return pieces


def parse(response: bytes) -> tuple[str, dict[str, str], bytes]:
    """Return (status line, headers, body)."""
    head, _, body = response.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    return status_line, dict(line.split(": ", 1) for line in lines), body


def exchange(port: int, scenario: str, **options: Any) -> tuple[str, dict[str, str], bytes]:
    with connect(port) as connection:
        connection.sendall(build_request(scenario, **options))
        return parse(read_to_end(connection))


@pytest.mark.parametrize(
    ("scenario", "status_line", "content_type", "body"),
    [
        ("gateway", "502 Bad Gateway", "text/html", b"<h1>Bad Gateway</h1>"),
        ("html", "503 Service Unavailable", "text/html; charset=utf-8", b"  <p>Down</p>"),
        ("cut", "200 OK", "application/json", b'{"status": 20'),
        ("text", "500 Internal Server Error", "text/plain; charset=utf-8", "größer".encode()),
        (
            "json",
            "201 Created",
            "application/json",
            b'{"code":7,"id":"7","zip":"0123","ok":true,"no":null,"at":[1.5,"x"]}',
        ),
        ("bare", "500 Internal Server Error", None, b""),
    ],
)
def test_a_raw_answer_is_sent_byte_by_byte(
    port: int, scenario: str, status_line: str, content_type: str | None, body: bytes
) -> None:
    answered, headers, sent = exchange(port, scenario)
    assert (answered, sent) == (f"HTTP/1.1 {status_line}", body)
    assert (headers.get("content-type"), headers["content-length"]) == (
        content_type,
        str(len(body)),
    )
    assert headers["x-mock-explain"].startswith(f"scenario {scenario} (")
    assert "x-mock-fault" not in headers
    assert "x-mock-call" not in headers


def test_a_raw_answer_has_its_own_headers_beside_those_of_the_mock(port: int) -> None:
    _, headers, _ = exchange(port, "gateway")
    assert headers["retry-after"] == "7"
    assert {"x-mock-request", "x-mock-now", "date"} < headers.keys()


@pytest.mark.parametrize("scenario", ["none", "slow-none"])
def test_a_204_has_no_body_and_no_length(port: int, scenario: str) -> None:
    status_line, headers, body = exchange(port, scenario)
    assert (status_line, body) == ("HTTP/1.1 204 No Content", b"")
    assert "content-length" not in headers


def without_changing_headers(response: bytes) -> tuple[str, dict[str, str], bytes]:
    """Parse a response; leave out the headers of which each response has other values."""
    status_line, headers, body = parse(response)
    changing = ("date", "x-mock-request", "x-mock-call", "x-mock-explain")
    return status_line, {name: headers[name] for name in headers if name not in changing}, body


@pytest.mark.parametrize(("scenario", "seconds"), [("slow", 0.29), ("slow-raw", 0.39)])
def test_a_dribbled_response_takes_its_time_and_a_delay_comes_before(
    port: int, scenario: str, seconds: float
) -> None:
    pieces = read_pieces(port, build_request(scenario))
    _, headers, body = parse(b"".join(piece for _, piece in pieces))
    assert pieces[-1][0] >= seconds
    assert (headers["connection"], headers["content-length"]) == ("close", str(len(body)))


def test_the_head_of_a_dribbled_response_comes_in_pieces_too(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(build_request("endless"))
        first = connection.recv(65_536)
    assert b"HTTP/1.1 200 OK\r\n".startswith(first)


def test_a_dribbled_response_of_the_vendor_has_the_bytes_of_a_usual_one(port: int) -> None:
    slow, usual = (
        b"".join(piece for _, piece in read_pieces(port, build_request(name)))
        for name in ("slow", "answered")
    )
    assert without_changing_headers(slow) == without_changing_headers(usual)


def test_a_connection_takes_another_request_after_a_dribbled_response(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(build_request("slow", close=False) + build_request("answered"))
        responses = read_to_end(connection)
    assert responses.count(b"HTTP/1.1 200 OK") == 2
    assert responses.count(b"Call initiated successfully") == 2


def test_a_dribbled_response_to_a_head_request_has_no_body(port: int) -> None:
    status_line, headers, body = exchange(port, "slow-raw", method="HEAD")
    assert (status_line, body) == ("HTTP/1.1 502 Bad Gateway", b"")
    assert headers["content-length"] == "20"


def test_a_client_that_leaves_during_a_dribbled_response_ends_it(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(build_request("endless"))
        assert connection.recv(1) == b"H"
    assert exchange(port, "answered")[0] == "HTTP/1.1 200 OK"
    assert fetch_json(f"http://127.0.0.1:{port}/_mock/health")["errors"] == 0


@pytest.mark.parametrize(
    ("length", "duration", "pieces"),
    [(0, 1_000, 1), (1, 1_000, 1), (2, 1_000, 2), (300, 0, 2), (300, 1_000, 22), (10, 9_999, 10)],
)
def test_a_response_is_split_into_pieces_of_about_one_size(
    length: int, duration: int, pieces: int
) -> None:
    data = bytes(index % 256 for index in range(length))
    split = list(split_evenly(data, duration))
    assert (len(split), b"".join(split)) == (pieces, data)
    assert max(map(len, split)) - min(map(len, split)) <= 1


async def collect(response: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Message], float]:
    """Send a response slowly on a server without our transport; return (messages, time slept)."""
    messages, slept = list[Message](), list[float]()

    async def send(message: Message) -> None:
        messages.append(message)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(slow_response, "asyncio", SimpleNamespace(sleep=sleep))
    await send_slowly({"type": "http", "method": "POST"}, send, response, 100)
    return messages, sum(slept)


def test_on_another_server_the_body_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    response = (200, [(b"a", b"b")], b"abcdef")
    messages, slept = asyncio.run(collect(response, monkeypatch))
    assert messages == [
        {"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]},
        *(
            {"type": "http.response.body", "body": piece, "more_body": True}
            for piece in (b"a", b"bc", b"d", b"ef")
        ),
        {"type": "http.response.body", "body": b""},
    ]
    assert round(slept, 3) == 0.1
