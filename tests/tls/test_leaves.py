"""A client gets the certificate for the host that it names, made once."""

import ssl
import tempfile
from pathlib import Path

import pytest
from cryptography import x509

from mockserver.tls import leaves as leaves_module
from mockserver.tls.certificates import generate_key
from mockserver.tls.leaves import MAX_LEAVES, load_chain
from tests.support.authorities import (
    HOSTS,
    KeyCounter,
    build_authority,
    build_leaves,
    client_context,
    shake_hands,
)

AUTHORITY = build_authority()
CLIENT = client_context(AUTHORITY.root_pem)
CARELESS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CARELESS.check_hostname = False
CARELESS.verify_mode = ssl.CERT_NONE


def leaf_of(connection: ssl.SSLObject) -> x509.Certificate:
    der = connection.getpeercert(binary_form=True)
    assert der
    return x509.load_der_x509_certificate(der)


def names_of(certificate: x509.Certificate) -> list[str]:
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return [str(name.value) for name in extension.value]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("in.effebot.com", ["in.effebot.com"]),
        ("IN.Effebot.com", ["in.effebot.com"]),
        ("localhost", ["localhost", "127.0.0.1", "::1"]),
        ("127.0.0.1", ["localhost", "127.0.0.1", "::1"]),
        ("api.stripe.com", ["localhost", "127.0.0.1", "::1"]),
    ],
)
def test_a_leaf_is_for_the_host_that_is_asked_for_else_for_this_machine(
    asked: str, names: list[str]
) -> None:
    leaves = build_leaves(AUTHORITY, is_known=lambda host: host in HOSTS)
    assert names_of(leaf_of(shake_hands(leaves.context, CARELESS, asked))) == names


def test_the_common_name_of_a_leaf_cannot_be_taken_for_a_host() -> None:
    leaf = leaf_of(shake_hands(build_leaves(AUTHORITY).context, CLIENT, "in.effebot.com"))
    [name] = leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert name.value == "certificate of a mock server"


def test_the_second_handshake_for_a_host_generates_no_key() -> None:
    counter = KeyCounter()
    leaves = build_leaves(AUTHORITY, generate=counter)
    counts = [counter.count]
    for host in ("localhost", "in.effebot.com", "in.effebot.com", "IN.EFFEBOT.COM", "localhost"):
        shake_hands(leaves.context, CLIENT, host)
        counts.append(counter.count)
    assert counts == [1, 1, 2, 2, 2, 2]


def test_the_leaf_that_was_used_least_recently_is_dropped_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert MAX_LEAVES == 200
    monkeypatch.setattr(leaves_module, "MAX_LEAVES", 3)
    counter = KeyCounter()
    leaves = build_leaves(AUTHORITY, generate=counter)
    counts = []
    for letter in "abacdabc":
        shake_hands(leaves.context, CLIENT, f"{letter}.ccaiplatform.com")
        counts.append(counter.count - 1)
    assert counts == [1, 2, 2, 3, 4, 4, 5, 6]


def test_http_1_1_is_agreed_on() -> None:
    connection = shake_hands(build_leaves(AUTHORITY).context, CLIENT, "localhost")
    assert connection.selected_alpn_protocol() == "http/1.1"


def test_tls_1_1_is_refused() -> None:
    assert build_leaves(AUTHORITY).context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("fails", [False, True])
def test_the_disk_sees_the_key_of_a_leaf_encrypted_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    class Context:
        def load_cert_chain(self, file: str, password: str) -> None:
            seen.append((Path(file).read_text(), Path(file).stat().st_mode & 0o777, password))
            if fails:
                raise ssl.SSLError

    seen: list[tuple[str, int, str]] = []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    key = generate_key()
    try:
        load_chain(Context(), b"chain\n", key)  # type: ignore[arg-type]
    except ssl.SSLError:
        assert fails
    [(text, mode, password)] = seen
    assert (text.startswith("chain\n-----BEGIN ENCRYPTED PRIVATE KEY-----"), mode) == (True, 0o600)
    assert (len(password), [*tmp_path.iterdir()]) == (64, [])
