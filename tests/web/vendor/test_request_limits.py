"""The outer limit for bodies, on every route that reads one and however its length is told."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from mockserver.app import run_server
from mockserver.config.registry import load_providers
from mockserver.settings import parse_settings
from mockserver.web.vendor.request import DEFAULT_BODY_LIMIT
from mockserver.web.vendor.router import PATH_PARAMETER
from tests.support.processes import FIXED_OPTIONS, peak_memory, serve
from tests.web.server.test_transport import dialled, heard
from tests.web.test_hostile import CONTROL

VENDORS = {
    (one.method, f"/{name}/{one.host}{path}".replace("*", "x")): one.body_limit
    for name, listing in load_providers().items()
    for one in listing.provider.endpoints
    for path in [PATH_PARAMETER.sub("1", one.path.replace("{", "\\{").replace("}", "\\}"))]
}
OURS = dict.fromkeys(
    [*CONTROL, ("PUT", "/_mock/inbox/mine"), ("POST", "/nobody/has/this")], DEFAULT_BODY_LIMIT
)
ROUTES = VENDORS | OURS
NEAR = (-1, 0, 1)
REFUSED = (413, "body-too-large"), (413, "request-entity-too-large")
GROWTH = 5_000  # kB
FRAMED = {
    "content-length: 300000000": bytes(1_000_000),
    "transfer-encoding: chunked": b"f4240\r\n%b\r\n" % bytes(1_000_000),
}
UPLOADS = ("/mobtexting/api/v2/voice/c2c", "/_mock/wait", "/_mock/inbox/a")

Spelled = Callable[[tuple[str, str], int], bytes]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        yield int(origin.rpartition(":")[2])


def head(method: str, path: str, *fields: str) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", "host: localhost", "content-type: x/y", *fields, "", "")
    return "\r\n".join(lines).encode()


def whole(route: tuple[str, str], size: int) -> bytes:
    return head(*route, f"content-length: {size}", "connection: close") + bytes(size)


def chunked(route: tuple[str, str], size: int) -> bytes:
    parts = [min(300_000, size - start) for start in range(0, size, 300_000)]
    body = b"".join(b"%x\r\n%b\r\n" % (part, bytes(part)) for part in parts)
    return head(*route, "transfer-encoding: chunked", "connection: close") + body + b"0\r\n\r\n"


def too_few(route: tuple[str, str], size: int) -> bytes:
    """It says that more will come."""
    return head(*route, f"content-length: {size + 1_000}", "connection: close") + bytes(size)


def too_many(route: tuple[str, str], size: int) -> bytes:
    """It says that less will come: what is beyond that is no request."""
    return head(*route, "content-length: 10") + bytes(size)


def answers(port: int, sent: bytes) -> list[tuple[int, str]]:
    """Status of each, and the kind of our own problem if it is one."""
    told = b""
    with dialled(port) as line, suppress(OSError):  # it may be cut off
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        told = heard(line)
    heads = [part for part in told.split(b"HTTP/1.1 ")[1:] if part[:4] != b"100 "]
    marks = [one.lower().partition(b"x-mock-problem: ")[2].split(b"\r\n")[0] for one in heads]
    return [(int(one[:3]), mark.decode()) for one, mark in zip(heads, marks, strict=True)]


def test_every_vendor_s_route_is_here() -> None:
    assert len(VENDORS) == len({
        (one.method, name, one.host, one.path)
        for name, listing in load_providers().items()
        for one in listing.provider.endpoints
    })  # fmt: skip


@pytest.mark.parametrize("near", NEAR)
@pytest.mark.parametrize("spelled", [whole, chunked])
def test_a_body_up_to_the_limit_is_read_and_no_further(
    port: int, spelled: Spelled, near: int
) -> None:
    told = {route: answers(port, spelled(route, limit + near)) for route, limit in ROUTES.items()}
    assert [route for route, got in told.items() if len(got) != 1 or got[0][0] >= 500] == []
    refused = [route for route, got in told.items() if got[0] in REFUSED]
    assert refused == ([*ROUTES] if near > 0 else [])


@pytest.mark.parametrize("near", NEAR)
def test_who_ends_before_the_length_that_was_told_is_not_answered(port: int, near: int) -> None:
    """Unless it was too much already."""
    told = {route: answers(port, too_few(route, limit + near)) for route, limit in ROUTES.items()}
    answered = [route for route, got in told.items() if got != []]
    assert answered == ([*ROUTES] if near > 0 else [])
    assert {got[0] for got in told.values() if got} == ({*REFUSED} if near > 0 else set())


@pytest.mark.parametrize("near", NEAR)
def test_what_is_beyond_the_length_that_was_told_is_no_request(
    port: int, near: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether its answer gets through to one who goes on sending is luck."""
    told = {route: answers(port, too_many(route, limit + near)) for route, limit in ROUTES.items()}
    assert [route for route, got in told.items() if len(got) > 1] == []
    assert [got for got in told.values() if got and (got[0] in REFUSED or got[0][0] >= 500)] == []
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


def test_uploads_of_300_mb_take_no_memory() -> None:
    with serve(*FIXED_OPTIONS, "--quiet") as server:
        server.request("/_mock/health")
        before = peak_memory(server)
        port = int(server.ready["port"])
        told = [uploaded(port, path, framed) for path in UPLOADS for framed in FRAMED]
        assert told == [b"HTTP/1.1 413"] * len(UPLOADS) * len(FRAMED)
        assert peak_memory(server) - before <= GROWTH
        assert json.loads(server.request("/_mock/health"))["errors"] == 0


def uploaded(port: int, path: str, framed: str) -> bytes:
    with dialled(port) as line:
        with suppress(ConnectionError):  # it may be cut off
            line.sendall(head("POST", path, framed))
            for _ in range(300):
                line.sendall(FRAMED[framed])
        return line.recv(12)
