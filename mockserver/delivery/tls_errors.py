"""Say why a receiver could not be reached over TLS."""

import re
import ssl
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PLAIN_RECEIVER: Final = (
    "the receiver does not speak TLS at this port: its URL may have to begin with http://"
)
NO_COMMON_VERSION: Final = (
    "the receiver has no version of TLS that the mock server accepts: it needs TLS 1.2 or later"
)
UNKNOWN_AUTHORITY: Final = (
    "the certificate of {receiver} is signed by an unknown authority: "
    "--webhook-ca FILE trusts the authority"
)
OTHER_NAME: Final = "the certificate that {receiver} shows is for another name"
CUT_SHORT: Final = "the receiver closed the connection before the TLS handshake had ended"

CERTIFICATE_REASONS: Final[Mapping[int, str]] = MappingProxyType(
    {
        9: "the certificate of {receiver} is not yet valid by the real clock",
        10: "the certificate of {receiver} has expired by the real clock",
        18: "the certificate of {receiver} is self-signed: --webhook-ca FILE trusts it",
        19: UNKNOWN_AUTHORITY,
        20: UNKNOWN_AUTHORITY,
        62: OTHER_NAME,
        64: OTHER_NAME,
    }
)
"""What OpenSSL finds wrong with a certificate (X509_V_ERR_*) -> sentence."""

REASONS: Final = (
    (re.compile("WRONG_VERSION_NUMBER|HTTP_REQUEST|RECORD_LAYER_FAILURE"), PLAIN_RECEIVER),
    (re.compile("PROTOCOL_VERSION|(UNSUPPORTED|UNKNOWN)_PROTOCOL"), NO_COMMON_VERSION),
    (re.compile("UNEXPECTED_EOF"), CUT_SHORT),
)
"""(pattern in what OpenSSL calls the error, sentence); the first match counts."""

ALERT: Final = re.compile("(?:ALERT|TLSV13?)_(?:ALERT_)?([A-Z_]+)")
"""What OpenSSL calls an alert of the receiver (RFC 8446, section 6)."""


def describe_tls_error(error: Exception, receiver: str) -> str:
    """Say in a sentence why TLS with a receiver has failed; empty for any other error.

    `receiver` is the host of the URL with its port.
    """
    if not isinstance(error, ssl.SSLError):
        return ""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _describe_certificate(error, receiver)
    name = getattr(error, "reason", "") or ""  # missing if OpenSSL has not raised the error
    for pattern, sentence in REASONS:
        if pattern.search(name):
            return sentence
    if alert := ALERT.search(name):
        return f"the receiver has ended the TLS handshake with the alert {_words(alert[1])!r}"
    return f"the TLS handshake with the receiver has failed: {_words(name)}" if name else CUT_SHORT


def _describe_certificate(error: ssl.SSLCertVerificationError, receiver: str) -> str:
    if sentence := CERTIFICATE_REASONS.get(getattr(error, "verify_code", 0)):
        return sentence.format(receiver=receiver)
    verdict = getattr(error, "verify_message", "")
    return f"the certificate of {receiver} is not accepted: {verdict}"


def _words(name: str) -> str:
    return name.lower().replace("_", " ")
