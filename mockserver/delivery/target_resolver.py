"""Resolve the URLs of webhooks to addresses that the policy allows."""

from functools import lru_cache
from typing import Final

from mockserver.core.address_policy import (
    DEFAULT_POLICY,
    Addresses,
    AddressPolicy,
    ResolvedTarget,
    filter_addresses,
    parse_network,
)
from mockserver.core.webhook_url import TargetRejection, parse_url
from mockserver.delivery.resolver import Resolver

CACHE_SIZE: Final = 512  # parsed URLs and checked address lists; host names are resolved every time


class TargetResolver:
    """The policy of one server with its resolver, and caches of what it has parsed and checked."""

    def __init__(self, policy: AddressPolicy = DEFAULT_POLICY) -> None:
        self._policy = policy
        self._resolver = Resolver()
        self.parse_url = lru_cache(CACHE_SIZE)(parse_url)
        self._parse_literal = lru_cache(CACHE_SIZE)(parse_network)
        self._filter_addresses = lru_cache(CACHE_SIZE)(filter_addresses)

    async def resolve(self, url: str) -> ResolvedTarget | TargetRejection:
        """Parse the URL, resolve its host and keep the addresses that the policy allows."""
        parsed = self.parse_url(url)
        if isinstance(parsed, TargetRejection):
            return parsed
        name = self._policy.rewrite.get(parsed.host, parsed.host)
        addresses = await self.find_addresses(name)
        if not addresses:
            return TargetRejection("dns", f"no address of {_describe(parsed.host, name)} was found")
        names = frozenset((parsed.host, name))
        allowed = self._filter_addresses(addresses, names, self._policy.allow)
        if isinstance(allowed, TargetRejection):
            looked_up = "" if name == parsed.host else f"{_describe(parsed.host, name)}: "
            return allowed.replace(reason=f"{looked_up}{allowed.reason}")
        return ResolvedTarget(parsed.host, parsed.port, allowed[0], allowed[1:], parsed)

    async def find_addresses(self, name: str) -> Addresses:
        """Resolve a host name; `localhost` and names under it never reach DNS (RFC 6761 6.3)."""
        literal = self._parse_literal(name)
        if literal:
            return (str(literal.network_address),)
        if f".{name.rstrip('.')}".endswith(".localhost"):
            return ("127.0.0.1", "::1")
        return await self._resolver.resolve(name)

    def close(self) -> None:
        """End the threads of the resolver."""
        self._resolver.close()


def _describe(host: str, name: str) -> str:
    """The name that was looked up, and that of the URL if `--webhook-rewrite` has replaced it."""
    return name if name == host else f"{name} (--webhook-rewrite of {host})"
