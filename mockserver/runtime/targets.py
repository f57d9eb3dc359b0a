"""Which address a webhook may be sent to."""

import re
from asyncio import timeout, wrap_future
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import SimpleQueue
from socket import SOCK_STREAM, getaddrinfo
from threading import Thread
from time import monotonic
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network
Addresses = tuple[str, ...]
Job = Future[Addresses]

LOOKUPS: Final = 16
"""How many names are looked up at once; a dead name server blocks these and nothing else."""

PATIENCE: Final = 2.0  # seconds for one lookup
REMEMBERED: Final = 512  # URLs and addresses that are not worked out anew; names always are


class Policy(NamedTuple):
    """`allow`: words of OPEN, host names, networks. `rewrite`: a host's other name from here."""

    allow: tuple[str, ...] = ("loopback", "private")
    rewrite: Mapping[str, str] = MappingProxyType({})


STANDARD: Final = Policy()


class Place(NamedTuple):
    """What a URL says."""

    host: str
    port: int
    secure: bool
    path: str

    @property
    def authority(self) -> str:
        """The `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            host
            if self.port == PORTS["https" if self.secure else "http"]
            else f"{host}:{self.port}"
        )


class Target(NamedTuple):
    """Where it leads: every address in here was checked; `spare` is for when nobody listens."""

    host: str
    port: int
    address: str
    spare: Addresses
    place: Place


class Refused(NamedTuple):
    """`error` is `protocol` for the URL, `dns` for the name, `refused-target` for the address."""

    error: str
    reason: str


async def resolve(url: str, policy: Policy) -> Target | Refused:
    place = locate(url)
    if isinstance(place, Refused):
        return place
    name = policy.rewrite.get(place.host, place.host)
    found = await addresses(name)
    if not found:
        return Refused("dns", f"no address of {name} was found")
    chosen = choose(found, frozenset((place.host, name)), policy.allow)
    if isinstance(chosen, Refused):
        return chosen
    return Target(place.host, place.port, chosen[0], chosen[1:], place)


PORTS: Final = {"http": 80, "https": 443}
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
HOST: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f.]*:[0-9a-f:.]*")
READY: Final = "!$%&'()*+,/:;=?@[]~"


@lru_cache(REMEMBERED)
def locate(url: str) -> Place | Refused:
    """Reasons never quote the URL: it may hold a secret."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        path = quote(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", READY)
    except ValueError:
        return Refused("protocol", "the URL cannot be read")
    flaws = (
        (CONTROL.search(url), "the URL has a control character"),
        (parts.scheme not in PORTS, "the scheme of the URL is neither http nor https"),
        ("@" in parts.netloc, "the URL has user-info"),
        (not port, "the port of the URL is not in 1 to 65535"),
        (not HOST.fullmatch(host), "the URL has no proper host"),
    )
    for wrong, reason in flaws:
        if wrong:
            return Refused("protocol", reason)
    return Place(host, port, parts.scheme == "https", path)


def networks(texts: str) -> tuple[IPNetwork, ...]:
    return tuple(ip_network(text) for text in texts.split())


KINDS: Final = {
    "loopback": networks("127.0.0.0/8 ::1"),
    # EC2, ECS, Google, Scaleway; Alibaba, Oracle, Azure: link-local alone would miss most of these
    "metadata": networks("169.254.169.254 169.254.170.2 fd00:ec2::/32 fd20:ce::254 fd00:42::42")
    + networks("100.100.100.200 192.0.0.192 168.63.129.16"),
    "link-local": networks("169.254.0.0/16 fe80::/10"),
    "multicast": networks("224.0.0.0/4 ff00::/8"),
    "unspecified": networks("0.0.0.0 ::"),
    "broadcast": networks("255.255.255.255"),
    # Teredo and local NAT64 hide an IPv4 address where only their own gateway can tell
    "tunnelled": networks("2001::/32 64:ff9b:1::/48"),
    "private": networks("10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7"),
}
"""The first that holds an address names it; what none holds is public."""

