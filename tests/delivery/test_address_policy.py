"""Which addresses a webhook may be sent to: host name, address and policy."""

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import gaierror, inet_aton, inet_ntoa

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.address_policy import (
    DEFAULT_POLICY,
    AddressPolicy,
    ResolvedTarget,
    classify,
    filter_addresses,
    parse_address,
    parse_network,
)
from mockserver.core.webhook_url import ParsedUrl, TargetRejection
from mockserver.delivery import resolver
from mockserver.delivery.target_resolver import TargetResolver

ALLOW_ALL = AddressPolicy(
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
    """Resolve `NAMES` without a network, and unusual literals as libc does."""
    try:
        addresses = NAMES.get(name) or (inet_ntoa(inet_aton(name)),)
    except OSError as error:
        raise gaierror from error
    return [(0, 0, 0, "", (address, 0)) for address in addresses]


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "getaddrinfo", fake_getaddrinfo)


def connect_or_reject(host: str, policy: AddressPolicy) -> str:
    """Return the address that is connected, or the error of the rejection."""
    target = asyncio.run(TargetResolver(policy).resolve(f"http://{host}/hook"))
    return target.error if isinstance(target, TargetRejection) else target.address


REJECTED = "refused-target"

ADDRESSES = [
    # loopback, in every notation
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
    # public: only if the policy allows it
    ("93.184.216.34", REJECTED, "93.184.216.34"),
    ("8.8.8.8", REJECTED, "8.8.8.8"),
    ("172.15.255.255", REJECTED, "172.15.255.255"),
    ("172.32.0.1", REJECTED, "172.32.0.1"),
    ("192.167.255.255", REJECTED, "192.167.255.255"),
    ("100.63.255.255", REJECTED, "100.63.255.255"),
    ("100.128.0.1", REJECTED, "100.128.0.1"),
    ("128.0.0.1", REJECTED, "128.0.0.1"),
    ("010.0.0.1", REJECTED, "8.0.0.1"),
    ("0.1.2.3", REJECTED, "0.1.2.3"),
    ("198.18.0.1", REJECTED, "198.18.0.1"),
    ("192.0.2.1", REJECTED, "192.0.2.1"),
    ("240.0.0.1", REJECTED, "240.0.0.1"),
    ("[2606:2800:220:1::1]", REJECTED, "2606:2800:220:1::1"),
    ("[fec0::1]", REJECTED, "fec0::1"),
    ("[::ffff:8.8.8.8]", REJECTED, "8.8.8.8"),
    ("[64:ff9b::8.8.8.8]", REJECTED, "64:ff9b::808:808"),
    ("[64:ff9b::7f00:1]", REJECTED, "64:ff9b::7f00:1"),
    ("[64:ff9b::a00:1]", REJECTED, "64:ff9b::a00:1"),
    ("[2002:808:808::1]", REJECTED, "2002:808:808::1"),
    ("[2002:7f00:1::1]", REJECTED, "2002:7f00:1::1"),
    ("[::7f00:1]", REJECTED, "::7f00:1"),
    ("public.test", REJECTED, "93.184.216.34"),
    ("mixed.test", "10.0.0.7", "93.184.216.34"),
    ("[::ffff:0:8.8.8.8]", REJECTED, "::ffff:0:808:808"),
    ("[64:ff9b::192.168.0.1]", REJECTED, "64:ff9b::c0a8:1"),
    ("[64:ff9b::6440:1]", REJECTED, "64:ff9b::6440:1"),
    ("[2002:a00:1::1]", REJECTED, "2002:a00:1::1"),
    ("[2001:db8::1]", REJECTED, "2001:db8::1"),
    ("203.0.113.7", REJECTED, "203.0.113.7"),
    ("0x08.8.8.8", REJECTED, "8.8.8.8"),
    ("134744072", REJECTED, "8.8.8.8"),
    # never, whatever the policy allows
    ("169.254.169.254", REJECTED, REJECTED),
    ("169.254.0.1", REJECTED, REJECTED),
    ("169.254.255.255", REJECTED, REJECTED),
    ("169.254.170.2", REJECTED, REJECTED),
    ("2852039166", REJECTED, REJECTED),
    ("0xa9fea9fe", REJECTED, REJECTED),
    ("0251.0376.0251.0376", REJECTED, REJECTED),
    ("169.254.43518", REJECTED, REJECTED),
    ("[::ffff:169.254.169.254]", REJECTED, REJECTED),
    ("[::ffff:a9fe:a9fe]", REJECTED, REJECTED),
    ("[::ffff:0:169.254.169.254]", REJECTED, REJECTED),
    ("[::169.254.169.254]", REJECTED, REJECTED),
    ("[64:ff9b::a9fe:a9fe]", REJECTED, REJECTED),
    ("[64:ff9b:1::a9fe:a9fe]", REJECTED, REJECTED),
    ("[64:ff9b:1:a9fe:a9:fe00::]", REJECTED, REJECTED),
    ("[2002:a9fe:a9fe::1]", REJECTED, REJECTED),
    ("[2002:a9fe:a9fe::]", REJECTED, REJECTED),
    ("[2001:0:4136:e378:8000:63bf:5601:5601]", REJECTED, REJECTED),
    ("[fd00:ec2::254]", REJECTED, REJECTED),
    ("[fd00:ec2::23]", REJECTED, REJECTED),
    ("[fd20:ce::254]", REJECTED, REJECTED),
    ("100.100.100.200", REJECTED, REJECTED),
    ("192.0.0.192", REJECTED, REJECTED),
    ("168.63.129.16", REJECTED, REJECTED),
    ("[fe80::1]", REJECTED, REJECTED),
    ("[febf::1]", REJECTED, REJECTED),
    ("scoped.test", REJECTED, REJECTED),
    ("224.0.0.1", REJECTED, REJECTED),
    ("239.255.255.255", REJECTED, REJECTED),
    ("[ff02::1]", REJECTED, REJECTED),
    ("[::ffff:224.0.0.1]", REJECTED, REJECTED),
    ("[64:ff9b::e000:1]", REJECTED, REJECTED),
    ("0.0.0.0", REJECTED, REJECTED),
    ("0", REJECTED, REJECTED),
    ("0x0", REJECTED, REJECTED),
    ("[::]", REJECTED, REJECTED),
    ("[::ffff:0.0.0.0]", REJECTED, REJECTED),
    ("[2002::]", REJECTED, REJECTED),
    ("255.255.255.255", REJECTED, REJECTED),
    ("4294967295", REJECTED, REJECTED),
    ("[::ffff:255.255.255.255]", REJECTED, REJECTED),
    ("[64:ff9b::ffff:ffff]", REJECTED, REJECTED),
    ("evil.test", REJECTED, REJECTED),
    ("metadata.test", REJECTED, REJECTED),
    ("169.254.169.253", REJECTED, REJECTED),
    ("169.254.169.250", REJECTED, REJECTED),
    ("[::ffff:169.254.170.2]", REJECTED, REJECTED),
    ("[64:ff9b::169.254.170.2]", REJECTED, REJECTED),
    ("[64:ff9b::6464:64c8]", REJECTED, REJECTED),
    ("[2002:a9fe:aa02::]", REJECTED, REJECTED),
    ("[2002:6464:64c8::1]", REJECTED, REJECTED),
    ("[fd00:42::42]", REJECTED, REJECTED),
    ("[2001::1]", REJECTED, REJECTED),
    ("[fe80:0:0:0:0:0:a9fe:a9fe]", REJECTED, REJECTED),
    ("[ff05::1:3]", REJECTED, REJECTED),
    ("[ff0e::1]", REJECTED, REJECTED),
    ("233.252.0.1", REJECTED, REJECTED),
    # an address with a zone is invalid
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


def test_at_least_eighty_addresses_are_tested() -> None:
    assert len({host for host, *_ in ADDRESSES}) >= 80


@pytest.mark.parametrize(("host", "by_default", "by_allow_all"), ADDRESSES)
def test_the_default_and_the_widest_policy_connect_or_reject_an_address(
    host: str, by_default: str, by_allow_all: str
) -> None:
    assert (connect_or_reject(host, DEFAULT_POLICY), connect_or_reject(host, ALLOW_ALL)) == (
        by_default,
        by_allow_all,
    )


@pytest.mark.parametrize(
    ("host", "allow", "expected"),
    [
        ("127.0.0.1", (), REJECTED),
        ("127.0.0.1", ("private",), REJECTED),
        ("10.0.0.1", ("loopback",), REJECTED),
        ("10.0.0.1", ("public",), REJECTED),
        ("10.0.0.1", ("10.0.0.0/24",), "10.0.0.1"),
        ("10.0.1.1", ("10.0.0.0/24",), REJECTED),
        ("10.0.0.1", ("10.0.0.7/24",), "10.0.0.1"),
        ("93.184.216.34", ("93.184.216.34",), "93.184.216.34"),
        ("[::ffff:93.184.216.34]", ("93.184.216.0/24",), "93.184.216.34"),
        ("93.184.216.35", ("93.184.216.34",), REJECTED),
        ("[2606::1]", ("2606::/16",), "2606::1"),
        ("public.test", ("public.test",), "93.184.216.34"),
        ("Public.Test", ("PUBLIC.test",), "93.184.216.34"),
        ("93.184.216.34", ("public.test",), REJECTED),
        ("public", ("loopback", "private"), REJECTED),
        ("metadata.test", ("metadata.test",), REJECTED),
        ("evil.test", ("evil.test",), REJECTED),
        ("169.254.169.254", ("169.254.0.0/16", "metadata", "link-local"), REJECTED),
        ("localhost", ("localhost",), "127.0.0.1"),
        ("localhost", ("::1",), "::1"),
    ],
)
def test_only_what_the_allow_list_names_is_connected(
    host: str, allow: tuple[str, ...], expected: str
) -> None:
    assert connect_or_reject(host, AddressPolicy(allow=allow)) == expected


def test_a_word_of_the_allow_list_does_not_allow_a_host_of_that_name() -> None:
    assert filter_addresses(
        ("93.184.216.34",), frozenset({"private"}), DEFAULT_POLICY.allow
    ) == TargetRejection(
        error=REJECTED, reason="93.184.216.34 (public) is not among the --webhook-targets"
    )


def test_a_resolved_target_keeps_the_url_and_every_allowed_address() -> None:
    url = "https://Mixed.test:8443/a/b?c=d#e"
    assert asyncio.run(TargetResolver(DEFAULT_POLICY).resolve(url)) == ResolvedTarget(
        host="mixed.test",
        port=8443,
        address="10.0.0.7",
        fallbacks=("10.0.0.8",),
        url=ParsedUrl(host="mixed.test", port=8443, is_secure=True, path="/a/b?c=d"),
    )


def test_a_rewrite_changes_the_address_but_not_the_host() -> None:
    policy = AddressPolicy(rewrite={"localhost": "host.docker.internal"})
    target = asyncio.run(TargetResolver(policy).resolve("http://localhost:3000/"))
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
def test_a_rejection_has_a_reason(host: str, reason: str) -> None:
    rejection = asyncio.run(TargetResolver(DEFAULT_POLICY).resolve(f"http://{host}/"))
    assert isinstance(rejection, TargetRejection)
    assert rejection.reason == reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nosuch.test", "no address of nosuch.test (--webhook-rewrite of api.test) was found"),
        (
            "evil.test",
            (
                "evil.test (--webhook-rewrite of api.test): "
                "169.254.169.254 (metadata) is never a target"
            ),
        ),
    ],
)
def test_a_rejection_names_what_was_looked_up_in_place_of_the_host(name: str, reason: str) -> None:
    policy = AddressPolicy(rewrite={"api.test": name})
    rejection = asyncio.run(TargetResolver(policy).resolve("http://api.test/"))
    assert isinstance(rejection, TargetRejection)
    assert rejection.reason == reason


