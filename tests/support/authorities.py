"""Authorities for tests of TLS, and handshakes in memory."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime

from mockserver.tls.authority import Authority, create_authority
from mockserver.tls.certificates import Key, generate_key, permitted_names
from mockserver.tls.leaves import Leaves

HOSTS = ("*.ccaiplatform.com", "in.effebot.com", "portal.mobtexting.com")
NAMES = permitted_names(HOSTS)
NOW = datetime.now(UTC)
"""The time of the authorities: OpenSSL reads the real clock."""


class KeyCounter:
    """Generates keys and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Key:
        self.count += 1
        return generate_key()


def build_authority() -> Authority:
    return create_authority(NAMES, NOW)


def build_leaves(
    authority: Authority,
    *,
    is_known: Callable[[str], bool] = lambda _: True,
    generate: Callable[[], Key] = generate_key,
) -> Leaves:
    return Leaves(authority, is_known, lambda: NOW, generate)


def client_context(root_pem: bytes) -> ssl.SSLContext:
    """A context that trusts this root alone, as strictly as Python 3.13 does."""
    context = ssl.create_default_context(cadata=root_pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def shake_hands(
    server: ssl.SSLContext, client: ssl.SSLContext, host: str, checked: str | None = None
) -> ssl.SSLObject:
    """Complete a handshake in memory; return the client's side.

    `checked` is the name that the client checks, if it is another one than it asks for.

    Raises:
        ssl.SSLCertVerificationError: the client does not accept the certificate.
    """
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client_side = client.wrap_bio(to_client, to_server, server_hostname=checked or host)
    server_side = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client_side, server_side):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return client_side


def why_refused(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> str:
    """Say why a client does not accept the certificate for a host; empty if it does."""
    try:
        shake_hands(server, client, host)
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    return ""
