"""The vendors' hosts are reached by CONNECT and by TLS as over plain HTTP, and no other host is."""

import json
import socket
import ssl
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import pytest
import uvicorn

from mockserver.delivery.target_resolver import TargetResolver
from mockserver.web.server import handshakes, protocol, tls_listener, uvicorn_server
from tests.support.fetch import fetch_json
from tests.support.simulation import CLICK_TO_CALL
from tests.support.sockets import connect, exchange_bytes, read_to_end
from tests.support.tunnels import (
    VENDOR,
    WAYS,
    HttpsServer,
    build_request,
    connect_by,
    exchange_by,
    read_below_tls,
    send_connect,
    serve_https,
)

SCENARIOS = """
scenarios:
  reset: {responses: [{break: reset}]}
  empty: {responses: [{break: empty}]}
"""
WEBRTC = "webrtc.innocalls.com"
DISTRUSTFUL = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
RESET = struct.pack("ii", 1, 0)


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def access(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HttpsServer]:
    file: Path = tmp_path_factory.mktemp("scenarios") / "mine.yaml"
    file.write_text(SCENARIOS, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn, "Config", partial(uvicorn.Config, loop=request.param))
        with serve_https(scenarios=(str(file),)) as access:
            yield access


def call_request(*fields: str) -> bytes:
    body = json.dumps(dict(CLICK_TO_CALL))
    fields = (
        "authorization: Bearer k-1",
        "content-type: application/json",
        f"content-length: {len(body)}",
        *fields,
    )
    head = build_request("POST", "/api/v2/voice/c2c", VENDOR, *fields)
    return head + body.encode()


def status_of(response: bytes) -> str:
    return response.partition(b"\r\n")[0].decode().removeprefix("HTTP/1.1 ")


def problem_of(response: bytes) -> str:
    head = response.partition(b"\r\n\r\n")[0].decode()
    return head.partition("x-mock-problem: ")[2].partition("\r\n")[0]


def origin_of(access: HttpsServer) -> str:
    return f"http://{access.host}:{access.port}"


def read_rejections(access: HttpsServer) -> dict[str, int]:
    health: dict[str, dict[str, int]] = fetch_json(f"{origin_of(access)}/_mock/health")
    return health["rejections"]


@pytest.mark.parametrize("way", WAYS)
def test_a_vendor_responds_alike_in_every_way(access: HttpsServer, way: str) -> None:
    response = exchange_by(way, access, call_request())
    body = json.loads(response.partition(b"\r\n\r\n")[2])
    assert (status_of(response), body["status"]) == ("200 OK", 200)


@pytest.mark.parametrize("way", ["tls", "connect"])
@pytest.mark.parametrize("host", ["acme.eu.ccaiplatform.com", "in.effebot.com", "localhost"])
def test_the_certificate_of_every_host_is_verified(
    access: HttpsServer, way: str, host: str
) -> None:
    response = exchange_by(way, access, build_request("GET", "/nowhere", host), host)
    assert status_of(response) == "404 Not Found"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_machine_is_verified_on_the_port_for_tls(access: HttpsServer, host: str) -> None:
    request = build_request("GET", "/_mock/health", f"{host}:{access.tls_port}")
    assert status_of(exchange_by("tls", access, request, host)) == "200 OK"


