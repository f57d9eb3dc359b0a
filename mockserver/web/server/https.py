"""What a server with `--https` adds: the TLS of its tunnels, and where others may lead."""

import re
import ssl
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from mockserver.core.address_policy import ResolvedTarget
from mockserver.core.webhook_url import TargetRejection

HTTPS_PORT: Final = 443
TARGET: Final = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253}):([0-9]{1,5})", re.ASCII)
"""The target of CONNECT in lower case: a host, and always a port."""

ABSOLUTE_TARGET: Final = re.compile(
    rb"https?://(?P<authority>(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::[0-9]{1,5})?)"
    rb"(?P<path>(?:[/?].*)?)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
"""The target of a request to a proxy: scheme, authority, then path and query."""

IS_URL: Final = re.compile(rb"[a-z][a-z0-9+.-]*:", re.ASCII | re.IGNORECASE)


class Https(NamedTuple):
    """The TLS of a server that is a proxy to the vendors' hosts, and what clients trust for it.

    `is_emulated` tells whether a host name is a vendor's or this machine's. `passed_hosts` are the
    hosts of `--proxy-pass`, for which `resolve` finds the address of a URL. `port` is that of
    `--https-port`, 0 for none.
    """

    context: ssl.SSLContext
    is_emulated: Callable[[str], bool]
    root_pem: bytes
    build_trust_store: Callable[[], bytes]
    resolve: Callable[[str], Awaitable[ResolvedTarget | TargetRejection]]
    passed_hosts: tuple[str, ...] = ()
    port: int = 0


def judge_target(https: Https, text: str, *, is_inside: bool) -> str:
    """Say why CONNECT to a target is refused; empty if it is not."""
    if is_inside:
        return "mockserver opens no tunnel inside of TLS: the proxy is its port for plain http"
    match = TARGET.fullmatch(text)
    if match is None:
        return "mockserver opens a tunnel to HOST:443 alone, and this target is not of that form"
    host, port = match[1], int(match[2])
    is_known = https.is_emulated(host) or host in https.passed_hosts
    if not is_known:
        return f"mockserver emulates no {text}"
    return "" if port == HTTPS_PORT else f"mockserver opens a tunnel to {host}:443, not to {port}"
