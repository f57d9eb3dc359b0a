"""An event loop whose time passes only while nothing can run, with connections in memory."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from selectors import SelectorKey, SelectSelector
from typing import Any, Final, Protocol

AttemptKey = tuple[int, str, int]
"""(epoch, delivery, number) of a delivery attempt."""

ATTEMPT: Final[ContextVar[AttemptKey]] = ContextVar("ATTEMPT")
"""The attempt that opens a connection."""


class Stuck(Exception):
    """Every task waits, and nothing is left that could wake one."""


class Listener(Protocol):
    """What listens at a port of a virtual loop."""

    async def connect(self) -> None:
        """Return once there is a connection.

        Raises:
            OSError: there is none.
        """

    def accept(self, connection: "SenderTransport") -> None:
        """Take the connection, which its sender can use at once."""


class VirtualTime(SelectSelector):
    """A selector that lets the time of a wait pass at once, in seconds; it waits for no socket."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        if timeout is None:
            raise Stuck
        self.seconds += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Connects to `listeners`, which are by port; no byte leaves the process."""

    def __init__(self) -> None:
        self._virtual_time = VirtualTime()
        super().__init__(self._virtual_time)
        self.listeners: Mapping[int, Listener] = {}
        self.open_transports: set[SenderTransport] = set()
        self._connected: dict[socket.socket, Listener] = {}

    def time(self) -> float:
        return self._virtual_time.seconds

    def pause(self, seconds: float) -> None:
        """Let time pass in which nothing runs, as while the process is suspended."""
        self._virtual_time.seconds += seconds

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        listener = self.listeners[address[1]]
        await listener.connect()
        self._connected[sock] = listener

    async def create_connection(  # type: ignore[override]
        self, factory: Callable[[], asyncio.Protocol], *, sock: socket.socket, **_: object
    ) -> tuple["SenderTransport", asyncio.Protocol]:
        protocol = factory()
        transport = SenderTransport(self, protocol, sock)
        self.open_transports.add(transport)
        protocol.connection_made(transport)
        self._connected.pop(sock).accept(transport)
        return transport, protocol


class SenderTransport(asyncio.Transport):
    """A connection: its sender has the methods of a transport, its receiver all others."""

    def __init__(self, loop: VirtualLoop, protocol: asyncio.Protocol, sock: socket.socket) -> None:
        super().__init__({"sockname": ("127.0.0.1", 1)})
        self._loop, self._protocol, self._sock = loop, protocol, sock
        self.attempt = ATTEMPT.get()
        self.request = loop.create_future()
        """The bytes of the request; canceled if the sender has closed the connection before."""
        self.closed = asyncio.Event()
        """Set once the sender has closed the connection, or it was reset."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not (self.is_closing() or self.request.done()):
            self.request.set_result(bytes(data))

    def is_closing(self) -> bool:
        return self.closed.is_set()

    def abort(self) -> None:
        self._end(None)

    close = abort

    def respond(self, data: bytes) -> None:
        if not self.is_closing():
            self._protocol.data_received(data)

    def half_close(self) -> None:
        """End the stream of the response; the receiver would go on to read."""
        if not self.is_closing() and not self._protocol.eof_received():
            self.close()

    def reset(self) -> None:
        self._end(ConnectionResetError("reset by the receiver"))

    def _end(self, error: Exception | None) -> None:
        if self.is_closing():
            return
        self.closed.set()
        self.request.cancel()
        self._loop.open_transports.remove(self)
        self._sock.close()
        self._loop.call_soon(self._protocol.connection_lost, error)
