"""The trust store for Java has the local root beside the authorities of the system."""

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from mockserver.tls.trust_store import PASSWORD, build_trust_store, system_authorities
from tests.support.authorities import build_authority

AUTHORITY, OTHER = build_authority(), build_authority()


def read_store(store: bytes) -> list[tuple[bytes | None, bytes]]:
    certificates = load_pkcs12(store, PASSWORD.encode()).additional_certs
    return [
        (each.friendly_name, each.certificate.public_bytes(Encoding.PEM)) for each in certificates
    ]


def test_the_store_has_the_root_and_the_others_that_can_be_parsed() -> None:
    others = (OTHER.root.public_bytes(Encoding.DER), b"no certificate")
    assert sorted(read_store(build_trust_store(AUTHORITY.root, others))) == sorted(
        [(b"call-mockserver", AUTHORITY.root_pem), (b"system-0", OTHER.root_pem)]
    )


def test_the_authorities_of_the_system_are_those_of_a_default_context(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bundle.pem"
    file.write_bytes(AUTHORITY.root_pem + OTHER.root_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    expected = [each.root.public_bytes(Encoding.DER) for each in (AUTHORITY, OTHER)]
    assert sorted(system_authorities()) == sorted(expected)


def test_authorities_that_stand_in_a_folder_are_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "1a2b3c4d.0").write_bytes(AUTHORITY.root_pem)
    (tmp_path / "README").write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert ssl.get_default_verify_paths().capath == str(tmp_path)
    assert system_authorities() == (AUTHORITY.root.public_bytes(Encoding.DER),)
