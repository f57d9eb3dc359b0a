"""TLS contexts with a certificate for the host that the client names."""

import secrets
import ssl
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from mockserver.tls.authority import Authority
from mockserver.tls.certificates import (
    LOCALHOST,
    GenerateKey,
    Key,
    generate_key,
    sign_leaf,
)

MAX_LEAVES: Final = 200
PROTOCOLS: Final = ("http/1.1",)


class Leaves:
    """Makes a certificate for each host that is known, and keeps the latest `MAX_LEAVES`.

    None is made anew, as each is valid for at least as long as its authority.
    `context` is that of a TLS server. A client that names no host, or an unknown one, gets the
    certificate for `localhost`.
    """

    def __init__(
        self,
        authority: Authority,
        is_known: Callable[[str], bool],
        read_clock: Callable[[], datetime],
        generate: GenerateKey = generate_key,
    ) -> None:
        self._authority = authority
        self._is_known = is_known
        self._read_clock = read_clock
        self._generate = generate
        self._find = lru_cache(MAX_LEAVES)(self._build)
        self.context = self._find(LOCALHOST)

    def _select(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        host = (name or LOCALHOST).lower()
        connection.context = self._find(host if self._is_known(host) else LOCALHOST)

    def _build(self, host: str) -> ssl.SSLContext:
        key = self._generate()
        issuer = self._authority.issuer
        chain = (sign_leaf(issuer, host, key, self._read_clock()), issuer.certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(list(PROTOCOLS))
        load_chain(context, b"".join(each.public_bytes(Encoding.PEM) for each in chain), key)
        context.sni_callback = self._select
        return context


def load_chain(context: ssl.SSLContext, chain: bytes, key: Key) -> None:
    """Load a certificate chain with its key, which the disk sees only encrypted.

    Python loads certificates only from files.
    """
    password = secrets.token_hex(32)
    encryption = BestAvailableEncryption(password.encode())
    pem = chain + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    with NamedTemporaryFile(prefix="mockserver-", suffix=".pem", delete=False) as file:
        file.write(pem)
    try:
        context.load_cert_chain(file.name, password=password)
    finally:
        Path(file.name).unlink()
