"""Which address a webhook may be sent to: the URL, the name, the address."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import gaierror, inet_aton, inet_ntoa
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.runtime import targets
from mockserver.runtime.targets import (
    STANDARD,
    Lookups,
    Place,
    Policy,
    Refused,
    Target,
    addresses,
    choose,
    kind,
    locate,
    look_up,
    network,
    plain,
    resolve,
)

EVERYTHING = Policy(allow=("loopback", "private", "public", "0.0.0.0/0", "::/0", "metadata.test"))

NAMES = {
    "receiver": ("172.18.0.5",),
    "host.docker.internal": ("192.168.65.254", "fdc4:f303:9324::254"),
    "mixed.test": ("93.184.216.34", "10.0.0.7", "10.0.0.8"),
    "evil.test": ("10.0.0.7", "169.254.169.254"),
    "metadata.test": ("169.254.169.254",),
    "public.test": ("93.184.216.34",),
    "public": ("93.184.216.34",),
    "scoped.test": ("fe80::1%2",),
    "xn--bcher-kva.test": ("10.0.0.9",),
}


def resolver(name: str, _port: object, **_: object) -> list[tuple[object, ...]]:
    """The system's resolver without a network: it reads odd literals as libc does."""
    try:
        found = NAMES.get(name) or (inet_ntoa(inet_aton(name)),)
    except OSError as error:
        raise gaierror from error
    return [(0, 0, 0, "", (address, 0)) for address in found]


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "getaddrinfo", resolver)
    monkeypatch.setattr(targets, "DESK", Lookups())


def verdict(host: str, policy: Policy) -> str:
    """The address that is connected, or the class of the refusal."""
    target = asyncio.run(resolve(f"http://{host}/hook", policy))
    return target.error if isinstance(target, Refused) else target.address


REFUSED = "refused-target"

