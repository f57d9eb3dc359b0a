"""Check certificates that stand in a file as text."""

import ssl
from typing import Final

CERTIFICATE: Final = "-----BEGIN CERTIFICATE-----"


def find_certificate_problem(text: str) -> str:
    """Return what is wrong with certificates in PEM format; empty if nothing is.

    The message quotes none of the text: a key may be in it.
    """
    if "PRIVATE KEY-----" in text:
        return "a private key is in this text: write the certificates alone"
    if CERTIFICATE not in text:
        return (
            f"this is no certificate in PEM format: write its text, from {CERTIFICATE} on, "
            "or name a file by the option --webhook-ca"
        )
    if not text.isascii():
        return "this text has characters beyond ASCII, which the PEM format does not allow"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except ssl.SSLError:
        return "a certificate in this text cannot be read: a part of it is missing or changed"
    return ""
