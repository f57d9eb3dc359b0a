"""Accepts the connections of `--https-port`, on which TLS begins at once."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from mockserver.runtime.tasks import OnError, spawn
from mockserver.web.server.handshakes import (
    CLOSE_TIMEOUT,
    HANDSHAKE_TIMEOUT,
    describe_handshake_error,
)

RETRY_PAUSE: Final = 1.0  # real seconds until the next try, if no file can be opened


class TlsPort(NamedTuple):
    """What a listener needs of its server.

    `connections` are all open ones, which `is_full` counts. `build` makes the protocol of one.
    `warn` takes why a handshake failed, and why a connection was refused.
    """

    listener: socket.socket
    context: ssl.SSLContext
    connections: set[Any]
    build: Callable[[], asyncio.Protocol]
    is_full: Callable[[], bool]
    warn: Callable[[str, str], None]
    on_error: OnError


class Handshake:
    """A handshake that is under way; uvicorn counts and ends it as any other connection."""

    def __init__(self, port: TlsPort, connection: socket.socket) -> None:
        self._port = port
        self._connection = connection
        port.connections.add(self)
        self._task = spawn(self._run(), port.on_error)

    @property
    def transport(self) -> "Handshake":
        """What ends the connection: this itself."""
        return self

    def shutdown(self) -> None:
        self.abort()

    def abort(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._port.build,
                self._connection,
                ssl=self._port.context,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT,
                ssl_shutdown_timeout=CLOSE_TIMEOUT,
            )
        except OSError as error:
            reason = describe_handshake_error(error)
            if reason:
                self._port.warn("tls-handshake", f"TLS with a client failed: {reason}")
        finally:
            self._port.connections.discard(self)


async def accept_for_tls(port: TlsPort) -> None:
    """Accept connections until the task is canceled."""
    loop = asyncio.get_running_loop()
    port.listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    while True:
        try:
            connection, _ = await loop.sock_accept(port.listener)
        except OSError:  # no file can be opened
            await asyncio.sleep(RETRY_PAUSE)
            continue
        if port.is_full():
            port.warn("too-many-connections", "a TLS connection was refused: there are too many")
            connection.close()
        else:
            Handshake(port, connection)
