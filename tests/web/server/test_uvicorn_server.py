"""Where the server listens, and under which names it reaches itself."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox import Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.server.protocol import HttpProtocol
from mockserver.web.server.uvicorn_server import (
    SHUTDOWN_GRACE,
    Server,
    ServerAddress,
    bind_socket,
    build_config,
)
from tests.support.simulation import START

ANY = ("0.0.0.0", "::")


def speaks_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


IPV6 = pytest.param(
    "::1", marks=pytest.mark.skipif(not speaks_ipv6(), reason="this machine has no IPv6")
)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("host", "shown", "origin", "local"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1", True),
        ("localhost", "localhost", "localhost", True),
        ("::1", "[::1]", "[::1]", True),
        (ANY[0], ANY[0], "127.0.0.1", False),
        (ANY[1], "[::]", "[::1]", False),
        ("10.0.0.7", "10.0.0.7", "10.0.0.7", False),
        ("fd00::7", "[fd00::7]", "[fd00::7]", False),
        ("mock.internal", "mock.internal", "mock.internal", False),
        ("localhost.evil.test", "localhost.evil.test", "localhost.evil.test", False),
    ],
)
def test_address(host: str, shown: str, origin: str, local: bool, scheme: str) -> None:  # noqa: FBT001 - a column of the table
    address = ServerAddress(host=host, port=8080, scheme=scheme)
    assert address.display_url == f"{scheme}://{shown}:8080"
    assert address.origin == f"{scheme}://{origin}:8080"
    names = (origin, "localhost", "127.0.0.1", "[::1]")
    assert address.origins == tuple(f"{scheme}://{name}:8080" for name in names)
    assert address.is_local == local


def test_address_speaks_http_unless_told() -> None:
    assert ServerAddress(host="127.0.0.1", port=80).origin == "http://127.0.0.1:80"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", IPV6])
def test_bound_listens(host: str) -> None:
    with bind_socket(host, 0) as taken:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        assert (taken.family, taken.type) == (family, socket.SOCK_STREAM)
        assert taken.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == 1
        port = taken.getsockname()[1]
        assert port != 0
        with socket.create_connection(("::1" if ":" in host else "127.0.0.1", port)):
            pass


def test_bound_on_a_taken_port_lets_go_of_its_socket() -> None:
    """A socket that was left open would be a warning, and so fail this test."""
    with bind_socket("127.0.0.1", 0) as taken, pytest.raises(OSError) as caught:  # noqa: PT011 - see errno
        bind_socket("127.0.0.1", taken.getsockname()[1])
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b", "a" * 64, "256.1.1.1", "::g"])
def test_bound_where_nobody_can_listen(host: str) -> None:
    with pytest.raises(OSError, match=r"\[Errno"):
        bind_socket(host, 0)


# --- the server ----------------------------------------------------------------------------------


async def app(_scope: Any, receive: Any, send: Any) -> None:
    """Takes part in start and shutdown, and serves nothing."""
    async for told in _events(receive):
        await send({"type": f"{told}.complete"})


async def _events(receive: Any) -> AsyncIterator[str]:
    yield (await receive())["type"]
    yield (await receive())["type"]


def test_config_is_ours_alone() -> None:
    made = build_config(app, ("", ""))
    assert (made.http, made.ws, made.lifespan) == (HttpProtocol, "none", "on")
    assert (made.access_log, made.server_header, made.log_level) == (False, False, "warning")
    assert (made.timeout_graceful_shutdown, made.is_ssl) == (SHUTDOWN_GRACE, False)


def test_config_with_a_certificate() -> None:
    made = build_config(app, ("c.pem", "k.pem"))
    assert (made.ssl_certfile, made.ssl_keyfile, made.is_ssl) == ("c.pem", "k.pem", True)


def test_server_says_when_it_is_ready_and_halts_before_it_ends(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def halt() -> None:
        told.append("halt")

    async def ended(_self: uvicorn.Server, sockets: Any = None) -> None:
        told.append(f"end of {len(sockets)}")
        await end(_self, sockets)

    def ready() -> None:
        told.append(f"ready {server.started}")
        server.should_exit = True

    told: list[str] = []
    end = uvicorn.Server.shutdown
    sandboxes = SandboxRegistry(
        NoCourier(), (configuration, Timing(mode="manual", start=START)), lambda _: None
    )
    monkeypatch.setattr(sandboxes, "stop_schedulers", halt)
    monkeypatch.setattr(uvicorn.Server, "shutdown", ended)
    server = Server(build_config(app, ("", "")), sandboxes, ready)
    with bind_socket("127.0.0.1", 0) as taken:
        asyncio.run(server.serve(sockets=[taken]))
    assert told == ["ready True", "halt", "end of 1"]


class NoCourier:
    """Nobody sends anything here."""

    async def deliver(self, _: Any) -> Any:
        raise AssertionError
