"""The authority of one server: its root, and the issuer that signs for it."""

from datetime import datetime
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from mockserver.tls.certificates import (
    LIFE,
    GenerateKey,
    Signer,
    generate_key,
    read_permitted_names,
    sign_authority,
)


class Authority(NamedTuple):
    """A root that clients trust, and the issuer that it has signed."""

    root: x509.Certificate
    issuer: Signer

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the root, as browsers and `openssl` show it."""
        return self.root.fingerprint(SHA256()).hex(":").upper()


def create_authority(
    names: tuple[str, ...], now: datetime, generate: GenerateKey = generate_key
) -> Authority:
    """Create an authority that is good for these names and for this machine."""
    return Authority(*sign_authority(names, now, generate))


def serves(authority: Authority, names: tuple[str, ...], now: datetime) -> bool:
    """Whether the authority is for these names, and the last third of its life has not begun."""
    issuer = authority.issuer.certificate
    is_young = issuer.not_valid_before_utc <= now < issuer.not_valid_after_utc - LIFE / 3
    return is_young and read_permitted_names(issuer) == names


def serialize_authority(authority: Authority) -> bytes:
    """The issuer's key and both certificates as PEM: key, issuer, root."""
    certificate, key = authority.issuer
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key_pem + certificate.public_bytes(Encoding.PEM) + authority.root_pem


def parse_authority(pem: bytes) -> Authority:
    """Parse what `serialize_authority` has written.

    Raises:
        ValueError: it is something else.
    """
    key = load_pem_private_key(pem, None)
    issuer, root = x509.load_pem_x509_certificates(pem)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != issuer.public_key():
        raise ValueError("its key is not the key of its first certificate")
    return Authority(root, Signer(issuer, key))