OPEN: Final = frozenset(("loopback", "private", "public"))
"""The kinds that a policy may allow."""

CARRIERS: Final = (
    (ip_network("::ffff:0:0:0/96"), 0),  # RFC 2765
    (ip_network("::/96"), 0),  # RFC 4291, deprecated
    (ip_network("64:ff9b::/96"), 0),  # NAT64, RFC 6052
    (ip_network("2002::/16"), 80),  # 6to4, RFC 3056
)
"""IPv6 networks whose addresses carry an IPv4 address, and how many bits stand to its right."""


def kind(address: IPAddress) -> str:
    word = next((word for word, nets in KINDS.items() if among(address, nets)), "public")
    if word != "public":
        return word
    carried = (int(address) >> right & 0xFFFFFFFF for net, right in CARRIERS if address in net)
    hidden = next((kind(IPv4Address(inner)) for inner in carried), word)
    return word if hidden in OPEN else hidden


def among(address: IPAddress, nets: Iterable[IPNetwork]) -> bool:
    return any(address in net for net in nets)


@lru_cache(REMEMBERED)
def choose(found: Addresses, names: frozenset[str], allow: tuple[str, ...]) -> Addresses | Refused:
    """Those that are allowed; none of them if one is of a kind that never is."""
    kinds = {address: kind(address) for address in map(plain, found)}
    for address, word in kinds.items():
        if word not in OPEN:
            return Refused("refused-target", f"{address} ({word}) is never a target")
    allowed = tuple(str(one) for one, word in kinds.items() if listed(one, word, names, allow))
    address, word = next(iter(kinds.items()))
    reason = f"{address} ({word}) is not among the --webhook-targets"
    return allowed or Refused("refused-target", reason)


def plain(text: str) -> IPAddress:
    """An IPv4 address in IPv6 dress is judged, and connected, without it."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def listed(address: IPAddress, word: str, names: frozenset[str], allow: tuple[str, ...]) -> bool:
    words = (names - OPEN) | {word}  # a host named "public" is not what that word means
    entries = {entry.lower() for entry in allow}
    return bool(words & entries) or among(address, filter(None, map(network, entries)))


@lru_cache(REMEMBERED)
def network(text: str) -> IPNetwork | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


async def addresses(name: str) -> Addresses:
    literal = network(name)
    if literal:
        return (str(literal.network_address),)
    if f".{name.rstrip('.')}".endswith(".localhost"):
        return ("127.0.0.1", "::1")
    return await DESK.ask(name)


def look_up(name: str) -> Addresses:
    try:
        found = getaddrinfo(name, None, type=SOCK_STREAM)
    except (OSError, ValueError):
        return ()
    return tuple(str(entry[4][0]) for entry in found)


class Lookups:
    """Threads of our own, because a lookup cannot be stopped and must not hold up anything else.

    They are daemons, so that none is awaited at exit; who asks for the same name shares the answer,
    so that one dead name takes one of them.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[str, float, Job]] = SimpleQueue()
        self._running: dict[str, Job] = {}
        self._threads = 0

    async def ask(self, name: str) -> Addresses:
        job = self._running.get(name) or self._start(name)
        try:
            async with timeout(PATIENCE):
                return await wrap_future(job)
        except TimeoutError:
            return ()

    def _start(self, name: str) -> Job:
        job = self._running[name] = Job()
        job.set_running_or_notify_cancel()  # so that nobody who leaves cancels it for the others
        self._jobs.put((name, monotonic() + PATIENCE, job))
        if self._threads < LOOKUPS:
            self._threads += 1
            Thread(target=self._work, name="lookup", daemon=True).start()
        return job

    def _work(self) -> None:
        while True:
            name, until, job = self._jobs.get()
            found = look_up(name) if monotonic() < until else ()
            self._running.pop(name, None)  # two event loops may have asked at the same time
            job.set_result(found)


DESK: Final = Lookups()
