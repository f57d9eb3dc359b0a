"""A relay passes a webhook on in pieces, or twice at the same time."""

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from mockserver.ordeal.relay import run_relay, split
from tests.support.applications import exchange
from tests.support.certificates import write_certificates

REQUEST: Final = b"POST /hook?a=1 HTTP/1.1\r\nhost: app.test\r\nContent-Length: 5\r\n\r\nhello"
WITHOUT_BODY: Final = b"GET /hook?a=1 HTTP/1.1\r\nhost: app.test\r\n\r\n"


def relayed(
    manner: str, request: bytes, statuses: list[int], certificates: Path | None = None
) -> tuple[bytes, list[bytes]]:
    """The response to a request through a relay, and the bodies that its receiver got.

    With a folder of certificates, the receiver speaks TLS.
    """
    bodies = list[bytes]()

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            self.parse_request()
            bodies.append(self.rfile.read(int(self.headers.get("content-length", 0))))
            self.send_response(statuses[len(bodies) - 1])
            self.end_headers()
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Write no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        scheme, host, authorities = "http", "127.0.0.1", ""
        if certificates:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates, certificates.with_name("key.pem"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme, host, authorities = "https", "vendor.test", str(certificates)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        target = f"{scheme}://{host}:{server.server_port}"
        with run_relay(target, manner, authorities) as address:
            response = exchange(int(address.rpartition(":")[2]), request)
        server.shutdown()
        thread.join()
    return response, bodies


@pytest.mark.parametrize(("request_bytes", "body"), [(REQUEST, b"hello"), (WITHOUT_BODY, b"")])
def test_a_request_in_pieces_arrives_whole(request_bytes: bytes, body: bytes) -> None:
    response, bodies = relayed("in-pieces", request_bytes, [202])
    assert (response.split(b" ")[1], bodies) == (b"202", [body])


def test_the_pieces_are_the_request() -> None:
    pieces = [*split(REQUEST)]
    assert (b"".join(pieces), len(pieces)) == (REQUEST, 10)
    assert max(map(len, pieces)) < len(REQUEST) / 8


@pytest.mark.parametrize("statuses", [[200, 409], [409, 200]])
def test_of_two_copies_the_higher_status_is_passed_back(statuses: list[int]) -> None:
    response, bodies = relayed("twice", REQUEST, statuses)
    assert (response.split(b" ")[1], bodies) == (b"409", [b"hello", b"hello"])


def test_a_receiver_that_is_not_there_ends_the_connection() -> None:
    with run_relay("http://127.0.0.1:1", "twice") as address:
        assert exchange(int(address.rpartition(":")[2]), REQUEST) == b""


@pytest.mark.parametrize("certificate", ["self.pem", "leaf.pem"])
def test_a_receiver_over_tls_is_reached_by_a_certificate_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certificate: str
) -> None:
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, port, *more: look_up("127.0.0.1", port, *more)
    )
    write_certificates(tmp_path)
    response, bodies = relayed("in-pieces", REQUEST, [200], tmp_path / certificate)
    assert (response.split(b" ")[1], bodies) == (b"200", [b"hello"])


def test_a_long_request_is_read_to_its_end_and_one_that_breaks_off_is_not_passed_on() -> None:
    body = b"x" * 300_000
    long = REQUEST.replace(b"5", str(len(body)).encode(), 1).removesuffix(b"hello") + body
    response, bodies = relayed("twice", long, [200, 200])
    assert (response.split(b" ")[1], bodies) == (b"200", [body, body])
    with (
        run_relay("http://127.0.0.1:1", "twice") as address,
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as client,
    ):
        client.sendall(REQUEST[:-1])
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
