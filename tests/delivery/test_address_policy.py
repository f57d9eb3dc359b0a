"""Which address a webhook may be sent to: the name, the address, the policy."""

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import gaierror, inet_aton, inet_ntoa

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.delivery import address_policy, resolver
from mockserver.delivery.address_policy import (
    DEFAULT_POLICY,
    AddressPolicy,
    ParsedUrl,
    ResolvedTarget,
    TargetRejection,
    classify,
    filter_addresses,
    parse_address,
    parse_network,
    resolve_target,
)
from mockserver.delivery.resolver import Resolver

EVERYTHING = AddressPolicy(
    allow=("loopback", "private", "public", "0.0.0.0/0", "::/0", "metadata.test")
)

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


def fake_getaddrinfo(name: str, _port: object, **_: object) -> list[tuple[object, ...]]:
    """The system's resolver without a network: it reads odd literals as libc does."""
    try:
        found = NAMES.get(name) or (inet_ntoa(inet_aton(name)),)
    except OSError as error:
        raise gaierror from error
    return [(0, 0, 0, "", (address, 0)) for address in found]


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "getaddrinfo", fake_getaddrinfo)
    monkeypatch.setattr(address_policy, "RESOLVER", Resolver())


def verdict(host: str, policy: AddressPolicy) -> str:
    """The address that is connected, or the class of the refusal."""
    target = asyncio.run(resolve_target(f"http://{host}/hook", policy))
    return target.error if isinstance(target, TargetRejection) else target.address


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
    ("[::ffff:0:8.8.8.8]", REFUSED, "::ffff:0:808:808"),
    ("[64:ff9b::192.168.0.1]", REFUSED, "64:ff9b::c0a8:1"),
    ("[64:ff9b::6440:1]", REFUSED, "64:ff9b::6440:1"),
    ("[2002:a00:1::1]", REFUSED, "2002:a00:1::1"),
    ("[2001:db8::1]", REFUSED, "2001:db8::1"),
    ("203.0.113.7", REFUSED, "203.0.113.7"),
    ("0x08.8.8.8", REFUSED, "8.8.8.8"),
    ("134744072", REFUSED, "8.8.8.8"),
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
    ("0.0.0.0", REFUSED, REFUSED),
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
    ("169.254.169.253", REFUSED, REFUSED),
    ("169.254.169.250", REFUSED, REFUSED),
    ("[::ffff:169.254.170.2]", REFUSED, REFUSED),
    ("[64:ff9b::169.254.170.2]", REFUSED, REFUSED),
    ("[64:ff9b::6464:64c8]", REFUSED, REFUSED),
    ("[2002:a9fe:aa02::]", REFUSED, REFUSED),
    ("[2002:6464:64c8::1]", REFUSED, REFUSED),
    ("[fd00:42::42]", REFUSED, REFUSED),
    ("[2001::1]", REFUSED, REFUSED),
    ("[fe80:0:0:0:0:0:a9fe:a9fe]", REFUSED, REFUSED),
    ("[ff05::1:3]", REFUSED, REFUSED),
    ("[ff0e::1]", REFUSED, REFUSED),
    ("233.252.0.1", REFUSED, REFUSED),
    # an address with a zone is none
    ("[fe80::1%eth0]", "protocol", "protocol"),
    ("[fe80::1%25eth0]", "protocol", "protocol"),
    ("[::1%lo]", "protocol", "protocol"),
    ("[::1%251]", "protocol", "protocol"),
    # no address at all
    ("nosuch.test", "dns", "dns"),
    ("256.256.256.256", "dns", "dns"),
    ("localhost.evil.test", "dns", "dns"),
    ("notlocalhost", "dns", "dns"),
]


def test_there_are_eighty_addresses() -> None:
    assert len({host for host, *_ in ADDRESSES}) >= 80


