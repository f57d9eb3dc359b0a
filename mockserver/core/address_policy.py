"""Decide which addresses a webhook may be sent to: the policy against SSRF."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.value import Value
from mockserver.core.webhook_url import ParsedUrl, TargetRejection, parse_url

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network
Addresses = tuple[str, ...]


class AddressPolicy(NamedTuple):
    """What the user permits.

    `allow` holds words of `ALLOWABLE_KINDS`, host names and networks. `rewrite` maps a host name
    in a URL to the name to connect to from this machine.
    """

    allow: tuple[str, ...] = ("loopback", "private")
    rewrite: Mapping[str, str] = MappingProxyType({})


DEFAULT_POLICY: Final = AddressPolicy()


def build_policy(targets: Iterable[str], rewrite: Iterable[tuple[str, str]]) -> AddressPolicy:
    """Build the policy that allows these targets beside the default ones."""
    return AddressPolicy((*DEFAULT_POLICY.allow, *targets), dict(rewrite))


class ResolvedTarget(Value):
    """A resolved URL. The policy allows all of its addresses.

    `fallbacks` are tried in order when no connection to `address` can be opened.
    """

    host: str
    port: int
    address: str
    fallbacks: Addresses
    url: ParsedUrl


def parse_networks(texts: str) -> tuple[IPNetwork, ...]:
    return tuple(ip_network(text) for text in texts.split())


ADDRESS_KINDS: Final = {
    "loopback": parse_networks("127.0.0.0/8 ::1"),
    # EC2, ECS, Google, Scaleway; Alibaba, Oracle, Azure: most of these are not link-local
    "metadata": parse_networks(
        "169.254.169.254 169.254.170.2 fd00:ec2::/32 fd20:ce::254 fd00:42::42"
    )
    + parse_networks("100.100.100.200 192.0.0.192 168.63.129.16"),
    "link-local": parse_networks("169.254.0.0/16 fe80::/10"),
    "multicast": parse_networks("224.0.0.0/4 ff00::/8"),
    "unspecified": parse_networks("0.0.0.0 ::"),
    "broadcast": parse_networks("255.255.255.255"),
    # Teredo and local-use NAT64 embed an IPv4 address that only their own gateway can decode
    "tunnelled": parse_networks("2001::/32 64:ff9b:1::/48"),
    "private": parse_networks("10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7"),
}
"""Kind -> networks. The first match decides; an address in none of them is public."""

ALLOWABLE_KINDS: Final = frozenset(("loopback", "private", "public"))
"""The kinds of addresses that a policy may allow."""

EMBEDDED_IPV4: Final = (
    (ip_network("::ffff:0:0:0/96"), 0),  # RFC 2765
    (ip_network("::/96"), 0),  # RFC 4291, deprecated
    (ip_network("64:ff9b::/96"), 0),  # NAT64, RFC 6052
    (ip_network("2002::/16"), 80),  # 6to4, RFC 3056
)
"""(IPv6 network whose addresses embed an IPv4 address, number of bits to the right of that)"""


def classify(address: IPAddress) -> str:
    """Return the address's kind: a key of `ADDRESS_KINDS`, or `public`.

    An IPv6 address that embeds an IPv4 address of a forbidden kind is of that kind.
    """
    kind = next(
        (kind for kind, nets in ADDRESS_KINDS.items() if is_in_networks(address, nets)), "public"
    )
    if kind != "public":
        return kind
    embedded = (
        int(address) >> shift & 0xFFFFFFFF for net, shift in EMBEDDED_IPV4 if address in net
    )
    inner_kind = next((classify(IPv4Address(number)) for number in embedded), kind)
    return kind if inner_kind in ALLOWABLE_KINDS else inner_kind


def is_in_networks(address: IPAddress, nets: Iterable[IPNetwork]) -> bool:
    return any(address in net for net in nets)


def filter_addresses(
    candidates: Addresses, names: frozenset[str], allow: tuple[str, ...]
) -> Addresses | TargetRejection:
    """Return the allowed addresses; reject all of them if one is of a kind that is never allowed.

    `names` are the host's names: the one in the URL and the rewritten one.
    """
    kinds = {address: classify(address) for address in map(parse_address, candidates)}
    for address, kind in kinds.items():
        if kind not in ALLOWABLE_KINDS:
            return TargetRejection("refused-target", f"{address} ({kind}) is never a target")
    allowed = tuple(
        str(address)
        for address, kind in kinds.items()
        if is_address_allowed(address, kind, names, allow)
    )
    address, kind = next(iter(kinds.items()))
    reason = f"{address} ({kind}) is not among the --webhook-targets"
    return allowed or TargetRejection("refused-target", reason)


def parse_address(text: str) -> IPAddress:
    """Parse an address. An IPv4-mapped IPv6 address is checked, and connected to, as IPv4."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def is_address_allowed(
    address: IPAddress, address_kind: str, names: frozenset[str], allow: tuple[str, ...]
) -> bool:
    """Return True if `allow` has the address's kind, one of its host names or its network."""
    # a host may be named "public": that entry means the kind, not the host
    words = (names - ALLOWABLE_KINDS) | {address_kind}
    entries = {entry.lower() for entry in allow}
    return bool(words & entries) or is_in_networks(
        address, filter(None, map(parse_network, entries))
    )


def parse_network(text: str) -> IPNetwork | None:
    """Parse a network or a single address; None for any other text, such as a host name."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def judge_url(url: str, policy: AddressPolicy) -> TargetRejection | None:
    """Return why a webhook to this URL would never be sent; None if it may be.

    Nothing is looked up: a host name may have any address.
    """
    parsed = parse_url(url)
    if isinstance(parsed, TargetRejection):
        return parsed
    name = policy.rewrite.get(parsed.host, parsed.host)
    literal = parse_network(name)
    if literal is None:
        return None
    names = frozenset((parsed.host, name))
    allowed = filter_addresses((str(literal.network_address),), names, policy.allow)
    return allowed if isinstance(allowed, TargetRejection) else None
