"""No spelling of a control route's path is served without the token, over a real socket."""

import socket
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from mockserver.app import run_server
from mockserver.settings import Settings

TOKEN = "let-me-in"
BEARER = f"Authorization: Bearer {TOKEN}\r\n"
PLAIN = "/_mock/calls"

# request target -> the status without the token
TARGETS = {
    PLAIN: 401,
    "/_mock/calls?limit=1": 401,
    "/_mock/calls?": 401,
    "/_mock/calls#top": 401,
    # percent-encoded letters and slashes
    "/%5Fmock/calls": 401,
    "/%5fmock/calls": 401,
    "/_%6dock/calls": 401,
    "/_mock/%63alls": 401,
    "/_mock/%63%61%6C%6c%73": 401,
    "/%5f%6d%6f%63%6b/calls": 401,
    "/_mock%2Fcalls": 401,
    "/_mock%2fcalls": 401,
    "%2F_mock/calls": 400,
    "/%2F_mock/calls": 404,
    "/_mock/%2Fcalls": 404,
    "/%255Fmock/calls": 404,
    "/_mock/calls%00": 404,
    "/_mock/calls%20": 404,
    "/_mock/calls%0d%0a": 404,
    "/_mock/calls%2F": 404,
    "/_mock/calls%3Flimit=1": 404,
    "/_mock/calls%23": 404,
    "/_mock%00/calls": 404,
    "/%C0%AF_mock/calls": 404,
    "/_mock%5Ccalls": 404,
    # slashes and dots
    "//_mock/calls": 404,
    "///_mock/calls": 404,
    "/_mock//calls": 404,
    "/_mock/calls/": 404,
    "/_mock/calls//": 404,
    "/./_mock/calls": 404,
    "/_mock/./calls": 404,
    "/x/../_mock/calls": 404,
    "/_mock/../_mock/calls": 404,
    "/_mock/health/../calls": 404,
    "/_mock/receive/../calls": 404,
    "/_mock/receive/..%2Fcalls": 404,
    "/_mock/receive/%2e%2e/calls": 404,
    "/_media/../_mock/calls": 404,
    "/_mock\\calls": 404,
    # case, parameters, a prefix with more letters, other prefixes
    "/_MOCK/calls": 404,
    "/_Mock/Calls": 404,
    "/_mock/CALLS": 404,
    "/_mock/calls;": 404,
    "/_mock/calls;x=1": 404,
    "/_mock;x/calls": 404,
    "/_mock/calls.json": 404,
    "/_mockfoo": 404,
    "/_mockfoo/calls": 404,
    "/_mockcalls": 404,
    "/_mock": 404,
    "/_mock/": 404,
    "/_mock/callsx": 404,
    "/_mock/health/calls": 404,
    "/mobtexting/_mock/calls": 404,
    "/mobtexting/portal.mobtexting.com/_mock/calls": 404,
    # sandboxes
    "/_sandbox/x/_mock/calls": 401,
    "/_sandbox/x/%5Fmock/calls": 401,
    "/%5Fsandbox/x/_mock/calls": 401,
    "/_sandbox/default/_mock/calls": 401,
    "/_sandbox/x%2F_mock/calls": 401,
    "/_sandbox/x//_mock/calls": 404,
    "/_sandbox/_mock/calls": 404,
    "/_sandbox//_mock/calls": 401,
    "/_sandbox/../_mock/calls": 404,
    "/_sandbox/x/../_mock/calls": 404,
    "/_sandbox/x/_sandbox/y/_mock/calls": 404,
    "/_SANDBOX/x/_mock/calls": 404,
    "/_sandbox/x/mobtexting/_mock/calls": 404,
    # other forms of a request target
    "http://127.0.0.1/_mock/calls": 401,
    "http://evil.test/_mock/calls": 401,
    "HTTP://evil.test/_mock/calls": 401,
    "http://user:let-me-in@evil.test/_mock/calls": 401,
    "http://evil.test//_mock/calls": 404,
    "https://evil.test/_sandbox/x/_mock/calls": 401,
    "_mock/calls": 400,
    "*": 404,
    "@evil.test/_mock/calls": 400,
}

