"""uvicorn as we run it: on a socket of our own, ready when it says so, gone when it is told."""

import socket
from collections.abc import Callable
from typing import NamedTuple

import uvicorn
from starlette.types import ASGIApp

from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.server.protocol import IDLE_TIMEOUT, HttpProtocol

SHUTDOWN_GRACE = 2  # seconds that requests have to end in when the server stops
WILDCARD_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")


class ServerAddress(NamedTuple):
    """Where the server listens; `origin` is how it reaches itself."""

    host: str
    port: int
    scheme: str = "http"

    @property
    def display_url(self) -> str:
        return self._url(self.host)

    @property
    def origin(self) -> str:
        return self._url(WILDCARD_HOSTS.get(self.host, self.host))

    @property
    def origins(self) -> tuple[str, ...]:
        return (self.origin, *(self._url(name) for name in ("localhost", "127.0.0.1", "::1")))

    @property
    def is_local(self) -> bool:
        """Only reached from this machine."""
        return self.host in LOOPBACK_HOSTS

    def _url(self, host: str) -> str:
        name = f"[{host}]" if ":" in host else host
        return f"{self.scheme}://{name}:{self.port}"


def bind_socket(host: str, port: int) -> socket.socket:
    """The listening socket.

    Raises:
        OSError: the port is taken, or is not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(1024)
    except OSError:
        taken.close()
        raise
    return taken


class Server(uvicorn.Server):
    """Says when it is ready, and ends what waits for time before it ends itself."""

    def __init__(
        self, config: uvicorn.Config, sandboxes: SandboxRegistry, on_ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._sandboxes = sandboxes
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._sandboxes.stop_schedulers()
        await super().shutdown(sockets)


def build_config(app: ASGIApp, tls: tuple[str, str]) -> uvicorn.Config:
    """`tls` is (certificate, key), or twice nothing."""
    certificate, key = tls
    return uvicorn.Config(
        app,
        http=HttpProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # who asks is who has connected, whatever a header says
        timeout_graceful_shutdown=SHUTDOWN_GRACE,
        timeout_keep_alive=IDLE_TIMEOUT,
        ssl_certfile=certificate or None,
        ssl_keyfile=key or None,
    )
