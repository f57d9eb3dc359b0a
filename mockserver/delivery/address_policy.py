"""Which address a webhook may be sent to."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from mockserver.delivery.resolver import RESOLVER, Addresses

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network


CACHE_SIZE: Final = 512  # URLs and addresses that are not worked out anew; names always are


class AddressPolicy(NamedTuple):
    """`allow`: words of OPEN, host names, networks. `rewrite`: a host's other name from here."""

    allow: tuple[str, ...] = ("loopback", "private")
    rewrite: Mapping[str, str] = MappingProxyType({})


DEFAULT_POLICY: Final = AddressPolicy()


class ParsedUrl(NamedTuple):
    """What a URL says."""

    host: str
    port: int
    is_secure: bool
    path: str

    @property
    def authority(self) -> str:
        """The `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            host
            if self.port == DEFAULT_PORTS["https" if self.is_secure else "http"]
            else f"{host}:{self.port}"
        )


class ResolvedTarget(NamedTuple):
    """Where it leads: every address in here was checked; `spare` is for when nobody listens."""

    host: str
    port: int
    address: str
    fallbacks: Addresses
    url: ParsedUrl


class TargetRejection(NamedTuple):
    """`error` is `protocol` for the URL, `dns` for the name, `refused-target` for the address."""

    error: str
    reason: str


async def resolve_target(url: str, policy: AddressPolicy) -> ResolvedTarget | TargetRejection:
    place = parse_url(url)
    if isinstance(place, TargetRejection):
        return place
    name = policy.rewrite.get(place.host, place.host)
    found = await find_addresses(name)
    if not found:
        return TargetRejection("dns", f"no address of {name} was found")
    chosen = filter_addresses(found, frozenset((place.host, name)), policy.allow)
    if isinstance(chosen, TargetRejection):
        return chosen
    return ResolvedTarget(place.host, place.port, chosen[0], chosen[1:], place)


DEFAULT_PORTS: Final = {"http": 80, "https": 443}
CONTROL_CHARACTER: Final = re.compile(r"[\x00-\x1f\x7f]")
HOST_PATTERN: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f.]*:[0-9a-f:.]*")
SAFE_CHARACTERS: Final = "!$%&'()*+,/:;=?@[]~"


@lru_cache(CACHE_SIZE)
def parse_url(url: str) -> ParsedUrl | TargetRejection:
    """Reasons never quote the URL: it may hold a secret."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = DEFAULT_PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        path = quote(
            f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", SAFE_CHARACTERS
        )
    except ValueError:
        return TargetRejection("protocol", "the URL cannot be read")
    flaws = (
        (CONTROL_CHARACTER.search(url), "the URL has a control character"),
        (parts.scheme not in DEFAULT_PORTS, "the scheme of the URL is neither http nor https"),
        ("@" in parts.netloc, "the URL has user-info"),
        (not port, "the port of the URL is not in 1 to 65535"),
        (not HOST_PATTERN.fullmatch(host), "the URL has no proper host"),
    )
    for wrong, reason in flaws:
        if wrong:
            return TargetRejection("protocol", reason)
    return ParsedUrl(host, port, parts.scheme == "https", path)


def parse_networks(texts: str) -> tuple[IPNetwork, ...]:
    return tuple(ip_network(text) for text in texts.split())


ADDRESS_KINDS: Final = {
    "loopback": parse_networks("127.0.0.0/8 ::1"),
    # EC2, ECS, Google, Scaleway; Alibaba, Oracle, Azure: link-local alone would miss most of these
    "metadata": parse_networks(
        "169.254.169.254 169.254.170.2 fd00:ec2::/32 fd20:ce::254 fd00:42::42"
    )
    + parse_networks("100.100.100.200 192.0.0.192 168.63.129.16"),
    "link-local": parse_networks("169.254.0.0/16 fe80::/10"),
    "multicast": parse_networks("224.0.0.0/4 ff00::/8"),
    "unspecified": parse_networks("0.0.0.0 ::"),
    "broadcast": parse_networks("255.255.255.255"),
    # Teredo and local NAT64 hide an IPv4 address where only their own gateway can tell
    "tunnelled": parse_networks("2001::/32 64:ff9b:1::/48"),
    "private": parse_networks("10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7"),
}
"""The first that holds an address names it; what none holds is public."""

ALLOWABLE_KINDS: Final = frozenset(("loopback", "private", "public"))
"""The kinds that a policy may allow."""

EMBEDDED_IPV4: Final = (
    (ip_network("::ffff:0:0:0/96"), 0),  # RFC 2765
    (ip_network("::/96"), 0),  # RFC 4291, deprecated
    (ip_network("64:ff9b::/96"), 0),  # NAT64, RFC 6052
    (ip_network("2002::/16"), 80),  # 6to4, RFC 3056
)
"""IPv6 networks whose addresses carry an IPv4 address, and how many bits stand to its right."""


def classify(address: IPAddress) -> str:
    word = next(
        (word for word, nets in ADDRESS_KINDS.items() if is_in_networks(address, nets)), "public"
    )
    if word != "public":
        return word
    carried = (int(address) >> right & 0xFFFFFFFF for net, right in EMBEDDED_IPV4 if address in net)
    hidden = next((classify(IPv4Address(inner)) for inner in carried), word)
    return word if hidden in ALLOWABLE_KINDS else hidden


def is_in_networks(address: IPAddress, nets: Iterable[IPNetwork]) -> bool:
    return any(address in net for net in nets)


@lru_cache(CACHE_SIZE)
def filter_addresses(
    candidates: Addresses, names: frozenset[str], allow: tuple[str, ...]
) -> Addresses | TargetRejection:
    """Those that are allowed; none of them if one is of a kind that never is."""
    kinds = {address: classify(address) for address in map(parse_address, candidates)}
    for address, word in kinds.items():
        if word not in ALLOWABLE_KINDS:
            return TargetRejection("refused-target", f"{address} ({word}) is never a target")
    allowed = tuple(str(one) for one, word in kinds.items() if is_allowed(one, word, names, allow))
    address, word = next(iter(kinds.items()))
    reason = f"{address} ({word}) is not among the --webhook-targets"
    return allowed or TargetRejection("refused-target", reason)


def parse_address(text: str) -> IPAddress:
    """An IPv4 address in IPv6 dress is judged, and connected, without it."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def is_allowed(
    address: IPAddress, address_kind: str, names: frozenset[str], allow: tuple[str, ...]
) -> bool:
    words = (names - ALLOWABLE_KINDS) | {
        address_kind
    }  # a host named "public" is not what that word means
    entries = {entry.lower() for entry in allow}
    return bool(words & entries) or is_in_networks(
        address, filter(None, map(parse_network, entries))
    )


@lru_cache(CACHE_SIZE)
def parse_network(text: str) -> IPNetwork | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


async def find_addresses(name: str) -> Addresses:
    literal = parse_network(name)
    if literal:
        return (str(literal.network_address),)
    if f".{name.rstrip('.')}".endswith(".localhost"):
        return ("127.0.0.1", "::1")
    return await RESOLVER.resolve(name)
