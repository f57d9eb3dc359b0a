"""Begins TLS on a connection that is open already."""

import asyncio
import ssl
from typing import Final

HANDSHAKE_TIMEOUT: Final = 10.0  # real seconds for the client to complete the handshake
CLOSE_TIMEOUT: Final = 1.0  # real seconds for it to confirm the end of TLS
DISTRUST_ADVICE: Final = "the client must trust the certificate of GET /_mock/ca.pem"


class HeldProtocol(asyncio.Protocol):
    """Holds what arrives on a connection until that has its own protocol.

    The event loop may hand over data, or tell of the end, before `start_tls` returns.
    """

    def __init__(self) -> None:
        self._data: list[bytes] = []
        self._is_lost = False

    def data_received(self, data: bytes) -> None:
        self._data.append(data)

    def connection_lost(self, _: Exception | None) -> None:
        self._is_lost = True

    def hand_over(self, transport: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        """Begin the protocol with what has arrived, unless the connection has ended."""
        if self._is_lost or transport.is_closing():
            return
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        for data in self._data:
            protocol.data_received(data)


async def start_tls(
    transport: asyncio.Transport, context: ssl.SSLContext, held: HeldProtocol
) -> asyncio.Transport | str:
    """Begin TLS as the server; return the transport for plain data, or why the handshake failed.

    The reason is empty if the client has only ended the connection.
    """
    if transport.is_closing():
        return ""
    try:
        inner = await asyncio.get_running_loop().start_tls(
            transport,
            held,
            context,
            server_side=True,
            ssl_handshake_timeout=HANDSHAKE_TIMEOUT,
            ssl_shutdown_timeout=CLOSE_TIMEOUT,
        )
    except OSError as error:
        transport.abort()
        return describe_handshake_error(error)
    return inner or ""


def describe_handshake_error(error: OSError) -> str:
    """Say why a handshake failed, and what to do if the client does not trust the certificate.

    Empty if the client has only ended the connection.
    """
    if not isinstance(error, ssl.SSLError):
        is_late = "taking longer" in str(error)
        return f"the handshake took longer than {HANDSHAKE_TIMEOUT:g} s" if is_late else ""
    if isinstance(error, ssl.SSLEOFError):
        return ""
    reason = (error.reason or "unknown error").replace("_", " ").lower()
    is_distrust = "alert" in reason and ("unknown ca" in reason or "certificate" in reason)
    return f"{reason}: {DISTRUST_ADVICE}" if is_distrust else reason