EMBEDDINGS: tuple[Callable[[int], IPv6Address], ...] = (
    lambda address: IPv6Address(0xFFFF << 32 | address),
    lambda address: IPv6Address(0xFFFF << 48 | address),
    lambda address: IPv6Address(0x64FF9B << 96 | address),
    lambda address: IPv6Address(0x2002 << 112 | address << 80 | 1),
    lambda address: IPv6Address(max(address, 2)),
)

CONNECTED = st.sampled_from(
    [row[2] for row in ADDRESSES if row[2] not in {REJECTED, "dns", "protocol"}]
)
RESOLVED = st.one_of(
    st.ip_addresses().map(str), CONNECTED, st.just("169.254.169.254"), st.just("ff02::1")
)


def is_never_allowed(text: str) -> bool:
    """Judge by the standard library alone."""
    address = parse_address(text)
    special = {ip_address("0.0.0.0"), ip_address("::"), ip_address("255.255.255.255")}
    return address.is_link_local or address.is_multicast or address in special


@given(st.ip_addresses(v=4), st.sampled_from(EMBEDDINGS))
@settings(deadline=None)
def test_an_ipv4_address_inside_ipv6_is_treated_like_the_address_itself(
    address: IPv4Address, embed: Callable[[int], IPv6Address]
) -> None:
    embedded = filter_addresses((str(embed(int(address))),), frozenset(), ALLOW_ALL.allow)
    assert isinstance(embedded, TargetRejection) == isinstance(
        filter_addresses((str(address),), frozenset(), ALLOW_ALL.allow), TargetRejection
    )


@given(st.lists(RESOLVED, min_size=1, max_size=4), st.sampled_from((DEFAULT_POLICY, ALLOW_ALL)))
@settings(max_examples=200, deadline=None)
def test_only_resolved_and_allowed_addresses_are_chosen(
    resolved: list[str], policy: AddressPolicy
) -> None:
    chosen = filter_addresses(tuple(resolved), frozenset({"name"}), policy.allow)
    if isinstance(chosen, TargetRejection):
        assert policy is DEFAULT_POLICY or "never" in chosen.reason
        return
    assert not any(is_never_allowed(text) for text in resolved)
    assert set(chosen) <= {str(parse_address(text)) for text in resolved}
    assert {classify(ip_address(text)) for text in chosen} <= set(policy.allow)


@pytest.mark.parametrize(("text", "expected"), [("10.0.0.0/8", "10.0.0.0/8"), ("a", "None")])
def test_a_text_is_parsed_as_a_network_or_as_none(text: str, expected: str) -> None:
    assert str(parse_network(text)) == expected