# other requests for the same path: (method, headers) -> the status without the token
OTHERS = {
    ("HEAD", ""): 401,
    ("OPTIONS", ""): 405,
    ("POST", ""): 405,
    ("TRACE", ""): 405,
    ("FOO", ""): 400,
    ("get", ""): 400,
    ("POST", "X-HTTP-Method-Override: GET\r\n"): 405,
    ("OPTIONS", "Origin: http://evil.test\r\nAccess-Control-Request-Method: GET\r\n"): 405,
    ("GET", "X-Mock-Sandbox: x\r\n"): 401,
    ("GET", "X-Mock-Sandbox: ../_mock\r\n"): 404,
    ("GET", "X-Original-URL: /_mock/health\r\n"): 401,
    ("GET", "X-Rewrite-URL: /_mock/health\r\n"): 401,
    ("GET", "X-Forwarded-For: 127.0.0.1\r\n"): 401,
    ("GET", "X-Forwarded-Prefix: /_mock\r\n"): 401,
    ("GET", "Cookie: token=let-me-in\r\n"): 401,
    ("GET", "Authorization: Basic bGV0LW1lLWlu\r\n"): 401,
    ("GET", "Authorization: Bearer wrong\r\nAuthorization: Bearer let-me-in\r\n"): 401,
    ("GET", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"): 401,
    ("GET", "Transfer-Encoding: chunked\r\n\r\n0\r\n"): 401,
}


class RawResponse(NamedTuple):
    status: int
    body: bytes


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    settings = Settings(port=0, clock="manual", seed="s", token=TOKEN, quiet=True)
    with run_server(settings) as origin:
        url = urlsplit(origin)
        yield url.hostname or "", url.port or 0


def exchange(address: tuple[str, int], request: str) -> RawResponse:
    """Send these bytes, and return the response up to the end of the connection."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(request.encode("latin-1"))
        received = b""
        while part := connection.recv(65_536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    return RawResponse(int(head.split(b" ", 2)[1]), body)


def build_request(method: str, target: str, headers: str = "") -> str:
    return f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{headers}\r\n"


def test_there_are_at_least_60_spellings() -> None:
    assert len(TARGETS) + len(OTHERS) >= 60


@pytest.mark.parametrize(("target", "status"), TARGETS.items(), ids=TARGETS)
def test_no_spelling_of_a_control_path_is_served_without_the_token(
    address: tuple[str, int], target: str, status: int
) -> None:
    response = exchange(address, build_request("GET", target))
    assert response.status == status
    assert b'"calls":' not in response.body


@pytest.mark.parametrize("target", [target for target, status in TARGETS.items() if status == 401])
def test_a_spelling_that_requires_the_token_is_served_with_it(
    address: tuple[str, int], target: str
) -> None:
    assert exchange(address, build_request("GET", target, BEARER)) == RawResponse(
        200, b'{"calls":[],"evicted":0,"total":0}'
    )


@pytest.mark.parametrize(("variant", "status"), OTHERS.items(), ids=str)
def test_no_method_or_header_bypasses_the_token(
    address: tuple[str, int], variant: tuple[str, str], status: int
) -> None:
    method, headers = variant
    response = exchange(address, build_request(method, PLAIN, headers))
    assert response.status == status
    assert b'"calls":' not in response.body


@pytest.mark.parametrize(
    ("raw_request", "status"),
    [
        ("GET /_mock/calls HTTP/1.0\r\n\r\n", 403),
        ("GET /_mock/calls HTTP/1.1\r\nConnection: close\r\n\r\n", 403),
        ("GET /_mock/calls HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 403),
        ("GET  /_mock/calls HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n", 401),
        ("GET\t/_mock/calls HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /_mock/calls\r\nConnection: close\r\n\r\n", 403),
        ("GET /_mock/calls HTTP/2.0\r\nHost: [::1]\r\nConnection: close\r\n\r\n", 401),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ("\r\nGET /_mock/calls HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n", 401),
    ],
)
def test_unusual_request_lines_are_not_served_without_the_token(
    address: tuple[str, int], raw_request: str, status: int
) -> None:
    response = exchange(address, raw_request)
    assert response.status == status
    assert b'"calls":' not in response.body


def test_every_request_on_a_connection_requires_the_token(
    address: tuple[str, int],
) -> None:
    first = build_request("GET", PLAIN, BEARER).replace("Connection: close\r\n", "")
    response = exchange(address, first + build_request("GET", PLAIN))
    assert response.body.startswith(b'{"calls":[],"evicted":0,"total":0}HTTP/1.1 401 ')
    assert response.body.count(b'"calls":') == 1


@pytest.mark.parametrize("target", ["/_mock/calls/.", "/_mock/calls/%2e%2e"])
def test_dots_in_place_of_a_call_id_are_an_unknown_call(
    address: tuple[str, int], target: str
) -> None:
    statuses = [
        exchange(address, build_request("GET", target, headers)).status for headers in ("", BEARER)
    ]
    assert statuses == [401, 404]


@pytest.mark.parametrize("path", ["/_mock/health", "/_mock/receive/mine", "/_mock/receive/.."])
def test_open_routes_are_served_without_the_token(address: tuple[str, int], path: str) -> None:
    assert exchange(address, build_request("GET", path)).status == 200