ADDRESSES = [
    # loopback, in every spelling
    ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
    ("127.255.255.254", "127.255.255.254", "127.255.255.254"),
    ("127.1", "127.0.0.1", "127.0.0.1"),
    ("2130706433", "127.0.0.1", "127.0.0.1"),
    ("0x7f000001", "127.0.0.1", "127.0.0.1"),
    ("0177.0.0.1", "127.0.0.1", "127.0.0.1"),
    ("0x7f.1", "127.0.0.1", "127.0.0.1"),
    ("１２７.0.0.1", "127.0.0.1", "127.0.0.1"),  # noqa: RUF001 -- full-width digits are the case
    ("127。0。0。1", "127.0.0.1", "127.0.0.1"),
    ("[::1]", "::1", "::1"),
    ("[0:0:0:0:0:0:0:1]", "::1", "::1"),
    ("[::ffff:127.0.0.1]", "127.0.0.1", "127.0.0.1"),
    ("[::FFFF:7F00:1]", "127.0.0.1", "127.0.0.1"),
    ("localhost", "127.0.0.1", "127.0.0.1"),
    ("LOCALHOST", "127.0.0.1", "127.0.0.1"),
    ("localhost.", "127.0.0.1", "127.0.0.1"),
    ("app.localhost", "127.0.0.1", "127.0.0.1"),
    # private
    ("10.0.0.1", "10.0.0.1", "10.0.0.1"),
    ("10.255.255.255", "10.255.255.255", "10.255.255.255"),
    ("172.16.0.1", "172.16.0.1", "172.16.0.1"),
    ("172.31.255.254", "172.31.255.254", "172.31.255.254"),
    ("192.168.1.1", "192.168.1.1", "192.168.1.1"),
    ("100.64.0.1", "100.64.0.1", "100.64.0.1"),
    ("100.127.255.254", "100.127.255.254", "100.127.255.254"),
    ("[fc00::1]", "fc00::1", "fc00::1"),
    ("[fdff::1]", "fdff::1", "fdff::1"),
    ("[::ffff:10.0.0.1]", "10.0.0.1", "10.0.0.1"),
    ("167772161", "10.0.0.1", "10.0.0.1"),
    ("receiver", "172.18.0.5", "172.18.0.5"),
    ("host.docker.internal", "192.168.65.254", "192.168.65.254"),
    ("bücher.test", "10.0.0.9", "10.0.0.9"),
    # public: only where it is listed
    ("93.184.216.34", REFUSED, "93.184.216.34"),
    ("8.8.8.8", REFUSED, "8.8.8.8"),
    ("172.15.255.255", REFUSED, "172.15.255.255"),
    ("172.32.0.1", REFUSED, "172.32.0.1"),
    ("192.167.255.255", REFUSED, "192.167.255.255"),
    ("100.63.255.255", REFUSED, "100.63.255.255"),
    ("100.128.0.1", REFUSED, "100.128.0.1"),
    ("128.0.0.1", REFUSED, "128.0.0.1"),
    ("010.0.0.1", REFUSED, "8.0.0.1"),
    ("0.1.2.3", REFUSED, "0.1.2.3"),
    ("198.18.0.1", REFUSED, "198.18.0.1"),
    ("192.0.2.1", REFUSED, "192.0.2.1"),
    ("240.0.0.1", REFUSED, "240.0.0.1"),
    ("[2606:2800:220:1::1]", REFUSED, "2606:2800:220:1::1"),
    ("[fec0::1]", REFUSED, "fec0::1"),
    ("[::ffff:8.8.8.8]", REFUSED, "8.8.8.8"),
    ("[64:ff9b::8.8.8.8]", REFUSED, "64:ff9b::808:808"),
    ("[64:ff9b::7f00:1]", REFUSED, "64:ff9b::7f00:1"),
    ("[64:ff9b::a00:1]", REFUSED, "64:ff9b::a00:1"),
    ("[2002:808:808::1]", REFUSED, "2002:808:808::1"),
    ("[2002:7f00:1::1]", REFUSED, "2002:7f00:1::1"),
    ("[::7f00:1]", REFUSED, "::7f00:1"),
    ("public.test", REFUSED, "93.184.216.34"),
    ("mixed.test", "10.0.0.7", "93.184.216.34"),
    # never, whatever is listed
    ("169.254.169.254", REFUSED, REFUSED),
    ("169.254.0.1", REFUSED, REFUSED),
    ("169.254.255.255", REFUSED, REFUSED),
    ("169.254.170.2", REFUSED, REFUSED),
    ("2852039166", REFUSED, REFUSED),
    ("0xa9fea9fe", REFUSED, REFUSED),
    ("0251.0376.0251.0376", REFUSED, REFUSED),
    ("169.254.43518", REFUSED, REFUSED),
    ("[::ffff:169.254.169.254]", REFUSED, REFUSED),
    ("[::ffff:a9fe:a9fe]", REFUSED, REFUSED),
    ("[::ffff:0:169.254.169.254]", REFUSED, REFUSED),
    ("[::169.254.169.254]", REFUSED, REFUSED),
    ("[64:ff9b::a9fe:a9fe]", REFUSED, REFUSED),
    ("[64:ff9b:1::a9fe:a9fe]", REFUSED, REFUSED),
    ("[64:ff9b:1:a9fe:a9:fe00::]", REFUSED, REFUSED),
    ("[2002:a9fe:a9fe::1]", REFUSED, REFUSED),
    ("[2002:a9fe:a9fe::]", REFUSED, REFUSED),
    ("[2001:0:4136:e378:8000:63bf:5601:5601]", REFUSED, REFUSED),
    ("[fd00:ec2::254]", REFUSED, REFUSED),
    ("[fd00:ec2::23]", REFUSED, REFUSED),
    ("[fd20:ce::254]", REFUSED, REFUSED),
    ("100.100.100.200", REFUSED, REFUSED),
    ("192.0.0.192", REFUSED, REFUSED),
    ("168.63.129.16", REFUSED, REFUSED),
    ("[fe80::1]", REFUSED, REFUSED),
    ("[febf::1]", REFUSED, REFUSED),
    ("scoped.test", REFUSED, REFUSED),
    ("224.0.0.1", REFUSED, REFUSED),
    ("239.255.255.255", REFUSED, REFUSED),
    ("[ff02::1]", REFUSED, REFUSED),
    ("[::ffff:224.0.0.1]", REFUSED, REFUSED),
    ("[64:ff9b::e000:1]", REFUSED, REFUSED),
    ("0.0.0.0", REFUSED, REFUSED),  # noqa: S104 -- nothing binds here
    ("0", REFUSED, REFUSED),
    ("0x0", REFUSED, REFUSED),
    ("[::]", REFUSED, REFUSED),
    ("[::ffff:0.0.0.0]", REFUSED, REFUSED),
    ("[2002::]", REFUSED, REFUSED),
    ("255.255.255.255", REFUSED, REFUSED),
    ("4294967295", REFUSED, REFUSED),
    ("[::ffff:255.255.255.255]", REFUSED, REFUSED),
    ("[64:ff9b::ffff:ffff]", REFUSED, REFUSED),
    ("evil.test", REFUSED, REFUSED),
    ("metadata.test", REFUSED, REFUSED),
    # no address at all
    ("nosuch.test", "dns", "dns"),
    ("256.256.256.256", "dns", "dns"),
    ("localhost.evil.test", "dns", "dns"),
    ("notlocalhost", "dns", "dns"),
]


