"""The port for TLS goes on accepting connections when one cannot be accepted."""

import asyncio
import errno
import socket
import ssl
from typing import Any

import pytest

from mockserver.web.server import tls_listener
from mockserver.web.server.handshakes import HeldProtocol, describe_handshake_error
from mockserver.web.server.tls_listener import TlsPort, accept_for_tls
from tests.support.authorities import build_authority, build_leaves


def build_port(listener: socket.socket, warned: asyncio.Queue[tuple[str, str]]) -> TlsPort:
    """A port that has as many connections as it may have."""
    return TlsPort(
        listener=listener,
        context=build_leaves(build_authority()).context,
        connections=set(),
        build=HeldProtocol,
        is_full=lambda: True,
        warn=lambda kind, text: warned.put_nowait((kind, text)),
        on_error=print,
    )


def test_a_server_without_free_files_accepts_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async def accept_twice() -> tuple[str, str]:
        loop, warned = asyncio.get_running_loop(), asyncio.Queue[tuple[str, str]]()
        accept, failures = loop.sock_accept, [OSError(errno.EMFILE, "Too many open files")]

        async def fail_first(listener: socket.socket) -> Any:
            if failures:
                raise failures.pop()
            return await accept(listener)

        monkeypatch.setattr(loop, "sock_accept", fail_first)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            task = asyncio.create_task(accept_for_tls(build_port(listener, warned)))
            with socket.create_connection(listener.getsockname()):
                warning = await warned.get()
            task.cancel()
        return warning

    assert tls_listener.RETRY_PAUSE == 1
    monkeypatch.setattr(tls_listener, "RETRY_PAUSE", 0)
    assert asyncio.run(accept_twice()) == (
        "too-many-connections",
        "a TLS connection was refused: there are too many",
    )


def build_ssl_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "text")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConnectionResetError(), ""),
        (ssl.SSLEOFError(8, "EOF"), ""),
        (
            ConnectionAbortedError("SSL handshake is taking longer than 10.0 seconds: aborting"),
            "the handshake took longer than 10 s",
        ),
        (build_ssl_error("HTTP_REQUEST"), "http request"),
        (build_ssl_error(""), "unknown error"),
        *(
            (
                build_ssl_error(reason),
                f"{words}: the client must trust the certificate of GET /_mock/ca.pem",
            )
            for reason, words in (
                ("TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"),
                ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "sslv3 alert certificate unknown"),
            )
        ),
    ],
)
def test_a_failed_handshake_is_described_with_its_cure_and_a_hang_up_is_not(
    error: OSError, text: str
) -> None:
    assert describe_handshake_error(error) == text
