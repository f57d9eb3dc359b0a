"""Binds the listening socket, and configures and runs uvicorn on it."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import NamedTuple

import uvicorn
from starlette.types import ASGIApp

from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.runtime.tasks import spawn
from mockserver.web.server.protocol import IDLE_TIMEOUT, MAX_CONNECTIONS, HttpProtocol
from mockserver.web.server.rejections import record_rejection
from mockserver.web.server.tls_listener import TlsPort, accept_for_tls
from mockserver.web.server.tunnels import InnerProtocol, ProxyProtocol

SHUTDOWN_GRACE = 2  # real seconds for running requests to end on shutdown
CANCEL_GRACE = 1  # real seconds for them to notice that their clients are disconnected
FORCE_CHECK = 0.1  # real seconds between two looks whether a second signal ends the wait for them
WILDCARD_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")


class ServerAddress(NamedTuple):
    """The address on which the server listens; `origin` is how it reaches itself.

    `tls_port` is that of `--https-port`, 0 for none.
    """

    host: str
    port: int
    scheme: str = "http"
    tls_port: int = 0

    @property
    def display_url(self) -> str:
        return self._url(self.host)

    @property
    def tls_url(self) -> str:
        """The URL of `--https-port`; empty for none."""
        tls = self._replace(scheme="https", port=self.tls_port)
        return tls.display_url if self.tls_port else ""

    @property
    def own_host(self) -> str:
        """The host at which the server reaches itself."""
        return WILDCARD_HOSTS.get(self.host, self.host)

    @property
    def origin(self) -> str:
        return self._url(self.own_host)

    @property
    def origins(self) -> tuple[str, ...]:
        return (self.origin, *(self._url(name) for name in ("localhost", "127.0.0.1", "::1")))

    @property
    def is_local(self) -> bool:
        """Whether the server is reachable from this machine only."""
        return self.host in LOOPBACK_HOSTS

    def _url(self, host: str) -> str:
        name = f"[{host}]" if ":" in host else host
        return f"{self.scheme}://{name}:{self.port}"


def bind_socket(host: str, port: int) -> socket.socket:
    """Bind a listening socket.

    Raises:
        OSError: The port is taken, or this user may not bind it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


class Server(uvicorn.Server):
    """A uvicorn server that calls `on_ready`, and stops all schedulers before itself.

    `tls_listener` is the socket of `--https-port`.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        sandboxes: SandboxRegistry,
        on_ready: Callable[[], None],
        tls_listener: socket.socket | None = None,
    ) -> None:
        super().__init__(config)
        self._tls_listener = tls_listener
        self._accepting: asyncio.Task[None] | None = None
        self._sandboxes = sandboxes
        self._on_ready = on_ready

    def end(self, *_: object) -> None:
        """End the server soon; a signal handler. From now on it is not ready."""
        self._sandboxes.is_stopping = True
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._sandboxes.is_stopping = True
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.lifespan.should_exit:  # it has failed, and uvicorn ends
            return
        if self.should_exit:  # by a signal meanwhile; uvicorn ends without a shutdown
            await self.shutdown(sockets)
        else:
            self._listen_for_tls()
            self._on_ready()

    def _listen_for_tls(self) -> None:
        if self._tls_listener:
            state, sandboxes = self.lifespan.state, self._sandboxes
            connections = self.server_state.connections
            dependencies = state["dependencies"]
            port = TlsPort(
                listener=self._tls_listener,
                context=dependencies.https.context,
                connections=connections,
                build=partial(InnerProtocol, self.config, self.server_state, state),
                is_full=lambda: len(connections) >= MAX_CONNECTIONS,
                warn=partial(record_rejection, dependencies),
                on_error=sandboxes.record_error,
            )
            self._accepting = spawn(accept_for_tls(port), sandboxes.record_error)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._accepting:
            self._accepting.cancel()
        await self._sandboxes.stop_schedulers()
        timer = asyncio.get_running_loop().call_later(SHUTDOWN_GRACE, self._abort_connections)
        await self._finish_requests()
        await super().shutdown(sockets)
        timer.cancel()

    async def _finish_requests(self) -> None:
        """Wait for the requests that are under way, while the port still answers probes."""
        pending = {*self.server_state.tasks}
        while pending and not self.force_exit:
            _, pending = await asyncio.wait(pending, timeout=FORCE_CHECK)

    def _abort_connections(self) -> None:
        """Disconnect the clients that are left, and end what they wait for, such as a delay."""
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()
        for task in tuple(self.server_state.tasks):
            task.cancel()


def build_config(app: ASGIApp, tls: tuple[str, str], *, is_proxy: bool = False) -> uvicorn.Config:
    """Configure uvicorn; `tls` is (certificate file, key file), both empty without TLS.

    A proxy takes CONNECT, as a server with `--https` does.
    """
    certificate, key = tls
    return uvicorn.Config(
        app,
        http=ProxyProtocol if is_proxy else HttpProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # the client is the connected peer, whatever a header says
        timeout_graceful_shutdown=SHUTDOWN_GRACE + CANCEL_GRACE,
        timeout_keep_alive=IDLE_TIMEOUT,
        ssl_certfile=certificate or None,
        ssl_keyfile=key or None,
    )
