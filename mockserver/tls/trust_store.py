"""The trust store for Java: the root of this server, and the authorities of the system."""

import ssl
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PKCS12Certificate,
    serialize_java_truststore,
)

PASSWORD: Final = "changeit"  # noqa: S105 - what Java takes for a store without secrets
OWN_NAME: Final = b"call-mockserver"


def build_trust_store(root: x509.Certificate, others: Iterable[bytes]) -> bytes:
    """Build a PKCS #12 store that Java reads as a trust store; `others` are in DER.

    It replaces Java's own, so that it has the authorities of the system, too.
    """
    entries = [PKCS12Certificate(root, OWN_NAME)]
    for index, certificate in enumerate(_parse_certificates(others)):
        entries.append(PKCS12Certificate(certificate, f"system-{index}".encode()))
    return serialize_java_truststore(entries, BestAvailableEncryption(PASSWORD.encode()))


def system_authorities() -> tuple[bytes, ...]:
    """The authorities that Python trusts on this system, in DER.

    OpenSSL reads those of a folder one by one, when it needs them; they are all read here.
    """
    context = ssl.create_default_context()
    folder = ssl.get_default_verify_paths().capath
    if not context.get_ca_certs() and folder:
        for path in sorted(Path(folder).glob("*.0")):
            context.load_verify_locations(cafile=path)
    return tuple(context.get_ca_certs(binary_form=True))


def _parse_certificates(certificates: Iterable[bytes]) -> Iterator[x509.Certificate]:
    """Yield those that can be parsed: some old roots break the rules of X.509."""
    for der in certificates:
        try:
            with warnings.catch_warnings(action="ignore"):
                certificate = x509.load_der_x509_certificate(der)
        except ValueError:
            continue
        yield certificate
