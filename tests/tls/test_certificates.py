"""The authority is good for the vendors' hosts and this machine, and for nothing else."""

import shutil
import ssl
import subprocess
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from mockserver.tls.authority import create_authority, serves
from mockserver.tls.certificates import (
    generate_key,
    permitted_names,
    read_permitted_names,
    sign_leaf,
)
from mockserver.tls.leaves import load_chain
from tests.support.authorities import (
    NAMES,
    NOW,
    KeyCounter,
    build_authority,
    build_leaves,
    client_context,
    why_refused,
)

AUTHORITY = build_authority()


@pytest.mark.parametrize(
    ("hosts", "names"),
    [
        ((), ("localhost",)),
        (("api.vendor.test",), ("api.vendor.test", "localhost")),
        (("*.b.test", "a.test"), ("a.test", "b.test", "localhost")),
        (("x.*.b.test", "*.b.test"), ("b.test", "localhost")),
        (("API.Vendor.test", "localhost"), ("api.vendor.test", "localhost")),
        (("*",), ("localhost",)),
    ],
)
def test_the_permitted_names_are_the_hosts_with_what_follows_a_wildcard(
    hosts: tuple[str, ...], names: tuple[str, ...]
) -> None:
    assert permitted_names(hosts) == names


def test_root_and_issuer_permit_the_names_and_the_loopback_networks_alone() -> None:
    for certificate in (AUTHORITY.root, AUTHORITY.issuer.certificate):
        extension = certificate.extensions.get_extension_for_class(x509.NameConstraints)
        permitted = [str(name.value) for name in extension.value.permitted_subtrees or ()]
        assert permitted == [*NAMES, "127.0.0.0/8", "::1/128"]
        assert (extension.critical, extension.value.excluded_subtrees) == (True, None)
        assert read_permitted_names(certificate) == NAMES


def test_the_issuer_may_sign_leaves_alone() -> None:
    lengths = [
        each.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length
        for each in (AUTHORITY.root, AUTHORITY.issuer.certificate)
    ]
    assert lengths == [1, 0]
    assert AUTHORITY.root.public_key() != AUTHORITY.issuer.certificate.public_key()


def test_an_authority_costs_two_keys_and_keeps_that_of_the_issuer() -> None:
    counter = KeyCounter()
    authority = create_authority(NAMES, NOW, counter)
    assert counter.count == 2
    assert authority.issuer.key.public_key() == authority.issuer.certificate.public_key()


def test_a_certificate_lives_from_yesterday_for_thirty_days() -> None:
    leaf = sign_leaf(AUTHORITY.issuer, "in.effebot.com", generate_key(), NOW)
    for certificate in (AUTHORITY.root, AUTHORITY.issuer.certificate, leaf):
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        second = NOW.replace(microsecond=0)
        assert (begin, end) == (second - timedelta(days=1), second + timedelta(days=30))


def test_two_authorities_have_different_names() -> None:
    assert AUTHORITY.root.subject != build_authority().root.subject


@pytest.mark.parametrize(
    ("days", "names", "is_served"),
    [
        (0, NAMES, True),
        (19.9, NAMES, True),
        (20.1, NAMES, False),
        (-2, NAMES, False),
        (0, ("localhost",), False),
    ],
)
def test_an_authority_serves_its_names_until_the_last_third_of_its_life(
    days: float, names: tuple[str, ...], *, is_served: bool
) -> None:
    assert serves(AUTHORITY, names, NOW + timedelta(days=days)) == is_served


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("portal.mobtexting.com", ""),
        ("in.effebot.com", ""),
        ("acme.eu.ccaiplatform.com", ""),
        ("localhost", ""),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("example.com", "permitted subtree violation"),
        ("mobtexting.com", "permitted subtree violation"),
        ("evilportal.mobtexting.com", "permitted subtree violation"),
        ("portal.mobtexting.com.evil.test", "permitted subtree violation"),
    ],
)
def test_a_client_refuses_a_leaf_outside_the_constraints_even_if_the_issuer_signs_it(
    host: str, reason: str
) -> None:
    leaves = build_leaves(AUTHORITY, is_known=lambda name: "." in name)
    assert why_refused(leaves.context, client_context(AUTHORITY.root_pem), host) == reason


@pytest.mark.parametrize("address", ["8.8.8.8", "10.0.0.1", "::2"])
def test_openssl_refuses_a_leaf_for_an_address_beyond_this_machine(address: str) -> None:
    key, issuer = generate_key(), AUTHORITY.issuer
    template = sign_leaf(issuer, "localhost", key, NOW)
    leaf = _with_address(template, address).sign(issuer.key, SHA256())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pems = [each.public_bytes(Encoding.PEM) for each in (leaf, issuer.certificate)]
    load_chain(context, b"".join(pems), key)
    client = client_context(AUTHORITY.root_pem)
    assert why_refused(context, client, address) == "permitted subtree violation"


def _with_address(template: x509.Certificate, address: str) -> x509.CertificateBuilder:
    """The leaf once more, with another address."""
    builder = x509.CertificateBuilder(
        template.issuer, template.subject, template.public_key(),
        template.serial_number, template.not_valid_before_utc, template.not_valid_after_utc,
    )  # fmt: skip
    for extension in template.extensions:
        value = extension.value
        if isinstance(value, x509.SubjectAlternativeName):
            value = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        builder = builder.add_extension(value, extension.critical)
    return builder


@pytest.mark.skipif(shutil.which("openssl") is None, reason="this machine has no openssl")
def test_openssl_prints_the_chain_as_valid(tmp_path: Path) -> None:
    root, issuer, leaf = (tmp_path / name for name in ("root.pem", "issuer.pem", "leaf.pem"))
    root.write_bytes(AUTHORITY.root_pem)
    issuer.write_bytes(AUTHORITY.issuer.certificate.public_bytes(Encoding.PEM))
    signed = sign_leaf(AUTHORITY.issuer, "in.effebot.com", generate_key(), NOW)
    leaf.write_bytes(signed.public_bytes(Encoding.PEM))
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(root)]
    result = subprocess.run(  # noqa: S603 - fixed words
        [*command, "-untrusted", str(issuer), str(leaf)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stdout, result.stderr) == (f"{leaf}: OK\n", "")
