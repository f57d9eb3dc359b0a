"""The server binds its socket, knows its own addresses, and configures uvicorn."""

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
    CANCEL_GRACE,
    SHUTDOWN_GRACE,
    Server,
    ServerAddress,
    bind_socket,
    build_config,
)
from tests.support.simulation import START
from tests.support.sockets import IPV6

ANY = ("0.0.0.0", "::")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("host", "displayed", "origin", "is_local"),
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
def test_a_server_address_has_a_display_url_an_origin_and_local_names(
    host: str, displayed: str, origin: str, scheme: str, *, is_local: bool
) -> None:
    address = ServerAddress(host=host, port=8080, scheme=scheme)
    assert address.display_url == f"{scheme}://{displayed}:8080"
    assert address.origin == f"{scheme}://{origin}:8080"
    names = (origin, "localhost", "127.0.0.1", "[::1]")
    assert address.origins == tuple(f"{scheme}://{name}:8080" for name in names)
    assert address.is_local == is_local


def test_the_scheme_of_a_server_address_is_http_by_default() -> None:
    assert ServerAddress(host="127.0.0.1", port=80).origin == "http://127.0.0.1:80"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", IPV6])
def test_a_bound_socket_accepts_connections(host: str) -> None:
    with bind_socket(host, 0) as listener:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        assert (listener.family, listener.type) == (family, socket.SOCK_STREAM)
        assert listener.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == 1
        port = listener.getsockname()[1]
        assert port != 0
        with socket.create_connection(("::1" if ":" in host else "127.0.0.1", port)):
            pass


def test_binding_a_taken_port_raises_and_closes_the_socket() -> None:
    """A socket left open would cause a warning, which fails the test."""
    with bind_socket("127.0.0.1", 0) as listener, pytest.raises(OSError) as caught:  # noqa: PT011 - see errno
        bind_socket("127.0.0.1", listener.getsockname()[1])
    assert caught.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b", "a" * 64, "256.1.1.1", "::g"])
def test_binding_an_unusable_host_raises_an_os_error(host: str) -> None:
    with pytest.raises(OSError, match=r"\[Errno"):
        bind_socket(host, 0)


# --- the server ----------------------------------------------------------------------------------


async def app(_scope: Any, receive: Any, send: Any) -> None:
    """Complete startup and shutdown, and serve nothing."""
    async for event in _receive_two(receive):
        await send({"type": f"{event}.complete"})


async def _receive_two(receive: Any) -> AsyncIterator[str]:
    yield (await receive())["type"]
    yield (await receive())["type"]


def test_the_uvicorn_config_logs_no_access_and_has_no_tls_by_default() -> None:
    config = build_config(app, ("", ""))
    assert (config.http, config.ws, config.lifespan) == (HttpProtocol, "none", "on")
    assert (config.access_log, config.server_header, config.log_level) == (False, False, "warning")
    limit = SHUTDOWN_GRACE + CANCEL_GRACE
    assert (config.timeout_graceful_shutdown, config.is_ssl) == (limit, False)


def test_a_certificate_and_key_turn_on_tls() -> None:
    config = build_config(app, ("c.pem", "k.pem"))
    assert (config.ssl_certfile, config.ssl_keyfile, config.is_ssl) == ("c.pem", "k.pem", True)


def test_the_server_reports_readiness_and_stops_schedulers_before_it_shuts_down(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def record_stop() -> None:
        steps.append("stop")

    async def record_shutdown(_self: uvicorn.Server, sockets: Any = None) -> None:
        steps.append(f"shutdown of {len(sockets)}")
        await shutdown(_self, sockets)

    def record_ready() -> None:
        steps.append(f"ready {server.started}")
        server.should_exit = True

    steps: list[str] = []
    shutdown = uvicorn.Server.shutdown
    sandboxes = SandboxRegistry(
        FailingDispatcher(), (configuration, Timing(mode="manual", start=START)), lambda _: None
    )
    monkeypatch.setattr(sandboxes, "stop_schedulers", record_stop)
    monkeypatch.setattr(uvicorn.Server, "shutdown", record_shutdown)
    server = Server(build_config(app, ("", "")), sandboxes, record_ready)
    with bind_socket("127.0.0.1", 0) as listener:
        asyncio.run(server.serve(sockets=[listener]))
    assert steps == ["ready True", "stop", "shutdown of 1"]


class FailingDispatcher:
    """Fails if anything is delivered."""

    async def deliver(self, _: Any) -> Any:
        raise AssertionError