@pytest.mark.parametrize(("host", "standard", "everything"), ADDRESSES)
def test_address(host: str, standard: str, everything: str) -> None:
    assert (verdict(host, DEFAULT_POLICY), verdict(host, EVERYTHING)) == (standard, everything)


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
    assert verdict(host, AddressPolicy(allow=allow)) == expected


def test_words_do_not_open_a_host_of_that_name() -> None:
    assert filter_addresses(
        ("93.184.216.34",), frozenset({"private"}), DEFAULT_POLICY.allow
    ) == TargetRejection(
        error=REFUSED, reason="93.184.216.34 (public) is not among the --webhook-targets"
    )


def test_target_keeps_what_the_url_says_and_all_that_is_allowed() -> None:
    url = "https://Mixed.test:8443/a/b?c=d#e"
    assert asyncio.run(resolve_target(url, DEFAULT_POLICY)) == ResolvedTarget(
        host="mixed.test",
        port=8443,
        address="10.0.0.7",
        fallbacks=("10.0.0.8",),
        url=ParsedUrl(host="mixed.test", port=8443, is_secure=True, path="/a/b?c=d"),
    )


def test_rewrite_changes_the_address_and_not_the_name() -> None:
    policy = AddressPolicy(rewrite={"localhost": "host.docker.internal"})
    target = asyncio.run(resolve_target("http://localhost:3000/", policy))
    assert isinstance(target, ResolvedTarget)
    assert (target.host, target.address, target.url.authority) == (
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
    refused = asyncio.run(resolve_target(f"http://{host}/", DEFAULT_POLICY))
    assert isinstance(refused, TargetRejection)
    assert refused.reason == reason


DRESSES: tuple[Callable[[int], IPv6Address], ...] = (
    lambda inner: IPv6Address(0xFFFF << 32 | inner),
    lambda inner: IPv6Address(0xFFFF << 48 | inner),
    lambda inner: IPv6Address(0x64FF9B << 96 | inner),
    lambda inner: IPv6Address(0x2002 << 112 | inner << 80 | 1),
    lambda inner: IPv6Address(max(inner, 2)),
)

ODD = st.sampled_from([row[2] for row in ADDRESSES if row[2] not in {REFUSED, "dns", "protocol"}])
WILD = st.one_of(st.ip_addresses().map(str), ODD, st.just("169.254.169.254"), st.just("ff02::1"))


def hopeless(text: str) -> bool:
    """A second opinion: what the standard library is sure about."""
    address = parse_address(text)
    apart = {ip_address("0.0.0.0"), ip_address("::"), ip_address("255.255.255.255")}
    return address.is_link_local or address.is_multicast or address in apart


@given(st.ip_addresses(v=4), st.sampled_from(DRESSES))
@settings(deadline=None)
def test_no_dress_makes_an_address_more_welcome(
    address: IPv4Address, dress: Callable[[int], IPv6Address]
) -> None:
    dressed = filter_addresses((str(dress(int(address))),), frozenset(), EVERYTHING.allow)
    assert isinstance(dressed, TargetRejection) == isinstance(
        filter_addresses((str(address),), frozenset(), EVERYTHING.allow), TargetRejection
    )


@given(st.lists(WILD, min_size=1, max_size=4), st.sampled_from((DEFAULT_POLICY, EVERYTHING)))
@settings(max_examples=200, deadline=None)
def test_only_what_was_found_and_is_allowed_is_chosen(
    found: list[str], policy: AddressPolicy
) -> None:
    chosen = filter_addresses(tuple(found), frozenset({"name"}), policy.allow)
    if isinstance(chosen, TargetRejection):
        assert policy is DEFAULT_POLICY or "never" in chosen.reason
        return
    assert not any(hopeless(text) for text in found)
    assert set(chosen) <= {str(parse_address(text)) for text in found}
    assert {classify(ip_address(text)) for text in chosen} <= set(policy.allow)


@pytest.mark.parametrize(("text", "expected"), [("10.0.0.0/8", "10.0.0.0/8"), ("a", "None")])
def test_network(text: str, expected: str) -> None:
    assert str(parse_network(text)) == expected