@pytest.mark.parametrize(("host", "standard", "everything"), ADDRESSES)
def test_address(host: str, standard: str, everything: str) -> None:
    assert (verdict(host, STANDARD), verdict(host, EVERYTHING)) == (standard, everything)


@pytest.mark.parametrize(
    ("host", "allow", "expected"),
    [
        ("127.0.0.1", (), REFUSED),
        ("127.0.0.1", ("private",), REFUSED),
        ("10.0.0.1", ("loopback",), REFUSED),
        ("10.0.0.1", ("public",), REFUSED),
        ("10.0.0.1", ("10.0.0.0/24",), "10.0.0.1"),
        ("10.0.1.1", ("10.0.0.0/24",), REFUSED),
        ("10.0.0.1", ("10.0.0.7/24",), "10.0.0.1"),
        ("93.184.216.34", ("93.184.216.34",), "93.184.216.34"),
        ("[::ffff:93.184.216.34]", ("93.184.216.0/24",), "93.184.216.34"),
        ("93.184.216.35", ("93.184.216.34",), REFUSED),
        ("[2606::1]", ("2606::/16",), "2606::1"),
        ("public.test", ("public.test",), "93.184.216.34"),
        ("Public.Test", ("PUBLIC.test",), "93.184.216.34"),
        ("93.184.216.34", ("public.test",), REFUSED),
        ("public", ("loopback", "private"), REFUSED),
        ("metadata.test", ("metadata.test",), REFUSED),
        ("evil.test", ("evil.test",), REFUSED),
        ("169.254.169.254", ("169.254.0.0/16", "metadata", "link-local"), REFUSED),
        ("localhost", ("localhost",), "127.0.0.1"),
        ("localhost", ("::1",), "::1"),
    ],
)
def test_address_listed(host: str, allow: tuple[str, ...], expected: str) -> None:
    assert verdict(host, Policy(allow)) == expected


def test_words_do_not_open_a_host_of_that_name() -> None:
    assert choose(["93.184.216.34"], {"private"}, STANDARD) == Refused(
        REFUSED, "93.184.216.34 (public) is not among the --webhook-targets"
    )


def test_target_keeps_what_the_url_says_and_all_that_is_allowed() -> None:
    url = "https://Mixed.test:8443/a/b?c=d#e"
    assert asyncio.run(resolve(url, STANDARD)) == Target(
        "mixed.test",
        8443,
        "10.0.0.7",
        ("10.0.0.8",),
        Place("mixed.test", 8443, secure=True, path="/a/b?c=d"),
    )


def test_rewrite_changes_the_address_and_not_the_name() -> None:
    policy = Policy(rewrite={"localhost": "host.docker.internal"})
    target = asyncio.run(resolve("http://localhost:3000/", policy))
    assert isinstance(target, Target)
    assert (target.host, target.address, target.place.authority) == (
        "localhost",
        "192.168.65.254",
        "localhost:3000",
    )


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("169.254.169.254", "169.254.169.254 (metadata) is never a target"),
        ("evil.test", "169.254.169.254 (metadata) is never a target"),
        ("8.8.8.8", "8.8.8.8 (public) is not among the --webhook-targets"),
        ("nosuch.test", "no address of nosuch.test was found"),
    ],
)
def test_reason(host: str, reason: str) -> None:
    refused = asyncio.run(resolve(f"http://{host}/", STANDARD))
    assert isinstance(refused, Refused)
    assert refused.reason == reason


# --- URLs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("http://a", "a", "/"),
        ("http://a/", "a", "/"),
        ("http://a:80/", "a", "/"),
        ("http://a:443/", "a:443", "/"),
        ("https://a:443/", "a", "/"),
        ("https://a:80/", "a:80", "/"),
        ("HTTP://A.Test/Path", "a.test", "/Path"),
        ("http://a:/x", "a", "/x"),
        ("http://a:65535/x", "a:65535", "/x"),
        ("http://a?x=1", "a", "/?x=1"),
        ("http://a/x?y=1&z=%20#frag", "a", "/x?y=1&z=%20"),
        ("http://a/x;v=1?y={o}", "a", "/x;v=1?y=%7Bo%7D"),
        ("http://a/a b/ü", "a", "/a%20b/%C3%BC"),
        ("http://a//x/../y", "a", "//x/../y"),
        ("http://[::1]:8080/x", "[::1]:8080", "/x"),
        ("http://[::1]/x", "[::1]", "/x"),
        ("http://my_container-1:3000/x", "my_container-1:3000", "/x"),
        ("http://bücher.test/", "xn--bcher-kva.test", "/"),
        ("http://a/@x:y", "a", "/@x:y"),
    ],
)
def test_url(url: str, authority: str, path: str) -> None:
    place = locate(url)
    assert isinstance(place, Place)
    assert (place.authority, place.path) == (authority, path)


