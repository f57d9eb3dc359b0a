"""A server with `--https`, and the three ways to it: plain HTTP, TLS, and a tunnel."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from mockserver.app import run_https_server
from mockserver.settings import parse_settings
from tests.support.authorities import client_context
from tests.support.sockets import connect, read_to_end

VENDOR: Final = "portal.mobtexting.com"
WAYS: Final = ("http", "tls", "connect")
FLAGS: Final = {"port": "0", "https": True, "https_port": "0", "clock": "manual", "quiet": True}
ESTABLISHED: Final = "HTTP/1.1 200 tunnel established"


class HttpsServer(NamedTuple):
    """A running server: its port for plain HTTP, that for TLS, and whom its clients trust."""

    host: str
    port: int
    tls_port: int
    root_pem: bytes
    trust_store: bytes


@contextmanager
def serve_https(**flags: object) -> Iterator[HttpsServer]:
    with run_https_server(parse_settings({**FLAGS, **flags}, {})) as (address, (https, *_)):
        store = https.build_trust_store()
        yield HttpsServer(address.own_host, address.port, address.tls_port, https.root_pem, store)


def send_connect(port: int, target: str, more: bytes = b"") -> tuple[str, socket.socket]:
    """Send CONNECT on a new connection; return the status line, and the connection."""
    connection = connect(port)
    connection.sendall(f"CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n\r\n".encode() + more)
    head = b""
    while not head.endswith(b"\r\n\r\n") and (byte := connection.recv(1)):
        head += byte
    return head.partition(b"\r\n")[0].decode(), connection


def connect_by(way: str, access: HttpsServer, host: str = VENDOR) -> socket.socket:
    """Open a connection to a host in one of `WAYS`."""
    if way == "http":
        return connect(access.port)
    context = client_context(access.root_pem)
    if way == "tls":
        return context.wrap_socket(connect(access.tls_port), server_hostname=host)
    line, connection = send_connect(access.port, f"{host}:443")
    assert line == ESTABLISHED
    return context.wrap_socket(connection, server_hostname=host)


def exchange_by(way: str, access: HttpsServer, sent: bytes, host: str = VENDOR) -> bytes:
    """Send these bytes in one of `WAYS`, and return all that comes back."""
    with connect_by(way, access, host) as connection:
        connection.sendall(sent)
        return read_to_end(connection)


def read_below_tls(connection: socket.socket) -> bytes:
    """Read the rest as it comes from the network: Python takes a reset within TLS for an end."""
    with socket.socket(fileno=connection.detach()) as raw:
        raw.settimeout(10)
        return read_to_end(raw)


def build_request(method: str, path: str, host: str = VENDOR, *fields: str) -> bytes:
    """A request after which the connection ends."""
    lines = (f"{method} {path} HTTP/1.1", f"host: {host}", "connection: close", *fields)
    return "\r\n".join((*lines, "", "")).encode()
