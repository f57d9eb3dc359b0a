"""Tell whether a webhook goes to this server itself, however its URL spells the address."""

from ipaddress import ip_address
from typing import Final

from mockserver.core.value import Value
from mockserver.core.webhook_url import ParsedUrl

ANY_IPV4: Final = "0.0.0.0"  # noqa: S104 - compared, not bound
WILDCARDS: Final = (ANY_IPV4, "::")
"""Listening on `::` includes IPv4."""


class OwnAddress(Value):
    """The IP address and port on which this server listens, and its public URL if it has one."""

    host: str
    port: int
    public_url: ParsedUrl | None = None


def is_own(own: OwnAddress, url: ParsedUrl, remote: str, local: str) -> bool:
    """Whether a request to `url` reaches this server: by its own address or by its public URL.

    `remote` and `local` are the IP addresses at the ends of the connection. They are equal only if
    it does not leave this machine.
    """
    return _is_below(own.public_url, url) or (
        url.port == own.port and _is_own_host(own.host, remote, local)
    )


def _is_own_host(host: str, remote: str, local: str) -> bool:
    if host not in WILDCARDS:
        return remote == host
    if host == ANY_IPV4 and ":" in remote:
        return False
    return remote == local or ip_address(remote).is_loopback


def _is_below(base: ParsedUrl | None, url: ParsedUrl) -> bool:
    if base is None or (url.host, url.port, url.is_secure) != (
        base.host,
        base.port,
        base.is_secure,
    ):
        return False
    return url.path.startswith(f"{base.path.rstrip('/')}/")
