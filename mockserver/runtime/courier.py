"""Carries one webhook to its receiver and says how it went."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from time import monotonic
from typing import Final
from weakref import WeakValueDictionary

from mockserver.core.webhook import ORIGIN, Answer, Delivery
from mockserver.runtime.targets import STANDARD, Policy, Refused, Target, locate, resolve

PER_TARGET: Final = 8
"""How many attempts are under way to one host and port."""

CLASSES: Final = (
    (TimeoutError, "timeout"),
    (ssl.SSLError, "tls"),
    (ConnectionRefusedError, "connect"),
    (ConnectionError, "reset"),
    (OSError, "connect"),
    (ValueError, "protocol"),
)
"""What an exception is called; the first that fits."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Courier:
    """A fresh connection for each attempt: one that was kept might be closed by the other side.

    `own` is where this server reaches itself by TLS, and its certificate's file.
    """

    def __init__(
        self,
        origin: Callable[[], str],
        policy: Policy = STANDARD,
        deadline: float = 10.0,
        in_flight: int = 64,
        own: tuple[str, int, str] | None = None,
    ) -> None:
        self._origin = origin
        self._policy = policy
        self._deadline = deadline
        self._places = asyncio.Semaphore(in_flight)
        self._queues: WeakValueDictionary[tuple[str, int], asyncio.Semaphore] = (
            WeakValueDictionary()
        )
        self._own = own
        self._open: set[asyncio.StreamWriter] = set()
        self._depths: dict[tuple[str, int], int] = {}

    async def carry(self, delivery: Delivery) -> Answer:
        url = delivery.webhook.url.replace(ORIGIN, self._origin())
        place = locate(url)
        if isinstance(place, Refused):
            return refusal(place)
        key = (place.host, place.port)
        queue = self._queues.setdefault(key, asyncio.Semaphore(PER_TARGET))
        async with queue, self._places:
            start = monotonic()
            answer = await self._attempt(url, delivery)
            return answer._replace(millis=round((monotonic() - start) * 1_000))

    async def close(self) -> None:
        """Cuts what is still under way; to those who carry it that is a `reset`."""
        for writer in self._open:
            writer.transport.abort()

    def depth(self, host: str, port: int) -> int:
        """How deep in a chain of our own webhooks a request from there is; 0 for a stranger's."""
        return self._depths.get((host.removeprefix("::ffff:"), port), -1) + 1

    async def _attempt(self, url: str, delivery: Delivery) -> Answer:
        try:
            async with asyncio.timeout(self._deadline):
                target = await resolve(url, self._policy)
                if isinstance(target, Refused):
                    return refusal(target)
                return await self._exchange(target, delivery)
        except (OSError, ValueError) as error:
            return Answer(None, next(name for kind, name in CLASSES if isinstance(error, kind)))

    async def _exchange(self, target: Target, delivery: Delivery) -> Answer:
        # 7 ms, of which the first webhook is the first to have need
        from mockserver.runtime.exchange import exchanged  # noqa: PLC0415 - see above

        connection = self._connection(target, delivery.depth)
        return await exchanged(target, delivery.webhook, connection)

    @asynccontextmanager
    async def _connection(self, target: Target, depth: int) -> AsyncIterator[Streams]:
        reader, writer = await self._connect(target)
        end = writer.get_extra_info("sockname")[:2]
        self._open.add(writer)
        self._depths[end] = depth
        try:
            yield reader, writer
        finally:
            self._open.remove(writer)
            del self._depths[end]
            writer.transport.abort()  # a polite end might wait for the other side

    async def _connect(self, target: Target) -> Streams:
        *others, last = (target.address, *target.spare)
        context = self._trusted(target) if target.place.secure else None
        for address in others:
            try:
                return await dial(address, target, context)
            except ssl.SSLError:
                raise
            except OSError:
                continue
        return await dial(last, target, context)

    def _trusted(self, target: Target) -> ssl.SSLContext:
        """Our own server shows a certificate for a vendor's name: it is known by itself instead."""
        if self._own is None or (target.host, target.port) != self._own[:2]:
            return self._trust
        context = ssl.create_default_context(cafile=self._own[2])
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # whoever has signed it
        return context

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context()


async def dial(address: str, target: Target, context: ssl.SSLContext | None) -> Streams:
    """Connects to that very address, under the name that the URL has."""
    name = target.host if context else None
    try:
        return await asyncio.open_connection(
            address, target.port, ssl=context, server_hostname=name
        )
    except (ConnectionResetError, ConnectionAbortedError) as error:
        if context is None:
            raise
        raise ssl.SSLError("handshake cut short") from error


def refusal(refused: Refused) -> Answer:
    return Answer(None, refused.error, refused.reason.encode())
