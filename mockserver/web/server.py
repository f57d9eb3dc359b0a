"""uvicorn as we run it: on a socket of our own, ready when it says so, gone when it is told."""

import socket
from collections.abc import Callable
from typing import NamedTuple

import uvicorn
from starlette.types import ASGIApp

from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.web.connection import IDLE, Connection

GRACE = 2  # seconds that requests have to end in when the server stops
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Address(NamedTuple):
    """Where the server listens; `origin` is how it reaches itself."""

    host: str
    port: int
    scheme: str = "http"

    @property
    def shown(self) -> str:
        return self._at(self.host)

    @property
    def origin(self) -> str:
        return self._at(EVERYWHERE.get(self.host, self.host))

    @property
    def origins(self) -> tuple[str, ...]:
        return (self.origin, *(self._at(name) for name in ("localhost", "127.0.0.1", "::1")))

    @property
    def local(self) -> bool:
        """Only reached from this machine."""
        return self.host in LOOPBACK

    def _at(self, host: str) -> str:
        name = f"[{host}]" if ":" in host else host
        return f"{self.scheme}://{name}:{self.port}"


def bound(host: str, port: int) -> socket.socket:
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
        self, config: uvicorn.Config, sandboxes: SandboxRegistry, ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._sandboxes = sandboxes
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._sandboxes.stop_schedulers()
        await super().shutdown(sockets)


def config(app: ASGIApp, tls: tuple[str, str]) -> uvicorn.Config:
    """`tls` is (certificate, key), or twice nothing."""
    certificate, key = tls
    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # who asks is who has connected, whatever a header says
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=IDLE,
        ssl_certfile=certificate or None,
        ssl_keyfile=key or None,
    )
