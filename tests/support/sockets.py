"""Client sockets for tests that speak HTTP byte by byte, and what this machine offers."""

import socket

import pytest


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def read_to_end(connection: socket.socket) -> bytes:
    """Return everything that arrives until the other side closes the connection."""
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def exchange_bytes(port: int, sent: bytes) -> bytes:
    """Send these bytes, and return everything that comes back.

    Bytes without any request are followed by the end of the stream.
    """
    with connect(port) as connection:
        connection.sendall(sent)
        if not sent.strip():
            connection.shutdown(socket.SHUT_WR)
        return read_to_end(connection)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


IPV6 = pytest.param(
    "::1", marks=pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
)
"""The loopback address of IPv6, as a parameter that is skipped where it does not exist."""
