"""Finds the vendors' own host names, and matches Host headers with them."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache

from mockserver.core.provider import BoundProvider

HostsByProvider = Mapping[str, tuple[str, ...]]
"""Provider name -> its host names, in which `*` matches any text."""


class ProvidersKey:
    """A mapping of providers as a cache key, compared by identity because it never changes."""

    __slots__ = ("providers",)

    def __init__(self, providers: Mapping[str, BoundProvider]) -> None:
        self.providers = providers

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProvidersKey) and other.providers is self.providers

    def __hash__(self) -> int:
        return id(self.providers)


@lru_cache(maxsize=8)
def hosts_by_provider(key: ProvidersKey) -> HostsByProvider:
    return {name: _provider_hosts(bound) for name, bound in key.providers.items()}


def vendor_host(providers: Mapping[str, BoundProvider], host: str) -> str | None:
    """The vendor's host that a Host header names, as `find_vendor_host` returns it."""
    return match_vendor_host(hosts_by_provider(ProvidersKey(providers)), host)


def match_vendor_host(hosts: HostsByProvider, host: str) -> str | None:
    """`host` in lower case and without its port if it is a vendor's, else None."""
    name = host.rsplit(":", 1)[0].lower()
    return name if any(has_host(known, name) for known in hosts.values()) else None


def has_host(hosts: Iterable[str], host: str) -> bool:
    return any(host == known or ("*" in known and fnmatchcase(host, known)) for known in hosts)


def _provider_hosts(bound: BoundProvider) -> tuple[str, ...]:
    return tuple(dict.fromkeys(endpoint.host for endpoint in bound.provider.endpoints))
