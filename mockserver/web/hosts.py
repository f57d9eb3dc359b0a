"""The vendors' own host names, and whether a Host header names one of them."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache

from mockserver.core.provider import BoundProvider

HostsByProvider = Mapping[str, tuple[str, ...]]
"""Name of a provider -> its host names; a `*` in one stands for any text."""


class ProvidersKey:
    """A mapping of providers as a key of a cache: compared by identity, as it never changes."""

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
    """The vendor's host that a Host header names; None for any other."""
    return find_vendor_host(hosts_by_provider(ProvidersKey(providers)), host)


def find_vendor_host(hosts: HostsByProvider, host: str) -> str | None:
    """`host` without its port and in lower case if a vendor has it, else None."""
    name = host.rsplit(":", 1)[0].lower()
    return name if any(has_host(known, name) for known in hosts.values()) else None


def has_host(hosts: Iterable[str], host: str) -> bool:
    return any(host == known or ("*" in known and fnmatchcase(host, known)) for known in hosts)


def _provider_hosts(bound: BoundProvider) -> tuple[str, ...]:
    return tuple(dict.fromkeys(endpoint.host for endpoint in bound.provider.endpoints))
