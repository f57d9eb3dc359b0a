"""Certificates of the local authority: root, issuer and leaves.

Java ignores the name constraints of a root. So the root signs one issuer with the same constraints,
the issuer signs the leaves, and the key of the root is dropped.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE: Final = timedelta(days=30)
BACKDATE: Final = timedelta(days=1)
"""How long before now a certificate begins: the clocks of clients differ."""

LOOPBACK_NETWORKS: Final = tuple(map(ip_network, ("127.0.0.0/8", "::1/128")))
LOOPBACK_ADDRESSES: Final = tuple(map(ip_address, ("127.0.0.1", "::1")))
LOCALHOST: Final = "localhost"
ORGANIZATION: Final = "call-mockserver"
LEAF_NAME: Final = "certificate of a mock server"
"""The common name of a leaf. It has blanks, because OpenSSL can take a common name for a host."""

Key = ec.EllipticCurvePrivateKey
GenerateKey = Callable[[], Key]
Extensions = tuple[tuple[x509.ExtensionType, bool], ...]
"""(extension, whether it is critical)."""


class Signer(NamedTuple):
    """A certificate that signs others, with its key."""

    certificate: x509.Certificate
    key: Key


def generate_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def permitted_names(hosts: Iterable[str]) -> tuple[str, ...]:
    """The names that the authority is good for: the hosts, and this machine.

    A name permits all names under it. So a host with `*` is permitted by what follows the last one.
    """
    names = {host.rpartition("*")[2].lstrip(".").lower() for host in hosts}
    return (*sorted(names - {"", LOCALHOST}), LOCALHOST)


def sign_authority(
    names: tuple[str, ...], now: datetime, generate: GenerateKey
) -> tuple[x509.Certificate, Signer]:
    """Make a root and an issuer for these names; return the root, and the issuer with its key."""
    root_key, issuer_key = generate(), generate()
    constraints = _name_constraints(names)
    mark = f"{x509.random_serial_number():x}"[:8]
    root_subject, issuer_subject = _subject(f"local root {mark}"), _subject(f"local issuer {mark}")
    root = _sign(
        (root_subject, root_key.public_key()), (root_subject, root_key), now,
        (*_authority_extensions(1), (constraints, True)),
    )  # fmt: skip
    issuer = _sign(
        (issuer_subject, issuer_key.public_key()), (root_subject, root_key), now,
        (*_authority_extensions(0), (constraints, True)),
    )  # fmt: skip
    return root, Signer(issuer, issuer_key)


def sign_leaf(issuer: Signer, host: str, key: Key, now: datetime) -> x509.Certificate:
    """Make a certificate for a host; that for `localhost` has this machine's addresses, too."""
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    if host == LOCALHOST:
        names += map(x509.IPAddress, LOOPBACK_ADDRESSES)
    usage = (x509.BasicConstraints(ca=False, path_length=None), _key_usage(is_authority=False))
    extensions = (*((each, True) for each in usage), (x509.SubjectAlternativeName(names), False))
    subject = (_subject(LEAF_NAME), key.public_key())
    return _sign(subject, (issuer.certificate.subject, issuer.key), now, extensions)


def read_permitted_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """The host names that a certificate's constraints permit, in order."""
    extension = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = extension.value.permitted_subtrees or ()
    return tuple(name.value for name in permitted if isinstance(name, x509.DNSName))


def _sign(
    subject: tuple[x509.Name, ec.EllipticCurvePublicKey],
    signer: tuple[x509.Name, Key],
    now: datetime,
    extensions: Extensions,
) -> x509.Certificate:
    (name, public_key), (signer_name, signer_key) = subject, signer
    identifiers: Extensions = (
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(public_key), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer_key.public_key()), False),
    )
    builder = x509.CertificateBuilder(
        issuer_name=signer_name,
        subject_name=name,
        public_key=public_key,
        serial_number=x509.random_serial_number(),
        not_valid_before=now - BACKDATE,
        not_valid_after=now + LIFE,
    )
    for extension, is_critical in (*extensions, *identifiers):
        builder = builder.add_extension(extension, is_critical)
    return builder.sign(signer_key, SHA256())


def _subject(name: str) -> x509.Name:
    pairs = ((NameOID.ORGANIZATION_NAME, ORGANIZATION), (NameOID.COMMON_NAME, name))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def _authority_extensions(path_length: int) -> Extensions:
    constraints = x509.BasicConstraints(ca=True, path_length=path_length)
    return (constraints, True), (_key_usage(is_authority=True), True)


def _name_constraints(names: tuple[str, ...]) -> x509.NameConstraints:
    """Permit the names and this machine's addresses; a kind that is not listed would be free."""
    permitted: list[x509.GeneralName] = [*map(x509.DNSName, names)]
    permitted += map(x509.IPAddress, LOOPBACK_NETWORKS)
    return x509.NameConstraints(permitted, None)


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
