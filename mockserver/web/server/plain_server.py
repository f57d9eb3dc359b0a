"""Runs an application that has no state, and tells when it is ready."""

import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp


class PlainServer(uvicorn.Server):
    """A uvicorn server for this machine that calls `on_ready`."""

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self._on_ready = on_ready

    def end(self, *_: object) -> None:
        """End the server soon; a signal handler."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()