def test_a_tunnel_keeps_the_connection_and_the_address_of_the_client(access: HttpsServer) -> None:
    with connect_by("connect", access) as connection:
        for _ in range(3):
            connection.sendall(call_request().replace(b"connection: close\r\n", b""))
            assert status_of(connection.recv(65_536)) == "200 OK"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("api.stripe.com:443", "mockserver emulates no api.stripe.com:443"),
        ("API.Stripe.com:443", "mockserver emulates no api.stripe.com:443"),
        ("169.254.169.254:443", "mockserver emulates no 169.254.169.254:443"),
        ("[::1]:443", "mockserver emulates no [::1]:443"),
        ("127.0.0.1:443", "mockserver emulates no 127.0.0.1:443"),
        (f"{VENDOR}:22", f"mockserver opens a tunnel to {VENDOR}:443, not to 22"),
        ("localhost:8080", "mockserver opens a tunnel to localhost:443, not to 8080"),
        (f"{VENDOR}.evil.test:443", f"mockserver emulates no {VENDOR}.evil.test:443"),
        (f"x.{VENDOR}:443", f"mockserver emulates no x.{VENDOR}:443"),
    ],
)
def test_connect_to_another_target_is_refused_in_the_status_line_and_nothing_is_dialed(
    access: HttpsServer, target: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialed: list[str] = []
    monkeypatch.setattr(TargetResolver, "find_addresses", dialed.append)
    line, connection = send_connect(access.port, target)
    rest = read_to_end(connection)
    connection.close()
    assert (line, dialed) == (f"HTTP/1.1 403 {reason}", [])
    assert json.loads(rest)["detail"] == reason


@pytest.mark.parametrize(
    "target",
    [
        VENDOR,
        "evil.test",
        f"{VENDOR}:443@evil.test:443",
        f"user@{VENDOR}:443",
        f"{VENDOR}:443%0d%0ax:1",
        f"{VENDOR}:",
        f"{VENDOR}:443/",
        "*:443",
        ":443",
    ],
)
def test_connect_to_what_is_no_host_and_port_opens_no_tunnel(
    access: HttpsServer, target: str
) -> None:
    line, connection = send_connect(access.port, target)
    connection.close()
    status = line.removeprefix("HTTP/1.1 ")
    assert status in (
        "403 mockserver opens a tunnel to HOST:443 alone, and this target is not of that form",
        "400 Bad Request",  # the parser of HTTP refuses it
    )


def test_a_tunnel_inside_of_tls_is_refused(access: HttpsServer) -> None:
    for way in ("tls", "connect"):
        response = exchange_by(way, access, build_request("CONNECT", f"{VENDOR}:443"))
        assert (
            status_of(response)
            == "403 mockserver opens no tunnel inside of TLS: the proxy is its port for plain http"
        )


def test_what_comes_in_the_packet_of_connect_is_refused(access: HttpsServer) -> None:
    line, connection = send_connect(access.port, f"{VENDOR}:443", b"\x16\x03\x01")
    connection.close()
    assert line == "HTTP/1.1 400 Bad Request"


def test_connect_after_a_request_without_a_response_ends_the_connection(
    access: HttpsServer,
) -> None:
    request = call_request().replace(b"connection: close\r\n", b"")
    sent = request + build_request("CONNECT", f"{VENDOR}:443")
    statuses = [
        line for line in exchange_bytes(access.port, sent).split(b"\r\n") if b"HTTP/" in line
    ]
    assert statuses == [b"HTTP/1.1 200 OK"]


def test_refusals_are_counted_and_logged_each_host_for_itself(
    access: HttpsServer, caplog: pytest.LogCaptureFixture
) -> None:
    before = read_rejections(access).get("foreign-target", 0)
    for number in range(12):
        send_connect(access.port, f"h{number}.test:443")[1].close()
    assert read_rejections(access)["foreign-target"] - before == 12
    assert [record.getMessage() for record in caplog.records] == [
        f"a request was refused: foreign-target, mockserver emulates no h{number}.test:443"
        for number in range(12)
    ]


def test_a_refused_target_belongs_to_no_sandbox_so_that_no_list_has_it(
    access: HttpsServer,
) -> None:
    url = f"{origin_of(access)}/_mock/requests"
    before = fetch_json(url)["total"]
    send_connect(access.port, "evil.test:443")[1].close()
    exchange_bytes(access.port, build_request("GET", "http://evil.test/", "evil.test"))
    assert fetch_json(url)["total"] == before


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (f"http://{VENDOR}/nowhere?a=1", "404 Not Found"),
        (f"HTTP://{VENDOR.upper()}/nowhere", "404 Not Found"),
        (f"https://{VENDOR}/nowhere", "404 Not Found"),
        ("http://localhost/_mock/health", "200 OK"),
        ("http://127.0.0.1:8080/_mock/health", "200 OK"),
        (f"http://{VENDOR}/_mock/calls", "403 Forbidden"),
        ("http://evil.test/", "403 mockserver emulates no evil.test"),
        ("http://Evil.test:81/", "403 mockserver emulates no evil.test:81"),
        ("http://169.254.169.254/latest/", "403 mockserver emulates no 169.254.169.254"),
        (f"http://user:word@{VENDOR}/", "403 mockserver emulates no such URL"),
        (f"http://{VENDOR}@evil.test/", "403 mockserver emulates no such URL"),
        ("ftp://evil.test/", "403 mockserver emulates no such URL"),
    ],
)
def test_an_absolute_target_counts_and_not_the_host_header(
    access: HttpsServer, target: str, status: str
) -> None:
    for host in ("localhost", "evil.test"):
        assert status_of(exchange_bytes(access.port, build_request("GET", target, host))) == status


