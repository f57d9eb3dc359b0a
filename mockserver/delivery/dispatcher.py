"""Deliver one webhook to its receiver over HTTP and return the result."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from time import monotonic
from typing import Final
from weakref import WeakValueDictionary

from mockserver.core.address_policy import DEFAULT_POLICY, AddressPolicy, ResolvedTarget
from mockserver.core.webhook import DEPTH_HEADER, ORIGIN_PLACEHOLDER, Delivery, DeliveryResult
from mockserver.core.webhook_url import ParsedUrl, TargetRejection
from mockserver.delivery.connection import Connection, connect
from mockserver.delivery.http_request import HttpRequest, build_request
from mockserver.delivery.own_address import OwnAddress, is_own
from mockserver.delivery.receiver_slots import ReceiverSlots
from mockserver.delivery.target_resolver import TargetResolver
from mockserver.delivery.tls_errors import describe_tls_error
from mockserver.delivery.trust import build_default_context, build_own_context

ERROR_NAMES: Final = (
    (TimeoutError, "timeout"),
    (ssl.SSLError, "tls"),
    (ConnectionRefusedError, "connect"),
    (ConnectionError, "reset"),
    (OSError, "connect"),
    (ValueError, "protocol"),
)
"""(exception type, error name) of a failed attempt; the first match counts."""

MAX_CONTEXTS: Final = 32
"""TLS contexts that are kept: one for each `webhook_ca` of an account, and one without."""

Loopback = Callable[[HttpRequest], Awaitable[DeliveryResult | None]]
"""Delivers a request to this server without a socket; None if it has to go over HTTP."""


async def no_loopback(_: HttpRequest) -> None:
    """Let all webhooks to this server go over HTTP, too."""


class WebhookDispatcher:
    """Delivers webhooks over HTTP/1.1, at most `max_in_flight` at a time.

    `origin` is that of this server. `timeout` is in real seconds, per attempt.
    `own_tls` is (host, port, certificate file) of this server's own TLS endpoint. `loopback` gets
    the webhooks to this server first. Those that go over HTTP to `own_address` get a header with
    their depth, by which the server ends loops of webhooks. `authorities` are PEM files with
    certificates to trust beside those of the system.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - all but the first have defaults
        self,
        origin: str,
        policy: AddressPolicy = DEFAULT_POLICY,
        timeout: float = 10.0,
        max_in_flight: int = 128,
        own_tls: tuple[str, int, str] | None = None,
        loopback: Loopback = no_loopback,
        own_address: OwnAddress | None = None,
        authorities: tuple[str, ...] = (),
    ) -> None:
        self._origin = origin
        self._targets = TargetResolver(policy)
        self._timeout = timeout
        self._slots = asyncio.Semaphore(max_in_flight)
        self._receivers: WeakValueDictionary[tuple[str, int, bool], ReceiverSlots] = (
            WeakValueDictionary()
        )
        self._own_tls = own_tls
        self._loopback = loopback
        self._own_address = own_address
        build_context = partial(build_default_context, authorities)
        self._build_context = lru_cache(MAX_CONTEXTS)(build_context)
        self._connections: set[Connection] = set()

    async def deliver(self, delivery: Delivery) -> DeliveryResult:
        """Make one attempt. Network and protocol errors are results, not exceptions.

        `duration_ms` of the result leaves out the wait for a free slot.
        """
        url = delivery.webhook.url.replace(ORIGIN_PLACEHOLDER, self._origin)
        parsed = self._targets.parse_url(url)
        if isinstance(parsed, TargetRejection):
            return build_rejection(parsed)
        key = (parsed.host, parsed.port, parsed.is_secure)
        receiver = self._receivers.setdefault(key, ReceiverSlots())
        async with receiver, self._slots:
            start = monotonic()
            result = await self._attempt(url, parsed, delivery)
            seconds = monotonic() - start
            receiver.record(seconds)
            return result.replace(duration_ms=round(seconds * 1_000))

    async def close(self) -> None:
        """Abort all connections; attempts in progress end with `reset`. End the lookups."""
        for connection in tuple(self._connections):
            connection.abort()
        self._targets.close()

    async def _attempt(self, url: str, parsed: ParsedUrl, delivery: Delivery) -> DeliveryResult:
        try:
            async with asyncio.timeout(self._timeout):
                target = await self._targets.resolve(url)
                if isinstance(target, TargetRejection):
                    return build_rejection(target)
                request = build_request(target.url, delivery.webhook)
                is_own = delivery.webhook.url.startswith(ORIGIN_PLACEHOLDER) or self._is_own_server(
                    target
                )
                result = await self._loopback(request) if is_own else None
                return result or await self._send(target, request, delivery)
        except (OSError, ValueError) as error:
            name = next(name for kind, name in ERROR_NAMES if isinstance(error, kind))
            return DeliveryResult(None, name, reason=describe_tls_error(error, parsed.authority))

    def _is_own_server(self, target: ResolvedTarget) -> bool:
        """Return True if the checked address is that of this server.

        False over TLS, where a real connection has to check the certificate.
        """
        origin = self._targets.parse_url(self._origin)
        if isinstance(origin, TargetRejection) or origin.is_secure or target.url.is_secure:
            return False
        return (target.address, target.port) == (origin.host, origin.port)

    async def _send(
        self, target: ResolvedTarget, request: HttpRequest, delivery: Delivery
    ) -> DeliveryResult:
        connection = await self._connect(target, delivery.webhook_ca)
        try:
            if self._leads_to_this_server(connection, target):
                headers = {**request.headers, DEPTH_HEADER: str(delivery.depth + 1)}
                request = request.replace(headers=headers)
            return await connection.send(request)
        finally:
            connection.abort()

    def _leads_to_this_server(self, connection: Connection, target: ResolvedTarget) -> bool:
        own, local = self._own_address, connection.local_address[0]
        return own is not None and is_own(own, target.url, connection.address, local)

    async def _connect(self, target: ResolvedTarget, webhook_ca: str) -> Connection:
        *others, last = (target.address, *target.fallbacks)
        context = self._ssl_context(target, webhook_ca) if target.url.is_secure else None
        for address in others:
            try:
                return await self._open_connection(address, target, context)
            except ssl.SSLError:
                raise
            except OSError:
                continue
        return await self._open_connection(last, target, context)

    async def _open_connection(
        self, address: str, target: ResolvedTarget, context: ssl.SSLContext | None
    ) -> Connection:
        connection = await connect(address, target, context, self._connections.discard)
        self._connections.add(connection)
        return connection

    def _ssl_context(self, target: ResolvedTarget, webhook_ca: str) -> ssl.SSLContext:
        """Return the default context, or for this server's own endpoint one that trusts it."""
        if self._own_tls is None or (target.host, target.port) != self._own_tls[:2]:
            return self._build_context(webhook_ca)
        return build_own_context(self._own_tls[2])


def build_rejection(rejection: TargetRejection) -> DeliveryResult:
    """Build the result of a webhook that is not sent."""
    return DeliveryResult(None, rejection.error, reason=rejection.reason)
