"""Finds the vendors' own host names, and matches Host headers with them."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from mockserver.core.bound_provider import BoundProvider

HostsByProvider = Mapping[str, tuple[str, ...]]
"""Provider name -> its host names, in which `*` matches any text."""


def hosts_by_provider(providers: Mapping[str, BoundProvider]) -> HostsByProvider:
    return {name: _provider_hosts(bound) for name, bound in providers.items()}


def vendor_host(hosts: HostsByProvider, host: str) -> str | None:
    """`host` in lower case and without its port if it is a vendor's, else None."""
    name = host.rsplit(":", 1)[0].lower()
    return name if any(has_host(known, name) for known in hosts.values()) else None


def has_host(hosts: Iterable[str], host: str) -> bool:
    return any(host == known or ("*" in known and fnmatchcase(host, known)) for known in hosts)


def _provider_hosts(bound: BoundProvider) -> tuple[str, ...]:
    return tuple(dict.fromkeys(endpoint.host for endpoint in bound.provider.endpoints))