def test_an_absolute_target_without_a_path_means_the_root(access: HttpsServer) -> None:
    request = build_request("GET", "http://localhost?a=1", "localhost", "accept: text/plain")
    assert status_of(exchange_bytes(access.port, request)) == "200 OK"


@pytest.mark.parametrize("way", WAYS)
def test_the_control_api_is_refused_under_a_vendors_name(access: HttpsServer, way: str) -> None:
    response = exchange_by(way, access, build_request("GET", "/_mock/calls"))
    assert (status_of(response), problem_of(response)) == ("403 Forbidden", "foreign-host")


@pytest.mark.parametrize(
    ("path", "origin", "status"),
    [
        ("/login.php", f"https://{WEBRTC}", "401 Unauthorized"),
        ("/login.php", f"https://{VENDOR}", "403 Forbidden"),
        ("/login.php", "https://evil.test", "403 Forbidden"),
        ("/_mock/reset", f"https://{WEBRTC}", "403 Forbidden"),
    ],
)
@pytest.mark.parametrize("way", ["tls", "connect"])
def test_a_page_of_the_vendors_own_host_may_log_in_and_a_foreign_one_may_not(
    access: HttpsServer, way: str, path: str, origin: str, status: str
) -> None:
    fields = (f"origin: {origin}", "sec-fetch-site: same-origin", "content-length: 0")
    request = build_request("POST", path, WEBRTC, *fields)
    assert status_of(exchange_by(way, access, request, WEBRTC)) == status


@pytest.mark.parametrize("way", WAYS)
def test_breaks_look_alike_in_every_way(access: HttpsServer, way: str) -> None:
    assert exchange_by(way, access, call_request("x-mock-scenario: empty")) == b""
    with connect_by(way, access) as connection:
        connection.sendall(call_request("x-mock-scenario: reset"))
        with pytest.raises(ConnectionResetError):
            read_below_tls(connection)


