"""Tunnels to hosts of `--proxy-pass`: the bytes go through as they are."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from mockserver.core.address_policy import ResolvedTarget
from mockserver.core.webhook_url import TargetRejection
from mockserver.web.server.handshakes import HeldProtocol

CONNECT_TIMEOUT: Final = 10.0  # real seconds for a connection to one address
IDLE_TIMEOUT: Final = 300.0  # real seconds without a byte in either direction
REFUSED: Final = "refused-target"
"""The error of a target whose addresses are not allowed."""


class _End(asyncio.Protocol):
    """One end of a passage: what arrives here is written to the other end."""

    def __init__(self, passage: "Passage", peer: asyncio.Transport) -> None:
        self._passage = passage
        self._peer = peer
        self.has_ended = False

    def data_received(self, data: bytes) -> None:
        self._passage.is_active = True
        self._peer.write(data)

    def eof_received(self) -> bool:
        """Pass the end on; the other direction stays open until it ends, too."""
        self.has_ended = True
        self._peer.write_eof()
        return not self._passage.has_ended

    def pause_writing(self) -> None:
        self._peer.pause_reading()

    def resume_writing(self) -> None:
        self._peer.resume_reading()

    def connection_lost(self, _: Exception | None) -> None:
        self._passage.end()


class Passage:
    """A client's connection and one to a host, of which each gets what the other sends."""

    def __init__(
        self, client: asyncio.Transport, host: asyncio.Transport, on_end: Callable[[], None]
    ) -> None:
        self._transports = (client, host)
        self._ends = (_End(self, host), _End(self, client))
        self._on_end = on_end
        self._timer: asyncio.TimerHandle | None = None
        self.is_active = True

    @property
    def has_ended(self) -> bool:
        """Whether neither side will send more."""
        return all(end.has_ended for end in self._ends)

    def begin(self, response: bytes, held: HeldProtocol) -> None:
        """Respond to the client, then let the bytes through; `held` has those of the host."""
        client, host = self._transports
        client_end, host_end = self._ends
        if client.is_closing() or host.is_closing():
            self.abort()
            return
        client.set_protocol(client_end)
        client.write(response)
        held.hand_over(host, host_end)
        client.resume_reading()
        self._watch()

    def abort(self) -> None:
        for transport in self._transports:
            transport.abort()
        self.end()

    def end(self) -> None:
        """Close both connections, each after what is still to be written to it."""
        if self._timer:
            self._timer.cancel()
        for transport in self._transports:
            transport.close()
        self._on_end()

    def _watch(self) -> None:
        if not self.is_active:
            self.abort()
            return
        self.is_active = False
        self._timer = asyncio.get_running_loop().call_later(IDLE_TIMEOUT, self._watch)


async def connect_to_host(
    name: str, target: ResolvedTarget | TargetRejection
) -> tuple[asyncio.Transport, HeldProtocol] | TargetRejection:
    """Connect to the first address that takes a connection; else say why there is none.

    The addresses are those that were checked; no name is resolved again.
    """
    if isinstance(target, TargetRejection):
        return target.replace(reason=_explain(name, target))
    loop = asyncio.get_running_loop()
    for address in (target.address, *target.fallbacks):
        with suppress(OSError):  # TimeoutError is one
            async with asyncio.timeout(CONNECT_TIMEOUT):
                return await loop.create_connection(HeldProtocol, address, target.port)
    reason = f"mockserver cannot connect to {name}:{target.port}"
    return TargetRejection(error="connect", reason=reason)


def _explain(name: str, rejection: TargetRejection) -> str:
    if rejection.error == REFUSED:
        return f"mockserver passes to public addresses alone, and {name} has none"
    return f"mockserver cannot connect: {rejection.reason}"
