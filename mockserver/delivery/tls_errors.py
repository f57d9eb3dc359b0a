"""Say why a receiver could not be reached over TLS."""

import re
import ssl
from typing import Final

PLAIN_RECEIVER: Final = (
    "the receiver does not speak TLS at this port: its URL may have to begin with http://"
)
NO_COMMON_VERSION: Final = (
    "the receiver has no version of TLS that the mock server accepts: it needs TLS 1.2 or later"
)
CUT_SHORT: Final = "the receiver closed the connection before the TLS handshake had ended"

REASONS: Final = (
    (re.compile("WRONG_VERSION_NUMBER|HTTP_REQUEST|RECORD_LAYER_FAILURE"), PLAIN_RECEIVER),
    (re.compile("PROTOCOL_VERSION|(UNSUPPORTED|UNKNOWN)_PROTOCOL"), NO_COMMON_VERSION),
    (re.compile("UNEXPECTED_EOF"), CUT_SHORT),
)
"""(pattern in what OpenSSL calls the error, sentence); the first match counts."""

ALERT: Final = re.compile("(?:ALERT|TLSV13?)_(?:ALERT_)?([A-Z_]+)")
"""What OpenSSL calls an alert of the receiver (RFC 8446, section 6)."""


def describe_tls_error(error: Exception) -> str:
    """Say in a sentence why TLS has failed; empty for any other error."""
    if not isinstance(error, ssl.SSLError):
        return ""
    if isinstance(error, ssl.SSLCertVerificationError):
        verdict = getattr(error, "verify_message", "")
        return f"the certificate of the receiver is not accepted: {verdict}"
    name = getattr(error, "reason", "") or ""  # missing if OpenSSL has not raised the error
    for pattern, sentence in REASONS:
        if pattern.search(name):
            return sentence
    if alert := ALERT.search(name):
        return f"the receiver has ended the TLS handshake with the alert {_words(alert[1])!r}"
    return f"the TLS handshake with the receiver has failed: {_words(name)}" if name else CUT_SHORT


def _words(name: str) -> str:
    return name.lower().replace("_", " ")