@pytest.mark.parametrize("way", WAYS)
def test_limits_are_alike_in_every_way(
    access: HttpsServer, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = build_request("GET", "/nowhere", VENDOR, f"x-long: {'v' * 66_000}")
    large = build_request("POST", "/api/v2/voice/c2c", VENDOR, "content-length: 1000001")
    large += b"x" * 1_000_001
    responses = [exchange_by(way, access, sent) for sent in (long, large, b"\x00\x01\r\n\r\n")]
    monkeypatch.setitem(protocol.STAGE_TIMEOUTS, "head", 0.2)
    responses.append(exchange_by(way, access, b"GET / HTTP/1.1\r\n"))
    kinds = ["header-too-large", "body-too-large", "bad-request", "request-timeout"]
    assert [*map(problem_of, responses)] == kinds


def test_the_head_of_connect_has_the_usual_limits(
    access: HttpsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = build_request("CONNECT", f"{VENDOR}:443", VENDOR, f"x-long: {'v' * 66_000}")
    assert problem_of(exchange_bytes(access.port, long)) == "header-too-large"
    monkeypatch.setitem(protocol.STAGE_TIMEOUTS, "head", 0.2)
    slow = f"CONNECT {VENDOR}:443 HTTP/1.1\r\n".encode()
    assert problem_of(exchange_bytes(access.port, slow)) == "request-timeout"


# --- handshakes that fail ------------------------------------------------------------------------


def begin(way: str, access: HttpsServer) -> socket.socket:
    """Open a connection on which TLS is to begin."""
    return (
        connect(access.tls_port) if way == "tls" else send_connect(access.port, f"{VENDOR}:443")[1]
    )


def distrust(connection: socket.socket) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        DISTRUSTFUL.wrap_socket(connection, server_hostname=VENDOR)


def hang_up(connection: socket.socket) -> None:
    connection.close()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()


def send_half_a_hello(connection: socket.socket) -> None:
    connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
    connection.close()


def speak_http(connection: socket.socket) -> None:
    connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
    connection.close()


def count_open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def wait_until_no_connection_is_left(access: HttpsServer, count: int) -> None:
    """Wait, for a second at most, until as many files are open as before."""
    end = time.monotonic() + 5
    while count_open_files() > count and time.monotonic() < end:
        read_rejections(access)
    assert count_open_files() <= count


@pytest.mark.parametrize("way", ["tls", "connect"])
@pytest.mark.parametrize("spoil", [distrust, hang_up, reset, send_half_a_hello, speak_http])
def test_a_hundred_failed_handshakes_leave_nothing_behind(
    access: HttpsServer, way: str, spoil: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(spoil)
    read_rejections(access)
    count = count_open_files()
    for _ in range(100):
        connection = begin(way, access)
        spoil(connection)
        connection.close()
    wait_until_no_connection_is_left(access, count)
    assert [record for record in caplog.records if record.exc_info] == []
    assert {record.name for record in caplog.records} <= {"mockserver"}
    assert fetch_json(f"{origin_of(access)}/_mock/health")["errors"] == 0


@pytest.mark.parametrize("way", ["tls", "connect"])
def test_a_handshake_that_does_not_end_is_ended(
    access: HttpsServer, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert handshakes.HANDSHAKE_TIMEOUT == 10
    for module in (handshakes, tls_listener):
        monkeypatch.setattr(module, "HANDSHAKE_TIMEOUT", 0.2)
    with begin(way, access) as connection, suppress(ConnectionResetError):
        assert read_to_end(connection) == b""


@pytest.mark.parametrize("way", ["tls", "connect"])
def test_open_handshakes_count_as_connections(
    access: HttpsServer, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (protocol, uvicorn_server):
        monkeypatch.setattr(module, "MAX_CONNECTIONS", 2)
    with ExitStack() as opened:
        for _ in range(2):
            opened.enter_context(begin(way, access))
        request, end = build_request("GET", "/_mock/health"), time.monotonic() + 5
        while problem_of(exchange_bytes(access.port, request)) != "too-many-connections":
            assert time.monotonic() < end  # the kernel has accepted them, and the server does soon
            if way == "tls":  # the request may have taken the place of one
                opened.enter_context(begin(way, access))
        with connect(access.tls_port) as connection, suppress(ConnectionResetError):
            assert read_to_end(connection) == b""


def test_a_tunnel_counts_as_one_connection(
    access: HttpsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect_by("connect", access), connect_by("tls", access):
        monkeypatch.setattr(protocol, "MAX_CONNECTIONS", 3)
        request = build_request("GET", "/_mock/health", "localhost")
        assert status_of(exchange_bytes(access.port, request)) == "200 OK"