UNREAD = "the URL cannot be read"
SCHEME = "the scheme of the URL is neither http nor https"
USER = "the URL has user-info"
PORT = "the port of the URL is not in 1 to 65535"
HOST = "the URL has no proper host"
CONTROL = "the URL has a control character"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", SCHEME),
        ("a", SCHEME),
        ("/path", SCHEME),
        ("//a/path", SCHEME),
        ("ftp://a/", SCHEME),
        ("file:///etc/passwd", SCHEME),
        ("javascript:alert(1)", SCHEME),
        ("gopher://127.0.0.1:70/x", SCHEME),
        ("unix:/var/run/docker.sock", SCHEME),
        ("httpx://a/", SCHEME),
        ("http:", HOST),
        ("http://", HOST),
        ("http:///path", HOST),
        ("http:a/path", HOST),
        ("http://?x", HOST),
        ("http://:80/", HOST),
        ("http://a b/", HOST),
        ("http://a%20b/", HOST),
        ("http://%31%32%37.0.0.1/", HOST),
        ("http://a\\b/", HOST),
        ("http://a\\.evil.test/", HOST),
        ("http://a,b/", HOST),
        ("http://*/", HOST),
        ("http://{host}/", HOST),
        ("http://<a>/", HOST),
        ("http://a'b/", HOST),
        ("http://[fe80::1%25eth0]/", HOST),
        ("http://a..b/", UNREAD),
        ("http://.a/", UNREAD),
        (f"http://{'a' * 64}/", UNREAD),
        ("http://[::1/", UNREAD),
        ("http://::1/", UNREAD),
        ("http://[::g]/", UNREAD),
        ("http://[127.0.0.1]/", UNREAD),
        ("http://a\u2100b/", UNREAD),
        ("http://a/\ud800", UNREAD),
        ("http://\ud800/", UNREAD),
        ("http://a:0/", PORT),
        ("http://a:00/", PORT),
        ("http://a:65536/", UNREAD),
        ("http://a:99999/", UNREAD),
        ("http://a:-1/", UNREAD),
        ("http://a:+80/", UNREAD),
        ("http://a:8O/", UNREAD),
        ("http://a:80:80/", UNREAD),
        ("http://a:８０/", UNREAD),  # noqa: RUF001 -- full-width digits are the case
        ("http://user@a/", USER),
        ("http://user:secret@a/", USER),
        ("http://@a/", USER),
        ("http://:@a/", USER),
        ("http://127.0.0.1\\@evil.test/", USER),
        ("http://a@127.0.0.1@evil.test/", USER),
        ("http://a/\r\nx: y", CONTROL),
        ("http://a/\nx", CONTROL),
        ("http://a\r/", CONTROL),
        ("ht\ttp://a/", CONTROL),
        ("http://a/\x00", CONTROL),
        ("http://a\x00b/", CONTROL),
        ("http://a/\x7f", CONTROL),
        ("\x01http://a/", CONTROL),
        ("http://a/?x=\x1b[2J", CONTROL),
    ],
)
def test_url_refused(url: str, reason: str) -> None:
    assert asyncio.run(resolve(url, EVERYTHING)) == Refused("protocol", reason)


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_is_a_place_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://a:{text}", f"http://a/{text}"):
        place = locate(url)
        assert isinstance(place, Refused) or f"{place.authority}{place.path}".isascii()


# --- properties ----------------------------------------------------------------------------------

DRESSES: tuple[Callable[[int], IPv6Address], ...] = (
    lambda inner: IPv6Address(0xFFFF << 32 | inner),
    lambda inner: IPv6Address(0xFFFF << 48 | inner),
    lambda inner: IPv6Address(0x64FF9B << 96 | inner),
    lambda inner: IPv6Address(0x2002 << 112 | inner << 80 | 1),
    lambda inner: IPv6Address(max(inner, 2)),
)

ODD = st.sampled_from([row[2] for row in ADDRESSES if row[2] not in {REFUSED, "dns"}])
WILD = st.one_of(st.ip_addresses().map(str), ODD, st.just("169.254.169.254"), st.just("ff02::1"))


def hopeless(text: str) -> bool:
    """A second opinion: what the standard library is sure about."""
    address = plain(text)
    apart = {ip_address("0.0.0.0"), ip_address("::"), ip_address("255.255.255.255")}  # noqa: S104 -- nothing binds here
    return address.is_link_local or address.is_multicast or address in apart


