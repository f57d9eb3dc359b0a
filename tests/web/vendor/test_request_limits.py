"""Every route that reads a body limits its size, however the length is declared."""

import json
import socket
from collections.abc import Callable
from contextlib import suppress

import pytest

from mockserver.config.registry import load_providers
from mockserver.web.router import PATH_PARAMETER
from mockserver.web.vendor.request import DEFAULT_BODY_LIMIT
from tests.support.processes import FIXED_OPTIONS, peak_memory, serve
from tests.support.sockets import connect, read_to_end
from tests.web.test_hostile import CONTROL_REQUESTS

VENDOR_LIMITS = {
    (endpoint.method, f"/{name}/{endpoint.host}{path}".replace("*", "x")): endpoint.body_limit
    for name, bound in load_providers().items()
    for endpoint in bound.provider.endpoints
    for path in [PATH_PARAMETER.sub("1", endpoint.path.replace("{", "\\{").replace("}", "\\}"))]
}
OTHER_LIMITS = dict.fromkeys(
    [*CONTROL_REQUESTS, ("PUT", "/_mock/receive/mine"), ("POST", "/nobody/has/this")],
    DEFAULT_BODY_LIMIT,
)
LIMITS = VENDOR_LIMITS | OTHER_LIMITS
OFFSETS = (-1, 0, 1)
REJECTION = (413, "body-too-large")
MAX_GROWTH = 5_000  # kB
FRAMINGS = {
    "content-length: 300000000": bytes(1_000_000),
    "transfer-encoding: chunked": b"f4240\r\n%b\r\n" % bytes(1_000_000),
}
UPLOAD_PATHS = ("/mobtexting/api/v2/voice/c2c", "/_mock/wait", "/_mock/receive/a")

BuildRequest = Callable[[tuple[str, str], int], bytes]


def build_head(method: str, path: str, *fields: str) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", "host: localhost", "content-type: x/y", *fields, "", "")
    return "\r\n".join(lines).encode()


def with_content_length(route: tuple[str, str], size: int) -> bytes:
    return build_head(*route, f"content-length: {size}", "connection: close") + bytes(size)


def with_chunks(route: tuple[str, str], size: int) -> bytes:
    parts = [min(300_000, size - start) for start in range(0, size, 300_000)]
    body = b"".join(b"%x\r\n%b\r\n" % (part, bytes(part)) for part in parts)
    return (
        build_head(*route, "transfer-encoding: chunked", "connection: close") + body + b"0\r\n\r\n"
    )


def with_missing_bytes(route: tuple[str, str], size: int) -> bytes:
    """The content length is 1,000 bytes more than the body."""
    return build_head(*route, f"content-length: {size + 1_000}", "connection: close") + bytes(size)


def with_extra_bytes(route: tuple[str, str], size: int) -> bytes:
    """The content length is 10 bytes, whatever the size of the body."""
    return build_head(*route, "content-length: 10") + bytes(size)


def read_responses(port: int, sent: bytes) -> list[tuple[int, str]]:
    """Return the status of each response, and the kind of its problem, if it is one."""
    received = b""
    with connect(port) as connection, suppress(OSError):  # the server may close the connection
        connection.sendall(sent)
        # a scenario is compiled on another thread, meanwhile its client must not leave
        if not (sent.startswith(b"PUT /_mock/scenarios/") and b"connection: close" in sent):
            connection.shutdown(socket.SHUT_WR)
        received = read_to_end(connection)
    heads = [part for part in received.split(b"HTTP/1.1 ")[1:] if part[:4] != b"100 "]
    problems = [head.lower().partition(b"x-mock-problem: ")[2].split(b"\r\n")[0] for head in heads]
    return [
        (int(head[:3]), problem.decode()) for head, problem in zip(heads, problems, strict=True)
    ]


def test_the_table_lists_every_vendor_route() -> None:
    assert len(VENDOR_LIMITS) == len({
        (endpoint.method, name, endpoint.host, endpoint.path)
        for name, bound in load_providers().items()
        for endpoint in bound.provider.endpoints
    })  # fmt: skip


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("build_request", [with_content_length, with_chunks])
def test_a_body_over_the_limit_of_its_route_gets_413(
    port: int, build_request: BuildRequest, offset: int
) -> None:
    responses = {
        route: read_responses(port, build_request(route, limit + offset))
        for route, limit in LIMITS.items()
    }
    assert [
        route
        for route, received in responses.items()
        if len(received) != 1 or received[0][0] >= 500
    ] == []
    rejected = [route for route, received in responses.items() if received[0] == REJECTION]
    assert rejected == ([*LIMITS] if offset > 0 else [])


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_body_shorter_than_its_content_length_is_not_answered(port: int, offset: int) -> None:
    """A body over the limit is rejected before its end."""
    responses = {
        route: read_responses(port, with_missing_bytes(route, limit + offset))
        for route, limit in LIMITS.items()
    }
    answered = [route for route, received in responses.items() if received != []]
    assert answered == ([*LIMITS] if offset > 0 else [])
    assert {received[0] for received in responses.values() if received} == (
        {REJECTION} if offset > 0 else set()
    )


@pytest.mark.parametrize("offset", OFFSETS)
def test_bytes_beyond_the_content_length_are_not_served_as_a_request(
    port: int, offset: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A client that keeps sending may or may not receive the response."""
    responses = {
        route: read_responses(port, with_extra_bytes(route, limit + offset))
        for route, limit in LIMITS.items()
    }
    assert [route for route, received in responses.items() if len(received) > 1] == []
    assert [
        received
        for received in responses.values()
        if received and (received[0] == REJECTION or received[0][0] >= 500)
    ] == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_uploads_of_300_mb_get_413_and_take_no_memory() -> None:
    with serve(*FIXED_OPTIONS, "--quiet") as server:
        server.request("/_mock/health")
        before = peak_memory(server)
        port = int(server.ready["port"])
        responses = [upload(port, path, framing) for path in UPLOAD_PATHS for framing in FRAMINGS]
        assert responses == [b"HTTP/1.1 413"] * len(UPLOAD_PATHS) * len(FRAMINGS)
        assert peak_memory(server) - before <= MAX_GROWTH
        assert json.loads(server.request("/_mock/health"))["errors"] == 0


def upload(port: int, path: str, framing: str) -> bytes:
    with connect(port) as connection:
        with suppress(ConnectionError):  # the server may close the connection
            connection.sendall(build_head("POST", path, framing))
            for _ in range(300):
                connection.sendall(FRAMINGS[framing])
        return connection.recv(12)
