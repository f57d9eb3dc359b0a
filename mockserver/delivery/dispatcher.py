"""Carries one webhook to its receiver and says how it went."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from functools import cached_property
from time import monotonic
from typing import Final
from weakref import WeakValueDictionary

from mockserver.core.webhook import ORIGIN_PLACEHOLDER, Delivery, DeliveryResult
from mockserver.delivery.address_policy import (
    DEFAULT_POLICY,
    AddressPolicy,
    ResolvedTarget,
    TargetRejection,
    parse_url,
    resolve_target,
)
from mockserver.delivery.connection import Connection, connect
from mockserver.delivery.connection_pool import ConnectionPool
from mockserver.delivery.http_request import HttpRequest, build_request

ERROR_NAMES: Final = (
    (TimeoutError, "timeout"),
    (ssl.SSLError, "tls"),
    (ConnectionRefusedError, "connect"),
    (ConnectionError, "reset"),
    (OSError, "connect"),
    (ValueError, "protocol"),
)
"""What an exception is called; the first that fits."""


Loopback = Callable[[HttpRequest], Awaitable[DeliveryResult | None]]


async def no_loopback(_: HttpRequest) -> None:
    """Whatever is for ourselves goes by the socket, too."""


class WebhookDispatcher:
    """One connection for each attempt under way; one that has rested may serve another.

    `own` is where this server reaches itself by TLS, and its certificate's file; `inward` takes
    what is for ourselves, if it can.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each but the first has its usual value
        self,
        origin: Callable[[], str],
        policy: AddressPolicy = DEFAULT_POLICY,
        timeout: float = 10.0,
        max_in_flight: int = 128,
        own_tls: tuple[str, int, str] | None = None,
        loopback: Loopback = no_loopback,
    ) -> None:
        self._origin = origin
        self._policy = policy
        self._timeout = timeout
        self._slots = asyncio.Semaphore(max_in_flight)
        self._max_in_flight = max_in_flight
        self._pools: WeakValueDictionary[tuple[str, int, bool], ConnectionPool] = (
            WeakValueDictionary()
        )
        self._own_tls = own_tls
        self._loopback = loopback
        self._connections: set[Connection] = set()
        self._depths_by_address: dict[tuple[str, int], int] = {}

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        url = delivery.webhook.url.replace(ORIGIN_PLACEHOLDER, self._origin())
        place = parse_url(url)
        if isinstance(place, TargetRejection):
            return build_rejection(place)
        door = self._pools.setdefault((place.host, place.port, place.is_secure), ConnectionPool())
        async with door, self._slots:
            start = monotonic()
            answer = await self._attempt(url, delivery, door)
            return answer._replace(duration_ms=round((monotonic() - start) * 1_000))

    async def close(self) -> None:
        """Cuts what is still under way; to those who carry it that is a `reset`."""
        for line in tuple(self._connections):
            line.abort()

    def webhook_depth(self, host: str, port: int) -> int:
        """How deep in a chain of our own webhooks a request from there is; 0 for a stranger's."""
        return self._depths_by_address.get((host.removeprefix("::ffff:"), port), -1) + 1

    async def _attempt(self, url: str, delivery: Delivery, pool: ConnectionPool) -> DeliveryResult:
        try:
            async with asyncio.timeout(self._timeout):
                target = await resolve_target(url, self._policy)
                if isinstance(target, TargetRejection):
                    return build_rejection(target)
                letter = build_request(target.url, delivery.webhook)
                ours = delivery.webhook.url.startswith(ORIGIN_PLACEHOLDER) or self._is_own_server(
                    target
                )
                taken = await self._loopback(letter) if ours else None
                return taken or await self._send(target, letter, (delivery.depth, pool))
        except (OSError, ValueError) as error:
            return DeliveryResult(
                None, next(name for kind, name in ERROR_NAMES if isinstance(error, kind))
            )

    def _is_own_server(self, target: ResolvedTarget) -> bool:
        """To this server, by the address that was checked; by TLS a certificate has to be shown."""
        here = parse_url(self._origin())
        if isinstance(here, TargetRejection) or here.is_secure or target.url.is_secure:
            return False
        return (target.address, target.port) == (here.host, here.port)

    async def _send(
        self,
        target: ResolvedTarget,
        request: HttpRequest,
        depth_and_pool: tuple[int, ConnectionPool],
    ) -> DeliveryResult:
        depth, door = depth_and_pool
        line = door.acquire((target.address, *target.fallbacks)) or await self._connect(
            target, door
        )
        self._depths_by_address[line.local_address] = depth
        try:
            return await line.send(request)
        finally:
            del self._depths_by_address[line.local_address]
            door.release(line, len(self._connections) <= self._max_in_flight)

    async def _connect(self, target: ResolvedTarget, pool: ConnectionPool) -> Connection:
        *others, last = (target.address, *target.fallbacks)
        context = self._ssl_context(target) if target.url.is_secure else None
        for address in others:
            try:
                return await self._open_connection(address, target, context, pool)
            except ssl.SSLError:
                raise
            except OSError:
                continue
        return await self._open_connection(last, target, context, pool)

    async def _open_connection(
        self,
        address: str,
        target: ResolvedTarget,
        context: ssl.SSLContext | None,
        pool: ConnectionPool,
    ) -> Connection:
        def gone(line: Connection) -> None:
            self._connections.discard(line)
            pool.discard(line)

        line = await connect(address, target, context, gone)
        self._connections.add(line)
        return line

    def _ssl_context(self, target: ResolvedTarget) -> ssl.SSLContext:
        """Our own server shows a certificate for a vendor's name: it is known by itself instead."""
        if self._own_tls is None or (target.host, target.port) != self._own_tls[:2]:
            return self._default_ssl_context
        context = ssl.create_default_context(cafile=self._own_tls[2])
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # whoever has signed it
        return context

    @cached_property
    def _default_ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def build_rejection(rejection: TargetRejection) -> DeliveryResult:
    return DeliveryResult(None, rejection.error, rejection.reason.encode())