@given(st.ip_addresses(v=4), st.sampled_from(DRESSES))
@settings(deadline=None)
def test_no_dress_makes_an_address_more_welcome(
    address: IPv4Address, dress: Callable[[int], IPv6Address]
) -> None:
    dressed = choose([str(dress(int(address)))], set(), EVERYTHING)
    assert isinstance(dressed, Refused) == isinstance(
        choose([str(address)], set(), EVERYTHING), Refused
    )


@given(st.lists(WILD, min_size=1, max_size=4), st.sampled_from((STANDARD, EVERYTHING)))
@settings(max_examples=200, deadline=None)
def test_only_what_was_found_and_is_allowed_is_chosen(found: list[str], policy: Policy) -> None:
    chosen = choose(found, {"name"}, policy)
    if isinstance(chosen, Refused):
        assert policy is STANDARD or "never" in chosen.reason
        return
    assert not any(hopeless(text) for text in found)
    assert set(chosen) <= {str(plain(text)) for text in found}
    assert {kind(ip_address(text)) for text in chosen} <= set(policy.allow)


@pytest.mark.parametrize(("text", "expected"), [("10.0.0.0/8", "10.0.0.0/8"), ("a", "None")])
def test_network(text: str, expected: str) -> None:
    assert str(network(text)) == expected


# --- lookups -------------------------------------------------------------------------------------


class Stuck:
    """A resolver that answers only after `release`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.begun = Event()
        self.release = Event()

    def __call__(self, name: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.asked.append(name)
        self.begun.set()
        self.release.wait()
        return [(0, 0, 0, "", ("10.0.0.1", 0))]


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Stuck:
    stuck = Stuck()
    monkeypatch.setattr(targets, "getaddrinfo", stuck)
    return stuck


def test_dead_names_delay_neither_localhost_nor_literals(stuck: Stuck) -> None:
    async def scenario() -> list[str]:
        dead = [asyncio.create_task(addresses(f"dead{number}.test")) for number in range(100)]
        await asyncio.to_thread(stuck.begun.wait)
        done = [(await addresses(host))[0] for host in ("localhost", "10.1.2.3", "::1")]
        assert not any(task.done() for task in dead)
        return done  # and whoever is still waiting is cancelled

    assert asyncio.run(scenario()) == ["127.0.0.1", "10.1.2.3", "::1"]
    assert len(stuck.asked) <= targets.LOOKUPS
    stuck.release.set()


def test_who_asks_for_the_same_name_shares_one_lookup(stuck: Stuck) -> None:
    async def scenario() -> list[tuple[str, ...]]:
        asking = [asyncio.create_task(addresses("slow.test")) for _ in range(20)]
        await asyncio.to_thread(stuck.begun.wait)
        asking.pop().cancel()
        stuck.release.set()
        return await asyncio.gather(*asking)

    assert asyncio.run(scenario()) == [("10.0.0.1",)] * 19
    assert stuck.asked == ["slow.test"]


def test_a_lookup_that_nobody_awaits_any_more_is_not_begun(
    stuck: Stuck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "LOOKUPS", 1)
    monkeypatch.setattr(targets, "PATIENCE", 0.01)
    monkeypatch.setattr(targets, "monotonic", lambda: 0.0)

    async def scenario() -> list[tuple[str, ...]]:
        given_up = [await addresses("first.test"), await addresses("second.test")]
        await asyncio.to_thread(stuck.begun.wait)
        monkeypatch.setattr(targets, "PATIENCE", 2.0)
        monkeypatch.setattr(targets, "monotonic", lambda: 1.0)
        stuck.release.set()
        return [*given_up, await addresses("third.test")]

    assert asyncio.run(scenario()) == [(), (), ("10.0.0.1",)]
    assert stuck.asked == ["first.test", "third.test"]


def test_a_name_that_the_resolver_cannot_read_has_no_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise UnicodeError

    monkeypatch.setattr(targets, "getaddrinfo", unreadable)
    assert look_up("a..b") == ()


HANGING = """
import asyncio, threading
from mockserver.runtime import targets
targets.PATIENCE = 0.01
targets.getaddrinfo = lambda *_, **__: threading.Event().wait()
print(asyncio.run(targets.addresses("dead.test")))
"""


def test_a_hung_lookup_does_not_delay_the_exit() -> None:
    done = subprocess.run(  # noqa: S603 -- our own interpreter and our own text
        [sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=10, check=True
    )
    assert (done.stdout, done.stderr) == ("()\n", "")
